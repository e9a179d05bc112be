// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The structs of tinyrank.h for the descriptors of the catalogue; an operator without one does not compile.

#include <cstdint>

#include "catalogue/operators.hpp"
#include "tinyrank/tinyrank.h"

namespace tinyrank {

template <class T>
tinyrank_dense in_c(const dense_sensing<T>& a) {
  return {sizeof(tinyrank_dense), 0, a.n, a.measurement_count, a.rows};
}
template <class T>
tinyrank_streamed in_c(const streamed_sensing<dense_sensing<T>>& a) {
  return {sizeof(tinyrank_streamed), 0, a.n, a.measurement_count, a.source.read, a.source.context};
}
template <class T>
tinyrank_dense_bf16 in_c(const dense_bf16_sensing<T>& a) {
  return {sizeof(tinyrank_dense_bf16), 0, a.n, a.measurement_count, a.rows};
}
template <class T>
tinyrank_dense_int8 in_c(const dense_int8_sensing<T>& a) {
  return {sizeof(tinyrank_dense_int8), 0, a.n, a.measurement_count, a.rows, a.scales};
}
template <class T>
tinyrank_gaussian in_c(const gaussian_sensing<T>& a) {
  return {sizeof(tinyrank_gaussian), static_cast<std::int32_t>(a.ensemble), a.n, a.measurement_count, a.seed};
}
template <class T>
tinyrank_rademacher in_c(const rademacher_sensing<T>& a) {
  return {sizeof(tinyrank_rademacher), 0, a.n, a.measurement_count, a.seed};
}
template <class T>
tinyrank_hadamard in_c(const hadamard_sensing<T>& a) {
  return {sizeof(tinyrank_hadamard), 0, a.n, a.measurement_count, a.seed, a.rows};
}
template <class T>
tinyrank_rank_one in_c(const rank_one_sensing<T>& a) {
  return {sizeof(tinyrank_rank_one), static_cast<std::int32_t>(a.form), a.n, a.measurement_count, a.vectors};
}
template <class T>
tinyrank_generated_rank_one in_c(const generated_rank_one_sensing<T>& a) {
  return {sizeof(tinyrank_generated_rank_one), static_cast<std::int32_t>(a.form), a.n, a.measurement_count,
          a.seed};
}
template <class T>
tinyrank_entries in_c(const entries_sensing<T>& a) {
  return {sizeof(tinyrank_entries), 0, a.n, a.measurement_count,
          reinterpret_cast<const tinyrank_index_pair*>(a.pairs)};
}
template <class T>
tinyrank_sparse in_c(const sparse_sensing<T>& a) {
  return {sizeof(tinyrank_sparse), 0, a.n, a.measurement_count, a.offsets, a.entries};
}
template <class T>
tinyrank_distances in_c(const distances_sensing<T>& a) {
  return {sizeof(tinyrank_distances), 0, a.n, a.measurement_count,
          reinterpret_cast<const tinyrank_index_pair*>(a.pairs)};
}
template <class T>
tinyrank_pauli in_c(const pauli_sensing<T>& a) {
  return {sizeof(tinyrank_pauli), 0, a.qubits, a.measurement_count,
          reinterpret_cast<const tinyrank_pauli_string*>(a.strings)};
}
template <class T>
tinyrank_hermitian_dense in_c(const hermitian_dense_sensing<T>& a) {
  return {sizeof(tinyrank_hermitian_dense), 0, a.dimension, a.measurement_count, a.rows};
}
template <class T>
tinyrank_complex_rank_one in_c(const complex_rank_one_sensing<T>& a) {
  return {sizeof(tinyrank_complex_rank_one), static_cast<std::int32_t>(a.form), a.dimension,
          a.measurement_count, a.vectors};
}
template <class T>
tinyrank_generated_complex_rank_one in_c(const generated_complex_rank_one_sensing<T>& a) {
  return {sizeof(tinyrank_generated_complex_rank_one), static_cast<std::int32_t>(a.form), a.dimension,
          a.measurement_count, a.seed};
}
template <class T>
tinyrank_coded_diffraction in_c(const coded_diffraction_sensing<T>& a) {
  return {sizeof(tinyrank_coded_diffraction), static_cast<std::int32_t>(a.transform), a.dimension,
          a.measurement_count, a.seed};
}
template <class T>
tinyrank_rectangular_entries in_c(const rectangular_entries_sensing<T>& a) {
  return {sizeof(tinyrank_rectangular_entries),
          0,
          a.rows,
          a.columns,
          a.measurement_count,
          reinterpret_cast<const tinyrank_index_pair*>(a.pairs)};
}
template <class T>
tinyrank_rectangular_dense in_c(const rectangular_dense_sensing<T>& a) {
  return {sizeof(tinyrank_rectangular_dense), 0, a.rows, a.columns, a.measurement_count, a.matrices};
}
template <class T>
tinyrank_bilinear in_c(const bilinear_sensing<T>& a) {
  return {sizeof(tinyrank_bilinear), 0, a.rows, a.columns, a.measurement_count, a.left, a.right};
}
template <class T>
tinyrank_generated_bilinear in_c(const generated_bilinear_sensing<T>& a) {
  return {sizeof(tinyrank_generated_bilinear), 0, a.rows, a.columns, a.measurement_count, nullptr, a.seed};
}

}  // namespace tinyrank
