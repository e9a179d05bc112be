// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/gaussian.hpp"

#include "lib/kernels/gaussian_draws.hpp"
#include "lib/simd/exact_fma.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {
namespace {

/// x times scale. As fma(x, scale, -0) it is one correctly rounded operation with the sign of x.
TINYRANK_INLINE floats scaled(floats x, floats scale) noexcept {
  return fma(x, scale, floats::broadcast(-0.0f));
}

template <class T>
TINYRANK_INLINE void gaussian_row(const random_stream& stream, std::size_t n, float diagonal_scale,
                                  float off_diagonal_scale, T* out, std::size_t stride) noexcept {
  counting_draw<1> draw(&stream, words::load(lane_numbers));
  const floats off_diagonal = floats::broadcast(off_diagonal_scale);
  floats z[1];
  for_each_register(
      stride,
      [&](std::size_t k) TINYRANK_LAMBDA {
        draw.next(z);
        store_lanes(scaled(z[0], off_diagonal), out + k);
      },
      [&](std::size_t k, std::size_t left) {
        draw.next(z);
        store_lanes(scaled(z[0], off_diagonal), out + k, left);
      });
  const floats diagonal = floats::broadcast(diagonal_scale);
  std::size_t place = 0;
  for (std::size_t j = 0; j < n; j += words::width) {
    alignas(64) std::uint32_t places[words::width] = {};
    const std::size_t left = n - j < words::width ? n - j : words::width;
    for (std::size_t l = 0; l < left; ++l, place += j + l + 1) places[l] = static_cast<std::uint32_t>(place);
    const words at[1] = {words::load(places) + words::broadcast(stream.key0)};
    const words keys[1] = {words::broadcast(stream.key1)};
    gaussian_words(at, keys, z);
    alignas(64) float narrow[words::width];
    scaled(z[0], diagonal).store(narrow);
    for (std::size_t l = 0; l < left; ++l) out[places[l]] = static_cast<T>(narrow[l]);
  }
  for (std::size_t k = place - n; k < stride; ++k) out[k] = 0;
}

/// The scales of the entries of a packed matrix, a register at a time.
class entry_scales {
 public:
  TINYRANK_INLINE entry_scales(float diagonal, float off_diagonal) noexcept {
    for (float& x : around_) x = off_diagonal;
    around_[words::width] = diagonal;
  }

  /// Of the entries k, k + 1, ...; to be called for every register, in order.
  TINYRANK_INLINE floats next(std::size_t k) noexcept {
    if (k < several_) return one_by_one(k);
    const std::size_t away = place_ - k < words::width ? place_ - k : words::width;
    const std::size_t met = away < words::width ? 1 : 0;
    row_ += met;
    place_ += met * (row_ + 1);
    return floats::load(around_ + words::width - away);
  }

 private:
  /// Below it a register may have more than one diagonal entry: that of row j and the next are j + 2 apart.
  static constexpr std::size_t several_ = words::width * words::width / 2;

  floats one_by_one(std::size_t k) noexcept {
    alignas(64) float scales[words::width];
    for (std::size_t l = 0; l < words::width; ++l) {
      const bool met = k + l == place_;
      scales[l] = around_[met ? words::width : 0];
      if (met) place_ += ++row_ + 1;
    }
    return floats::load(scales);
  }

