// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Every pointer of an interface that points beside its type: refused, where a Cortex-M4 would take a hard
// fault.

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "semihosting.hpp"
#include "tinyrank/tinyrank.h"
#include "tinyrank/tinyrank.hpp"

namespace {

using namespace tinyrank;

constexpr std::size_t n = 4, m = 6;
alignas(arena_alignment) std::byte memory[std::size_t{1} << 16];
alignas(arena_alignment) std::byte values[2048];
int failures = 0;

void expect(const char* what, std::int32_t found, std::int32_t expected) {
  if (found == expected) return;
  for (const char* text : {what, ": status ", tinyrank_status_text(found), "\n"}) semihosting::print(text);
  ++failures;
}
void expect(const char* what, status found, status expected) {
  expect(what, static_cast<std::int32_t>(found), static_cast<std::int32_t>(expected));
}

/// Not aligned to its type, by half of what the type asks for and by one byte.
template <class Type>
Type* beside(std::size_t by) {
  return reinterpret_cast<Type*>(values + by);
}

template <class T>
void check_runs(std::size_t by) {
  static T y[m] = {1, 2, 3, 4, 5, 6};
  const gaussian_sensing<T> a{n, m, 1};
  gradient_descent_options<T> options;
  options.rank = 2;
  descent<T> run;
  expect("aligned", init(run, a, y, options, memory, sizeof memory), status::ok);
  expect("y", init(run, a, beside<const T>(by), options, memory, sizeof memory), status::measurements);
  options.initial_factor = beside<const T>(by);
  expect("initial_factor", init(run, a, y, options, memory, sizeof memory), status::initial_factor);

  staircase<T> stairs;
  expect("y of a staircase",
         init(stairs, a, beside<const T>(by), staircase_options<T>{}, memory, sizeof memory),
         status::measurements);
  static recovery<T> whole;
  recovery_options<T> told;
  expect("y of a recovery", init(whole, a, beside<const T>(by), told, memory, sizeof memory),
         status::measurements);
  told.weights = beside<const T>(by);
  expect("weights", init(whole, a, y, told, memory, sizeof memory), status::weights);
  expect("y and weights", init(whole, a, beside<const T>(by), told, memory, sizeof memory),
         status::measurements);
  spectral_result<T> found;
  expect("y of the spectral method",
         leading_eigenvectors(found, a, beside<const T>(by), spectral_options<T>{}, memory, sizeof memory),
         status::measurements);
}

template <class T>
void check_operators(std::size_t by) {
  sensing_operator<T> out;
  const auto refused = [&](const char* what, const auto& a) {
    expect(what, make_operator(a, out), status::operator_data);
  };
  refused("pairs of entries", entries_sensing<T>{n, m, beside<const index_pair>(by)});
  refused("pairs of distances", distances_sensing<T>{n, m, beside<const index_pair>(by)});
  refused("pairs of a rectangle", rectangular_entries_sensing<T>{n, 2, m, beside<const index_pair>(by)});
  refused("strings", pauli_sensing<T>{2, m, beside<const pauli_string>(by)});
  refused("scales",
          dense_int8_sensing<T>{n, m, reinterpret_cast<const std::int8_t*>(values), beside<const float>(by)});
  expect("rows to draw", fill_gaussian_rows(n, 0, 1, 1, gaussian_ensemble::isotropic, beside<T>(by)),
         status::operator_data);
  static const std::size_t offsets[] = {0, 1};
  refused("offsets", sparse_sensing<T>{n, 1, beside<const std::size_t>(by),
                                       reinterpret_cast<const sparse_entry<T>*>(values)});
  refused("entries", sparse_sensing<T>{n, 1, offsets, beside<const sparse_entry<T>>(by)});
}

void check_c(std::size_t by) {
  static float y[m] = {1, 2, 3, 4, 5, 6};
  static float factor[n] = {1, 2, 3, 4};
  const tinyrank_gaussian a = {sizeof a, TINYRANK_ISOTROPIC, n, m, 1};
  tinyrank_options_f32 options;
  tinyrank_default_options_f32(&options);
  options.rank = 2;
  tinyrank_staircase_options_f32 of_staircase;
  tinyrank_default_staircase_options_f32(&of_staircase);
  tinyrank_run_f32* run = nullptr;
  tinyrank_staircase_f32* stairs = nullptr;

  expect("C: run",
         tinyrank_gaussian_create_f32(beside<tinyrank_run_f32*>(by), &a, y, &options, memory, sizeof memory),
         TINYRANK_STATUS_RUN_NULL);
  expect(
      "C: sensing",
      tinyrank_gaussian_create_f32(&run, beside<tinyrank_gaussian>(by), y, &options, memory, sizeof memory),
      TINYRANK_STATUS_SENSING_NULL);
  expect("C: y", tinyrank_gaussian_create_f32(&run, &a, beside<float>(by), &options, memory, sizeof memory),
         TINYRANK_STATUS_MEASUREMENTS);
  expect("C: options",
         tinyrank_gaussian_create_f32(&run, &a, y, beside<tinyrank_options_f32>(by), memory, sizeof memory),
         TINYRANK_STATUS_OPTIONS_NULL);
  if (tinyrank_gaussian_bytes_f32(beside<tinyrank_gaussian>(by), &options) != SIZE_MAX)
    expect("C: bytes", TINYRANK_OK, TINYRANK_STATUS_SENSING_NULL);
  if (tinyrank_gaussian_bytes_f32(&a, beside<tinyrank_options_f32>(by)) != SIZE_MAX)
    expect("C: bytes", TINYRANK_OK, TINYRANK_STATUS_OPTIONS_NULL);
  expect("C: run of a staircase",
         tinyrank_gaussian_staircase_create_f32(beside<tinyrank_staircase_f32*>(by), &a, y, &of_staircase,
                                                memory, sizeof memory),
         TINYRANK_STATUS_RUN_NULL);
  expect("C: sensing of a staircase",
         tinyrank_gaussian_staircase_create_f32(&stairs, beside<tinyrank_gaussian>(by), y, &of_staircase,
                                                memory, sizeof memory),
         TINYRANK_STATUS_SENSING_NULL);
  expect("C: options of a staircase",
         tinyrank_gaussian_staircase_create_f32(&stairs, &a, y, beside<tinyrank_staircase_options_f32>(by),
                                                memory, sizeof memory),
         TINYRANK_STATUS_OPTIONS_NULL);
  expect("C: y of a staircase",
         tinyrank_gaussian_staircase_create_f32(&stairs, &a, beside<float>(by), &of_staircase, memory,
                                                sizeof memory),
         TINYRANK_STATUS_MEASUREMENTS);

  expect("C: factor", tinyrank_gaussian_measure_f32(&a, beside<float>(by), 1, y, memory, sizeof memory),
         TINYRANK_STATUS_FACTOR);
  expect("C: y of measure",
         tinyrank_gaussian_measure_f32(&a, factor, 1, beside<float>(by), memory, sizeof memory),
         TINYRANK_STATUS_OUTPUT_NULL);
  expect("C: sensing of measure",
         tinyrank_gaussian_measure_f32(beside<tinyrank_gaussian>(by), factor, 1, y, memory, sizeof memory),
         TINYRANK_STATUS_SENSING_NULL);
  expect("C: value",
         tinyrank_gaussian_matrix_entry_f32(&a, 0, 0, 0, beside<float>(by), memory, sizeof memory),
         TINYRANK_STATUS_OUTPUT_NULL);

  expect("C: aligned", tinyrank_gaussian_create_f32(&run, &a, y, &options, memory, sizeof memory),
         TINYRANK_OK);
  expect("C: entry", tinyrank_factor_entry_f32(run, 0, 0, beside<float>(by)), TINYRANK_STATUS_OUTPUT_NULL);
  expect("C: estimate", tinyrank_estimate_entry_f32(run, 0, 0, beside<float>(by)),
         TINYRANK_STATUS_OUTPUT_NULL);
  expect("C: copy", tinyrank_copy_factor_f32(run, beside<float>(by), n * 2), TINYRANK_STATUS_OUTPUT_NULL);
  expect("C: report", tinyrank_get_report_f32(run, beside<tinyrank_report_f32>(by)),
         TINYRANK_STATUS_OUTPUT_NULL);
}

}  // namespace

int main() {
  for (const std::size_t by : {std::size_t{1}, std::size_t{2}}) {
    check_runs<float>(by);
    check_runs<double>(by);
    check_operators<float>(by);
    check_operators<double>(by);
    check_c(by);
  }
  return failures == 0 ? 0 : 1;
}
