// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/descent.hpp"
#include "tinyrank/detail/standstill_memory.hpp"
#include "tinyrank/export.hpp"

namespace tinyrank {

/// Why the loss of a descent does not fall, or hardly.
enum class standstill : std::int32_t {
  /// The loss is that of rounding: a smaller one cannot be told.
  rounding = 0,
  /// It is no standstill: a step as short as the gradient says would lower the loss, but steps are longer. A
  /// step size that was given, and is too large, leads back and forth.
  cycle,
  /// Part of the measurements is not explained yet, and U is growing into it: a direction along which the
  /// residual matrix has an eigenvalue more negative than random signs on the residuals show, and along which
  /// a column of U that is hardly used lowers the loss.
  saddle,
  /// The same where U has nothing along it, as from a start of zeros, or so little that what a step adds is
  /// lost in rounding: it stays so.
  stuck,
  /// Such an eigenvalue, but every column is used, and moving one into its direction raises the loss. A
  /// column more would lower it: a minimum of this many columns that is none of the matrix.
  local_minimum,
  /// No direction stands out from what random signs show: what is left of the measurements is as noise.
  noise,
};

[[nodiscard]] TINYRANK_API const char* to_string(standstill value) noexcept;

template <class T>
struct standstill_report {
  standstill kind = standstill::noise;
  /// lambda_min(G), G = (1/m) sum_i e_i A_i, in a Krylov space of 16 columns, from above.
  T smallest_eigenvalue = 0;
  /// How far from the mean eigenvalue residuals of the same size and random signs have theirs, and a half
  /// more: what stands out is beyond it.
  T edge = 0;
  /// f'' along v w^T, v the eigenvector and w the combination of columns of U that is shortest.
  T curvature = 0;
  /// ||U^T v||: what U has of the direction, and s of the best fit U U^T + s v v^T. Gradient descent with the
  /// step size mu takes log(sqrt(s) / ||U^T v||) / log(1 + mu |lambda_min|) iterations to there.
  T component = 0;
  T missing = 0;
  /// Whether U grows along v, which it does at a saddle, and where the direction does not stand out, too.
  bool grows = false;
};

/// The exact bytes that examine_standstill needs; SIZE_MAX when they overflow size_t.
template <class T>
[[nodiscard]] constexpr std::size_t standstill_bytes(std::size_t n, std::size_t measurement_count,
                                                     std::size_t rank) noexcept {
  if (n == 0 || n > largest_dimension || rank == 0) return SIZE_MAX;
  return measured_bytes([&](arena& memory) { layout_standstill<T>(memory, n, measurement_count, rank); });
}

/// Looks at where a descent stands, between two steps or after its end, and does not move it. run: made by
/// init. buffer: 64-byte aligned, standstill_bytes(n, m, run.factor.rank) bytes or more, not the run's arena.
/// Errors: the arena's. Cost: one pass with all columns, up to 35 with one; O(n r) besides, and O(c^3), c =
/// min(r, 64). Bits: the same everywhere.
template <class T>
[[nodiscard]] TINYRANK_API status examine_standstill(standstill_report<T>& out, const descent<T>& run,
                                                     std::byte* buffer, std::size_t bytes) noexcept;

}  // namespace tinyrank
