// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

namespace tinyrank {

// always_inline: kept out of line in a unit of one instruction set, a function would carry that set's code to
// the rest of the program.

/// The fixed virtual width of every sum: 16 lanes of float, 8 of double, whatever the registers are.
template <class T>
inline constexpr std::size_t virtual_lanes = 64 / sizeof(T);

/// `count` rounded up to whole virtual lanes. Sizes near SIZE_MAX are refused before this is called.
template <class T>
[[nodiscard, gnu::always_inline]] constexpr std::size_t padded(std::size_t count) noexcept {
  return (count + virtual_lanes<T> - 1) / virtual_lanes<T> * virtual_lanes<T>;
}

/// Entries of a packed symmetric n x n matrix: n(n+1)/2, the lower triangle row by row, as numpy's
/// A[np.tril_indices(n)].
[[nodiscard, gnu::always_inline]] constexpr std::size_t packed_count(std::size_t n) noexcept {
  return n % 2 == 0 ? n / 2 * (n + 1) : (n + 1) / 2 * n;
}

/// Place of the entry (j, k), k <= j, in a packed symmetric matrix.
[[nodiscard, gnu::always_inline]] constexpr std::size_t packed_index(std::size_t j, std::size_t k) noexcept {
  return packed_count(j) + k;
}

/// Distance in elements between two packed matrices stored one after the other; what lies past
/// packed_count(n) is zero.
///
/// Weights: a sensing matrix A is packed plainly; the packed estimate Z = U U^T has its off-diagonal entries
/// doubled (exact in binary floating point). Then <A, Z> is a plain dot product and A^*(w) = sum_i w_i A_i a
/// plain accumulation.
template <class T>
[[nodiscard, gnu::always_inline]] constexpr std::size_t packed_stride(std::size_t n) noexcept {
  return padded<T>(packed_count(n));
}

/// The largest n whose packed indices fit the 32-bit counter of random.hpp (and a 32-bit size_t).
inline constexpr std::size_t largest_dimension = 92681;

/// A factor U (n x rank) stored by columns: U(j, c) = data[c * stride + j]. The stride is padded<T>(n), and
/// entries n..stride-1 of every column are zero. T may be const.
template <class T>
struct factor_view {
  T* data = nullptr;
  std::size_t n = 0;
  std::size_t rank = 0;
  std::size_t stride = 0;

  [[nodiscard]] constexpr T& operator()(std::size_t j, std::size_t c) const noexcept {
    return data[c * stride + j];
  }
  [[nodiscard]] constexpr T* column(std::size_t c) const noexcept { return data + c * stride; }
  [[nodiscard]] constexpr operator factor_view<const T>() const noexcept { return {data, n, rank, stride}; }
};

/// Elements that a factor of this shape takes.
template <class T>
[[nodiscard]] constexpr std::size_t factor_count(std::size_t n, std::size_t rank) noexcept {
  return padded<T>(n) * rank;
}

}  // namespace tinyrank
