// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint_file.hpp"
#include "problem.hpp"
#include "second_look.hpp"
#include "tinyrank/descent.hpp"
#include "tinyrank/phases.hpp"
#include "tinyrank/standstill.hpp"

namespace tinyrank::app {

/// One iteration as it was seen. What needs the truth is empty without it; the last two are also left out
/// where their singular value decomposition would cost more than the gradient.
struct observation {
  std::uint32_t iteration = 0;
  double loss = 0;
  double step_size = 0;
  std::optional<double> test_error;
  std::optional<double> sigma;  ///< sigma_{r*}(U)
  std::optional<double>
      angle;  ///< sine of the largest principal angle between the leading r* left singular vectors of U and X
  run_phase in = run_phase::spectral;
};

struct recovery_result {
  outcome ended = outcome::running;
  observation last;
  double zero_loss = 0;
  double step_size = 0;
  double initial_scale = 0;
  std::uint32_t step_reductions = 0;
  std::size_t arena_bytes = 0;
  instruction_set isa = instruction_set::automatic;
  double seconds = 0;  ///< of the iterations, without observing
  std::uint64_t factor_bits = 0;
  std::optional<double> fidelity;  ///< of a complex matrix with a known truth

  // What is not asked where the run was not to be looked at again, or diverged.
  std::optional<standstill> stands_at;      ///< why the loss did not fall, or hardly, where it ended
  double iterations_to_go = 0;              ///< until a saddle is left, about; 0: not known
  std::optional<examined_answer> examined;  ///< of an answer whose loss is at the tolerance
  std::optional<second_look> looked;        ///< what a staircase says, where there was a doubt
  bool misses_look = false;                 ///< there was a doubt, and no memory for one
  missed_measurements missed;
  std::uint32_t carried_rank = 0;  ///< of what the columns carry
  std::uint64_t carried_unknowns = 0;
};

/// How a run ended: as the library says, but "interrupted" where its owner ended it.
const char* outcome_text(outcome ended) noexcept;

/// Why init refused measurements, as the end of a sentence; remedy: what helps where A*(y) has no scale.
template <class T>
std::string why_no_scale(const std::vector<T>& y, std::string_view remedy);

/// Runs descent to its end, or until `goes_on` says otherwise, by a method, whose options type `options` is
/// of. looks_again: a plateau that is a saddle does not end the run, a standstill above half of f(0) does,
/// and the answer is judged, see second_look.hpp. `watch` sees every iteration, the start included, and
/// nothing before the run has been accepted;
/// `factor` gets U, n x r row-major. kept: is written when it is due and when the run is to be gone on with,
/// and gone on from where it resumes: then `watch` sees the iteration that it had come to first. Errors:
/// input_error for refused options, for measurements without a scale, and for a checkpoint of another run.
template <class T>
recovery_result recover(
    const problem<T>& a, const descent_options<T>& options, const descent_method<T>& method, bool looks_again,
    std::vector<T>& factor, const std::function<void(const observation&)>& watch,
    const std::function<bool()>& goes_on = [] { return true; }, checkpoint_file* kept = nullptr);

/// "phase II, growth: ..." with the figures of the iteration at which it was entered.
std::string describe_phase(const observation& entered);

/// "3.1e-05": three digits, scientific below 0.001 or above 1e5.
std::string short_number(double value);

}  // namespace tinyrank::app
