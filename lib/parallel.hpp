// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The only place with OpenMP. Threads pick up numbered pieces of work; what a piece computes never depends on
// who picks it.

#include <cstddef>
#include <cstdint>
#ifdef _OPENMP
#include <omp.h>
#endif

namespace tinyrank {

#ifdef _OPENMP
inline constexpr bool has_threads = true;
#else
inline constexpr bool has_threads = false;
#endif

/// Calls piece(index, worker) once for every index < count, with worker < workers, from at most `workers`
/// threads.
template <class Piece>
void parallel_for([[maybe_unused]] std::uint32_t workers, std::size_t count, Piece piece) noexcept {
#ifdef _OPENMP
  if (workers > 1 && count > 1) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(static_cast <int>(workers))
    for (std::size_t i = 0; i < count; ++i) piece(i, static_cast<std::uint32_t>(omp_get_thread_num()));
    return;
  }
#endif
  for (std::size_t i = 0; i < count; ++i) piece(i, std::uint32_t{0});
}

}  // namespace tinyrank
