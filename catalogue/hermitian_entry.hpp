// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>

namespace tinyrank::catalogue {

struct complex_number {
  double re = 0, im = 0;
};

/// The entry (j, k) of the real [Re H, -Im H; Im H, Re H] that a Hermitian H of side d is to [P; Q]; h(j, k):
/// that of H.
template <class Entry>
double hermitian_entry(std::size_t d, std::size_t j, std::size_t k, Entry h) noexcept {
  const complex_number at = h(j % d, k % d);
  const bool lower = j >= d, right = k >= d;
  return lower == right ? at.re : lower ? at.im : -at.im;
}

}  // namespace tinyrank::catalogue
