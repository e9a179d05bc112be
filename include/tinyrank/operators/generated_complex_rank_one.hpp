// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/operators/complex_rank_one.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {

/// Complex rank-one operator (complex_rank_one.hpp) with complex standard normal vectors drawn again at every
/// use, real and imaginary parts of variance 1/2: entry j of (b_i; c_i), 2 d of them, is square_root_of_half
/// gaussian(make_stream(seed, random_purpose::sensing, i), j), a float, in double precision widened. The same
/// vectors, to the bit, as fill_complex_rank_one_vectors stores. Cost of a gradient: that of
/// complex_rank_one_sensing, and 2 d draws for each vector.
template <class T>
struct generated_complex_rank_one_sensing {
  std::size_t dimension = 0;
  std::size_t measurement_count = 0;
  std::uint64_t seed = 0;
  rank_one_form form = rank_one_form::plain;
  std::size_t n = 2 * dimension;
  std::size_t first_measurement = 0;  ///< of all, where these are a part of them

  [[nodiscard]] static constexpr factor_shape shape() noexcept { return {factor_kind::complex, 0}; }
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const generated_complex_rank_one_sensing<T>& a,
                                                  std::size_t rank, execution_plan plan) noexcept {
  return complex_rank_one_scratch_bytes<T>(a.n, rank, plan, true);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const generated_complex_rank_one_sensing<T>&,
                                                        std::size_t problems, execution_plan) noexcept {
  return complex_rank_one_batch_bytes<T>(problems);
}

/// See sensing.hpp. Errors: dimension (0, too large, or an n that is not twice it), measurement_count,
/// size_overflow, operator_data (a form that is none). Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const generated_complex_rank_one_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const generated_complex_rank_one_sensing<T>& a,
                                      batch_operator<T>& out) noexcept;

/// Draws vectors first .. first + count - 1 of d complex entries into `vectors` (count x padded<T>(2 d),
/// 64-byte aligned). Errors: dimension, size_overflow (first + count vectors, or their bytes, exceed size_t),
/// operator_data (vectors null or misaligned), instruction_set. Bits: the same on every instruction set.
template <class T>
[[nodiscard]] TINYRANK_API status
fill_complex_rank_one_vectors(std::size_t d, std::size_t first, std::size_t count, std::uint64_t seed,
                              T* vectors, instruction_set isa = instruction_set::automatic) noexcept;

}  // namespace tinyrank
