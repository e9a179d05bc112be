// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/operators/sharded_sum.hpp"

#include <cstddef>
#include <cstdint>

namespace tinyrank {

// As has_one_sum says.
#if TINYRANK_HAS_THREADS || SIZE_MAX > 0xffffffffu
template <class T>
void sum_sets_by(const workspace<T>& how, std::uint32_t workers, std::size_t m, std::size_t sets,
                 T* const* sums, const std::size_t* counts, T* const* losses, shard_body body) noexcept {
  sum_sets_in_place(how, workers, m, sets, sums, counts, losses, body);
}

template void sum_sets_by(const workspace<float>&, std::uint32_t, std::size_t, std::size_t, float* const*,
                          const std::size_t*, float* const*, shard_body) noexcept;
template void sum_sets_by(const workspace<double>&, std::uint32_t, std::size_t, std::size_t, double* const*,
                          const std::size_t*, double* const*, shard_body) noexcept;
#endif

}  // namespace tinyrank
