// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// For the C test: the measurements and the factor_bits of tests/common/golden.hpp, and where C and C++ may
// not differ.

#include "golden_problem.hpp"

#include <initializer_list>

#include "golden.hpp"
#include "golden_methods.hpp"
#include "lib/c_api/translate.hpp"
#include "test_c_api.h"
#include "tinyrank/operators/bilinear.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/dense_bf16.hpp"
#include "tinyrank/operators/dense_int8.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_bilinear.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/operators/rectangular_dense.hpp"
#include "tinyrank/operators/rectangular_entries.hpp"
#include "tinyrank/operators/sparse.hpp"
#include "tinyrank/operators/streamed.hpp"
#include "tinyrank/tinyrank.h"

using namespace tinyrank;

namespace {

template <class T>
alignas(arena_alignment) std::byte scratch[golden::measuring_bytes<T>];

template <class Sensing, class T>
void measure(const Sensing& sensing, T* y) {
  sensing_operator<T> a;
  if (make_operator(sensing, a) == status::ok) golden::measure_truth(a, y, scratch<T>);
}

index_pair all_pairs[golden::pair_count];

template <class T>
void measure_all(int which, T* y) {
  golden::list_pairs(all_pairs);
  if (which == 0) measure(golden::gaussian_problem<T>, y);
  if (which == 1) measure(golden::hadamard_problem<T>, y);
  if (which == 2) measure(golden::rank_one_problem<T>, y);
  if (which == 4) measure(golden::rademacher_problem<T>, y);
  if (which == 3) measure(distances_sensing<T>{golden::n, golden::pair_count, all_pairs}, y);
}

template <class T>
std::uint64_t bits_of(int which) {
  const golden::bits& expected = golden::expected<T>;
  const std::uint64_t all[] = {expected.gaussian_automatic, expected.hadamard_automatic,
                               expected.rank_one_automatic, expected.distance_automatic,
                               expected.rademacher_automatic};
  return all[which];
}

template <class T>
constexpr bool sizes_agree(std::size_t n, std::size_t m, std::size_t rank) {
  gradient_descent_options<T> options;
  options.rank = rank;
  const auto is = [&](std::size_t macro, auto sensing) {
    return macro == TINYRANK_RUN_BYTES(sizeof(T)) + descent_bytes(sensing, options);
  };
  using rank_one = rank_one_sensing<T>;
  using drawn = generated_rank_one_sensing<T>;
  return is(TINYRANK_GAUSSIAN_BYTES(sizeof(T), n, m, rank), gaussian_sensing<T>{n, m}) &&
         is(TINYRANK_RADEMACHER_BYTES(sizeof(T), n, m, rank), rademacher_sensing<T>{n, m}) &&
         is(TINYRANK_DENSE_BYTES(sizeof(T), n, m, rank), dense_sensing<T>{n, m, nullptr}) &&
         is(TINYRANK_DENSE_BF16_BYTES(sizeof(T), n, m, rank), dense_bf16_sensing<T>{n, m, nullptr}) &&
         is(TINYRANK_DENSE_INT8_BYTES(sizeof(T), n, m, rank),
            dense_int8_sensing<T>{n, m, nullptr, nullptr}) &&
         is(TINYRANK_STREAMED_BYTES(sizeof(T), n, m, rank), streamed_sensing<dense_sensing<T>>{{n, m}, {}}) &&
         is(TINYRANK_SPARSE_BYTES(sizeof(T), n, m, rank), sparse_sensing<T>{n, m, nullptr, nullptr}) &&
         TINYRANK_DENSE_STRIDE(sizeof(T), n) == packed_stride<T>(n) &&
         TINYRANK_DENSE_BF16_STRIDE(n) == quantized_stride<std::uint16_t>(n) &&
         TINYRANK_DENSE_INT8_STRIDE(n) == quantized_stride<std::int8_t>(n) &&
         is(TINYRANK_HADAMARD_BYTES(sizeof(T), n, m, rank), hadamard_sensing<T>{n, m}) &&
         is(TINYRANK_RANK_ONE_BYTES(sizeof(T), n, m, rank), rank_one{n, m, nullptr}) &&
         is(TINYRANK_GENERATED_RANK_ONE_BYTES(sizeof(T), n, m, rank), drawn{n, m}) &&
         is(TINYRANK_DISTANCES_BYTES(sizeof(T), n, m, rank), distances_sensing<T>{n, m, nullptr}) &&
         is(TINYRANK_ENTRIES_BYTES(sizeof(T), n, m, rank), entries_sensing<T>{n, m, nullptr});
}

template <class T>
constexpr bool rectangular_sizes_agree(std::size_t rows, std::size_t columns, std::size_t m,
                                       std::size_t rank) {
  gradient_descent_options<T> options;
  options.rank = rank;
  const auto is = [&](std::size_t macro, auto sensing) {
    return macro == TINYRANK_RUN_BYTES(sizeof(T)) + descent_bytes(sensing, options);
  };
  return is(TINYRANK_RECTANGULAR_ENTRIES_BYTES(sizeof(T), rows, columns, m, rank),
            rectangular_entries_sensing<T>{rows, columns, m, nullptr}) &&
         is(TINYRANK_RECTANGULAR_DENSE_BYTES(sizeof(T), rows, columns, m, rank),
            rectangular_dense_sensing<T>{rows, columns, m, nullptr}) &&
         is(TINYRANK_BILINEAR_BYTES(sizeof(T), rows, columns, m, rank),
            bilinear_sensing<T>{rows, columns, m, nullptr, nullptr}) &&
         is(TINYRANK_GENERATED_BILINEAR_BYTES(sizeof(T), rows, columns, m, rank),
            generated_bilinear_sensing<T>{rows, columns, m}) &&
         TINYRANK_RECTANGULAR_DENSE_STRIDE(sizeof(T), rows, columns) == rectangular_stride<T>(rows, columns);
}

/// The macros of tinyrank.h are the sizes that the library takes. One constant for each n: clang 14 gives an
/// evaluation a million steps.
template <class T, std::size_t N>
inline constexpr bool sizes_agree_at = [] {
  for (const std::size_t m : {1, 16, 17, 400, 3001}) {
    for (const std::size_t rank : {1, 2, 3, 4, 5, 8, 20}) {
      if (!sizes_agree<T>(N, m, rank)) return false;
      for (const std::size_t rows : {std::size_t{1}, (N + 1) / 3, N / 2}) {
        if (rows != 0 && rows < N && !rectangular_sizes_agree<T>(rows, N - rows, m, rank)) return false;
      }
    }
  }
  return true;
}();
template <class T, std::size_t... N>
constexpr bool all_sizes_agree() {
  return (sizes_agree_at<T, N> && ...);
}
static_assert(all_sizes_agree<float, 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100, 200, 361>());
static_assert(all_sizes_agree<double, 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100, 200, 361>());

/// factor_bits of a run from C++ that ends at the limit, on what C packed.
template <class T, class Sensing>
std::uint64_t bits_of_run(const Sensing& sensing, const T* y) {
  alignas(arena_alignment) static std::byte buffer[8192];
  sensing_operator<T> a;
  if (make_operator(sensing, a) != status::ok) return 0;
  return golden::run_bits(a, y, golden::options_for<T>(golden::choice::automatic), buffer, sizeof buffer);
}

template <class T>
std::uint64_t bits_of_stored(int which, const void* sensing, const T* y) {
  if (which == stored_dense) {
    const auto& a = *static_cast<const tinyrank_dense*>(sensing);
    return bits_of_run(dense_sensing<T>{a.n, a.measurement_count, static_cast<const T*>(a.rows)}, y);
  }
  if (which == stored_dense_bf16) {
    const auto& a = *static_cast<const tinyrank_dense_bf16*>(sensing);
    return bits_of_run(dense_bf16_sensing<T>{a.n, a.measurement_count, a.rows}, y);
  }
  if (which == stored_dense_int8) {
    const auto& a = *static_cast<const tinyrank_dense_int8*>(sensing);
    return bits_of_run(dense_int8_sensing<T>{a.n, a.measurement_count, a.rows, a.scales}, y);
  }
  const auto& a = *static_cast<const tinyrank_sparse*>(sensing);
  const auto* entries = static_cast<const sparse_entry<T>*>(a.entries);
  return bits_of_run(sparse_sensing<T>{a.n, a.measurement_count, a.offsets, entries}, y);
}

/// A struct whose first version ended with `first`.
struct grown {
  std::uint32_t struct_size;
  std::int32_t first;
  std::int32_t added;
  std::int32_t last_known;
};

}  // namespace

