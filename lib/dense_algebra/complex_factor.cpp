// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/dense_algebra/factor_geometry.hpp"

namespace tinyrank {
namespace {

template <class T>
constexpr factor_geometry<T> geometry{};

}  // namespace

template <class T>
void make_complex(sensing_operator<T>& a) noexcept {
  a.shape = {factor_kind::complex, 0};
  a.geometry = &geometry<T>;
}

template void make_complex(sensing_operator<float>&) noexcept;
template void make_complex(sensing_operator<double>&) noexcept;

}  // namespace tinyrank
