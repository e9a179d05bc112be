// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/packed_scratch.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Gaussian ensemble drawn again at every use, from (seed, ensemble): no stored matrix. The same A_i, to the
/// bit, as fill_gaussian_rows stores. Cost of a gradient: m n(n+1)/2 draws.
template <class T>
struct gaussian_sensing {
  static constexpr bool forms_matrix = true;  ///< see staircase_options::probes

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  std::uint64_t seed = 0;
  gaussian_ensemble ensemble = gaussian_ensemble::isotropic;
  std::size_t first_measurement = 0;  ///< of all, where these are a part of them
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const gaussian_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  return packed_scratch_bytes<T>(a.n, packed_stride<T>(a.n), plan, drawn_block);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const gaussian_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(packed_stride<T>(a.n), true, problems, plan);
}

/// See sensing.hpp. Errors: dimension, measurement_count. Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const gaussian_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const gaussian_sensing<T>& a, batch_operator<T>& out) noexcept;

/// Draws matrices first .. first + count - 1 of the Gaussian ensemble into `rows` (count x
/// packed_stride<T>(n)), as a dense operator stores them. Errors: dimension, size_overflow, operator_data
/// (rows null or misaligned), instruction_set. Bits: the same on every instruction set.
template <class T>
[[nodiscard]] TINYRANK_API status fill_gaussian_rows(
    std::size_t n, std::size_t first, std::size_t count, std::uint64_t seed, gaussian_ensemble ensemble,
    T* rows, instruction_set isa = instruction_set::automatic) noexcept;

}  // namespace tinyrank
