// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/arena.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/instruction_set.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/status.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank {

template <class T>
struct kernel_table;

/// How an operator divides its work. The bits of every result depend on `shards` and on nothing else here.
struct execution_plan {
  std::uint32_t threads = 1;
  std::uint32_t shards =
      16;  ///< power of two in 1..64; measurements are cut into this many runs, summed by a fixed tree
};

/// What the solver hands to an operator for one call.
template <class T>
struct execution {
  const kernel_table<T>* kernels = nullptr;
  execution_plan plan = {};
  std::byte* scratch = nullptr;  ///< scratch_bytes(...) bytes, 64-byte aligned, contents lost between calls
  std::size_t scratch_bytes = 0;
};

/// A sensing operator A: a table of functions over the caller's context. It speaks about the factor U, never
/// about an n x n matrix, so that every operator has its natural cost. With raw matrices A_i (the 1/sqrt(m)
/// of arXiv 2106.15013, section 2, lives in loss_and_gradient):
///
///   measure             y_i = <A_i, U U^T>                                          i < m
///   adjoint_times       out = A^*(w) V = (sum_i w_i A_i) V                          n x V.rank
///   loss_and_gradient   f(U) = 1/(4m) sum_i e_i^2,  e_i = <A_i, U U^T> - y_i        eq. (2)
///                       gradient = (1/m) (sum_i e_i A_i) U                          n x U.rank; returns f(U)
///   project             U := the nearest factor orthogonal to the null space; null when that is trivial
///
/// They are tied by <w, measure(U)> = <adjoint_times(w, U), U>. Inputs and outputs never alias; padding of
/// views is zero on entry and is left zero. None fails: sizes were checked when the run was made.
template <class T>
struct sensing_operator {
  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const void* context = nullptr;
  std::size_t (*scratch_bytes)(const void* context, std::size_t rank, execution_plan plan) = nullptr;
  void (*measure)(const void* context, const execution<T>& how, factor_view<const T> factor, T* y) = nullptr;
  void (*adjoint_times)(const void* context, const execution<T>& how, const T* w, factor_view<const T> v,
                        factor_view<T> out) = nullptr;
  T(*loss_and_gradient)
  (const void* context, const execution<T>& how, factor_view<const T> factor, const T* y,
   factor_view<T> gradient) = nullptr;
  void (*project)(const void* context, factor_view<T> factor) = nullptr;
};

/// Threads that can have work: never more than shards.
[[nodiscard]] constexpr std::uint32_t worker_count(execution_plan plan) noexcept {
  return plan.threads < plan.shards ? plan.threads : plan.shards;
}

/// Buffers for per-shard sums: one thread folds finished shards like a binary counter, so it needs
/// log2(shards) + 1.
[[nodiscard]] constexpr std::size_t shard_buffer_count(execution_plan plan) noexcept {
  if (worker_count(plan) > 1) return plan.shards;
  std::size_t count = 1;
  for (std::uint32_t s = plan.shards; s > 1; s /= 2) ++count;
  return count;
}

/// Dense operator: m stored matrices. Row i is A_i, packed (views.hpp), at rows + i * packed_stride<T>(n),
/// zero-padded. rows: 64-byte aligned, not owned, read only. Cost of a gradient: one pass over the rows, 4 m
/// n(n+1)/2 flops.
template <class T>
struct dense_sensing {
  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const T* rows = nullptr;
};

/// Matrices that a generated operator draws at a time: a block shares its passes over the estimate and the
/// sum. One where memory is small. Never changes the bits.
inline constexpr std::size_t drawn_block = SIZE_MAX > 0xffffffffu ? 4 : 1;

/// Gaussian ensemble drawn again at every use, from (seed, ensemble): no stored matrix. The same A_i, to the
/// bit, as fill_gaussian_rows stores. Cost of a gradient: m n(n+1)/2 draws.
template <class T>
struct gaussian_sensing {
  std::size_t n = 0;
  std::size_t measurement_count = 0;
  std::uint64_t seed = 0;
  gaussian_ensemble ensemble = gaussian_ensemble::isotropic;
};

