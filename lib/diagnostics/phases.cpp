// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/phases.hpp"

#include "lib/dense_algebra/vectors.hpp"

namespace tinyrank {
namespace {

void enter(phase_detector& detector, std::uint32_t iteration, run_phase phase) noexcept {
  if (detector.left_spectral == not_yet) detector.left_spectral = iteration;
  detector.phase = phase;
  detector.entered_refinement = phase == run_phase::refinement ? iteration : not_yet;
}

template <class T>
double frobenius_norm(factor_view<const T> a) noexcept {
  double sum = 0;
  for (std::size_t c = 0; c < a.rank; ++c) {
    for (std::size_t j = 0; j < a.n; ++j) sum += static_cast<double>(a(j, c)) * static_cast<double>(a(j, c));
  }
  return square_root(sum);
}

}  // namespace

const char* to_string(run_phase value) noexcept {
  switch (value) {
    case run_phase::spectral:
      return "spectral";
    case run_phase::saddle_avoidance:
      return "saddle avoidance";
    case run_phase::refinement:
      return "refinement";
  }
  return "unknown phase";
}

void observe_with_truth(phase_detector& detector, std::uint32_t iteration,
                        const subspace_observation& seen) noexcept {
  constexpr double half = 0.5;
  const double grown = seen.signal_sigma * seen.signal_sigma;
  if (detector.phase != run_phase::refinement && grown > half * seen.truth_sigma * seen.truth_sigma) {
    enter(detector, iteration, run_phase::refinement);
  } else if (detector.phase == run_phase::spectral && seen.angle_sine < half) {
    enter(detector, iteration, run_phase::saddle_avoidance);
  }
}

void observe(phase_detector& detector, std::uint32_t iteration, double factor_norm,
             double gradient_norm) noexcept {
  constexpr double settled_climb = 0.02, fallen = 0.7, risen = 1.5;
  const double rate = factor_norm > 0 ? gradient_norm / factor_norm : 0;
  if (gradient_norm > detector.largest_gradient) detector.largest_gradient = gradient_norm;
  if (detector.phase == run_phase::spectral && detector.last != not_yet) {
    const double apart = static_cast<double>(iteration - detector.last);
    if (rate - detector.rate < settled_climb * detector.rate * apart) {
      enter(detector, iteration, run_phase::saddle_avoidance);
    }
  }
  if (detector.phase == run_phase::saddle_avoidance && gradient_norm < fallen * detector.largest_gradient) {
    enter(detector, iteration, run_phase::refinement);
    detector.smallest_gradient = gradient_norm;
  } else if (detector.phase == run_phase::refinement) {
    if (gradient_norm < detector.smallest_gradient) detector.smallest_gradient = gradient_norm;
    if (gradient_norm > risen * detector.smallest_gradient) {
      enter(detector, iteration, run_phase::saddle_avoidance);
      detector.largest_gradient = gradient_norm;
    }
  }
  detector.rate = rate;
  detector.last = iteration;
}

template <class T>
void observe(phase_detector& detector, const descent<T>& run) noexcept {
  observe(detector, run.report.iterations, frobenius_norm(run.factor), frobenius_norm(run.gradient));
}

template void observe(phase_detector&, const descent<float>&) noexcept;
template void observe(phase_detector&, const descent<double>&) noexcept;

}  // namespace tinyrank