  std::size_t row_ = 0, place_ = 0;             ///< of the next diagonal entry
  alignas(64) float around_[2 * words::width];  ///< a diagonal entry and its neighbours
};

/// gaussian_rows of drawn_block rows; with Replace, replace_rows.
///
/// Two rows (Together) at a time, and the bits of their next numbers after these: of all orders tried it is
/// the one that keeps the processor's queues shortest (bench/NOTES.md).
template <bool Replace, std::size_t Together, class T>
TINYRANK_INLINE T draw_block(const random_stream* streams, std::size_t n, float diagonal_scale,
                             float off_diagonal_scale, const T* z, const T* y, T* e, T* sum, T* rows,
                             std::size_t stride, T loss) noexcept {
  using P = pack<T>;
  static_assert(drawn_block == 2 * Together && tuning::draws_ahead);
  const std::size_t used = n * (n + 1) / 2;
  entry_scales scales(diagonal_scale, off_diagonal_scale);
  counting_draw<Together> draws[2] = {{streams, words::load(lane_numbers)},
                                      {streams + Together, words::load(lane_numbers)}};
  P weights[drawn_block], partial[drawn_block];
  for (std::size_t i = 0; i < drawn_block; ++i) {
    weights[i] = P::broadcast(Replace ? e[i] : T(0));
    partial[i] = P::broadcast(T(0));
  }
  const auto replace = [&](std::size_t first, std::size_t count) TINYRANK_LAMBDA {
    if constexpr (Replace) {
#pragma GCC unroll 2
      for (std::size_t k = first; k < first + count; k += P::lanes) {
        P g = P::load(sum + k);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < drawn_block; ++i) g = fma(weights[i], P::load(rows + i * stride + k), g);
        g.store(sum + k);
      }
    }
    const floats scale = scales.next(first);
#pragma GCC unroll 2
    for (std::size_t d = 0; d < 2; ++d) {
      floats x[Together];
      normal_of_words(draws[d].bits, x);
      draws[d].advance();
#pragma GCC unroll 2
      for (std::size_t i = 0; i < Together; ++i) {
        store_lanes(scaled(x[i], scale), rows + (d * Together + i) * stride + first, count);
      }
    }
    if (first + count > used) {  // the padding, which the dots take too
      for (std::size_t i = 0; i < drawn_block; ++i) {
        for (std::size_t k = used; k < first + count; ++k) rows[i * stride + k] = 0;
      }
    }
    if constexpr (Replace) {
#pragma GCC unroll 2
      for (std::size_t k = first; k < first + count; k += P::lanes) {
        const P zk = P::load(z + k);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < drawn_block; ++i) {
          partial[i] = fma(P::load(rows + i * stride + k), zk, partial[i]);
        }
      }
    }
  };
  for_each_register(
      stride, [&](std::size_t k) TINYRANK_LAMBDA { replace(k, words::width); }, replace);
  if constexpr (Replace) {
    for (std::size_t i = 0; i < drawn_block; ++i) {
      e[i] = partial[i].tree_sum() - y[i];
      loss = exact_fma(e[i], e[i], loss);
    }
  }
  return loss;
}

template <class T>
T replace_rows(const random_stream* streams, std::size_t n, float diagonal_scale, float off_diagonal_scale,
               const T* z, const T* y, T* e, T* sum, T* rows, std::size_t stride, T loss) {
  return draw_block<true, drawn_block / 2>(streams, n, diagonal_scale, off_diagonal_scale, z, y, e, sum, rows,
                                           stride, loss);
}

/// replace_rows, or null.
template <class T>
constexpr auto replacement() noexcept {
  if constexpr (tuning::replaces_rows) {
    return &replace_rows<T>;
  } else {
    return nullptr;
  }
}

template <class T>
void gaussian_rows(const random_stream* streams, std::size_t rows, std::size_t n, float diagonal_scale,
                   float off_diagonal_scale, T* out, std::size_t stride) {
  std::size_t i = 0;
  if constexpr (tuning::replaces_rows) {
    for (; i + drawn_block <= rows; i += drawn_block) {
      draw_block<false, drawn_block / 2, T>(streams + i, n, diagonal_scale, off_diagonal_scale, nullptr,
                                            nullptr, nullptr, nullptr, out + i * stride, stride, T(0));
    }
  }
  for (; i < rows; ++i) {
    gaussian_row(streams[i], n, diagonal_scale, off_diagonal_scale, out + i * stride, stride);
  }
}

template <class T>
constexpr gaussian_kernels<T> table_of(family<gaussian_kernels<T>>) noexcept {
  return {gaussian_rows<T>, replacement<T>()};
}

}  // namespace

TINYRANK_DEFINE_TABLES(gaussian_kernels)

}  // namespace tinyrank
