// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/estimate.hpp"

#include "lib/dense_algebra/vectors.hpp"
#include "tinyrank/diagnostics.hpp"

namespace tinyrank {
namespace {

/// (U U^T)(j, k).
template <class T>
double gram_entry(factor_view<const T> u, std::size_t j, std::size_t k) noexcept {
  double sum = 0;
  for (std::size_t c = 0; c < u.rank; ++c) sum += static_cast<double>(u(j, c)) * static_cast<double>(u(k, c));
  return sum;
}

template <class T>
double energy(factor_view<const T> u) noexcept {
  double sum = 0;
  for (std::size_t j = 0; j < u.n; ++j) sum += gram_entry(u, j, j);
  return sum;
}

}  // namespace

template <class T>
matrix_entry estimate_at(factor_shape shape, factor_view<const T> u, std::size_t j, std::size_t k) noexcept {
  const std::size_t d = u.n / 2;
  switch (shape.kind) {
    case factor_kind::rectangular:
      return {gram_entry(u, j, shape.rows + k), 0};
    case factor_kind::complex:
      return {gram_entry(u, j, k) + gram_entry(u, d + j, d + k),
              gram_entry(u, d + j, k) - gram_entry(u, j, d + k)};
    case factor_kind::symmetric:
      break;
  }
  return {gram_entry(u, j, k), 0};
}

template <class T>
double relative_test_error(factor_shape shape, factor_view<const T> factor,
                           factor_view<const T> truth) noexcept {
  if (shape.kind == factor_kind::symmetric) return relative_test_error(factor, truth);
  const matrix_size size = matrix_size_of(shape, factor.n);
  double error = 0, norm = 0;
  for (std::size_t j = 0; j < size.rows; ++j) {
    for (std::size_t k = 0; k < size.columns; ++k) {
      const matrix_entry z = estimate_at(shape, factor, j, k), m = estimate_at(shape, truth, j, k);
      const double real = z.real - m.real, imaginary = z.imaginary - m.imaginary;
      error += real * real + imaginary * imaginary;
      norm += m.real * m.real + m.imaginary * m.imaginary;
    }
  }
  return square_root(error / norm);
}

template <class T>
double fidelity(factor_view<const T> w, factor_view<const T> x, double* work) noexcept {
  // C = W^H X as [Re C, -Im C; Im C, Re C], which has each singular value of C twice.
  const std::size_t d = w.n / 2, rows = 2 * w.rank, columns = 2 * x.rank;
  const factor_view<double> embedded{work, rows, columns, rows};
  for (std::size_t i = 0; i < w.rank; ++i) {
    for (std::size_t c = 0; c < x.rank; ++c) {
      double re = 0, im = 0;
      for (std::size_t j = 0; j < d; ++j) {
        const auto p = static_cast<double>(w(j, i)), q = static_cast<double>(w(d + j, i));
        const auto s = static_cast<double>(x(j, c)), t = static_cast<double>(x(d + j, c));
        re += p * s + q * t;
        im += p * t - q * s;
      }
      embedded(i, c) = embedded(w.rank + i, x.rank + c) = re;
      embedded(w.rank + i, c) = im;
      embedded(i, x.rank + c) = -im;
    }
  }
  double* sigma = work + 2 * rows * columns;
  singular_values<double>(embedded, work + rows * columns, sigma);
  double sum = 0;
  for (std::size_t c = 0; c < (rows < columns ? rows : columns); ++c) sum += 0.5 * sigma[c];
  return sum / energy(w) * (sum / energy(x));
}

template matrix_entry estimate_at(factor_shape, factor_view<const float>, std::size_t, std::size_t) noexcept;
template matrix_entry estimate_at(factor_shape, factor_view<const double>, std::size_t, std::size_t) noexcept;
template double relative_test_error(factor_shape, factor_view<const float>,
                                    factor_view<const float>) noexcept;
template double relative_test_error(factor_shape, factor_view<const double>,
                                    factor_view<const double>) noexcept;
template double fidelity(factor_view<const float>, factor_view<const float>, double*) noexcept;
template double fidelity(factor_view<const double>, factor_view<const double>, double*) noexcept;

}  // namespace tinyrank
