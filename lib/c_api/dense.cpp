// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/dense.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_dense {
  tinyrank::dense_sensing<T> operator()(const tinyrank_dense& a) const noexcept {
    return {a.n, a.measurement_count, static_cast<const T*>(a.rows)};
  }
};

template <class T>
std::int32_t pack_full(std::size_t n, const T* full, T* row) noexcept {
  if (n == 0 || n > tinyrank::largest_dimension) return TINYRANK_STATUS_DIMENSION;
  if (!tinyrank::is_placed(full) || !tinyrank::is_placed(row)) return TINYRANK_STATUS_OPERATOR_DATA;
  tinyrank::pack_row_from_full(n, full, row);
  return TINYRANK_OK;
}

}  // namespace

TINYRANK_C_OPERATOR(dense)

extern "C" std::int32_t tinyrank_dense_pack_row_f32(std::size_t n, const float* full, float* row) {
  return pack_full(n, full, row);
}
extern "C" std::int32_t tinyrank_dense_pack_row_f64(std::size_t n, const double* full, double* row) {
  return pack_full(n, full, row);
}
