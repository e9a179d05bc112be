// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/dense_int8.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_dense_int8 {
  tinyrank::dense_int8_sensing<T> operator()(const tinyrank_dense_int8& a) const noexcept {
    return {a.n, a.measurement_count, a.rows, a.scales};
  }
};

template <class T>
std::int32_t pack_int8(std::size_t n, const T* packed, std::int8_t* row, float* scale) noexcept {
  if (n == 0 || n > tinyrank::largest_dimension) return TINYRANK_STATUS_DIMENSION;
  if (!tinyrank::is_placed(packed) || row == nullptr || !tinyrank::is_placed(scale))
    return TINYRANK_STATUS_OPERATOR_DATA;
  *scale = tinyrank::pack_row_int8(n, packed, row);
  return *scale == *scale ? TINYRANK_OK : TINYRANK_STATUS_OPERATOR_DATA;
}

}  // namespace

TINYRANK_C_OPERATOR(dense_int8)

extern "C" std::int32_t tinyrank_dense_int8_pack_row_f32(std::size_t n, const float* packed, std::int8_t* row,
                                                         float* scale) {
  return pack_int8(n, packed, row, scale);
}
extern "C" std::int32_t tinyrank_dense_int8_pack_row_f64(std::size_t n, const double* packed,
                                                         std::int8_t* row, float* scale) {
  return pack_int8(n, packed, row, scale);
}
