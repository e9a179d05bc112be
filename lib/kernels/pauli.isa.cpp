// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/pauli.hpp"

#include "lib/kernels/row_products.hpp"

namespace tinyrank {
namespace {

TINYRANK_INLINE bool is_odd(std::uint32_t bits) noexcept {
  bits ^= bits >> 16;
  bits ^= bits >> 8;
  bits ^= bits >> 4;
  return (0x6996u >> (bits & 15) & 1) != 0;
}

/// A string, and whether i^k, k its Ys, is imaginary, and is -1 or -i.
struct coupling {
  std::uint32_t x, z;
  bool imaginary, negative;

  TINYRANK_INLINE explicit coupling(pauli_string of) noexcept : x(of.x), z(of.z) {
    std::uint32_t bits = of.x & of.z, quarter = 0;
    for (; bits != 0; bits &= bits - 1) ++quarter;
    imaginary = (quarter & 1) != 0;
    negative = (quarter & 2) != 0;
  }
};

/// use(l, k, sign bit of l) for the pairs of rows.
template <class Use>
TINYRANK_INLINE void for_pairs(const coupling& of, std::size_t d, Use use) noexcept {
  // The uppermost bit of x: l has it clear.
  std::uint32_t upper = of.x;
  while ((upper & (upper - 1)) != 0) upper &= upper - 1;
  const auto rows = static_cast<std::uint32_t>(d);
  for (std::uint32_t group = 0; group < rows; group += 2 * upper) {
    for (std::uint32_t l = group; l < group + upper; ++l) use(l, l ^ of.x, is_odd(l & of.z));
  }
}

template <class T>
void pauli_values(const T* u, std::size_t stride, std::size_t d, const pauli_string* strings,
                  std::size_t count, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const coupling of(strings[i]);
    T total = 0;
    if (of.x == 0) {
      for (std::uint32_t l = 0; l < d; ++l) {
        const T value = row_product(u, stride, l, l) + row_product(u, stride, d + l, d + l);
        total += is_odd(l & of.z) ? -value : value;
      }
      out[i] = total;
      continue;
    }
    if (of.imaginary) {
      for_pairs(of, d, [&](std::size_t l, std::size_t k, bool minus) TINYRANK_LAMBDA {
        const T value = row_product(u, stride, l, d + k) - row_product(u, stride, k, d + l);
        total += minus ? -value : value;
      });
    } else {
      for_pairs(of, d, [&](std::size_t l, std::size_t k, bool minus) TINYRANK_LAMBDA {
        const T value = row_product(u, stride, l, k) + row_product(u, stride, d + l, d + k);
        total += minus ? -value : value;
      });
    }
    out[i] = (of.negative ? T(-2) : T(2)) * total;
  }
}

template <class T>
void accumulate_pauli(const T* w, const T* v, std::size_t stride, std::size_t d, const pauli_string* strings,
                      std::size_t count, T* sum) {
  for (std::size_t i = 0; i < count; ++i) {
    const coupling of(strings[i]);
    const T weight = of.negative ? -w[i] : w[i];
    if (of.x == 0) {
      for (std::size_t l = 0; l < d; ++l) {
        const T signed_weight = is_odd(static_cast<std::uint32_t>(l) & of.z) ? -weight : weight;
        accumulate_row(signed_weight, v + l * stride, stride, sum + l * stride);
        accumulate_row(signed_weight, v + (d + l) * stride, stride, sum + (d + l) * stride);
      }
    } else if (of.imaginary) {
      for_pairs(of, d, [&](std::size_t l, std::size_t k, bool minus) TINYRANK_LAMBDA {
        const T signed_weight = minus ? -weight : weight;
        accumulate_both(signed_weight, v, stride, l, d + k, sum);
        accumulate_both(-signed_weight, v, stride, k, d + l, sum);
      });
    } else {
      for_pairs(of, d, [&](std::size_t l, std::size_t k, bool minus) TINYRANK_LAMBDA {
        const T signed_weight = minus ? -weight : weight;
        accumulate_both(signed_weight, v, stride, l, k, sum);
        accumulate_both(signed_weight, v, stride, d + l, d + k, sum);
      });
    }
  }
}

}  // namespace

template <>
const pauli_kernels<float> isa_tables<pauli_kernels<float>>::TINYRANK_ISA = {pauli_values<float>,
                                                                             accumulate_pauli<float>};
template <>
const pauli_kernels<double> isa_tables<pauli_kernels<double>>::TINYRANK_ISA = {pauli_values<double>,
                                                                               accumulate_pauli<double>};

}  // namespace tinyrank
