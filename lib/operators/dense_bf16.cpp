// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/dense_bf16.hpp"

#include "lib/kernels/quantized.hpp"
#include "lib/operators/quantized_source.hpp"
#include "lib/simd/exact_fma.hpp"

namespace tinyrank {
namespace {

template <class T>
struct bf16_rows {
  using descriptor = dense_bf16_sensing<T>;
  using element = std::uint16_t;

  static const auto& kernels(instruction_set isa) noexcept { return table_for<bf16_kernels<T>>(isa); }
  static const float* scales(const descriptor&, std::size_t) noexcept { return nullptr; }
};

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
  if (a.rows == nullptr || !is_aligned(a.rows)) return status::operator_data;
  out = packed_operator<T, quantized_rows<T, bf16_rows<T>>>::table(a);
  return status::ok;
}

template <class T>
void make_batch_operator(const dense_bf16_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = packed_batch<T, quantized_rows<T, bf16_rows<T>>>::table(a);
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
void unpack_row_bf16(std::size_t n, const std::uint16_t* row, T* packed) noexcept {
  for (std::size_t k = 0; k < packed_count(n); ++k) {
    packed[k] = static_cast<T>(same_bits<float>(std::uint32_t{row[quantized_place<std::uint16_t>(k)]} << 16));
  }
}

template status make_operator(const dense_bf16_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const dense_bf16_sensing<double>&, sensing_operator<double>&) noexcept;
template void make_batch_operator(const dense_bf16_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const dense_bf16_sensing<double>&, batch_operator<double>&) noexcept;
template bool pack_row_bf16(std::size_t, const float*, std::uint16_t*) noexcept;
template bool pack_row_bf16(std::size_t, const double*, std::uint16_t*) noexcept;
template void unpack_row_bf16(std::size_t, const std::uint16_t*, float*) noexcept;
template void unpack_row_bf16(std::size_t, const std::uint16_t*, double*) noexcept;

}  // namespace tinyrank
