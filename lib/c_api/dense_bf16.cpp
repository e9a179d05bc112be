// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/dense_bf16.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_dense_bf16 {
  tinyrank::dense_bf16_sensing<T> operator()(const tinyrank_dense_bf16& a) const noexcept {
    return {a.n, a.measurement_count, a.rows};
  }
};

template <class T>
std::int32_t pack_bf16(std::size_t n, const T* packed, std::uint16_t* row) noexcept {
  if (n == 0 || n > tinyrank::largest_dimension) return TINYRANK_STATUS_DIMENSION;
  if (!tinyrank::is_placed(packed) || !tinyrank::is_placed(row)) return TINYRANK_STATUS_OPERATOR_DATA;
  return tinyrank::pack_row_bf16(n, packed, row) ? TINYRANK_OK : TINYRANK_STATUS_OPERATOR_DATA;
}

}  // namespace

TINYRANK_C_OPERATOR(dense_bf16)

extern "C" std::int32_t tinyrank_dense_bf16_pack_row_f32(std::size_t n, const float* packed,
                                                         std::uint16_t* row) {
  return pack_bf16(n, packed, row);
}
extern "C" std::int32_t tinyrank_dense_bf16_pack_row_f64(std::size_t n, const double* packed,
                                                         std::uint16_t* row) {
  return pack_bf16(n, packed, row);
}
