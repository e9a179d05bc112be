// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/rectangular_dense.hpp"

#include "lib/c_api/translate.hpp"

namespace {

template <class T>
struct translate_rectangular_dense {
  tinyrank::rectangular_dense_sensing<T> operator()(const tinyrank_rectangular_dense& a) const noexcept {
    return {a.rows, a.columns, a.measurement_count, static_cast<const T*>(a.matrices)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(rectangular_dense)

extern "C" std::int32_t tinyrank_rectangular_dense_pack_row_f32(std::size_t rows, std::size_t columns,
                                                                const float* matrix, float* row) {
  return static_cast<std::int32_t>(tinyrank::pack_rectangular_row(rows, columns, matrix, row));
}
extern "C" std::int32_t tinyrank_rectangular_dense_pack_row_f64(std::size_t rows, std::size_t columns,
                                                                const double* matrix, double* row) {
  return static_cast<std::int32_t>(tinyrank::pack_rectangular_row(rows, columns, matrix, row));
}
