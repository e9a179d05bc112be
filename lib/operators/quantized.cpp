// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/quantized.hpp"

#include "lib/operators/packed_operator.hpp"
#include "lib/operators/packed_sources.hpp"
#include "lib/simd/exact_fma.hpp"

namespace tinyrank {
namespace {

template <class Element>
bool is_aligned(const Element* rows) noexcept {
  return rows != nullptr && reinterpret_cast<std::uintptr_t>(rows) % arena_alignment == 0;
}

constexpr std::uint32_t exponent_bits = 0x7f800000u;

/// The float next to x towards zero, with its lowest bit set when x is not a float (rounding to odd):
/// rounding that again, to at most 22 bits, gives what rounding x at once would.
std::uint32_t float_to_odd(double x) noexcept {
  const auto near = static_cast<float>(x);
  std::uint32_t bits = same_bits<std::uint32_t>(near);
  if ((bits & exponent_bits) == exponent_bits || static_cast<double>(near) == x) return bits;
  const double magnitude = x < 0 ? -x : x;
  const double rounded = static_cast<double>(near < 0 ? -near : near);
  if (rounded > magnitude) --bits;
  return bits | 1;
}

std::uint16_t to_bf16(double x) noexcept {
  const std::uint32_t bits = float_to_odd(x);
  constexpr std::uint32_t quiet = 0x0040;
  if (x != x) return static_cast<std::uint16_t>(bits >> 16 | quiet);
  if ((bits & exponent_bits) == exponent_bits) return static_cast<std::uint16_t>(bits >> 16);
  return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

}  // namespace

template <class T>
status make_operator(const dense_bf16_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (quantized_row_elements<std::uint16_t>(a.n, a.measurement_count) == SIZE_MAX)
    return status::size_overflow;
  if (!is_aligned(a.rows)) return status::operator_data;
  out = packed_operator<T, quantized_rows<T, dense_bf16_sensing<T>>>::table(a);
  return status::ok;
}

template <class T>
status make_operator(const dense_int8_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_sizes(a.n, a.measurement_count); sizes != status::ok) return sizes;
  if (quantized_row_elements<std::int8_t>(a.n, a.measurement_count) == SIZE_MAX) return status::size_overflow;
  if (!is_aligned(a.rows) || a.scales == nullptr) return status::operator_data;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    if (a.scales[i] - a.scales[i] != 0) return status::operator_data;
  }
  out = packed_operator<T, quantized_rows<T, dense_int8_sensing<T>>>::table(a);
  return status::ok;
}

template <class T>
bool pack_row_bf16(std::size_t n, const T* packed, std::uint16_t* row) noexcept {
  const std::size_t count = packed_count(n), stride = quantized_stride<std::uint16_t>(n);
  bool finite = true;
  for (std::size_t k = 0; k < stride; ++k) {
    const std::uint16_t value = k < count ? to_bf16(static_cast<double>(packed[k])) : std::uint16_t{0};
    finite = finite && (value & 0x7f80) != 0x7f80;
    row[quantized_place<std::uint16_t>(k)] = value;
  }
  return finite;
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
void unpack_row_bf16(std::size_t n, const std::uint16_t* row, T* packed) noexcept {
  for (std::size_t k = 0; k < packed_count(n); ++k) {
    packed[k] = static_cast<T>(same_bits<float>(std::uint32_t{row[quantized_place<std::uint16_t>(k)]} << 16));
  }
}

template <class T>
void unpack_row_int8(std::size_t n, const std::int8_t* row, float scale, T* packed) noexcept {
  for (std::size_t k = 0; k < packed_count(n); ++k) {
    packed[k] = static_cast<T>(scale) * static_cast<T>(row[quantized_place<std::int8_t>(k)]);
  }
}

#define TINYRANK_QUANTIZED(T)                                                                 \
  template status make_operator(const dense_bf16_sensing<T>&, sensing_operator<T>&) noexcept; \
  template status make_operator(const dense_int8_sensing<T>&, sensing_operator<T>&) noexcept; \
  template bool pack_row_bf16(std::size_t, const T*, std::uint16_t*) noexcept;                \
  template float pack_row_int8(std::size_t, const T*, std::int8_t*) noexcept;                 \
  template void unpack_row_bf16(std::size_t, const std::uint16_t*, T*) noexcept;              \
  template void unpack_row_int8(std::size_t, const std::int8_t*, float, T*) noexcept;
TINYRANK_QUANTIZED(float)
TINYRANK_QUANTIZED(double)

}  // namespace tinyrank
