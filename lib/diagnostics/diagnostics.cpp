// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/diagnostics.hpp"

#include <type_traits>

#include "lib/dense_algebra/orthonormal.hpp"
#include "lib/dense_algebra/vectors.hpp"
#include "lib/simd/exact_fma.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {
namespace {

/// out[l] = (U U^T)(j, k + l) for a line of lanes, which the padding of the columns makes whole.
template <class T>
void gram_line(factor_view<const T> u, std::size_t j, std::size_t k, double* out) noexcept {
  for (std::size_t l = 0; l < virtual_lanes<T>; ++l) out[l] = 0;
  for (std::size_t c = 0; c < u.rank; ++c) {
    const T* column = u.data + c * u.stride;
    const auto x = static_cast<double>(column[j]);
    for (std::size_t l = 0; l < virtual_lanes<T>; ++l) out[l] += x * static_cast<double>(column[k + l]);
  }
}

/// sqrt(sum (Z_jk - M_jk)^2 / sum M_jk^2) over the lower triangle, off-diagonals twice. truth(j, k, count,
/// out): M(j, k) ... M(j, k + count - 1).
template <class T, class Line>
double relative_error(factor_view<const T> factor, Line truth) noexcept {
  constexpr std::size_t lanes = virtual_lanes<T>;
  double error = 0, norm = 0, z[lanes], m[lanes];
  for (std::size_t j = 0; j < factor.n; ++j) {
    for (std::size_t k = 0; k <= j; k += lanes) {
      const std::size_t count = j + 1 - k < lanes ? j + 1 - k : lanes;
      gram_line(factor, j, k, z);
      truth(j, k, count, m);
      for (std::size_t l = 0; l < count; ++l) {
        const double weight = k + l == j ? 1 : 2, difference = z[l] - m[l];
        error += weight * difference * difference;
        norm += weight * m[l] * m[l];
      }
    }
  }
  return square_root(error / norm);
}

struct column_products {
  double xx = 0, yy = 0, xy = 0;
};

/// In eight partial sums each: one sum would wait for its own last addition. Four times as fast at length
/// 200.
column_products multiply_columns(const double* x, const double* y, std::size_t length) noexcept {
  constexpr std::size_t lanes = 8;
  double xx[lanes] = {}, yy[lanes] = {}, xy[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= length; i += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) {
      xx[l] += x[i + l] * x[i + l];
      yy[l] += y[i + l] * y[i + l];
      xy[l] += x[i + l] * y[i + l];
    }
  }
  for (; i < length; ++i) {
    xx[0] += x[i] * x[i];
    yy[0] += y[i] * y[i];
    xy[0] += x[i] * y[i];
  }
  for (std::size_t apart = 1; apart < lanes; apart *= 2) {
    for (std::size_t l = 0; l < lanes; l += 2 * apart) {
      xx[l] += xx[l + apart];
      yy[l] += yy[l + apart];
      xy[l] += xy[l + apart];
    }
  }
  return {xx[0], yy[0], xy[0]};
}

}  // namespace

template <class T>
std::uint64_t factor_bits(factor_view<const T> factor) noexcept {
  using bits = std::conditional_t<sizeof(T) == sizeof(float), std::uint32_t, std::uint64_t>;
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t j = 0; j < factor.n; ++j) {
    for (std::size_t c = 0; c < factor.rank; ++c) {
      const bits value = same_bits<bits>(factor(j, c));
      for (std::size_t byte = 0; byte < sizeof(T); ++byte) {
        hash = (hash ^ ((value >> (8 * byte)) & 0xff)) * 0x100000001b3u;
      }
    }
  }
  return hash;
}

template <class T>
double relative_test_error(factor_view<const T> factor, factor_view<const T> truth) noexcept {
  return relative_error(
      factor, [&](std::size_t j, std::size_t k, std::size_t, double* out) { gram_line(truth, j, k, out); });
}

template <class T>
double relative_test_error_full(factor_view<const T> factor, const double* truth) noexcept {
  return relative_error(factor, [&](std::size_t j, std::size_t k, std::size_t count, double* out) {
    for (std::size_t l = 0; l < count; ++l) {
      out[l] = 0.5 * truth[j * factor.n + k + l] + 0.5 * truth[(k + l) * factor.n + j];
    }
  });
}

