// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/rademacher.hpp"

#include "lib/kernels/rademacher.hpp"
#include "lib/operators/packed_batch.hpp"

namespace tinyrank {
namespace {

template <class T>
struct drawn_signs {
  using descriptor = rademacher_sensing<T>;
  static constexpr T off_diagonal = static_cast<T>(square_root_of_half);

  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    return layout_packed_scratch<T>(memory, a.n, packed_stride<T>(a.n), plan, 0);
  }
  /// use(streams, first of the range's rows, how many)
  template <class Use>
  static void with_streams(const descriptor& a, shard_range range, Use use) noexcept {
    constexpr std::size_t block = SIZE_MAX > 0xffffffffu ? 16 : 4;  // on the stack
    random_stream streams[block];
    for_row_blocks(range, block, [&](std::size_t i, std::size_t now) {
      for (std::size_t l = 0; l < now; ++l) {
        streams[l] = make_stream(a.seed, random_purpose::sensing, a.first_measurement + range.first + i + l);
      }
      use(streams, i, now);
    });
  }
  static void dot(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                  T* y) noexcept {
    with_streams(a, range, [&](const random_stream* streams, std::size_t i, std::size_t now) {
      table_for<rademacher_kernels<T>>(isa).dot_rows(streams, now, z, packed_stride<T>(a.n), y + i);
    });
  }
  static void accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* w,
                         T* sum) noexcept {
    with_streams(a, range, [&](const random_stream* streams, std::size_t i, std::size_t now) {
      table_for<rademacher_kernels<T>>(isa).accumulate_rows(streams, now, w + i, sum, packed_stride<T>(a.n));
    });
  }
  static T residual_accumulate(const descriptor& a, instruction_set isa, shard_range range, T*, const T* z,
                               const T* y, T* sum) noexcept {
    T loss = 0;
    with_streams(a, range, [&](const random_stream* streams, std::size_t i, std::size_t now) {
      loss = table_for<rademacher_kernels<T>>(isa).residual_accumulate_rows(streams, now, z, y + i, sum,
                                                                            packed_stride<T>(a.n), loss);
    });
    return loss;
  }

  static constexpr bool expands = true;
  static const T* expand(const descriptor& a, instruction_set isa, std::size_t first, std::size_t count,
                         T* buffer) noexcept {
    const std::size_t stride = packed_stride<T>(a.n);
    for (std::size_t i = 0; i < count; ++i) {
      const random_stream stream =
          make_stream(a.seed, random_purpose::sensing, a.first_measurement + first + i);
      table_for<rademacher_kernels<T>>(isa).sign_row(stream, buffer + i * stride, stride);
    }
    return buffer;
  }
  static const float* scales(const descriptor&, std::size_t) noexcept { return nullptr; }
};

}  // namespace

template <class T>
status make_operator(const rademacher_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  out = packed_operator<T, drawn_signs<T>>::table(a);
  return status::ok;
}

template <class T>
void make_batch_operator(const rademacher_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = packed_batch<T, drawn_signs<T>>::table(a);
}

template status make_operator(const rademacher_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const rademacher_sensing<double>&, sensing_operator<double>&) noexcept;
template void make_batch_operator(const rademacher_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const rademacher_sensing<double>&, batch_operator<double>&) noexcept;

}  // namespace tinyrank
