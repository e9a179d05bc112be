// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/operators/rank_one.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Random sign vectors, as the spreading codes of radio and the patterns of coded apertures, drawn again at
/// every use: A_i = s_i s_i^T, y_i = ||U^T s_i||^2, entry j of s_i is rademacher_sign(make_stream(seed,
/// random_purpose::sensing, i), j). With symmetric Z,
///
///   E <A, Z> A = 2 (Z - diag Z) + tr(Z) I
///
/// so that entries on the diagonal are seen in their sum alone: a low rank has to fill them in. Cost of a
/// gradient: 4 m n r flops and m n signs; no n x n matrix.
template <class T>
struct sign_vectors_sensing {
  static constexpr rank_one_form form = rank_one_form::plain;

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  std::uint64_t seed = 0;
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const sign_vectors_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return rank_one_scratch_bytes<T>(a.n, rank, plan, true);
}
template <class T>
[[nodiscard]] constexpr std::size_t batch_scratch_bytes(const sign_vectors_sensing<T>&, std::size_t problems,
                                                        execution_plan) noexcept {
  return rank_one_batch_bytes<T>(problems);
}

/// See sensing.hpp. Errors: dimension, measurement_count, size_overflow. Cost: O(1).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const sign_vectors_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
TINYRANK_API void make_batch_operator(const sign_vectors_sensing<T>& a, batch_operator<T>& out) noexcept;

}  // namespace tinyrank
