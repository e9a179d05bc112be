// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/rademacher.hpp"

#include <type_traits>

#include "lib/kernels/random_lanes.hpp"
#include "lib/kernels/tuning.hpp"
#include "lib/simd/signs.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {
namespace {

inline constexpr std::size_t drawn_words = 16, signs_per_draw = 32 * drawn_words;

/// The signs of a row one entry at a time: as many instructions as by packs, which a Cortex-M would keep on
/// its stack.
template <std::size_t Rows, class T>
struct entry_signs {
  static_assert(Rows == 1);
  static constexpr std::size_t lanes = pack<T>::lanes;
  using sign = lane_signs<scalar_register<T>>;

  const random_stream* streams;

  /// use(k, lane of entry k, its sign)
  template <class Use>
  TINYRANK_INLINE void for_each_entry(std::size_t count, Use use) noexcept {
    std::uint32_t words[drawn_words];
    for (std::size_t block = 0; block < count; block += signs_per_draw) {
      for (std::size_t l = 0; l < drawn_words; ++l)
        words[l] = random_bits(*streams, static_cast<std::uint32_t>(block / 32 + l));
      const std::size_t end = block + signs_per_draw < count ? block + signs_per_draw : count;
      for (std::size_t k = block; k < end; k += lanes) {
        std::uint32_t* const part = words + k % drawn_words;
#pragma GCC unroll 4
        for (std::size_t l = 0; l < lanes; ++l) {
          use(k + l, l, sign{part[l]});
          part[l] += part[l];
        }
      }
    }
  }
  [[gnu::noinline]] void dot(const T* z, std::size_t count, T* e) noexcept {
    T sums[lanes] = {};
    for_each_entry(count, [&](std::size_t k, [[maybe_unused]] std::size_t l, sign s)
                              TINYRANK_LAMBDA { sums[l] += s.flip({z[k]}).v; });
    e[0] = tree_sum(sums);
  }
  [[gnu::noinline]] void accumulate(const T* w, T* g, std::size_t count) noexcept {
    for_each_entry(count, [&](std::size_t k, [[maybe_unused]] std::size_t l, sign s)
                              TINYRANK_LAMBDA { g[k] += s.flip({w[0]}).v; });
  }
  TINYRANK_INLINE void write(T* out, std::size_t count) noexcept {
    for_each_entry(count, [&](std::size_t k, [[maybe_unused]] std::size_t l, sign s)
                              TINYRANK_LAMBDA { out[k] = s.flip({T(1)}).v; });
  }
};

/// The signs of Rows rows, sixteen entries at a time.
template <std::size_t Rows, class T>
struct packed_signs {
  using P = pack<T>;
  static constexpr std::size_t halves = drawn_words / P::lanes;

  const random_stream* streams;
  pack_signs<T> signs[Rows][halves] = {};

  /// For entries k .. k + 511; k is a multiple of 512.
  TINYRANK_INLINE void draw(std::size_t k) noexcept {
    const auto first = static_cast<std::uint32_t>(k / 32);
    for (std::size_t i = 0; i < Rows; ++i) {
      alignas(64) std::uint32_t words[drawn_words];
      for (std::size_t l = 0; l < drawn_words; l += register_words::width) {
        const register_words places[1] = {register_words::load(lane_numbers + l) +
                                          register_words::broadcast(first + streams[i].key0)};
        const register_words keys[1] = {register_words::broadcast(streams[i].key1)};
        register_words x[1];
        random_words(places, keys, x);
        x[0].store(words + l);
      }
      for (std::size_t h = 0; h < halves; ++h) signs[i][h] = pack_signs<T>::load(words + h * P::lanes);
    }
  }

