// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What C reads of a factor; null where there is no run.

#include <cstddef>
#include <cstdint>

#include "lib/dense_algebra/vectors.hpp"
#include "lib/simd/exact_fma.hpp"
#include "tinyrank/tinyrank.h"
#include "tinyrank/views.hpp"

namespace tinyrank::c_api {

template <class T>
std::int32_t factor_entry(const factor_view<const T>* factor, std::size_t row, std::size_t column,
                          T* value) noexcept {
  if (factor == nullptr) return TINYRANK_STATUS_RUN_NULL;
  if (!is_placed(value)) return TINYRANK_STATUS_OUTPUT_NULL;
  const factor_view<const T> u = *factor;
  if (row >= u.n || column >= u.rank) return TINYRANK_STATUS_INDEX;
  *value = u(row, column);
  return TINYRANK_OK;
}

template <class T>
std::int32_t estimate_entry(const factor_view<const T>* factor, std::size_t row, std::size_t column,
                            T* value) noexcept {
  if (factor == nullptr) return TINYRANK_STATUS_RUN_NULL;
  if (!is_placed(value)) return TINYRANK_STATUS_OUTPUT_NULL;
  const factor_view<const T> u = *factor;
  if (row >= u.n || column >= u.n) return TINYRANK_STATUS_INDEX;
  T sum = 0;
  for (std::size_t c = 0; c < u.rank; ++c) sum = exact_fma(u(row, c), u(column, c), sum);
  *value = sum;
  return TINYRANK_OK;
}

template <class T>
std::int32_t copy_factor(const factor_view<const T>* factor, T* copy, std::size_t count) noexcept {
  if (factor == nullptr) return TINYRANK_STATUS_RUN_NULL;
  if (!is_placed(copy)) return TINYRANK_STATUS_OUTPUT_NULL;
  const factor_view<const T> u = *factor;
  if (count < u.n * u.rank) return TINYRANK_STATUS_OUTPUT_SIZE;
  for (std::size_t j = 0; j < u.n; ++j) {
    for (std::size_t c = 0; c < u.rank; ++c) copy[j * u.rank + c] = u(j, c);
  }
  return TINYRANK_OK;
}

}  // namespace tinyrank::c_api
