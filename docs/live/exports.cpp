// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What live.js calls. The module imports nothing: its memory is its own, and grows for the largest setting.

#include <cstddef>
#include <cstdint>

#include "golden_runs.hpp"
#include "recovery.hpp"
#include "tinyrank/diagnostics.hpp"

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace {

using namespace tinyrank;

web::recovery_pair pair;

/// What live.js reads after a step, as numbers at state().
struct shown {
  double iteration, descent_outcome, residual, error, signal_sigma, angle_sine, phase, left_spectral,
      entered_refinement, largest_sigma, pass, staircase_outcome, verdict, rank, staircase_residual,
      staircase_error, truth_sigma;
} now;

double residual(float loss, float zero_loss) {
  return __builtin_sqrt(static_cast<double>(loss) / static_cast<double>(zero_loss));
}

double when(std::uint32_t iteration) {
  return iteration == not_yet ? -1 : static_cast<double>(iteration);
}

void show() {
  const auto& run = pair.small_start.report;
  const auto& stairs = pair.stairs.report;
  const bool begun = stairs.passes > 0 && stairs.zero_loss > 0;
  now = {static_cast<double>(run.iterations),
         static_cast<double>(run.result),
         residual(run.loss, run.zero_loss),
         pair.descent_error,
         pair.seen.signal_sigma,
         pair.seen.angle_sine,
         static_cast<double>(pair.phases.phase),
         when(pair.phases.left_spectral),
         when(pair.phases.entered_refinement),
         pair.seen.largest_sigma,
         static_cast<double>(stairs.passes),
         static_cast<double>(stairs.result),
         static_cast<double>(stairs.verdict),
         static_cast<double>(pair.stairs.factor.rank),
         begun && pair.stairs.factor.rank > 0 ? residual(stairs.loss, stairs.zero_loss) : 1,
         pair.staircase_error,
         pair.seen.truth_sigma};
}

extern "C" std::byte __heap_base;

/// The memory behind the program's own, `bytes` of it; null when the browser has no more.
std::byte* grown(std::size_t bytes) {
  constexpr std::size_t page = 65536;
  const std::size_t begin =
      (reinterpret_cast<std::size_t>(&__heap_base) + arena_alignment - 1) / arena_alignment * arena_alignment;
  const std::size_t pages = (begin + bytes + page - 1) / page, has = __builtin_wasm_memory_size(0);
  if (pages > has && __builtin_wasm_memory_grow(0, pages - has) == SIZE_MAX) return nullptr;
  return reinterpret_cast<std::byte*>(begin);
}

}  // namespace

EXPORT(begin)
const char* begin(std::uint32_t n, std::uint32_t truth_rank, std::uint32_t columns,
                  std::uint32_t measurement_count, float condition, float noise, std::uint32_t seed) {
  const web::setting told{n, truth_rank, columns, measurement_count, condition, noise, seed};
  const std::size_t bytes = web::pair_bytes(told);
  std::byte* const memory = bytes == SIZE_MAX ? nullptr : grown(bytes);
  if (memory == nullptr) return "not enough memory";
  const status made = web::begin(pair, told, memory);
  if (made != status::ok) return to_string(made);
  show();
  return nullptr;
}

EXPORT(step_descent) std::int32_t step_descent() {
  const outcome result = web::step_descent(pair);
  show();
  return static_cast<std::int32_t>(result);
}
EXPORT(step_staircase) std::int32_t step_staircase() {
  const outcome result = web::step_staircase(pair);
  show();
  return static_cast<std::int32_t>(result);
}

EXPORT(state) const double* state() {
  return &now.iteration;
}
EXPORT(singular_values) const double* singular() {
  return pair.singular;
}
/// Z: 0 the truth's, 1 the descent's, 2 the staircase's.
EXPORT(matrix) const float* matrix(std::int32_t whose) {
  web::form_matrix(pair, whose == 0   ? factor_view<const float>(pair.truth)
                         : whose == 1 ? pair.small_start.factor
                                      : pair.stairs.factor);
  return pair.matrix;
}
EXPORT(descent_bits) std::uint64_t descent_bits() {
  return factor_bits(pair.small_start.factor);
}
EXPORT(staircase_bits) std::uint64_t staircase_bits() {
  return factor_bits(pair.stairs.factor);
}
EXPORT(expected_descent_bits) std::uint64_t expected_descent() {
  return web::expected_descent_bits;
}
EXPORT(expected_staircase_bits) std::uint64_t expected_staircase() {
  return web::expected_staircase_bits;
}
EXPORT(outcome_text) const char* outcome_text(std::int32_t result) {
  return to_string(static_cast<outcome>(result));
}
EXPORT(verdict_text) const char* verdict_text(std::int32_t value) {
  return to_string(static_cast<verdict>(value));
}

EXPORT(golden_count) std::int32_t golden_count() {
  return static_cast<std::int32_t>(web::golden_run_count);
}
EXPORT(golden_name) const char* golden_name(std::int32_t i) {
  return web::golden_runs[i].name;
}
EXPORT(golden_bits) std::uint64_t golden_bits(std::int32_t i) {
  return web::golden_runs[i].bits();
}
EXPORT(golden_expected) std::uint64_t golden_expected(std::int32_t i) {
  return web::golden_runs[i].expected;
}
