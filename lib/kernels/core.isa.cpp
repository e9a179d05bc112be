// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The *.isa.cpp are compiled once per instruction set, with -DTINYRANK_ISA=name, that set's flags and -O2 in
// every build type (unoptimised, xsimd's inline functions would become weak symbols, and the linker might
// hand AVX code to a processor without it). Each exports its tables and nothing else.

#include "lib/kernels/tables.hpp"
#include "lib/kernels/tuning.hpp"
#include "lib/simd/pack.hpp"
#include "lib/simd/product_and_sum.hpp"

namespace tinyrank {
namespace {

template <class T>
void scaled_add(T factor, const T* b, const T* x0, T* x, std::size_t count) {
  if constexpr (tuning::avoids_packs) {
    // Its operands are factors, not measurements: 280 bytes of flash are worth more than its time.
    for (std::size_t k = 0; k < count; ++k) x[k] = exact_fma(factor, b[k], x0[k]);
    return;
  }
  using P = pack<T>;
  const P f = P::broadcast(factor);
  for (std::size_t k = 0; k < count; k += P::lanes) fma(f, P::load(b + k), P::load(x0 + k)).store(x + k);
}

template <class T>
void add_to(const T* b, T* x, std::size_t count) {
  using P = pack<T>;
  for (std::size_t k = 0; k < count; k += P::lanes) add(P::load(x + k), P::load(b + k)).store(x + k);
}

template <class T>
constexpr kernel_table<T> table_of(family<kernel_table<T>>) noexcept {
  return {instruction_set::TINYRANK_ISA, scaled_add<T>, add_to<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(kernel_table)

}  // namespace tinyrank
