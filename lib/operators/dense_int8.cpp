// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/dense_int8.hpp"

#include "lib/kernels/quantized.hpp"
#include "lib/operators/quantized_source.hpp"

namespace tinyrank {
namespace {

template <class T>
struct int8_rows {
  using descriptor = dense_int8_sensing<T>;
  using element = std::int8_t;

  static const auto& kernels(instruction_set isa) noexcept { return table_for<int8_kernels<T>>(isa); }
  static const float* scales(const descriptor& a, std::size_t first) noexcept { return a.scales + first; }
};

}  // namespace

template <class T>
status make_operator(const dense_int8_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (quantized_row_elements<std::int8_t>(a.n, a.measurement_count) == SIZE_MAX) return status::size_overflow;
  if (a.rows == nullptr || !is_aligned(a.rows) || !is_placed(a.scales)) return status::operator_data;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    if (a.scales[i] - a.scales[i] != 0) return status::operator_data;
  }
  out = packed_operator<T, quantized_rows<T, int8_rows<T>>>::table(a);
  return status::ok;
}

template <class T>
void make_batch_operator(const dense_int8_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = packed_batch<T, quantized_rows<T, int8_rows<T>>>::table(a);
}

template <class T>
float pack_row_int8(std::size_t n, const T* packed, std::int8_t* row) noexcept {
  constexpr double most = 127, smallest_scale = 0x1p-126, largest_float = 0x1.fffffep127;
  const std::size_t count = packed_count(n), stride = quantized_stride<std::int8_t>(n);
  double largest = 0;
  bool finite = true;
  for (std::size_t k = 0; k < count; ++k) {
    const auto value = static_cast<double>(packed[k]);
    finite = finite && value - value == 0;
    const double magnitude = value < 0 ? -value : value;
    if (magnitude > largest) largest = magnitude;
  }
  for (std::size_t k = 0; k < stride; ++k) row[k] = 0;
  if (!finite || largest / most > largest_float) return __builtin_nanf("");
  const double wanted = largest / most;
  const auto scale = static_cast<float>(wanted > smallest_scale ? wanted : smallest_scale);
  for (std::size_t k = 0; k < count; ++k) {
    const double steps = static_cast<double>(packed[k]) / static_cast<double>(scale);
    const double nearest = steps < 0 ? steps - 0.5 : steps + 0.5;
    row[quantized_place<std::int8_t>(k)] =
        static_cast<std::int8_t>(nearest > most ? most : (nearest < -most ? -most : nearest));
  }
  return scale;
}

template <class T>
void unpack_row_int8(std::size_t n, const std::int8_t* row, float scale, T* packed) noexcept {
  for (std::size_t k = 0; k < packed_count(n); ++k) {
    packed[k] = static_cast<T>(scale) * static_cast<T>(row[quantized_place<std::int8_t>(k)]);
  }
}

template status make_operator(const dense_int8_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const dense_int8_sensing<double>&, sensing_operator<double>&) noexcept;
template void make_batch_operator(const dense_int8_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const dense_int8_sensing<double>&, batch_operator<double>&) noexcept;
template float pack_row_int8(std::size_t, const float*, std::int8_t*) noexcept;
template float pack_row_int8(std::size_t, const double*, std::int8_t*) noexcept;
template void unpack_row_int8(std::size_t, const std::int8_t*, float, float*) noexcept;
template void unpack_row_int8(std::size_t, const std::int8_t*, float, double*) noexcept;

}  // namespace tinyrank
