// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/quantized_kernels.hpp"

namespace tinyrank {
namespace {

template <class T>
constexpr int8_kernels<T> table_of(family<int8_kernels<T>>) noexcept {
  return {stored<T, int8_storage<T>>::table};
}

}  // namespace

TINYRANK_DEFINE_TABLES(int8_kernels)

}  // namespace tinyrank
