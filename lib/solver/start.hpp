// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/dense_algebra/orthonormal.hpp"
#include "tinyrank/descent.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {

/// U_0 = alpha U, U with orthonormal columns; the identity when it is square.
template <class T>
void start_orthonormal(factor_view<T> u, std::uint64_t seed, T alpha) noexcept {
  for (std::size_t c = 0; c < u.rank; ++c) {
    T* column = u.column(c);
    const random_stream stream = make_stream(seed, random_purpose::initial_factor, c);
    for (std::size_t j = 0; j < u.stride; ++j) {
      column[j] = j == c ? T(1) : T(0);
      if (u.rank < u.n && j < u.n)
        column[j] = static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(j)));
    }
  }
  if (u.rank < u.n) orthonormalise(u);
  for (std::size_t k = 0; k < u.rank * u.stride; ++k) u.data[k] *= alpha;
}

/// U_0 = alpha U, U_jc ~ N(0, variance 1/r); or the caller's. Not inlined, like `prepare`.
template <class T>
[[gnu::noinline]] void start(factor_view<T> u, const descent_options<T>& options, T alpha) noexcept {
  if (options.law == initial_law::orthonormal && options.initial_factor == nullptr) {
    return start_orthonormal(u, options.seed, alpha);
  }
  const T scale = alpha / square_root(static_cast<T>(u.rank));
  for (std::size_t c = 0; c < u.rank; ++c) {
    T* column = u.column(c);
    const random_stream stream = make_stream(options.seed, random_purpose::initial_factor, c);
    for (std::size_t j = 0; j < u.n; ++j) {
      column[j] = options.initial_factor != nullptr
                      ? options.initial_factor[j * u.rank + c]
                      : scale * static_cast<T>(gaussian(stream, static_cast<std::uint32_t>(j)));
    }
    for (std::size_t j = u.n; j < u.stride; ++j) column[j] = 0;
  }
}

}  // namespace tinyrank
