// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Every kernel of every instruction set of this processor against the scalar one, bit for bit, at sizes
// around each block edge, between guards. The host's tests hold the scalar kernels against plain loops.

#include <initializer_list>
#include <iterator>

#include "lib/kernels/distance.hpp"
#include "lib/kernels/entries.hpp"
#include "lib/kernels/factor.hpp"
#include "lib/kernels/fourier.hpp"
#include "lib/kernels/gaussian.hpp"
#include "lib/kernels/gaussian_vector.hpp"
#include "lib/kernels/hadamard.hpp"
#include "lib/kernels/packed.hpp"
#include "lib/kernels/pauli.hpp"
#include "lib/kernels/quantized.hpp"
#include "lib/kernels/rademacher.hpp"
#include "lib/kernels/rank_one.hpp"
#include "lib/kernels/sparse.hpp"
#include "semihosting.hpp"
#include "tinyrank/detail/pair_scratch.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/random.hpp"

namespace {

using namespace tinyrank;

constexpr std::size_t capacity = 8192, guard = 16;

/// Numbers of magnitude 2^-4 to 2^4: no subnormal number comes of them.
template <class T>
struct cells {
  alignas(64) T values[guard + capacity + guard];

  T* data() { return values + guard; }
  void draw(std::uint64_t stream) {
    const random_stream numbers = make_stream(7, random_purpose::test, stream);
    for (std::uint32_t i = 0; i < guard + capacity + guard; ++i) {
      const std::uint32_t bits = random_bits(numbers, i);
      const std::int32_t size = (static_cast<std::int32_t>(bits >> 9 & 0xff) + 16) << (bits & 7);
      values[i] = static_cast<T>(bits >> 31 != 0 ? -size : size) * T(0x1p-11);
    }
  }
  bool operator==(const cells& other) const {
    return __builtin_memcmp(values, other.values, sizeof values) == 0;
  }
};

template <class T>
cells<T> in[4];
template <class T>
cells<T> out[2];
template <class T>
cells<T> products[2];

int failures = 0, checks = 0;

void check(bool equal, const char* what, instruction_set isa, std::size_t size, std::size_t rows) {
  ++checks;
  if (equal || ++failures > 20) return;
  semihosting::print(to_string(isa));
  semihosting::print(" differs from scalar: ");
  semihosting::print(what);
  semihosting::print(", size ");
  semihosting::print_unsigned(size);
  semihosting::print(", rows ");
  semihosting::print_unsigned(rows);
  semihosting::print("\n");
}

/// call(table, out, products) once with each table, on outputs of equal contents.
template <class T, class Table, class Call>
void compare(const char* what, instruction_set isa, std::size_t size, std::size_t rows, Call call) {
  out<T>[1] = out<T>[0];
  products<T>[1] = products<T>[0];
  call(table_for<Table>(instruction_set::scalar), out<T>[0].data(), products<T>[0].data());
  call(table_for<Table>(isa), out<T>[1].data(), products<T>[1].data());
  check(out<T>[0] == out<T>[1] && products<T>[0] == products<T>[1], what, isa, size, rows);
  out<T>[0].draw(5);
  products<T>[0].draw(6);
}

template <class T>
void check_rows(instruction_set isa) {
  using table = packed_kernels<T>;
  const T *a = in<T>[0].data(), *z = in<T>[1].data(), *y = in<T>[2].data() + 1;
  for (const std::size_t packs : {1u, 2u, 3u, 7u}) {
    const std::size_t count = packs * virtual_lanes<T>;
    for (std::size_t rows = 0; rows <= 9; ++rows) {
      compare<T, table>("dot_rows", isa, count, rows,
                        [&](const table& k, T* e, T*) { k.dot_rows(a, count, rows, z, count, e + 3); });
      compare<T, table>("accumulate_rows", isa, count, rows,
                        [&](const table& k, T* g, T*) { k.accumulate_rows(a, count, rows, y, g, count); });
      compare<T, table>("residual_accumulate_rows", isa, count, rows, [&](const table& k, T* g, T* loss) {
        *loss = k.residual_accumulate_rows(a, count, rows, z, y, g, count, T(0.75));
      });
    }
    using core = kernel_table<T>;
    compare<T, core>("scaled_add", isa, count, 1,
                     [&](const core& k, T* x, T*) { k.scaled_add(T(-0.3), a, z, x, count); });
    compare<T, core>("add", isa, count, 1, [&](const core& k, T* x, T*) { k.add(a, x, count); });
    using gaussian = gaussian_vector_kernels<T>;
    compare<T, gaussian>("gaussian_vector", isa, count, 1, [&](const gaussian& k, T* vector, T*) {
      k.gaussian_vector(make_stream(count, random_purpose::test, 1), vector, count);
    });
  }
}

template <class T>
void check_factors(instruction_set isa) {
  using table = factor_kernels<T>;
  const T *u = in<T>[0].data(), *s = in<T>[1].data();
  for (const std::size_t n : {1u, 2u, 5u, 15u, 16u, 17u, 31u, 33u, 40u}) {
    const std::size_t stride = padded<T>(n);
    for (std::size_t r = 0; r <= 9; ++r) {
      compare<T, table>("form_gram_rows", isa, n, r,
                        [&](const table& k, T* z, T*) { k.form_gram_rows(u, stride, r, n / 3, n, z); });
      compare<T, table>("symmetric_times", isa, n, r,
                        [&](const table& k, T* x, T*) { k.symmetric_times(s, n, stride, u, r, x); });
    }
  }
}

template <class T>
void check_unpacking(instruction_set isa) {
  using table = factor_kernels<T>;
  for (const std::size_t n : {1u, 7u, 16u, 17u, 33u, 50u}) {
    compare<T, table>("unpack_symmetric", isa, n, 1, [&](const table& k, T* full, T*) {
      k.unpack_symmetric(T(0.7), T(0.9), in<T>[0].data(), n, 0, n, full);
    });
  }
}

template <class T>
void check_signs(instruction_set isa) {
  using table = rademacher_kernels<T>;
  const T *z = in<T>[1].data(), *y = in<T>[2].data() + 1;
  random_stream streams[5];
  for (std::uint64_t i = 0; i < 5; ++i) streams[i] = make_stream(i, random_purpose::test, 3);
  for (const std::size_t packs : {1u, 2u, 3u, 33u, 67u}) {
    const std::size_t count = packs * virtual_lanes<T>;
    for (std::size_t rows = 0; rows <= 5; ++rows) {
      compare<T, table>("sign dot_rows", isa, count, rows,
                        [&](const table& k, T* e, T*) { k.dot_rows(streams, rows, z, count, e); });
      compare<T, table>("sign accumulate_rows", isa, count, rows,
                        [&](const table& k, T* g, T*) { k.accumulate_rows(streams, rows, y, g, count); });
      compare<T, table>("sign residual_accumulate_rows", isa, count, rows,
                        [&](const table& k, T* g, T* loss) {
                          *loss = k.residual_accumulate_rows(streams, rows, z, y, g, count, T(0.75));
                        });
    }
    compare<T, table>("sign_row", isa, count, 1,
                      [&](const table& k, T* row, T*) { k.sign_row(streams[1], row, count); });
  }
}

/// Kernels over bf16 or int8 rows; the bits of `in` serve as either.
template <class T, class table, class Element>
void check_quantized(const char* what, instruction_set isa) {
  const T *z = in<T>[1].data(), *y = in<T>[2].data();
  alignas(64) static Element a[5 * 192];
  float scales[5];
  for (std::uint32_t i = 0; i < 5 * 192; ++i) {
    // As bf16: signed, of magnitude 1 to 4.
    const std::uint32_t bits = random_bits(make_stream(9, random_purpose::test, 1), i);
    a[i] = static_cast<Element>(sizeof(Element) == 2 ? (bits & 0x80ffu) | 0x3f80u : bits);
  }
  for (int i = 0; i < 5; ++i) scales[i] = 0.37F * static_cast<float>(i + 1);
  for (const std::size_t count : {64u, 128u, 192u}) {
    for (std::size_t rows = 0; rows <= 5; ++rows) {
      compare<T, table>(what, isa, count, rows,
                        [&](const table& k, T* e, T*) { k.dot_rows(a, scales, 192, rows, z, count, e); });
      compare<T, table>(what, isa, count, rows, [&](const table& k, T* g, T*) {
        k.accumulate_rows(a, scales, 192, rows, y, g, count);
      });
      compare<T, table>(what, isa, count, rows, [&](const table& k, T* g, T* loss) {
        *loss = k.residual_accumulate_rows(a, scales, 192, rows, z, y, g, count, T(0.75));
      });
    }
    compare<T, table>(what, isa, count, 1, [&](const table& k, T* row, T*) { k.widen_row(a, row, count); });
  }
}

template <class T>
void check_gaussian_rows(instruction_set isa) {
  using table = gaussian_kernels<T>;
  random_stream streams[5];
  for (std::uint64_t i = 0; i < 5; ++i) streams[i] = make_stream(i, random_purpose::test, 2);
  for (const std::size_t n : {1u, 2u, 5u, 15u, 16u, 17u, 33u, 40u}) {
    for (std::size_t rows = 0; rows <= 5; ++rows) {
      compare<T, table>("gaussian_rows", isa, n, rows, [&](const table& k, T* drawn, T*) {
        k.gaussian_rows(streams, rows, n, 1.0f, square_root_of_half, drawn, packed_stride<T>(n));
      });
    }
  }
}

template <class T>
void check_rank_one(instruction_set isa) {
  using table = rank_one_kernels<T>;
  const T *a = in<T>[0].data(), *u = in<T>[1].data(), *w = in<T>[2].data();
  for (const std::size_t n : {1u, 16u, 17u, 40u, 64u, 90u}) {
    const std::size_t stride = padded<T>(n);
    for (const std::size_t rows : {1u, 2u, 3u, 4u, 7u, 15u, 16u}) {
      for (std::size_t r = 1; r <= 9; ++r) {
        compare<T, table>("rank-one products", isa, n, rows, [&](const table& k, T* norms, T* b) {
          k.products(a, stride, rows, u, r, b, nullptr, 0);
          k.square_norms(b, rows, r, norms);
        });
        compare<T, table>("rank-one accumulate", isa, n, rows,
                          [&](const table& k, T* sum, T* b) { k.accumulate(a, stride, rows, w, b, r, sum); });
      }
    }
  }
}

template <class T>
void check_hadamard(instruction_set isa) {
  using table = hadamard_kernels<T>;
  const random_stream signs = make_stream(3, random_purpose::test, 1);
  for (std::size_t count = 1; count <= capacity; count *= 2) {
    compare<T, table>("transform", isa, count, 1, [&](const table& k, T* x, T*) { k.transform(x, count); });
  }
  for (const std::size_t levels : {1u, 2u, 3u}) {
    compare<T, table>("merge_blocks", isa, 128, levels,
                      [&](const table& k, T* x, T*) { k.merge_blocks(x, 128, levels, 64); });
  }
  for (std::size_t last = virtual_lanes<T>; last <= 160; last += virtual_lanes<T>) {
    compare<T, table>("flip_signs", isa, last, 1,
                      [&](const table& k, T* x, T*) { k.flip_signs(signs, x, 0, last); });
  }
  for (std::size_t count = 0; count <= 50; ++count) {
    compare<T, table>("scaled_residual", isa, count, 1, [&](const table& k, T* e, T* loss) {
      *loss = k.scaled_residual(T(0.7), in<T>[2].data() + 1, e + 1, count);
    });
  }
  for (const std::size_t slots : {1u, 2u, 64u, 4096u}) {
    const keyed_permutation permutation = make_permutation(signs, slots);
    static std::uint32_t places[2][48];
    table_for<table>(instruction_set::scalar).permute(permutation, 5, 48, places[0]);
    table_for<table>(isa).permute(permutation, 5, 48, places[1]);
    check(__builtin_memcmp(places[0], places[1], sizeof places[0]) == 0, "permute", isa, slots, 1);
  }
  static std::uint32_t scattered[16];
  table_for<table>(instruction_set::scalar)
      .permute(make_permutation(signs, capacity / 2), 0, std::size(scattered), scattered);
  const T* x = in<T>[0].data() + 1;
  for (std::size_t count = 0; count <= 13; ++count) {
    const std::uint32_t* places = scattered + 1;
    compare<T, table>("gather", isa, count, 1,
                      [&](const table& k, T* to, T*) { k.gather(x, places, count, to + 1); });
    compare<T, table>("scatter", isa, count, 1,
                      [&](const table& k, T* slots, T*) { k.scatter(x, places, count, slots); });
    compare<T, table>("scatter_add", isa, count, 1,
                      [&](const table& k, T* slots, T*) { k.scatter_add(x, places, count, slots); });
  }
}

/// The rows of a factor of this rank, filled up with zeros.
template <class T>
const T* draw_rows(std::size_t rank) {
  cells<T>& rows = in<T>[3];
  rows.draw(3);
  const std::size_t stride = row_stride<T>(rank);
  for (std::size_t k = 0; k < capacity; ++k) {
    if (k % stride >= rank) rows.data()[k] = 0;
  }
  return rows.data();
}

template <class T>
void check_pairs(instruction_set isa) {
  constexpr std::size_t n = 9, count = 13;
  static index_pair pairs[count];
  static sparse_entry<T> entries[count];
  const std::size_t offsets[] = {0, 0, 1, 5, 5, count, count};
  for (std::uint32_t i = 0; i < count; ++i) {
    pairs[i] = {i * 5 % n, i * i % n};
    entries[i] = {pairs[i].first, pairs[i].second, T(0.3) * static_cast<T>(i) - T(2)};
  }
  const T* w = in<T>[2].data() + 1;
  for (const std::size_t rank : {1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 13u, 16u, 17u}) {
    const T* u = draw_rows<T>(rank);
    compare<T, distance_kernels<T>>("squared_distances", isa, count, rank, [&](const auto& k, T* e, T*) {
      k.squared_distances(u, rank, pairs, count, e + 3);
    });
    compare<T, distance_kernels<T>>("accumulate_pairs", isa, count, rank, [&](const auto& k, T* sum, T* e) {
      *e = k.accumulate_pairs(w, u, rank, pairs, count, sum, T(0.7));
    });
    compare<T, entries_kernels<T>>("entry_values", isa, count, rank, [&](const auto& k, T* e, T*) {
      k.entry_values(u, rank, pairs, count, e + 3);
    });
    compare<T, entries_kernels<T>>("accumulate_entries", isa, count, rank, [&](const auto& k, T* sum, T* e) {
      *e = k.accumulate_entries(w, u, rank, pairs, count, sum, T(0.7));
    });
    compare<T, sparse_kernels<T>>("sparse_values", isa, count, rank, [&](const auto& k, T* e, T*) {
      k.sparse_values(u, rank, offsets, entries, std::size(offsets) - 1, e + 3);
    });
    compare<T, sparse_kernels<T>>("accumulate_sparse", isa, count, rank, [&](const auto& k, T* sum, T* e) {
      *e = k.accumulate_sparse(w, u, rank, offsets, entries, std::size(offsets) - 1, sum, T(0.7));
    });
  }
}

template <class T>
void check_pauli(instruction_set isa) {
  using table = pauli_kernels<T>;
  // Runs of one x, with and without Ys, and single strings; more pairs than go together, and fewer.
  constexpr pauli_string strings[] = {{0, 0},    {0, 5},    {3, 0},   {3, 1},  {3, 3}, {3, 129},
                                      {7, 7},    {6, 6},    {64, 77}, {5, 7},  {2, 7}, {96, 97},
                                      {128, 85}, {255, 31}, {255, 7}, {0, 255}};
  const T* w = in<T>[2].data() + 1;
  for (const std::size_t d : {2u, 8u, 64u, 256u}) {
    pauli_string of_side[std::size(strings)];
    std::size_t count = 0;
    for (const pauli_string& string : strings) {
      if ((string.x | string.z) < d) of_side[count++] = string;
    }
    for (const std::size_t rank : {1u, 2u, 3u, 7u, 8u, 9u, 15u, 16u}) {
      const T* u = draw_rows<T>(rank);
      compare<T, table>("pauli_values", isa, d, rank,
                        [&](const table& k, T* e, T*) { k.pauli_values(u, rank, d, of_side, count, e + 3); });
      compare<T, table>("accumulate_pauli", isa, d, rank, [&](const table& k, T* sum, T*) {
        k.accumulate_pauli(w, u, rank, d, of_side, count, sum, T(0));
      });
    }
  }
}

template <class T>
void check_fourier(instruction_set isa) {
  using table = fourier_kernels<T>;
  const T *c = in<T>[0].data(), *s = in<T>[1].data();
  for (std::size_t count = 1; count <= 1024; count *= 2) {
    compare<T, table>("forward", isa, count, 1,
                      [&](const table& k, T* re, T* im) { k.forward(re, im, count, c, s); });
    compare<T, table>("adjoint", isa, count, 1,
                      [&](const table& k, T* re, T* im) { k.adjoint(re, im, count, c, s); });
  }
}

template <class T>
void check_all(instruction_set isa) {
  for (std::uint64_t i = 0; i < 4; ++i) in<T>[i].draw(i);
  out<T>[0].draw(5);
  products<T>[0].draw(6);
  check_rows<T>(isa);
  check_factors<T>(isa);
  check_unpacking<T>(isa);
  check_signs<T>(isa);
  check_quantized<T, bf16_kernels<T>, std::uint16_t>("bf16", isa);
  check_quantized<T, int8_kernels<T>, std::int8_t>("int8", isa);
  check_gaussian_rows<T>(isa);
  check_rank_one<T>(isa);
  check_hadamard<T>(isa);
  check_pairs<T>(isa);
  check_pauli<T>(isa);
  check_fourier<T>(isa);
}

}  // namespace

int main() {
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa) || isa == instruction_set::scalar) continue;
    check_all<float>(isa);
    check_all<double>(isa);
  }
#if defined(__ARM_FEATURE_MVE)
  const bool right_table = best_instruction_set() == instruction_set::helium;
#else
  const bool right_table = best_instruction_set() == instruction_set::scalar;
#endif
  semihosting::print("table in use ");
  semihosting::print(to_string(best_instruction_set()));
  semihosting::print(", ");
  semihosting::print_unsigned(static_cast<std::uint64_t>(checks));
  semihosting::print(" comparisons, ");
  semihosting::print_unsigned(static_cast<std::uint64_t>(failures));
  semihosting::print(" failures\n");
  return right_table && failures == 0 ? 0 : 1;
}
