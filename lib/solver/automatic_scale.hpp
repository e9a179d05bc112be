// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the measurements say about the scale of X, for the automatic step size and the automatic initial
// scale.

#include <cstddef>

#include "lib/dense_algebra/factor_geometry.hpp"
#include "lib/dense_algebra/vectors.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

// Not inlined: their variables would stay on a small stack beside those of the run's first gradient.

/// |lambda_1| of A^*(y) = (1/m) sum_i y_i A_i by at most 20 steps of power iteration, fewer when two agree to
/// a percent, from a random vector; v and image are n x 1. On return v is the normalised iterate. 0 when the
/// iterate vanishes.
template <class T>
[[gnu::noinline]] T leading_eigenvalue(const sensing_operator<T>& a, const workspace<T>& how, const T* y,
                                       std::uint64_t seed, factor_view<T> v, factor_view<T> image) noexcept {
  constexpr int most_steps = 20;
  constexpr T accuracy = T(0.01);
  const random_stream stream = make_stream(seed, random_purpose::power_iteration, 0);
  for (std::size_t j = 0; j < v.stride; ++j) {
    v.data[j] = j < v.n ? static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(j))) : T(0);
  }
  a.project(v);
  T norm = square_root(dot(v.data, v.data, v.n));
  T eigenvalue = 0;
  for (int k = 0; k < most_steps; ++k) {
    if (!(norm > 0)) return 0;
    for (std::size_t j = 0; j < v.n; ++j) v.data[j] /= norm;
    a.adjoint_times(how, y, v, image);
    norm = square_root(dot(image.data, image.data, v.n));
    const T previous = eigenvalue;
    eigenvalue = norm / static_cast<T>(a.measurement_count);
    const T change = eigenvalue > previous ? eigenvalue - previous : previous - eigenvalue;
    if (change <= accuracy * eigenvalue || k + 1 == most_steps) break;
    for (std::size_t j = 0; j < v.n; ++j) v.data[j] = image.data[j];
  }
  if (a.geometry != nullptr && a.geometry->take_negative_off != nullptr && norm > 0)
    a.geometry->take_negative_off(v, image, norm);
  return eigenvalue;
}

/// |s| of the s that minimises sum_i (s <A_i, v v^T> - y_i)^2: an estimate of ||X||^2 that needs no isotropy.
template <class T>
[[gnu::noinline]] T fitted_scale(const sensing_operator<T>& a, const workspace<T>& how, const T* y,
                                 factor_view<const T> v, T* measured) noexcept {
  a.measure(how, v, measured);
  const T fitted = dot(measured, y, a.measurement_count) / dot(measured, measured, a.measurement_count);
  return fitted < 0 ? -fitted : fitted;
}

}  // namespace tinyrank
