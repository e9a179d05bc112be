// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "checkpoint_file.hpp"
#include "problem.hpp"
#include "tinyrank/descent.hpp"

namespace tinyrank::app {

struct ridge_options {
  std::size_t rank = 0;
  std::optional<double> lambda;  ///< none: what foretells a tenth of the measurements best
  std::uint32_t iteration_limit = 2000;
  std::uint64_t seed = 1;
  execution_plan plan = {};
  instruction_set isa = instruction_set::automatic;
};

/// Asked before every iteration, with how many there were and the loss, whether a fit goes on.
using ridge_goes_on = std::function<bool(std::uint32_t iteration, double loss)>;

/// One lambda of the path.
struct ridge_step {
  double lambda = 0;
  std::uint32_t iterations = 0;
  double loss = 0;  ///< penalised
  std::size_t rank = 0;
  std::optional<double> held_out_rms;  ///< none where nothing is held out
};

struct ridge_result {
  double lambda = 0, largest = 0;  ///< in use; from which on U = 0
  outcome ended = outcome::running;
  std::uint32_t iterations = 0;  ///< of the last fit
  double loss = 0, zero_loss = 0;
  double rms = 0;                  ///< of the residuals of the answer
  std::size_t numerical_rank = 0;  ///< see there
  std::vector<double> sigma;       ///< singular values of U
  std::uint64_t held_out = 0;
  std::optional<double> held_out_rms;
  bool is_path_end = false;  ///< the smallest lambda of the path was the best
  std::optional<double> test_error, fidelity;
  instruction_set isa = instruction_set::automatic;
  std::size_t arena_bytes = 0;
  double seconds = 0;
  std::uint64_t factor_bits = 0;
};

/// How many singular values of the matrix are above a thousandth of the largest: of those that the penalty
/// takes away something is left as long as a run has ended.
std::size_t numerical_rank(const std::vector<double>& sigma);

/// Minimises 1/(4m) sum w_i e_i^2 + lambda ||U||^2 (ridge.hpp) by quasi-Newton from a small random start,
/// until the gradient is a thousandth of the penalty's.
///
/// Automatic lambda: a tenth of the measurements, drawn by the seed, is held out, and where means were taken
/// off y, they are fitted to the others anew; lambda falls from the largest by a factor of 0.8, each fit
/// starting from the last, until what is held out is foretold worse four times in a row, or to a thousandth;
/// the best lambda is then fitted to all.
///
/// Where `goes_on` says otherwise it ends as outcome::stopped with the fit at hand. kept: is written when it
/// is due and when the run is to be gone on with, and gone on from where it resumes; `watch` then sees the
/// lambdas that it did not see before.
///
/// watch: sees every lambda, the last fit's too. factor: U, n x rank row-major. Errors: input_error for
/// refused options, for measurements without a scale, for too few to hold some out, and for a checkpoint of
/// another run.
template <class T>
ridge_result fit_ridge(const problem<T>& a, const ridge_options& options, std::vector<T>& factor,
                       const std::function<void(const ridge_step&)>& watch, const ridge_goes_on& goes_on,
                       checkpoint_file* kept = nullptr);

}  // namespace tinyrank::app
