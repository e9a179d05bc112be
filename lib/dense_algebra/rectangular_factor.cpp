// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// U = [L; R], M = L R^T.

#include "lib/dense_algebra/factor_geometry.hpp"
#include "lib/dense_algebra/orthonormal.hpp"

namespace tinyrank {
namespace {

/// The same columns, from row `first` on.
template <class T>
factor_view<T> half(factor_view<T> u, std::size_t first, std::size_t count) noexcept {
  return {u.data + first, count, u.rank, u.stride};
}

template <class T>
T rectangular_product(std::size_t rows, factor_view<const T> u, factor_view<const T> v) noexcept {
  T sum = 0;
  for (std::size_t a = 0; a < u.rank; ++a) {
    for (std::size_t b = 0; b < v.rank; ++b) {
      const T *ua = u.column(a), *vb = v.column(b);
      sum += dot(ua, vb, rows) * dot(ua + rows, vb + rows, u.n - rows);
    }
  }
  return sum;
}

/// A^*(y) has the eigenvalues +-sigma in pairs: v + A^*(y) v / sigma.
template <class T>
void keep_positive_part(factor_view<T> v, factor_view<const T> image, T norm) noexcept {
  for (std::size_t j = 0; j < v.n; ++j) v.data[j] += image.data[j] / norm;
  const T size = square_root(dot(v.data, v.data, v.n));
  if (size > 0) divide(v.data, size, v.n);
}

/// Each half alone: the tangent space is that of the column spaces of L and R.
template <class T>
void orthonormalise_halves(std::size_t rows, factor_view<T> q) noexcept {
  orthonormalise(half(q, 0, rows));
  orthonormalise(half(q, rows, q.n - rows));
}

/// x := x - [L S; -R S^T], S = (L^T X_L - X_R^T R)/2: along these L R^T stays.
template <class T>
void take_scalings_off(std::size_t rows, factor_view<T> q, T* x) noexcept {
  const std::size_t columns = q.n - rows;
  // Place by place: the coefficient of (a, b) is the other ones' no part.
  for (std::size_t a = 0; a < q.rank; ++a) {
    for (std::size_t b = 0; b < q.rank; ++b) {
      T *xa = x + a * q.stride + rows, *xb = x + b * q.stride;
      const T *left = q.column(a), *right = q.column(b) + rows;
      const T s = (dot(left, xb, rows) - dot(right, xa, columns)) * T(0.5);
      add_multiple(-s, left, xb, rows);
      add_multiple(s, right, xa, columns);
    }
  }
}

template <class T>
constexpr factor_geometry<T> rectangular_geometry{.product = rectangular_product<T>,
                                                  .take_negative_off = keep_positive_part<T>,
                                                  .orthonormalise = orthonormalise_halves<T>,
                                                  .take_gauge_off = take_scalings_off<T>};

}  // namespace

template <class T>
void make_rectangular(sensing_operator<T>& a, std::size_t rows) noexcept {
  a.shape = {factor_kind::rectangular, rows};
  a.geometry = &rectangular_geometry<T>;
}

template void make_rectangular(sensing_operator<float>&, std::size_t) noexcept;
template void make_rectangular(sensing_operator<double>&, std::size_t) noexcept;

}  // namespace tinyrank
