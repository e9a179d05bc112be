// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <vector>

#include "tinyrank/views.hpp"

namespace tinyrank::app {

/// All singular values, largest first. A tall factor of many columns is reduced to the triangle of its QR
/// factorisation first, which has the same: rotations then cost r^3 instead of n r^2.
template <class T>
std::vector<double> spectrum_of(factor_view<const T> u);

/// Of a factor n x rank row-major.
template <class T>
std::vector<double> spectrum_of(const std::vector<T>& u, std::size_t n, std::size_t rank);

}  // namespace tinyrank::app