template <>
inline constexpr std::size_t tinyrank::c_api::first_version_bytes<grown> = offsetof(grown, added);

extern "C" {
int c_test_versions(void) {
  using c_api::read_struct;
  struct newer {
    grown known;
    std::int32_t unknown;
  } given{{0, 1, 2, 3}, 0};
  // The size that the caller sets, and what is then read over the defaults 10, 20, 30; 0: refused.
  const struct {
    std::uint32_t size;
    std::int32_t first, added, last_known;
  } cases[] = {{0, 0, 0, 0},  {4, 0, 0, 0},  {7, 0, 0, 0}, {8, 1, 20, 30},
               {12, 0, 0, 0}, {16, 1, 2, 3}, {20, 1, 2, 3}};
  int failed = 0;
  for (const auto& c : cases) {
    given.known.struct_size = c.size;
    grown known{0, 10, 20, 30};
    const bool taken = read_struct(given.known, known);
    failed += taken != (c.first != 0);
    failed += taken && (known.first != c.first || known.added != c.added || known.last_known != c.last_known);
    failed += !taken && (known.first != 10 || known.added != 20);
  }
  given.unknown = 1;
  grown known{};
  failed += read_struct(given.known, known);

  // A struct that is handed out: so many bytes and no more, of a newer one's tail zeros.
  for (std::size_t size = 0; size <= sizeof(newer); size += 4) {
    newer out{{-1u, -1, -1, -1}, -1};
    const bool written = c_api::write_struct(grown{0, 1, 2, 3}, &out.known, size);
    failed += written != (size == 8 || size >= 16);
    failed += out.known.struct_size != (written ? size : std::uint32_t(-1));
    failed += out.known.first != (written ? 1 : -1) || out.known.added != (size >= 16 ? 2 : -1) ||
              out.known.last_known != (size >= 16 ? 3 : -1) || out.unknown != (size >= 20 ? 0 : -1);
  }
  return failed;
}
std::uint64_t c_test_bits_f32(int which, const void* sensing, const float* y) {
  return bits_of_stored(which, sensing, y);
}
std::uint64_t c_test_bits_f64(int which, const void* sensing, const double* y) {
  return bits_of_stored(which, sensing, y);
}
void golden_measure_f32(int which, float* y) {
  measure_all(which, y);
}
void golden_measure_f64(int which, double* y) {
  measure_all(which, y);
}
std::uint64_t golden_bits_f32(int which) {
  return bits_of<float>(which);
}
std::uint64_t golden_bits_f64(int which) {
  return bits_of<double>(which);
}
}

namespace {

template <class T>
void measure_for_methods(T* y) {
  alignas(arena_alignment) static std::byte memory[golden::method_bytes<T>()];
  sensing_operator<T> a;
  if (make_operator(golden::method_problem<T>, a) == status::ok) golden::measure_method_truth(a, y, memory);
}

template <class T>
std::uint64_t bits_of_method(int method) {
  std::uint64_t bits = 0;
  int row_number = 0;
  catalogue::for_each_method<T>([&](auto row, const auto&) {
    if (row_number++ == method) bits = golden::expected_method_bits<T>(row);
  });
  return bits;
}

}  // namespace

void c_test_method_y_f32(float* y) {
  measure_for_methods(y);
}
void c_test_method_y_f64(double* y) {
  measure_for_methods(y);
}
uint64_t c_test_method_bits_f32(int method) {
  return bits_of_method<float>(method);
}
uint64_t c_test_method_bits_f64(int method) {
  return bits_of_method<double>(method);
}
