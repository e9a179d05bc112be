// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/quantized_kernels.hpp"

namespace tinyrank {
namespace {

template <class T>
constexpr bf16_kernels<T> table_of(family<bf16_kernels<T>>) noexcept {
  return {stored<T, bf16_storage<T>>::table};
}

}  // namespace

TINYRANK_DEFINE_TABLES(bf16_kernels)

}  // namespace tinyrank