template <class T>
void singular_values(factor_view<const T> factor, double* work, double* sigma) noexcept {
  // Columns of the tall orientation, each contiguous.
  const bool tall = factor.n >= factor.rank;
  const std::size_t length = tall ? factor.n : factor.rank, columns = tall ? factor.rank : factor.n;
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t i = 0; i < length; ++i) {
      work[c * length + i] = static_cast<double>(tall ? factor(i, c) : factor(c, i));
    }
  }
  constexpr int most_sweeps = 60;
  constexpr double negligible = 0x1p-50;
  for (int sweep = 0; sweep < most_sweeps; ++sweep) {
    bool rotated = false;
    for (std::size_t p = 0; p + 1 < columns; ++p) {
      for (std::size_t q = p + 1; q < columns; ++q) {
        double* x = work + p * length;
        double* y = work + q * length;
        const column_products made = multiply_columns(x, y, length);
        if (!(made.xy * made.xy > negligible * negligible * made.xx * made.yy)) continue;
        rotated = true;
        const double zeta = (made.yy - made.xx) / (2 * made.xy);
        const double root = square_root(1 + zeta * zeta);
        const double t = zeta >= 0 ? 1 / (zeta + root) : 1 / (zeta - root);
        const double cosine = 1 / square_root(1 + t * t), sine = cosine * t;
        for (std::size_t i = 0; i < length; ++i) {
          const double xi = x[i], yi = y[i];
          x[i] = cosine * xi - sine * yi;
          y[i] = sine * xi + cosine * yi;
        }
      }
    }
    if (!rotated) break;
  }
  for (std::size_t c = 0; c < columns; ++c)
    sigma[c] = square_root(dot(work + c * length, work + c * length, length));
  // Largest first, columns with them.
  for (std::size_t c = 0; c + 1 < columns; ++c) {
    std::size_t largest = c;
    for (std::size_t q = c + 1; q < columns; ++q) largest = sigma[q] > sigma[largest] ? q : largest;
    if (largest == c) continue;
    const double value = sigma[c];
    sigma[c] = sigma[largest];
    sigma[largest] = value;
    for (std::size_t i = 0; i < length; ++i) {
      const double element = work[c * length + i];
      work[c * length + i] = work[largest * length + i];
      work[largest * length + i] = element;
    }
  }
}

template <class T>
void draw_planted_truth(factor_view<T> truth, T condition_number, std::uint64_t seed) noexcept {
  for (std::size_t c = 0; c < truth.rank; ++c) {
    T* column = truth.column(c);
    const random_stream stream = make_stream(seed, random_purpose::planted, c);
    for (std::size_t j = 0; j < truth.stride; ++j) {
      column[j] = j < truth.n ? static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(j))) : T(0);
    }
    orthonormalise_column(truth, c);
  }
  const T fall = truth.rank > 1 ? (T(1) - T(1) / condition_number) / static_cast<T>(truth.rank - 1) : T(0);
  for (std::size_t c = 1; c < truth.rank; ++c) {
    const T sigma = T(1) - fall * static_cast<T>(c);
    for (std::size_t j = 0; j < truth.n; ++j) truth.column(c)[j] *= sigma;
  }
}

template std::uint64_t factor_bits(factor_view<const float>) noexcept;
template std::uint64_t factor_bits(factor_view<const double>) noexcept;
template double relative_test_error(factor_view<const float>, factor_view<const float>) noexcept;
template double relative_test_error(factor_view<const double>, factor_view<const double>) noexcept;
template double relative_test_error_full(factor_view<const float>, const double*) noexcept;
template double relative_test_error_full(factor_view<const double>, const double*) noexcept;
template void singular_values(factor_view<const float>, double*, double*) noexcept;
template void singular_values(factor_view<const double>, double*, double*) noexcept;
template void draw_planted_truth(factor_view<float>, float, std::uint64_t) noexcept;
template void draw_planted_truth(factor_view<double>, double, std::uint64_t) noexcept;

}  // namespace tinyrank
