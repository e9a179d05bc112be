// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// For test_staircase.c: every operator of the catalogue on its planted problem, and what C++ finds there.

#include "catalogue_run.hpp"
#include "in_c.hpp"
#include "lib/c_api/translate.hpp"
#include "test_c_api.h"
#include "tinyrank/tinyrank.h"

using namespace tinyrank;

// An operator without these in test_staircase.c does not link.
#define TINYRANK_DECLARED(name)                                                                   \
  std::uint64_t c_test_staircase_##name##_f32(const tinyrank_##name*, const float*, std::size_t,  \
                                              std::uint32_t, void*, std::size_t);                 \
  std::uint64_t c_test_staircase_##name##_f64(const tinyrank_##name*, const double*, std::size_t, \
                                              std::uint32_t, void*, std::size_t);
extern "C" {
TINYRANK_CATALOGUE(TINYRANK_DECLARED)
}

namespace {

int failures = 0;

void check(bool holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  c_test_failed(what, line);
}

/// With the probes left to the operator, to a verdict.
template <class T>
constexpr staircase_options<T> whole_options() {
  staircase_options<T> options = catalogue::staircase_run_options<T>();
  options.probes = 0;
  options.pass_limit = 400;
  return options;
}

template <class T>
constexpr std::size_t room_bytes = catalogue::largest_of_operators([](auto row) {
  using Row = decltype(row);
  arena none;
  const auto a =
      Row::template place<T>(catalogue::run_n<Row>, catalogue::run_m<Row>, catalogue::run_seed, none);
  const std::size_t whole = staircase_bytes(a, whole_options<T>()),
                    looks = staircase_bytes(a, catalogue::staircase_run_options<T>());
  return c_api::staircase_header_bytes<T> + (whole > looks ? whole : looks);
});

constexpr std::size_t problem_bytes =
    catalogue::largest_of_operators([](auto row) { return catalogue::run_bytes<decltype(row), double>(); });

// One precision after the other.
alignas(arena_alignment) std::byte problem[problem_bytes];
alignas(arena_alignment) std::byte room_of_c[room_bytes<double>];
alignas(arena_alignment) std::byte room[room_bytes<double>];
static_assert(room_bytes<double> >= room_bytes<float>);
// Not on a small stack.
template <class T>
staircase<T> run_of;

std::int32_t copy_freedom(const tinyrank_staircase_f32* run, float* out, std::size_t count) {
  return tinyrank_staircase_copy_freedom_f32(run, out, count);
}
std::int32_t copy_freedom(const tinyrank_staircase_f64* run, double* out, std::size_t count) {
  return tinyrank_staircase_copy_freedom_f64(run, out, count);
}
std::int32_t copy_directions(const tinyrank_staircase_f32* run, float* out, std::size_t count) {
  return tinyrank_staircase_copy_directions_f32(run, out, count);
}
std::int32_t copy_directions(const tinyrank_staircase_f64* run, double* out, std::size_t count) {
  return tinyrank_staircase_copy_directions_f64(run, out, count);
}
std::int32_t get_report(const tinyrank_staircase_f32* run, tinyrank_staircase_report_f32& report) {
  return tinyrank_staircase_get_report_f32(run, &report);
}
std::int32_t get_report(const tinyrank_staircase_f64* run, tinyrank_staircase_report_f64& report) {
  return tinyrank_staircase_get_report_f64(run, &report);
}

template <class T>
bool same_elements(factor_view<const T> expected, std::int32_t copied, const T* row_major) {
  if (copied != TINYRANK_OK) return false;
  for (std::size_t j = 0; j < expected.n; ++j) {
    for (std::size_t c = 0; c < expected.rank; ++c) {
      if (row_major[j * expected.rank + c] != expected(j, c)) return false;
    }
  }
  return expected.rank != 0;
}

/// The run at `room_of_c` has come to what C++ comes to, in every number that it tells.
template <class T>
void check_same(const staircase<T>& run, const char* name) {
  static T copy[catalogue::most_run_n * 4];
  const auto* c = reinterpret_cast<const typename c_api::types<T>::staircase*>(room_of_c);
  typename c_api::types<T>::staircase_report told;
  const staircase_report<T>& r = run.report;
  told.struct_size = sizeof told;
  check(get_report(c, told) == TINYRANK_OK, name, __LINE__);
  check(told.outcome == static_cast<std::int32_t>(r.result), name, __LINE__);
  check(told.verdict == static_cast<std::int32_t>(r.verdict) && r.verdict != verdict::none, name, __LINE__);
  check(told.rank_found == r.rank_found && told.passes == r.passes && told.entries == r.entries, name,
        __LINE__);
  check(told.loss == r.loss && told.zero_loss == r.zero_loss, name, __LINE__);
  check(told.noise_estimate == r.noise_estimate, name, __LINE__);
  check(told.smallest_eigenvalue == r.smallest_eigenvalue, name, __LINE__);
  check(told.certificate_gap == r.certificate_gap, name, __LINE__);
  check(told.unknowns == r.unknowns && told.condition == r.condition, name, __LINE__);
  check(told.n == run.factor.n && told.instruction_set == static_cast<std::int32_t>(r.isa), name, __LINE__);
  check(told.memory_bytes == r.arena_bytes + c_api::staircase_header_bytes<T>, name, __LINE__);
  check(told.reserved == 0, name, __LINE__);
  constexpr std::size_t count = sizeof copy / sizeof copy[0];
  check(same_elements(run.directions, copy_directions(c, copy, count), copy), name, __LINE__);
  check(same_elements(run.freedom, copy_freedom(c, copy, count), copy), name, __LINE__);
}

template <class Row, class T, class FromC>
void check_row(FromC from_c) {
  using sensing = typename Row::template sensing<T>;
  const auto both = [&](const sensing_operator<T>& table, const T* y, std::byte*, std::size_t) {
    const auto& a = *static_cast<const sensing*>(table.context);
    const auto given = in_c(a);
    const auto looks = catalogue::staircase_run_options<T>();
    const std::uint64_t bits = from_c(&given, y, looks.probes, looks.pass_limit, room_of_c, room_bytes<T>);
    const std::uint64_t expected = catalogue::expected_staircase_bits<Row, T>;
    check(bits == expected, Row::name, __LINE__);

    staircase<T>& run = run_of<T>;
    const auto whole = whole_options<T>();
    check(init(run, a, y, whole, room, sizeof room) == status::ok, Row::name, __LINE__);
    run_to_end(run);
    const std::uint64_t from_cpp = factor_bits(run.factor) ^ run.report.passes;
    check(from_c(&given, y, 0, whole.pass_limit, room_of_c, room_bytes<T>) == from_cpp, Row::name, __LINE__);
    check_same(run, Row::name);
    return bits;
  };
  check(catalogue::on_planted_problem<Row, T>(problem, {}, instruction_set::automatic, both) != 0, Row::name,
        __LINE__);
}

}  // namespace

extern "C" int c_test_staircase_rows(void) {
#define TINYRANK_CHECKED(name)                                            \
  check_row<catalogue::name##_row, float>(c_test_staircase_##name##_f32); \
  check_row<catalogue::name##_row, double>(c_test_staircase_##name##_f64);
  TINYRANK_CATALOGUE(TINYRANK_CHECKED)
  return failures;
}
