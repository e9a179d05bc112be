// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/factor.hpp"

#include "lib/kernels/factor_kernels.hpp"
#include "lib/kernels/small_factor_kernels.hpp"

namespace tinyrank {
namespace {

template <class T>
constexpr factor_kernels<T> table_of(family<factor_kernels<T>>) noexcept {
  if constexpr (tuning::small_factor_kernels) {
    using namespace by_registers;
    return {form_gram_rows<T>, unpack_symmetric<T>, symmetric_times<T>};
  } else {
    using namespace by_packs;
    return {form_gram_rows<T>, unpack_symmetric<T>, symmetric_times<T>};
  }
}

}  // namespace

TINYRANK_DEFINE_TABLES(factor_kernels)

}  // namespace tinyrank
