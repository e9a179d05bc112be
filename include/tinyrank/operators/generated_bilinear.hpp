// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/operators/bilinear.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {

/// Bilinear operator (bilinear.hpp) with standard normal vectors drawn again at every use: entry j of b_i is
/// gaussian(make_stream(seed, random_purpose::sensing, 2 i), j), that of c_i from the stream 2 i + 1, in
/// double precision that float widened. The same vectors, to the bit, as fill_bilinear_vectors stores. Cost
/// of a gradient: that of bilinear_sensing, and rows + columns draws for each measurement.
template <class T>
struct generated_bilinear_sensing {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t measurement_count = 0;
  std::size_t n = rows + columns;  ///< not to be set otherwise; before the seed it takes no padding
  std::uint64_t seed = 0;
  std::size_t first_measurement = 0;  ///< of all, where these are a part of them

  [[nodiscard]] constexpr factor_shape shape() const noexcept { return {factor_kind::rectangular, rows}; }
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const generated_bilinear_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  if (!is_rectangular(a.rows, a.columns, a.n)) return SIZE_MAX;
  return bilinear_scratch_bytes<T>(a.rows, a.columns, rank, plan, true);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const generated_bilinear_sensing<T>&,
                                                        std::size_t problems, execution_plan) noexcept {
  return bilinear_batch_bytes<T>(problems);
}

/// See sensing.hpp. Errors: dimension (no rows, no columns, more than largest_dimension together, or another
/// n than theirs), measurement_count, size_overflow. Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const generated_bilinear_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const generated_bilinear_sensing<T>& a,
                                      batch_operator<T>& out) noexcept;

/// Draws vectors first .. first + count - 1 of each side into `left` (count x padded<T>(rows)) and `right`
/// (count x padded<T>(columns)), both 64-byte aligned. Errors: dimension, size_overflow (2 (first + count)
/// streams, or the bytes, exceed size_t), operator_data (null or misaligned), instruction_set. Bits: the same
/// on every instruction set.
template <class T>
[[nodiscard]] TINYRANK_API status fill_bilinear_vectors(
    std::size_t rows, std::size_t columns, std::size_t first, std::size_t count, std::uint64_t seed, T* left,
    T* right, instruction_set isa = instruction_set::automatic) noexcept;

}  // namespace tinyrank
