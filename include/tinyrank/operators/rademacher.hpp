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

/// Random signs drawn again at every use: A_jj = +-1 and A_jk = A_kj = +-square_root_of_half, independent and
/// equally likely (rademacher_entry in random.hpp), so that E<A,Z>^2 = ||Z||_F^2 as for the Gaussian
/// ensemble, which needs 32 times as many random bits. No stored matrix. Cost of a gradient: m n(n+1)/2
/// signs, two additions each.
template <class T>
struct rademacher_sensing {
  static constexpr bool forms_matrix = true;  ///< see staircase_options::probes

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  std::uint64_t seed = 0;
  std::size_t first_measurement = 0;  ///< of all, where these are a part of them
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const rademacher_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  return packed_scratch_bytes<T>(a.n, packed_stride<T>(a.n), plan, 0);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const rademacher_sensing<T>& a, std::size_t problems,
                                                        execution_plan plan) noexcept {
  return packed_batch_bytes<T>(packed_stride<T>(a.n), true, problems, plan);
}

/// See sensing.hpp. Errors: dimension, measurement_count. Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const rademacher_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const rademacher_sensing<T>& a, batch_operator<T>& out) noexcept;

}  // namespace tinyrank
