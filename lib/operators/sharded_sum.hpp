// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstring>

#include "lib/kernels/tables.hpp"
#include "lib/parallel.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// For every set p < sets: sums[p][0..counts[p]) = sum over shards of the buffers that `body` writes, and
/// losses[p][0] = the sum of losses[p][s], which it writes too; both by the tree that adds neighbours, then
/// neighbouring pairs, and so on. counts are multiples of virtual_lanes<T>.
///
/// body(shard_range measurements, shard, slot, worker): the buffer of set p is sums[p] + slot * counts[p],
/// and holds anything before. sums: shard_buffer_count(plan) * counts[p] each; losses: plan.shards each.
template <class T, class Body>
void sum_sets_over_shards(const workspace<T>& how, std::uint32_t workers, std::size_t m, std::size_t sets,
                          T* const* sums, const std::size_t* counts, T* const* losses, Body body) noexcept {
  const std::size_t shards = how.plan.shards;
  if (!has_threads || workers == 1) {
    // A binary counter meets the tree's nodes in depth-first order, and holds one buffer per level.
    std::size_t depth = 0;
    for (std::size_t s = 0; s < shards; ++s) {
      body(shard_of(s, shards, m), s, depth, std::uint32_t{0});
      for (std::size_t t = s; (t & 1) != 0; t >>= 1, --depth) {
        for (std::size_t p = 0; p < sets; ++p) {
          how.kernels->add(sums[p] + depth * counts[p], sums[p] + (depth - 1) * counts[p], counts[p]);
        }
      }
      ++depth;
    }
  } else {
    parallel_for(workers, shards,
                 [&](std::size_t s, std::uint32_t worker) { body(shard_of(s, shards, m), s, s, worker); });
    // Below, every thread adds up the part of the tree whose buffers it has written; what is above is divided
    // by entries. One thread does it if that is little.
    std::size_t parts = 1, entries = 0;
    while (parts < workers && parts < shards) parts *= 2;
    for (std::size_t p = 0; p < sets; ++p) entries += counts[p];
    const std::size_t below = shards / parts;
    const auto add_up = [&](std::size_t p, std::size_t s, std::size_t apart, shard_range range) {
      T* const to = sums[p] + s * counts[p] + range.first;
      how.kernels->add(to + apart * counts[p], to, range.count);
    };
    parallel_for(workers, parts, [&](std::size_t part, std::uint32_t) {
      for (std::size_t p = 0; p < sets; ++p) {
        for (std::size_t apart = 1; apart < below; apart *= 2) {
          for (std::size_t s = part * below; s < (part + 1) * below; s += 2 * apart) {
            add_up(p, s, apart, {0, counts[p]});
          }
        }
      }
    });
    const std::uint32_t above = workers_for(how.plan, parts * entries) == 1 ? 1 : workers;
    parallel_for(above, above, [&](std::size_t part, std::uint32_t) {
      for (std::size_t p = 0; p < sets; ++p) {
        const shard_range lines = shard_of(part, above, counts[p] / virtual_lanes<T>);
        for (std::size_t apart = below; apart < shards; apart *= 2) {
          for (std::size_t s = 0; s < shards; s += 2 * apart) {
            add_up(p, s, apart, {lines.first * virtual_lanes<T>, lines.count * virtual_lanes<T>});
          }
        }
      }
    });
  }
  for (std::size_t p = 0; p < sets; ++p) {
    for (std::size_t apart = 1; apart < shards; apart *= 2) {
      for (std::size_t s = 0; s < shards; s += 2 * apart) losses[p][s] += losses[p][s + apart];
    }
  }
}

/// The same for one set, whose buffers are zeroed before `body` adds to them. T body(shard_range
/// measurements, T* buffer, worker) returns the shard's loss; returns the sum of them.
template <class T, class Body>
T sum_over_shards(const workspace<T>& how, std::uint32_t workers, std::size_t m, T* sums, std::size_t count,
                  T* losses, Body body) noexcept {
  sum_sets_over_shards(how, workers, m, 1, &sums, &count, &losses,
                       [&](shard_range range, std::size_t s, std::size_t slot, std::uint32_t worker) {
                         T* const buffer = sums + slot * count;
                         std::memset(buffer, 0, count * sizeof(T));
                         losses[s] = body(range, buffer, worker);
                       });
  return losses[0];
}

}  // namespace tinyrank
