// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The covariance of 64 sensors from energy detectors. Each detector weighs the sensors with pseudo-random
// numbers and measures the energy of the sum, a^T C a; the difference of two of them is one measurement.
// Neither the weights nor a 64 x 64 matrix are stored: everything, stack included, fits 32 KB of RAM.

#include <cstddef>
#include <initializer_list>

#include "console.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/rank_one.hpp"

namespace {

using namespace tinyrank;

constexpr std::size_t n = 64, sources = 3, measurement_count = 1600;
constexpr generated_rank_one_sensing<float> sensing{n, measurement_count, 7, rank_one_form::debiased};
constexpr gradient_descent_options<float> options{.rank = 4, .iteration_limit = 400, .plan = {1, 4}};

alignas(arena_alignment) std::byte arena_bytes[descent_bytes(sensing, options)];
float truth_storage[factor_count<float>(n, sources)];
float energies[measurement_count];
descent<float> run;

/// What the detectors would measure of a covariance X X^T; the arena serves as scratch before the run needs
/// it.
status measure(factor_view<float> truth) {
  draw_planted_truth(truth, 2.0F, 3);
  sensing_operator<float> a;
  if (const status made = make_operator(sensing, a); made != status::ok) return made;
  workspace<float> how;
  const status ready =
      make_workspace(how, a, sources, options.plan, options.isa, arena_bytes, sizeof arena_bytes);
  if (ready == status::ok) a.measure(how, truth, energies);
  return ready;
}

}  // namespace

int main() {
  const factor_view<float> truth{truth_storage, n, sources, padded<float>(n)};
  if (const status measured = measure(truth); measured != status::ok) return console::refused(measured);
  console::line("measured, detector pairs    ", std::uint64_t{measurement_count});

  const status made = init(run, sensing, energies, options, arena_bytes, sizeof arena_bytes);
  if (made != status::ok) return console::refused(made);
  console::phase_printer phases;
  while (run.report.result == outcome::running) {
    step(run);
    phases.after_step(run.report);
  }

  const double error = relative_test_error<float>(run.factor, truth);
  console::line("covariance, relative error  ", error);
  console::line("arena bytes                 ", std::uint64_t{sizeof arena_bytes});
  console::line("", to_string(run.report.result));
  return run.report.result == outcome::recovered && error < 0.01 ? 0 : 1;
}
