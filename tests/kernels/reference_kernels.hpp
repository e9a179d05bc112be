// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/distance.hpp"
#include "lib/kernels/entries.hpp"
#include "lib/kernels/factor.hpp"
#include "lib/kernels/fourier.hpp"
#include "lib/kernels/gaussian.hpp"
#include "lib/kernels/gaussian_vector.hpp"
#include "lib/kernels/packed.hpp"
#include "lib/kernels/pauli.hpp"
#include "lib/kernels/sparse.hpp"

namespace tinyrank::test {

/// Every family of kernels, of one instruction set or of the oracle.
template <class T>
struct all_kernels {
  kernel_table<T> core;
  packed_kernels<T> packed;
  factor_kernels<T> factor;
  gaussian_vector_kernels<T> gaussian_vector;
  gaussian_kernels<T> gaussian;
  distance_kernels<T> distance;
  entries_kernels<T> entries;
  sparse_kernels<T> sparse;
  pauli_kernels<T> pauli;
  fourier_kernels<T> fourier;
};

template <class T>
all_kernels<T> kernels_of(instruction_set isa) {
  return {table_for<kernel_table<T>>(isa),     table_for<packed_kernels<T>>(isa),
          table_for<factor_kernels<T>>(isa),   table_for<gaussian_vector_kernels<T>>(isa),
          table_for<gaussian_kernels<T>>(isa), table_for<distance_kernels<T>>(isa),
          table_for<entries_kernels<T>>(isa),  table_for<sparse_kernels<T>>(isa),
          table_for<pauli_kernels<T>>(isa),    table_for<fourier_kernels<T>>(isa)};
}

/// The oracle of every kernel: plain loops in the documented order, without packs. The same bits as every
/// table.
template <class T>
all_kernels<T> reference_kernels();

}  // namespace tinyrank::test
