// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What a row of the catalogue says of an operator, and what follows from it.

#include <array>
#include <cstddef>
#include <cstdint>

#include "tinyrank/arena.hpp"
#include "tinyrank/detail/index_pair.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank::catalogue {

/// factor_bits after a run of tests/common/catalogue_run.hpp: the same on every instruction set, processor,
/// compiler and number of threads.
struct golden_bits {
  std::uint64_t f32 = 0;
  std::uint64_t f64 = 0;
};

/// A KIND of `tinyrank recover --sensing KIND:...`.
struct sensing_kind {
  const char* name;
  const char* title;  ///< what the run is said to measure with: "sparse matrices"
  const char* file;   ///< "FILE.npy", or "" where no file describes it
  bool drawn;         ///< from keys, seed among them
  const char* help;   ///< lines, each with its '\n'
  /// The others: "n,m"; "rows,columns,m" of a rectangular matrix; "n,masks". n: the side of the matrix.
  const char* keys = "n,m";
};

/// What a row may leave out. A row is a struct that inherits this and has the rest:
///
///   static constexpr const char* name         as in ROW(name) of operators.hpp
///   static constexpr const char* kernels      families of lib/kernels that a program with it links, apart by
///                                             a space
///   static constexpr golden_bits golden             of run_bits
///   static constexpr golden_bits staircase_golden   of staircase_bits
///   template <class T> using sensing          its descriptor, operators/<name>.hpp
///
///   template <class T>
///   static constexpr sensing<T> place(std::size_t n, std::size_t m, std::uint64_t seed, arena& memory)
///       A small valid operator, whose storage is taken from `memory` and not yet written. n = nearest_n(n),
///       m <= most_measurements(n).
///   template <class T>
///   static double entry(const sensing<T>& a, std::size_t i, std::size_t j, std::size_t k)
///       The entry (j, k), k <= j, of A_i, n x n whatever U stands for: slow, by definition and not by
///       kernels. An oracle.
///   static constexpr std::size_t flops(std::size_t n, std::size_t m, std::size_t rank)
///       Of one gradient, with U U^T where a matrix is formed left out: what any program would have to do.
struct operator_row {
  /// The most rows of U, up to n, that there is an operator for; 0: none.
  static constexpr std::size_t nearest_n(std::size_t n) noexcept { return n; }
  static constexpr std::size_t most_measurements(std::size_t) noexcept { return SIZE_MAX; }

  /// Draws measurements first .. first + count - 1 into the storage of `a`; scratch: packed_stride<T>(n)
  /// elements, 64-byte aligned. Ranges may be drawn at the same time.
  template <class Sensing, class T>
  static void fill(const Sensing&, std::uint64_t /*seed*/, std::size_t /*first*/, std::size_t /*count*/,
                   T* /*scratch*/) noexcept {}

  /// Normal numbers that a gradient draws.
  static constexpr std::size_t draws(std::size_t, std::size_t) noexcept { return 0; }

  /// Names in bench.json of f32 and f64; null: `name` and the precision.
  static constexpr std::array<const char*, 2> timed_as = {nullptr, nullptr};

  static constexpr std::array<sensing_kind, 0> kinds = {};
};

/// An operator with its storage in `memory`, drawn unless the arena only measures.
template <class Row, class T>
constexpr auto make(std::size_t n, std::size_t m, std::uint64_t seed, arena& memory) noexcept {
  const auto a = Row::template place<T>(n, m, seed, memory);
  if (T* const scratch = memory.take<T>(packed_stride<T>(n)); scratch != nullptr) {
    Row::fill(a, seed, 0, m, scratch);
  }
  return a;
}

/// Exact bytes that make takes.
template <class Row, class T>
[[nodiscard]] constexpr std::size_t storage_bytes(std::size_t n, std::size_t m) noexcept {
  return measured_bytes([=](arena& memory) { make<Row, T>(n, m, 0, memory); });
}

/// The storage of a descriptor that place made, which the descriptor itself only reads.
template <class Element>
Element* writable(const Element* placed) noexcept {
  return const_cast<Element*>(placed);
}

/// The i-th of a fixed sequence of pairs of indices below n.
inline index_pair drawn_pair(std::size_t n, std::uint64_t seed, std::size_t i) noexcept {
  const random_stream stream = make_stream(seed, random_purpose::test, 1);
  const auto side = static_cast<std::uint32_t>(n), at = static_cast<std::uint32_t>(2 * i);
  return {random_bits(stream, at) % side, random_bits(stream, at + 1) % side};
}

/// The same of two different indices; n >= 2.
inline index_pair drawn_different_pair(std::size_t n, std::uint64_t seed, std::size_t i) noexcept {
  const random_stream stream = make_stream(seed, random_purpose::test, 1);
  const auto side = static_cast<std::uint32_t>(n), at = static_cast<std::uint32_t>(2 * i);
  const std::uint32_t first = random_bits(stream, at) % side;
  return {first, (first + 1 + random_bits(stream, at + 1) % (side - 1)) % side};
}

}  // namespace tinyrank::catalogue
