// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// For test_measuring.c: what C measures on every operator of the catalogue has the bits that C++ measures,
// and the entries of its matrices are those of the definition.

#include "catalogue_run.hpp"
#include "in_c.hpp"
#include "test_c_api.h"

using namespace tinyrank;

// An operator without these in test_measuring.c does not link.
#define TINYRANK_DECLARED(name)                                                                         \
  int c_test_measure_##name##_f32(const tinyrank_##name*, const float*, std::size_t, float*, void*,     \
                                  std::size_t);                                                         \
  int c_test_measure_##name##_f64(const tinyrank_##name*, const double*, std::size_t, double*, void*,   \
                                  std::size_t);                                                         \
  int c_test_entry_##name##_f32(const tinyrank_##name*, std::size_t, std::size_t, std::size_t, float*,  \
                                void*, std::size_t);                                                    \
  int c_test_entry_##name##_f64(const tinyrank_##name*, std::size_t, std::size_t, std::size_t, double*, \
                                void*, std::size_t);
extern "C" {
TINYRANK_CATALOGUE(TINYRANK_DECLARED)
int c_test_measuring_refusals(void*, std::size_t);
}

namespace {

constexpr std::size_t problem_bytes =
    catalogue::largest_of_operators([](auto row) { return catalogue::run_bytes<decltype(row), double>(); });
alignas(arena_alignment) std::byte problem[problem_bytes];
// A run has more than a measurement takes.
alignas(arena_alignment) std::byte room_of_c[problem_bytes];

int failures = 0;

void check(bool holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  c_test_failed(what, line);
}

/// Entries of rounded, drawn and stored matrices are products of at most three rounded numbers.
template <class T>
bool is_near(double found, double expected) {
  constexpr double most = sizeof(T) == sizeof(float) ? 0x1p-21 : 0x1p-50;
  const double off = found < expected ? expected - found : found - expected;
  const double size = expected < 0 ? -expected : expected;
  return off <= most * (1 + size);
}

template <class Row, class T, class Measure, class Entry>
void check_row(Measure measure, Entry entry) {
  using sensing = typename Row::template sensing<T>;
  constexpr std::size_t rank = catalogue::run_true_rank;
  static T padded_truth[factor_count<T>(catalogue::most_run_n + 8, rank)];
  static T truth[(catalogue::most_run_n + 8) * rank], measured[catalogue::most_run_m];
  const auto ask = [&](const sensing_operator<T>& table, const T* y, std::byte*, std::size_t) {
    const auto& a = *static_cast<const sensing*>(table.context);
    const auto given = in_c(a);
    const factor_view<T> drawn{padded_truth, a.n, rank, padded<T>(a.n)};
    draw_planted_truth(drawn, T(2), 15013);
    for (std::size_t j = 0; j < a.n; ++j) {
      for (std::size_t c = 0; c < rank; ++c) truth[j * rank + c] = drawn(j, c);
    }
    check(measure(&given, truth, rank, measured, room_of_c, sizeof room_of_c) == 0, Row::name, __LINE__);
    bool same = true;
    for (std::size_t i = 0; i < a.measurement_count; ++i) same = same && measured[i] == y[i];
    check(same, Row::name, __LINE__);

    const std::size_t last = a.n - 1;
    const index_pair places[] = {{0, 0}, {3, 2}, {static_cast<std::uint32_t>(last), 1}};
    bool is_entry = true;
    for (const std::size_t i : {std::size_t{0}, a.measurement_count - 1}) {
      for (const auto& [j, k] : places) {
        T above = 0, below = 0;
        check(entry(&given, i, j, k, &below, room_of_c, sizeof room_of_c) == 0, Row::name, __LINE__);
        check(entry(&given, i, k, j, &above, room_of_c, sizeof room_of_c) == 0, Row::name, __LINE__);
        is_entry = is_entry && is_near<T>(below, Row::entry(a, i, j, k)) && is_near<T>(above, below);
      }
    }
    check(is_entry, Row::name, __LINE__);
    return std::uint64_t{1};
  };
  check(catalogue::on_planted_problem<Row, T>(problem, {}, instruction_set::automatic, ask) != 0, Row::name,
        __LINE__);
}

}  // namespace

extern "C" int c_test_run() {
#define TINYRANK_CHECKED(name)                                                                     \
  check_row<catalogue::name##_row, float>(c_test_measure_##name##_f32, c_test_entry_##name##_f32); \
  check_row<catalogue::name##_row, double>(c_test_measure_##name##_f64, c_test_entry_##name##_f64);
  TINYRANK_CATALOGUE(TINYRANK_CHECKED)
  return failures + c_test_measuring_refusals(room_of_c, sizeof room_of_c);
}