  /// use(k, h) for every pack of `count` entries, with the signs of half h at the pack.
  template <class Use>
  TINYRANK_INLINE void for_each_pack(std::size_t count, Use use) noexcept {
    for (std::size_t block = 0; block < count; block += signs_per_draw) {
      draw(block);
      const std::size_t end = block + signs_per_draw < count ? block + signs_per_draw : count;
      for (std::size_t k = block; k < end; k += drawn_words) {
#pragma GCC unroll 2
        for (std::size_t h = 0; h < halves; ++h) {
          if (h == 0 || k + h * P::lanes < end) use(k + h * P::lanes, h);
#pragma GCC unroll 8
          for (std::size_t i = 0; i < Rows; ++i) signs[i][h].next();
        }
      }
    }
  }

  TINYRANK_INLINE void dot(const T* z, std::size_t count, T* e) noexcept {
    P sums[Rows];
    for (P& sum : sums) sum = P::broadcast(T(0));
    for_each_pack(count, [&](std::size_t k, std::size_t h) TINYRANK_LAMBDA {
      const P zk = P::load(z + k);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < Rows; ++i) sums[i] = add(sums[i], signs[i][h].flip(zk));
    });
    for (std::size_t i = 0; i < Rows; ++i) e[i] = sums[i].tree_sum();
  }

  TINYRANK_INLINE void accumulate(const T* w, T* g, std::size_t count) noexcept {
    P weights[Rows];
    for (std::size_t i = 0; i < Rows; ++i) weights[i] = P::broadcast(w[i]);
    for_each_pack(count, [&](std::size_t k, std::size_t h) TINYRANK_LAMBDA {
      P gk = P::load(g + k);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < Rows; ++i) gk = add(gk, signs[i][h].flip(weights[i]));
      gk.store(g + k);
    });
  }

  TINYRANK_INLINE void write(T* out, std::size_t count) noexcept {
    const P one = P::broadcast(T(1));
    for_each_pack(
        count, [&](std::size_t k, std::size_t h) TINYRANK_LAMBDA { signs[0][h].flip(one).store(out + k); });
  }
};

template <std::size_t Rows, class T>
using sign_rows = std::conditional_t<tuning::avoids_packs, entry_signs<Rows, T>, packed_signs<Rows, T>>;

/// block(first row, number of rows as a constant) for all of them.
template <class Block>
TINYRANK_INLINE void for_each_block(std::size_t rows, Block block) noexcept {
  std::size_t i = 0;
  for (; i + tuning::sign_rows <= rows; i += tuning::sign_rows)
    block(i, std::integral_constant<std::size_t, tuning::sign_rows>{});
  for (; i < rows; ++i) block(i, std::integral_constant<std::size_t, 1>{});
}

template <class T>
void dot_rows(const random_stream* streams, std::size_t rows, const T* z, std::size_t count, T* e) {
  for_each_block(rows, [=](std::size_t i, auto size) TINYRANK_LAMBDA {
    sign_rows<size.value, T> signs{streams + i};
    signs.dot(z, count, e + i);
  });
}

template <class T>
void accumulate_rows(const random_stream* streams, std::size_t rows, const T* w, T* g, std::size_t count) {
  for_each_block(rows, [=](std::size_t i, auto size) TINYRANK_LAMBDA {
    sign_rows<size.value, T> signs{streams + i};
    signs.accumulate(w + i, g, count);
  });
}

template <class T>
T residual_accumulate_rows(const random_stream* streams, std::size_t rows, const T* z, const T* y, T* g,
                           std::size_t count, T loss) {
  for_each_block(rows, [&](std::size_t i, auto size) TINYRANK_LAMBDA {
    sign_rows<size.value, T> signs{streams + i};
    T e[size.value];
    signs.dot(z, count, e);
    for (std::size_t l = 0; l < size.value; ++l) {
      e[l] -= y[i + l];
      loss = exact_fma(e[l], e[l], loss);
    }
    signs.accumulate(e, g, count);
  });
  return loss;
}

template <class T>
void sign_row(random_stream stream, T* out, std::size_t count) {
  sign_rows<1, T>{&stream}.write(out, count);
}

template <class T>
constexpr rademacher_kernels<T> table_of(family<rademacher_kernels<T>>) noexcept {
  return {dot_rows<T>, accumulate_rows<T>, residual_accumulate_rows<T>, sign_row<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(rademacher_kernels)

}  // namespace tinyrank
