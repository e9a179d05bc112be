// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// U = [P; Q], the halves of W = P + iQ, Z = W W^H.

#include "lib/dense_algebra/block_iteration.hpp"
#include "lib/dense_algebra/cholesky.hpp"
#include "lib/dense_algebra/factor_geometry.hpp"

namespace tinyrank {
namespace {

template <class T>
struct complex_number {
  T re, im;
};

/// a^H b, d complex numbers each.
template <class T>
complex_number<T> complex_dot(const T* a, const T* b, std::size_t d) noexcept {
  return {dot(a, b, 2 * d), dot(a, b + d, d) - dot(a + d, b, d)};
}

/// x := x + s a.
template <class T>
void add_complex_multiple(complex_number<T> s, const T* a, T* x, std::size_t d) noexcept {
  add_multiple(s.re, a, x, 2 * d);
  add_multiple(-s.im, a + d, x, d);
  add_multiple(s.im, a, x + d, d);
}

template <class T>
T complex_product(std::size_t, factor_view<const T> u, factor_view<const T> v) noexcept {
  T sum = 0;
  for (std::size_t a = 0; a < u.rank; ++a) {
    for (std::size_t b = 0; b < v.rank; ++b) {
      const complex_number<T> both = complex_dot(u.column(a), v.column(b), u.n / 2);
      sum += both.re * both.re + both.im * both.im;
    }
  }
  return sum;
}

template <class T>
void orthonormalise_complex_column(factor_view<T> q, std::size_t c) noexcept {
  T* column = q.column(c);
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t d = 0; d < c; ++d) {
      const complex_number<T> overlap = complex_dot(q.column(d), column, q.n / 2);
      add_complex_multiple<T>({-overlap.re, -overlap.im}, q.column(d), column, q.n / 2);
    }
    const T norm = square_root(dot(column, column, q.n));
    if (!(norm > 0)) return;
    divide(column, norm, q.n);
  }
}

/// x := x - Q K, K = (Q^H x - x^H Q)/2: along Q K, K skew-Hermitian, W W^H stays.
template <class T>
void take_phases_off(std::size_t, factor_view<T> q, T* x) noexcept {
  const std::size_t d = q.n / 2;
  // Pair by pair: the coefficients of (a, b) are the other ones' no part.
  for (std::size_t a = 0; a < q.rank; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      T *xa = x + a * q.stride, *xb = x + b * q.stride;
      const complex_number<T> ab = complex_dot(q.column(a), xb, d), ba = complex_dot(q.column(b), xa, d);
      const complex_number<T> k{(ab.re - ba.re) * T(0.5), (ab.im + ba.im) * T(0.5)};
      add_complex_multiple<T>({-k.re, -k.im}, q.column(a), xb, d);
      if (b != a) add_complex_multiple<T>({k.re, -k.im}, q.column(b), xa, d);
    }
  }
}

/// small.projected := [Re H, -Im H; Im H, Re H], H the Hermitian part of basis^H image.
template <class T>
void project_onto_complex(factor_view<T> basis, factor_view<T> image, T* projected) noexcept {
  const std::size_t b = basis.rank, s = 2 * b, d = basis.n / 2;
  for (std::size_t p = 0; p < b; ++p) {
    for (std::size_t q = 0; q <= p; ++q) {
      const complex_number<T> pq = complex_dot(basis.column(p), image.column(q), d),
                              qp = complex_dot(basis.column(q), image.column(p), d);
      const T re = (pq.re + qp.re) * T(0.5), im = (pq.im - qp.im) * T(0.5);
      projected[p * s + q] = projected[q * s + p] = re;
      projected[(b + p) * s + b + q] = projected[(b + q) * s + b + p] = re;
      projected[(b + p) * s + q] = projected[q * s + b + p] = im;
      projected[(b + q) * s + p] = projected[p * s + b + q] = -im;
    }
  }
}

/// Each eigenvector z of H is there twice, as z and as iz, or as any two of their plane. The first b columns
/// of small.vectors and small.values := one of each, in the same order.
template <class T>
void keep_complex_vectors(const small_matrices<T>& small, std::size_t b) noexcept {
  const std::size_t s = 2 * b;
  T* v = small.vectors;
  // Of 2b orthonormal vectors whose projections beside k < b complex ones have all squares below 1/b, there
  // would be too few; what is kept is no more than rounding times sqrt(2b) off.
  const T least = T(0.5) / static_cast<T>(b);
  std::size_t kept = 0;
  for (std::size_t c = 0; c < s && kept < b; ++c) {
    T size = 0;
    for (std::size_t i = 0; i < s; ++i) v[i * s + kept] = v[i * s + c];
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t e = 0; e < kept; ++e) {
        T re = 0, im = 0;
        for (std::size_t i = 0; i < b; ++i) {
          const T x = v[i * s + e], y = v[(b + i) * s + e];
          re += x * v[i * s + kept] + y * v[(b + i) * s + kept];
          im += x * v[(b + i) * s + kept] - y * v[i * s + kept];
        }
        for (std::size_t i = 0; i < b; ++i) {
          const T x = v[i * s + e], y = v[(b + i) * s + e];
          v[i * s + kept] -= re * x - im * y;
          v[(b + i) * s + kept] -= re * y + im * x;
        }
      }
      size = 0;
      for (std::size_t i = 0; i < s; ++i) size += v[i * s + kept] * v[i * s + kept];
      if (!(size >= least)) break;
      const T norm = square_root(size);
      for (std::size_t i = 0; i < s; ++i) v[i * s + kept] /= norm;
    }
    if (!(size >= least)) continue;
    small.values[kept] = small.values[c];
    ++kept;
  }
}

