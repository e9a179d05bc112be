// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The verbs of every operator whose rows are asked for, by those of the operator that stores them.

#include <cstring>

#include "lib/kernels/packed.hpp"
#include "lib/kernels/quantized.hpp"
#include "lib/operators/bilinear_operator.hpp"
#include "lib/operators/complex_rank_one_operator.hpp"
#include "lib/operators/hermitian_estimate.hpp"
#include "lib/operators/packed_batch.hpp"
#include "lib/operators/rank_one_operator.hpp"
#include "lib/operators/rectangular_estimate.hpp"
#include "tinyrank/operators/streamed.hpp"

namespace tinyrank {

inline constexpr float unknown_row = __builtin_nanf("");

/// The kernels of a Stored, on a block of its rows: here of T.
template <class T, class Stored>
struct row_kernels {
  static const auto& table(instruction_set isa) noexcept { return table_for<packed_kernels<T>>(isa); }
  static void dot(const Stored&, instruction_set isa, const T* rows, std::size_t, std::size_t count,
                  std::size_t stride, const T* z, T* y) noexcept {
    table(isa).dot_rows(rows, stride, count, z, stride, y);
  }
  static void accumulate(const Stored&, instruction_set isa, const T* rows, std::size_t, std::size_t count,
                         std::size_t stride, const T* w, T* sum) noexcept {
    table(isa).accumulate_rows(rows, stride, count, w, sum, stride);
  }
  static T residual_accumulate(const Stored&, instruction_set isa, const T* rows, std::size_t,
                               std::size_t count, std::size_t stride, const T* z, const T* y, T* sum,
                               T loss) noexcept {
    return table(isa).residual_accumulate_rows(rows, stride, count, z, y, sum, stride, loss);
  }
};

template <class T, class Stored>
struct narrow_row_kernels {
  using element = row_element<Stored>;
  static constexpr bool has_scales = sizeof(element) == 1;

  static const auto& table(instruction_set isa) noexcept {
    if constexpr (has_scales) {
      return table_for<int8_kernels<T>>(isa);
    } else {
      return table_for<bf16_kernels<T>>(isa);
    }
  }
  static const float* scales(const Stored& a, std::size_t first) noexcept {
    if constexpr (has_scales) {
      return a.scales + first;
    } else {
      return nullptr;
    }
  }
  static void dot(const Stored& a, instruction_set isa, const element* rows, std::size_t first,
                  std::size_t count, std::size_t stride, const T* z, T* y) noexcept {
    table(isa).dot_rows(rows, scales(a, first), stride, count, z, stride, y);
  }
  static void accumulate(const Stored& a, instruction_set isa, const element* rows, std::size_t first,
                         std::size_t count, std::size_t stride, const T* w, T* sum) noexcept {
    table(isa).accumulate_rows(rows, scales(a, first), stride, count, w, sum, stride);
  }
  static T residual_accumulate(const Stored& a, instruction_set isa, const element* rows, std::size_t first,
                               std::size_t count, std::size_t stride, const T* z, const T* y, T* sum,
                               T loss) noexcept {
    return table(isa).residual_accumulate_rows(rows, scales(a, first), stride, count, z, y, sum, stride,
                                               loss);
  }
};
template <class T>
struct row_kernels<T, dense_bf16_sensing<T>> : narrow_row_kernels<T, dense_bf16_sensing<T>> {};
template <class T>
struct row_kernels<T, dense_int8_sensing<T>> : narrow_row_kernels<T, dense_int8_sensing<T>> {};

/// What a Source of packed_operator.hpp says of matrices that are not packed symmetric ones.
template <class T, class Stored>
struct streamed_estimate {};
template <class T>
struct streamed_estimate<T, hermitian_dense_sensing<T>> : hermitian_estimate<T> {};
template <class T>
struct streamed_estimate<T, rectangular_dense_sensing<T>> : rectangular_estimate<T> {};

/// See packed_operator.hpp.
template <class T, class Stored>
struct streamed_packed : streamed_estimate<T, Stored> {
  using descriptor = streamed_sensing<Stored>;
  using element = row_element<Stored>;
  using kernels = row_kernels<T, Stored>;
  static constexpr T off_diagonal = 1;

