// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/rank_one_kernels.hpp"

namespace tinyrank {
namespace {

template <class T>
constexpr rank_one_kernels<T> table_of(family<rank_one_kernels<T>>) noexcept {
  return {products<T>, square_norms<T>, accumulate<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(rank_one_kernels)

}  // namespace tinyrank