/// Random signs drawn again at every use: A_jj = +-1 and A_jk = A_kj = +-square_root_of_half, independent and
/// equally likely (rademacher_entry in random.hpp), so that E<A,Z>^2 = ||Z||_F^2 as for the Gaussian
/// ensemble, which needs 32 times as many random bits. No stored matrix. Cost of a gradient: m n(n+1)/2
/// signs, two additions each.
template <class T>
struct rademacher_sensing {
  std::size_t n = 0;
  std::size_t measurement_count = 0;
  std::uint64_t seed = 0;
};

/// Two different indices below n.
struct index_pair {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
};

/// Squared distances between points: y_ij = <(e_i - e_j)(e_i - e_j)^T, Z> = ||U_i - U_j||^2, U_i the i-th row
/// of U. pairs: not owned, read only. Cost of a gradient: O(m r); no n x n matrix.
///
/// Its null space is translation: adding one vector to every row of U changes no distance. The solver
/// therefore keeps the columns of U centred (zero mean), which changes nothing that was measured. It is not
/// isotropic.
template <class T>
struct distance_sensing {
  static constexpr bool concurrent = true;  ///< see batch_operator

  std::size_t n = 0;
  std::size_t measurement_count = 0;
  const index_pair* pairs = nullptr;
};

/// Scratch of the operators that sum packed matrices. One function measures and places it.
template <class T>
struct packed_scratch {
  T* gram = nullptr;        ///< packed U U^T with doubled off-diagonals
  T* sums = nullptr;        ///< shard_buffer_count packed sums
  T* losses = nullptr;      ///< one per shard
  T* symmetric = nullptr;   ///< A^*(w), full, n x padded<T>(n)
  T* drawn = nullptr;       ///< drawn_elements for each worker, when rows are drawn
  std::size_t entries = 0;  ///< of a packed matrix, with the padding of its rows
  std::size_t drawn_elements = 0;
};

template <class T>
constexpr packed_scratch<T> layout_packed_scratch(arena& memory, std::size_t n, std::size_t entries,
                                                  execution_plan plan, std::size_t drawn_rows) noexcept {
  packed_scratch<T> scratch;
  scratch.entries = entries;
  scratch.drawn_elements = entries * drawn_rows;
  scratch.gram = memory.take<T>(entries);
  scratch.sums = memory.take<T>(entries, shard_buffer_count(plan));
  scratch.losses = memory.take<T>(plan.shards);
  scratch.symmetric = memory.take<T>(padded<T>(n), n);
  if (drawn_rows != 0) scratch.drawn = memory.take<T>(scratch.drawn_elements, worker_count(plan));
  return scratch;
}

/// Elements from one row to the next of a factor that is stored by rows: `rank`, or from virtual_lanes<T> on
/// `rank` filled up with zeros to whole lines of lanes. SIZE_MAX when that overflows.
template <class T>
constexpr std::size_t row_stride(std::size_t rank) noexcept {
  if (rank < virtual_lanes<T>) return rank;
  return rank > SIZE_MAX - virtual_lanes<T> ? SIZE_MAX : padded<T>(rank);
}

/// Scratch of the distance operator, and of those in sparse.hpp.
template <class T>
struct distance_scratch {
  T* rows = nullptr;    ///< the factor by rows: a pair reads two of them
  T* sums = nullptr;    ///< shard_buffer_count gradients by rows, each padded<T>(n) rows
  T* losses = nullptr;  ///< one per shard
};

template <class T>
constexpr distance_scratch<T> layout_distance_scratch(arena& memory, std::size_t n, std::size_t rank,
                                                      execution_plan plan) noexcept {
  distance_scratch<T> scratch;
  // Two steps, because stride * buffers could wrap before take() sees it.
  const std::size_t buffers = shard_buffer_count(plan), stride = row_stride<T>(rank);
  scratch.rows = memory.take<T>(stride, n);
  scratch.sums = memory.take<T>(padded<T>(n), stride > SIZE_MAX / buffers ? SIZE_MAX : stride * buffers);
  scratch.losses = memory.take<T>(plan.shards);
  return scratch;
}

