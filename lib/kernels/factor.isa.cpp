// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/factor.hpp"

#include "lib/kernels/factor_kernels.hpp"
#include "lib/kernels/small_factor_kernels.hpp"

namespace tinyrank {
namespace {

template <class T>
constexpr factor_kernels<T> chosen_factor_kernels() noexcept {
  if constexpr (tuning::small_factor_kernels) {
    using namespace by_registers;
    return {form_gram_rows<T>, unpack_symmetric<T>, symmetric_times<T>};
  } else {
    using namespace by_packs;
    return {form_gram_rows<T>, unpack_symmetric<T>, symmetric_times<T>};
  }
}

}  // namespace

template <>
const factor_kernels<float> isa_tables<factor_kernels<float>>::TINYRANK_ISA = chosen_factor_kernels<float>();
template <>
const factor_kernels<double> isa_tables<factor_kernels<double>>::TINYRANK_ISA =
    chosen_factor_kernels<double>();

}  // namespace tinyrank
