// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "spectrum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "tinyrank/diagnostics.hpp"

namespace tinyrank::app {
namespace {

/// Multiply-adds of a sweep from which on the reduction is worth its rounding.
constexpr double many = 1e8;

double product(const double* x, const double* y, std::size_t n) {
  std::array<double, 8> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= n; i += sums.size()) {
    for (std::size_t l = 0; l < sums.size(); ++l) sums[l] += x[i + l] * y[i + l];
  }
  double sum = 0;
  for (; i < n; ++i) sum += x[i] * y[i];
  for (const double part : sums) sum += part;
  return sum;
}

/// R of U = Q R by modified Gram-Schmidt, whose R is that of a matrix which differs from U by rounding alone.
template <class T>
std::vector<double> triangle_of(factor_view<const T> u, std::size_t stride) {
  const std::size_t n = u.n, r = u.rank;
  std::vector<double> columns(n * r), triangle(stride * r);
  for (std::size_t c = 0; c < r; ++c) {
    for (std::size_t j = 0; j < n; ++j) columns[c * n + j] = static_cast<double>(u(j, c));
  }
  for (std::size_t a = 0; a < r; ++a) {
    double* const q = columns.data() + a * n;
    const double norm = std::sqrt(product(q, q, n));
    triangle[a * stride + a] = norm;
    if (!(norm > 0)) continue;
    for (std::size_t j = 0; j < n; ++j) q[j] /= norm;
    for (std::size_t b = a + 1; b < r; ++b) {
      double* const x = columns.data() + b * n;
      const double along = product(q, x, n);
      triangle[b * stride + a] = along;
      for (std::size_t j = 0; j < n; ++j) x[j] -= along * q[j];
    }
  }
  return triangle;
}

template <class T>
std::vector<double> rotated(factor_view<const T> u) {
  std::vector<double> work(u.n * u.rank), sigma(std::min(u.n, u.rank));
  if (u.rank != 0) singular_values(u, work.data(), sigma.data());
  return sigma;
}

}  // namespace

template <class T>
std::vector<double> spectrum_of(factor_view<const T> u) {
  const double n = static_cast<double>(u.n), r = static_cast<double>(u.rank);
  if (u.n < 2 * u.rank || n * r * r < many) return rotated(u);
  const std::size_t stride = padded<double>(u.rank);
  const std::vector<double> triangle = triangle_of(u, stride);
  return rotated(factor_view<const double>{triangle.data(), u.rank, u.rank, stride});
}

template <class T>
std::vector<double> spectrum_of(const std::vector<T>& u, std::size_t n, std::size_t rank) {
  const std::size_t stride = padded<T>(n);
  std::vector<T> columns(stride * rank);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t c = 0; c < rank; ++c) columns[c * stride + j] = u[j * rank + c];
  }
  return spectrum_of(factor_view<const T>{columns.data(), n, rank, stride});
}

template std::vector<double> spectrum_of(factor_view<const float>);
template std::vector<double> spectrum_of(factor_view<const double>);
template std::vector<double> spectrum_of(const std::vector<float>&, std::size_t, std::size_t);
template std::vector<double> spectrum_of(const std::vector<double>&, std::size_t, std::size_t);

}  // namespace tinyrank::app
