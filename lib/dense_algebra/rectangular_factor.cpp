// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/dense_algebra/factor_geometry.hpp"

namespace tinyrank {
namespace {

template <class T>
constexpr factor_geometry<T> geometry{};

}  // namespace

template <class T>
void make_rectangular(sensing_operator<T>& a, std::size_t rows) noexcept {
  a.shape = {factor_kind::rectangular, rows};
  a.geometry = &geometry<T>;
}

template void make_rectangular(sensing_operator<float>&, std::size_t) noexcept;
template void make_rectangular(sensing_operator<double>&, std::size_t) noexcept;

}  // namespace tinyrank