/// block := block Z, Z = X + iY the first b columns of v = [X; Y]; row: 2b numbers.
template <class T>
void rotate_complex_block(factor_view<T> block, const T* v, T* row) noexcept {
  const std::size_t b = block.rank, s = 2 * b, d = block.n / 2;
  for (std::size_t j = 0; j < d; ++j) {
    for (std::size_t c = 0; c < b; ++c) {
      T re = 0, im = 0;
      for (std::size_t i = 0; i < b; ++i) {
        const T x = v[i * s + c], y = v[(b + i) * s + c], p = block(j, i), q = block(d + j, i);
        re += p * x - q * y;
        im += p * y + q * x;
      }
      row[c] = re;
      row[b + c] = im;
    }
    for (std::size_t c = 0; c < b; ++c) {
      block(j, c) = row[c];
      block(d + j, c) = row[b + c];
    }
  }
}

template <class T>
void rotate_to_complex_ritz(factor_view<T> basis, factor_view<T> image, const small_matrices<T>& small,
                            bool largest_first) noexcept {
  project_onto_complex(basis, image, small.projected);
  symmetric_eigen(small.projected, small.vectors, 2 * basis.rank);
  sort_eigenpairs(small, 2 * basis.rank, [=](T x, T y) { return largest_first ? x > y : x < y; });
  keep_complex_vectors(small, basis.rank);
  rotate_complex_block(basis, small.vectors, small.row);
}

/// W^H W: real parts in the lower triangle, the imaginary part of (i, j), i > j, at (j, i).
template <class T>
T form_complex_gram(factor_view<const T> u, T* gram) noexcept {
  const std::size_t r = u.rank;
  T trace = 0;
  for (std::size_t i = 0; i < r; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const complex_number<T> both = complex_dot(u.column(i), u.column(j), u.n / 2);
      gram[i * r + j] = both.re;
      gram[j * r + i] = both.im;
    }
    gram[i * r + i] = dot(u.column(i), u.column(i), u.n);
    trace += gram[i * r + i];
  }
  return trace;
}

/// A = L L^H, both as in form_complex_gram.
template <class T>
bool complex_cholesky(T* a, std::size_t r) noexcept {
  for (std::size_t j = 0; j < r; ++j) {
    T diagonal = a[j * r + j];
    for (std::size_t k = 0; k < j; ++k) diagonal -= a[j * r + k] * a[j * r + k] + a[k * r + j] * a[k * r + j];
    if (!(diagonal > 0) || !is_finite(diagonal)) return false;
    const T root = a[j * r + j] = square_root(diagonal);
    for (std::size_t i = j + 1; i < r; ++i) {
      T re = a[i * r + j], im = a[j * r + i];
      for (std::size_t k = 0; k < j; ++k) {
        re -= a[i * r + k] * a[j * r + k] + a[k * r + i] * a[k * r + j];
        im -= a[k * r + i] * a[j * r + k] - a[i * r + k] * a[k * r + j];
      }
      a[i * r + j] = re / root;
      a[j * r + i] = im / root;
    }
  }
  return true;
}

template <class T>
bool factorise_complex_gram(factor_view<const T> u, T lambda, T* gram) noexcept {
  return damped_cholesky(
      gram, u.rank, lambda, [=] { return form_complex_gram(u, gram); },
      [=] { return complex_cholesky(gram, u.rank); });
}

/// G := G L^-H, or with `backward` G L^-1.
template <class T>
void solve_complex(const T* l, const factor_view<T>& g, bool backward) noexcept {
  const std::size_t r = g.rank;
  for (std::size_t i = 0; i < r; ++i) {
    const std::size_t c = backward ? r - 1 - i : i, end = backward ? r : c;
    T* column = g.column(c);
    for (std::size_t k = backward ? c + 1 : 0; k < end; ++k) {
      // L_kc, or the conjugate of L_ck.
      const complex_number<T> element = backward ? complex_number<T>{l[k * r + c], l[c * r + k]}
                                                 : complex_number<T>{l[c * r + k], -l[k * r + c]};
      add_complex_multiple<T>({-element.re, -element.im}, g.column(k), column, g.n / 2);
    }
    divide(column, l[c * r + c], g.n);
  }
}

template <class T>
constexpr factor_geometry<T> complex_geometry{.product = complex_product<T>,
                                              .take_gauge_off = take_phases_off<T>,
                                              .orthonormalise_column = orthonormalise_complex_column<T>,
                                              .rotate_to_ritz = rotate_to_complex_ritz<T>,
                                              .factorise_gram = factorise_complex_gram<T>,
                                              .solve = solve_complex<T>};

}  // namespace

template <class T>
void make_complex(sensing_operator<T>& a) noexcept {
  a.shape = {factor_kind::complex, 0};
  a.geometry = &complex_geometry<T>;
}

template void make_complex(sensing_operator<float>&) noexcept;
template void make_complex(sensing_operator<double>&) noexcept;

}  // namespace tinyrank
