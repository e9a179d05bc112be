// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/hermitian_dense.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_hermitian_dense {
  tinyrank::hermitian_dense_sensing<T> operator()(const tinyrank_hermitian_dense& a) const noexcept {
    return {a.dimension, a.measurement_count, static_cast<const T*>(a.rows)};
  }
};

template <class T>
std::int32_t pack_hermitian(std::size_t d, const T* full, T* row) noexcept {
  if (d == 0 || d > tinyrank::largest_dimension / 2) return TINYRANK_STATUS_DIMENSION;
  if (!tinyrank::is_placed(full) || !tinyrank::is_placed(row)) return TINYRANK_STATUS_OPERATOR_DATA;
  tinyrank::pack_row_from_hermitian(d, full, row);
  return TINYRANK_OK;
}

}  // namespace

TINYRANK_C_OPERATOR(hermitian_dense)

extern "C" std::int32_t tinyrank_hermitian_dense_pack_row_f32(std::size_t dimension, const float* full,
                                                              float* row) {
  return pack_hermitian(dimension, full, row);
}
extern "C" std::int32_t tinyrank_hermitian_dense_pack_row_f64(std::size_t dimension, const double* full,
                                                              double* row) {
  return pack_hermitian(dimension, full, row);
}