/// Exact scratch bytes of an operator; SIZE_MAX when they overflow size_t. Usable in a constant expression.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const dense_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  arena measuring;
  layout_packed_scratch<T>(measuring, a.n, packed_stride<T>(a.n), plan, 0);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const gaussian_sensing<T>& a, std::size_t,
                                                  execution_plan plan) noexcept {
  arena measuring;
  layout_packed_scratch<T>(measuring, a.n, packed_stride<T>(a.n), plan, drawn_block);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const rademacher_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return scratch_bytes(dense_sensing<T>{a.n, a.measurement_count, nullptr}, rank, plan);
}
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const distance_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  arena measuring;
  layout_distance_scratch<T>(measuring, a.n, rank, plan);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
}
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const sensing_operator<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return a.scratch_bytes == nullptr ? 0 : a.scratch_bytes(a.context, rank, plan);
}

/// The function table of an operator; `a` is referenced, not copied, and must outlive it. A program links
/// only the operators whose make_operator it calls. Errors: dimension, measurement_count, size_overflow,
/// operator_data (null, misaligned), pair_index. Cost: O(1); O(m) for distances, whose indices are checked.
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const dense_sensing<T>& a, sensing_operator<T>& out) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const gaussian_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const rademacher_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const distance_sensing<T>& a,
                                                sensing_operator<T>& out) noexcept;
/// A user's own operator: checks n, m and that the three functions are there.
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const sensing_operator<T>& a,
                                                sensing_operator<T>& out) noexcept;

/// Errors: threads, shards. Cost: O(1).
[[nodiscard]] TINYRANK_API status check_plan(execution_plan plan) noexcept;

/// What is needed to call an operator's verbs outside a run, for instance to measure a known truth:
///     execution<float> how;
///     if (make_execution(how, a, rank, plan, isa, scratch, sizeof scratch) == status::ok)
///     a.measure(a.context, how, x, y);
/// rank: the largest of the factors that will be passed. scratch: 64-byte aligned, scratch_bytes(a, rank,
/// plan) bytes or more, for one call at a time; may be null when that is 0. Errors: rank, threads, shards,
/// instruction_set, size_overflow, arena_null, arena_misaligned, arena_too_small.
template <class T>
[[nodiscard]] TINYRANK_API status make_execution(execution<T>& how, const sensing_operator<T>& a,
                                                 std::size_t rank, execution_plan plan, instruction_set isa,
                                                 std::byte* scratch, std::size_t bytes) noexcept;

/// Elements of the storage of a dense operator, or SIZE_MAX when their bytes overflow size_t.
template <class T>
[[nodiscard]] constexpr std::size_t dense_row_elements(std::size_t n,
                                                       std::size_t measurement_count) noexcept {
  if (n == 0 || n > largest_dimension) return SIZE_MAX;
  const std::size_t stride = packed_stride<T>(n);
  return measurement_count > SIZE_MAX / sizeof(T) / stride ? SIZE_MAX : measurement_count * stride;
}

/// Stores one matrix as a row of a dense operator: row[packed_index(j, k)] = (full[j n + k] + full[k n + j])
/// / 2, padding 0. full: n x n, row-major; row: packed_stride<T>(n) elements; no aliasing. Returns whether
/// full was symmetric to the bit; when it was not, the stored matrix is its symmetric part, which gives the
/// same measurements of U U^T.
template <class T>
TINYRANK_API bool pack_row_from_full(std::size_t n, const T* full, T* row) noexcept;

/// The same from n(n+1)/2 packed entries (lower triangle row by row): a copy plus padding.
template <class T>
TINYRANK_API void pack_row_from_packed(std::size_t n, const T* packed, T* row) noexcept;

/// Draws matrices first .. first + count - 1 of the Gaussian ensemble into `rows` (count x
/// packed_stride<T>(n)). Errors: dimension, size_overflow, operator_data (rows null), instruction_set. Bits:
/// the same on every instruction set.
template <class T>
[[nodiscard]] TINYRANK_API status fill_gaussian_rows(
    std::size_t n, std::size_t first, std::size_t count, std::uint64_t seed, gaussian_ensemble ensemble,
    T* rows, instruction_set isa = instruction_set::automatic) noexcept;

}  // namespace tinyrank