  static packed_scratch<T> place(const descriptor& a, arena& memory, execution_plan plan) noexcept {
    if constexpr (std::is_same_v<Stored, rectangular_dense_sensing<T>>) {
      return layout_drawn_rectangles<T>(memory, a.rows, a.columns, plan, streamed_block_rows(a));
    } else {
      return layout_packed_scratch<T>(memory, a.n, row_elements(a), plan, streamed_block_rows(a));
    }
  }
  /// use(rows, first of the range's rows, how many) for blocks of the range; whether all could be had.
  template <class Use>
  static bool for_blocks(const descriptor& a, shard_range range, T* buffer, Use use) noexcept {
    const std::size_t bytes = row_elements(a) * sizeof(element);
    bool all = true;
    for_row_blocks(range, streamed_rows(bytes), [&](std::size_t i, std::size_t now) {
      const void* const rows =
          all ? a.source.read(a.source.context, range.first + i, now, bytes, buffer) : nullptr;
      all = rows != nullptr;
      if (all) use(static_cast<const element*>(rows), i, now);
    });
    return all;
  }
  static void dot(const descriptor& a, instruction_set isa, shard_range range, T* buffer, const T* z,
                  T* y) noexcept {
    const std::size_t stride = row_elements(a);
    const bool all = for_blocks(a, range, buffer, [&](const element* rows, std::size_t i, std::size_t now) {
      kernels::dot(a, isa, rows, range.first + i, now, stride, z, y + i);
    });
    for (std::size_t i = 0; !all && i < range.count; ++i) y[i] = unknown_row;
  }
  static void accumulate(const descriptor& a, instruction_set isa, shard_range range, T* buffer, const T* w,
                         T* sum) noexcept {
    const std::size_t stride = row_elements(a);
    const bool all = for_blocks(a, range, buffer, [&](const element* rows, std::size_t i, std::size_t now) {
      kernels::accumulate(a, isa, rows, range.first + i, now, stride, w + i, sum);
    });
    if (!all) *sum = unknown_row;
  }
  static T residual_accumulate(const descriptor& a, instruction_set isa, shard_range range, T* buffer,
                               const T* z, const T* y, T* sum) noexcept {
    const std::size_t stride = row_elements(a);
    T loss = 0;
    const bool all = for_blocks(a, range, buffer, [&](const element* rows, std::size_t i, std::size_t now) {
      loss = kernels::residual_accumulate(a, isa, rows, range.first + i, now, stride, z, y + i, sum, loss);
    });
    if (!all) *sum = unknown_row;
    return all ? loss : T(unknown_row);
  }

  static constexpr bool expands = true;
  static const T* expand(const descriptor& a, instruction_set, std::size_t first, std::size_t count,
                         T* buffer) noexcept {
    const std::size_t bytes = row_elements(a) * sizeof(element);
    const void* const rows = a.source.read(a.source.context, first, count, bytes, buffer);
    if (rows != nullptr) return static_cast<const T*>(rows);
    std::memset(buffer, 0, count * bytes);
    *buffer = unknown_row;
    return buffer;
  }
  static const float* scales(const descriptor&, std::size_t) noexcept { return nullptr; }
};

/// `count` vectors, or, where they cannot be had, some whose products are not numbers.
template <class T>
const T* read_vectors(const row_source& source, std::size_t entries, std::size_t first, std::size_t count,
                      T* buffer) noexcept {
  const std::size_t stride = padded<T>(entries), bytes = stride * sizeof(T);
  const void* const vectors = source.read(source.context, first, count, bytes, buffer);
  if (vectors != nullptr) return static_cast<const T*>(vectors);
  std::memset(buffer, 0, count * bytes);
  for (std::size_t i = 0; i < count; ++i) buffer[i * stride] = unknown_row;
  return buffer;
}

/// See rank_one_operator.hpp.
template <class T, class Stored>
struct streamed_vectors {
  using descriptor = streamed_sensing<Stored>;
  static constexpr bool draws = true;

  static const T* vectors(const descriptor& a, instruction_set, std::size_t first, std::size_t count,
                          T* buffer) noexcept {
    return read_vectors(a.source, a.n, first, count, buffer);
  }
};

/// See bilinear_operator.hpp.
template <class T>
struct streamed_pairs {
  using descriptor = streamed_sensing<bilinear_sensing<T>>;
  static constexpr bool draws = true;

