// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/gaussian.hpp"
#include "lib/kernels/gaussian_lanes.hpp"

namespace tinyrank {
namespace {

template <class T>
void gaussian_row(random_stream stream, float scale, T* out, std::size_t count) {
  alignas(64) static constexpr std::uint32_t lanes[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                          8, 9, 10, 11, 12, 13, 14, 15};
  using words = register_words;
  const words iota = words::load(lanes);
  const auto factor = words::floats::broadcast(scale);
  // Multiplying as fma(z, scale, -0) keeps it one correctly rounded operation with the sign of z.
  const auto zero = words::floats::broadcast(-0.0f);
  for (std::size_t k = 0; k < count; k += words::width) {
    const auto z = gaussian_words(stream, iota + words::broadcast(static_cast<std::uint32_t>(k)));
    const auto x = fma(z, factor, zero);
    if constexpr (sizeof(T) == sizeof(float)) {
      x.store(out + k);
      continue;
    }
    // Rows of double are padded to 8 entries, fewer than a register of 16 words gives.
    alignas(64) float narrow[words::width];
    x.store(narrow);
    const std::size_t left = count - k < words::width ? count - k : words::width;
    for (std::size_t l = 0; l < left; ++l) out[k + l] = static_cast<T>(narrow[l]);
  }
}

}  // namespace

template <>
const gaussian_kernels<float> isa_tables<gaussian_kernels<float>>::TINYRANK_ISA = {gaussian_row<float>};
template <>
const gaussian_kernels<double> isa_tables<gaussian_kernels<double>>::TINYRANK_ISA = {gaussian_row<double>};

}  // namespace tinyrank
