// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/tables.hpp"

namespace tinyrank {

/// Kernels of the discrete Fourier transform of `count` complex numbers, a power of two, by butterflies in
/// place: with c = cosines[h + j] = cos(pi j / h) and s = sines[h + j] for j < h = 1, 2, 4, .. count / 2.
/// Each element goes through the same operations however they are grouped, so the bits are those of the
/// loops here. All arrays are 64-byte aligned.
template <class T>
struct fourier_kernels {
  /// X_k = sum_j x_j exp(-2 pi i j k / count), left at the place whose bits are those of k in reverse:
  ///
  ///   for h = count / 2, .., 2, 1, each group of 2 h and j < h: a = x[j], b = x[j + h] of the group,
  ///     x[j] := a + b,   x[j + h] := (a - b)(c - is),
  ///     re = fma(re a - re b, c, (im a - im b) s),   im = fma(im a - im b, c, (re b - re a) s)
  void (*forward)(T* re, T* im, std::size_t count, const T* cosines, const T* sines);

  /// x_j = sum_k X_k exp(+2 pi i j k / count), of X_k where forward leaves it:
  ///
  ///   for h = 1, 2, .., count / 2: b := x[j + h] (c + is),   x[j] := a + b,   x[j + h] := a - b,
  ///     re = fma(re b, c, -(im b s)),   im = fma(im b, c, re b s)
  void (*adjoint)(T* re, T* im, std::size_t count, const T* cosines, const T* sines);
};
TINYRANK_DECLARE_TABLES(fourier_kernels)

}  // namespace tinyrank
