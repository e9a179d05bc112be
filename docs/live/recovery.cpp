// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "recovery.hpp"

#include "tinyrank/diagnostics.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::web {
namespace {

gradient_descent_options<float> descent_options_for(const setting& told) noexcept {
  gradient_descent_options<float> options;
  options.rank = told.columns;
  options.seed = told.seed;
  options.relative_tolerance = 1e-6F;
  options.initial_scale = 1e-4F;
  options.iteration_limit = 2000;
  return options;
}

staircase_options<float> staircase_options_for(const setting& told) noexcept {
  staircase_options<float> options;
  options.seed = told.seed;
  options.pass_limit = 500;
  return options;
}

std::size_t smaller(std::size_t a, std::size_t b) noexcept {
  return a < b ? a : b;
}

void lay_out(recovery_pair& pair, const setting& told, arena& memory) noexcept {
  pair.told = told;
  const std::size_t n = told.n;
  pair.truth = {memory.take<float>(factor_count<float>(n, told.truth_rank)), n, told.truth_rank,
                padded<float>(n)};
  pair.rows = memory.take<float>(dense_row_elements<float>(n, told.measurement_count));
  pair.sensing = {n, told.measurement_count, pair.rows};
  pair.y = memory.take<float>(told.measurement_count);
  pair.descent_memory = memory.take<std::byte>(descent_bytes(pair.sensing, descent_options_for(told)));
  pair.staircase_memory = memory.take<std::byte>(staircase_bytes(pair.sensing, staircase_options_for(told)));
  pair.subspace_memory = memory.take<std::byte>(subspace_bytes(n, told.columns, told.truth_rank));
  pair.singular_work = memory.take<double>(n * told.columns);
  pair.singular = memory.take<double>(smaller(n, told.columns));
  pair.matrix = memory.take<float>(n * n);
}

/// y_i = <A_i, X X^T> + noise.
status measure(recovery_pair& pair) noexcept {
  sensing_operator<float> a;
  if (const status made = make_operator(pair.sensing, a); made != status::ok) return made;
  workspace<float> how;
  const execution_plan plan{};
  const std::size_t m = pair.told.measurement_count;
  // The run's memory is scratch before there is a run.
  const status ready =
      make_workspace(how, a, pair.told.truth_rank, plan, instruction_set::automatic, pair.descent_memory,
                     descent_bytes(pair.sensing, descent_options_for(pair.told)));
  if (ready != status::ok) return ready;
  a.measure(how, pair.truth, pair.y);
  double squares = 0;
  for (std::size_t i = 0; i < m; ++i)
    squares += static_cast<double>(pair.y[i]) * static_cast<double>(pair.y[i]);
  const float deviation =
      pair.told.noise * static_cast<float>(__builtin_sqrt(squares / static_cast<double>(m)));
  const random_stream stream = make_stream(pair.told.seed, random_purpose::test, 1);
  for (std::size_t i = 0; i < m; ++i)
    pair.y[i] += deviation * gaussian(stream, static_cast<std::uint32_t>(i));
  return status::ok;
}

void observe_descent(recovery_pair& pair) noexcept {
  const descent<float>& run = pair.small_start;
  const factor_view<const float> truth = pair.truth;
  pair.descent_error = relative_test_error<float>(run.factor, truth);
  const setting& told = pair.told;
  if (observe_subspaces<float>(pair.seen, run.factor, truth, pair.subspace_memory,
                               subspace_bytes(told.n, told.columns, told.truth_rank)) == status::ok) {
    observe_with_truth(pair.phases, run.report.iterations, pair.seen);
  }
  singular_values<float>(run.factor, pair.singular_work, pair.singular);
}

}  // namespace

std::size_t pair_bytes(const setting& told) noexcept {
  recovery_pair pair;
  return measured_bytes([&](arena& memory) { lay_out(pair, told, memory); });
}

status begin(recovery_pair& pair, const setting& told, std::byte* memory) noexcept {
  pair = {};
  arena placing(memory, pair_bytes(told));
  lay_out(pair, told, placing);
  if (placing.overflowed()) return status::size_overflow;
  draw_planted_truth(pair.truth, told.condition, told.seed);
  const status drawn = fill_gaussian_rows(told.n, 0, told.measurement_count, told.seed,
                                          gaussian_ensemble::isotropic, pair.rows);
  if (drawn != status::ok) return drawn;
  if (const status measured = measure(pair); measured != status::ok) return measured;
  const auto options = descent_options_for(told);
  const status made = init(pair.small_start, pair.sensing, pair.y, options, pair.descent_memory,
                           descent_bytes(pair.sensing, options));
  if (made != status::ok) return made;
  observe_descent(pair);
  const auto climbing = staircase_options_for(told);
  return init(pair.stairs, pair.sensing, pair.y, climbing, pair.staircase_memory,
              staircase_bytes(pair.sensing, climbing));
}

outcome step_descent(recovery_pair& pair) noexcept {
  const outcome result = step(pair.small_start);
  observe_descent(pair);
  return result;
}

outcome step_staircase(recovery_pair& pair) noexcept {
  const outcome result = step(pair.stairs);
  pair.staircase_error =
      pair.stairs.factor.rank == 0 ? 1 : relative_test_error<float>(pair.stairs.factor, pair.truth);
  return result;
}

void form_matrix(recovery_pair& pair, factor_view<const float> factor) noexcept {
  const std::size_t n = pair.told.n;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) {
      float sum = 0;
      for (std::size_t c = 0; c < factor.rank; ++c) sum += factor(j, c) * factor(k, c);
      pair.matrix[j * n + k] = sum;
    }
  }
}

}  // namespace tinyrank::web
