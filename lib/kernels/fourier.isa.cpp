// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/fourier.hpp"

#include <type_traits>

#include "lib/simd/exact_fma.hpp"
#include "lib/simd/pack.hpp"

namespace tinyrank {
namespace {

template <class T>
using fourier_register = std::conditional_t<std::is_same_v<T, float>, register_f32, register_f64>;

/// A number as a register of one lane, where a level has fewer neighbours than a register holds.
template <class T>
struct one_lane {
  using element = T;
  static constexpr std::size_t width = 1;
  T x;

  static TINYRANK_INLINE one_lane load(const T* from) noexcept { return {*from}; }
  static TINYRANK_INLINE one_lane broadcast(T value) noexcept { return {value}; }
  TINYRANK_INLINE void store(T* to) const noexcept { *to = x; }
};
template <class T>
TINYRANK_INLINE one_lane<T> add(one_lane<T> a, one_lane<T> b) noexcept {
  return {a.x + b.x};
}
template <class T>
TINYRANK_INLINE one_lane<T> subtract(one_lane<T> a, one_lane<T> b) noexcept {
  return {a.x - b.x};
}
template <class T>
TINYRANK_INLINE one_lane<T> fma(one_lane<T> a, one_lane<T> b, one_lane<T> c) noexcept {
  return {exact_fma(a.x, b.x, c.x)};
}

/// Rounded once, with the sign of the product.
template <class R>
TINYRANK_INLINE R product(const R& a, const R& b) noexcept {
  return fma(a, b, R::broadcast(typename R::element(-0.0)));
}

template <class R, class T = typename R::element>
TINYRANK_INLINE void forward_level(T* re, T* im, std::size_t count, std::size_t h, const T* cosines,
                                   const T* sines) noexcept {
  for (std::size_t group = 0; group < count; group += 2 * h) {
    for (std::size_t j = group; j < group + h; j += R::width) {
      const R c = R::load(cosines + h + (j - group)), s = R::load(sines + h + (j - group));
      const R a_re = R::load(re + j), b_re = R::load(re + j + h);
      const R a_im = R::load(im + j), b_im = R::load(im + j + h);
      add(a_re, b_re).store(re + j);
      add(a_im, b_im).store(im + j);
      const R d_re = subtract(a_re, b_re), d_im = subtract(a_im, b_im);
      fma(d_re, c, product(d_im, s)).store(re + j + h);
      fma(d_im, c, product(subtract(b_re, a_re), s)).store(im + j + h);
    }
  }
}

template <class R, class T = typename R::element>
TINYRANK_INLINE void adjoint_level(T* re, T* im, std::size_t count, std::size_t h, const T* cosines,
                                   const T* sines) noexcept {
  const R minus = R::broadcast(T(-1));
  for (std::size_t group = 0; group < count; group += 2 * h) {
    for (std::size_t j = group; j < group + h; j += R::width) {
      const R c = R::load(cosines + h + (j - group)), s = R::load(sines + h + (j - group));
      const R x_re = R::load(re + j + h), x_im = R::load(im + j + h);
      const R b_re = fma(x_re, c, product(product(x_im, s), minus));
      const R b_im = fma(x_im, c, product(x_re, s));
      const R a_re = R::load(re + j), a_im = R::load(im + j);
      add(a_re, b_re).store(re + j);
      add(a_im, b_im).store(im + j);
      subtract(a_re, b_re).store(re + j + h);
      subtract(a_im, b_im).store(im + j + h);
    }
  }
}

template <class T>
void forward(T* re, T* im, std::size_t count, const T* cosines, const T* sines) {
  using R = fourier_register<T>;
  std::size_t h = count / 2;
  for (; h >= R::width && h > 0; h /= 2) forward_level<R>(re, im, count, h, cosines, sines);
  for (; h > 0; h /= 2) forward_level<one_lane<T>>(re, im, count, h, cosines, sines);
}

template <class T>
void adjoint(T* re, T* im, std::size_t count, const T* cosines, const T* sines) {
  using R = fourier_register<T>;
  std::size_t h = 1;
  for (; h < R::width && h < count; h *= 2) adjoint_level<one_lane<T>>(re, im, count, h, cosines, sines);
  for (; h < count; h *= 2) adjoint_level<R>(re, im, count, h, cosines, sines);
}

template <class T>
constexpr fourier_kernels<T> table_of(family<fourier_kernels<T>>) noexcept {
  return {forward<T>, adjoint<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(fourier_kernels)

}  // namespace tinyrank
