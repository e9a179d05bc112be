// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The only file that includes Eigen, compiled for the processor that compiles it.

#include "bench/eigen_unit.hpp"

#include <Eigen/Core>

namespace tinyrank::bench {
namespace {

using Eigen::Dynamic;
template <class T>
using vector = Eigen::Matrix<T, Dynamic, 1>;
template <class T>
using by_rows = Eigen::Matrix<T, Dynamic, Dynamic, Eigen::RowMajor>;
template <class T>
using by_columns = Eigen::Matrix<T, Dynamic, Dynamic, Eigen::ColMajor>;

Eigen::Index index(std::size_t size) {
  return static_cast<Eigen::Index>(size);
}

}  // namespace

std::string eigen_name() {
  return "Eigen " + std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
         std::to_string(EIGEN_MINOR_VERSION) + " (" + TINYRANK_EIGEN_FLAGS +
         "): " + Eigen::SimdInstructionSetsInUse();
}

template <class T>
void eigen_times(std::size_t rows, std::size_t columns, const T* a, const T* x, T* y) {
  const Eigen::Map<const by_rows<T>> matrix(a, index(rows), index(columns));
  Eigen::Map<vector<T>>(y, index(rows)).noalias() = matrix * Eigen::Map<const vector<T>>(x, index(columns));
}
template void eigen_times(std::size_t, std::size_t, const float*, const float*, float*);
template void eigen_times(std::size_t, std::size_t, const double*, const double*, double*);

template <class T>
void eigen_transposed_times(std::size_t rows, std::size_t columns, const T* a, const T* e, T* g) {
  const Eigen::Map<const by_rows<T>> matrix(a, index(rows), index(columns));
  Eigen::Map<vector<T>>(g, index(columns)).noalias() =
      matrix.transpose() * Eigen::Map<const vector<T>>(e, index(rows));
}
template void eigen_transposed_times(std::size_t, std::size_t, const float*, const float*, float*);
template void eigen_transposed_times(std::size_t, std::size_t, const double*, const double*, double*);

template <class T>
void eigen_two_products(int threads, std::size_t m, std::size_t n, std::size_t r, std::size_t stride,
                        const T* a, const T* u, T* b, T* g) {
  Eigen::setNbThreads(threads);
  const Eigen::OuterStride<> apart(index(stride));
  const Eigen::Map<const by_rows<T>, 0, Eigen::OuterStride<>> matrix(a, index(m), index(n), apart);
  const Eigen::Map<const by_columns<T>, 0, Eigen::OuterStride<>> factor(u, index(n), index(r), apart);
  Eigen::Map<by_columns<T>, 0, Eigen::OuterStride<>> sum(g, index(n), index(r), apart);
  Eigen::Map<by_rows<T>> products(b, index(m), index(r));
  products.noalias() = matrix * factor;
  sum.noalias() = matrix.transpose() * products;
}
template void eigen_two_products(int, std::size_t, std::size_t, std::size_t, std::size_t, const float*,
                                 const float*, float*, float*);
template void eigen_two_products(int, std::size_t, std::size_t, std::size_t, std::size_t, const double*,
                                 const double*, double*, double*);

}  // namespace tinyrank::bench