  static two_sides<const T> vectors(const descriptor& a, instruction_set, std::size_t first,
                                    std::size_t count, two_sides<T> buffer) noexcept {
    return {read_vectors(a.source, a.rows, first, count, buffer.left),
            read_vectors(a.right_source, a.columns, first, count, buffer.right)};
  }
};

template <class T>
status check_stored(const dense_sensing<T>& a) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  return dense_row_elements<T>(a.n, a.measurement_count) == SIZE_MAX ? status::size_overflow : status::ok;
}
template <class T>
status check_stored(const dense_bf16_sensing<T>& a) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  const bool fits = quantized_row_elements<std::uint16_t>(a.n, a.measurement_count) != SIZE_MAX;
  return fits ? status::ok : status::size_overflow;
}
template <class T>
status check_stored(const dense_int8_sensing<T>& a) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (quantized_row_elements<std::int8_t>(a.n, a.measurement_count) == SIZE_MAX) return status::size_overflow;
  if (a.scales == nullptr) return status::operator_data;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    if (a.scales[i] - a.scales[i] != 0) return status::operator_data;
  }
  return status::ok;
}
template <class T>
status check_stored(const hermitian_dense_sensing<T>& a) noexcept {
  return check_hermitian(a);
}
template <class T>
status check_stored(const rectangular_dense_sensing<T>& a) noexcept {
  return check_rectangles(a);
}
template <class T>
status check_stored(const rank_one_sensing<T>& a) noexcept {
  return check_rank_one(a.n, a.measurement_count, a.form);
}
template <class T>
status check_stored(const complex_rank_one_sensing<T>& a) noexcept {
  return check_complex_rank_one(a.dimension, a.n, a.measurement_count, a.form);
}
template <class T>
status check_stored(const streamed_sensing<bilinear_sensing<T>>& a) noexcept {
  if (const status sizes = check_bilinear(a); sizes != status::ok) return sizes;
  return a.right_source.read == nullptr ? status::operator_data : status::ok;
}

/// The functions of a Stored: of packed rows, unless it is one of those below.
template <class T, class Stored>
struct streamed_verbs : packed_operator<T, streamed_packed<T, Stored>> {
  using descriptor = streamed_sensing<Stored>;
  static constexpr bool has_batch = std::is_same_v<row_element<Stored>, T>;

  static batch_operator<T> batch_table(const descriptor& a) noexcept {
    return packed_batch<T, streamed_packed<T, Stored>>::table(a);
  }
};
template <class T, template <class, class> class Operator, class Source>
struct streamed_vector_verbs : Operator<T, Source> {
  static constexpr bool has_batch = true;
};
template <class T>
struct streamed_verbs<T, rank_one_sensing<T>>
    : streamed_vector_verbs<T, rank_one_operator, streamed_vectors<T, rank_one_sensing<T>>> {};
template <class T>
struct streamed_verbs<T, complex_rank_one_sensing<T>>
    : streamed_vector_verbs<T, complex_rank_one_operator, streamed_vectors<T, complex_rank_one_sensing<T>>> {
};
template <class T>
struct streamed_verbs<T, bilinear_sensing<T>>
    : streamed_vector_verbs<T, bilinear_operator, streamed_pairs<T>> {};

template <template <class> class Stored, class T>
status make_operator(const streamed_sensing<Stored<T>>& a, sensing_operator<T>& out) noexcept {
  if (const status checked = check_stored(a); checked != status::ok) return checked;
  if (a.source.read == nullptr) return status::operator_data;
  out = streamed_verbs<T, Stored<T>>::table(a);
  if constexpr (requires { Stored<T>::columns; }) make_rectangular(out, a.rows);
  if constexpr (requires { Stored<T>::dimension; }) make_complex(out);
  return status::ok;
}

template <template <class> class Stored, class T>
void make_batch_operator([[maybe_unused]] const streamed_sensing<Stored<T>>& a,
                         batch_operator<T>& out) noexcept {
  if constexpr (streamed_verbs<T, Stored<T>>::has_batch) {
    out = streamed_verbs<T, Stored<T>>::batch_table(a);
  } else {
    out = {};
  }
}

#define TINYRANK_STREAMED(stored, T)                                                                \
  template status make_operator(const streamed_sensing<stored<T>>&, sensing_operator<T>&) noexcept; \
  template void make_batch_operator(const streamed_sensing<stored<T>>&, batch_operator<T>&) noexcept;

}  // namespace tinyrank
