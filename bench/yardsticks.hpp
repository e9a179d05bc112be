// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What one would write without this library, over OpenBLAS and over Eigen; and the limits of the machine.
// Where a library was missing when the benchmark was built, its functions return no case.

#include "bench/operators.hpp"

namespace tinyrank::bench {

/// The gradient of a dense operator over full storage: every A_i as n^2 numbers, e = A z - y, then A^T e. Z =
/// U U^T and the product with U are not timed here; in our gradient they are. Named openblas_full_f32,
/// eigen_full_f32 and so on.
template <class T>
case_group full_storage_cases(const shape& of);

/// The two products of a rank-one gradient without what is between them: A U and A^T B. Named sgemm_pair,
/// dgemm_pair, eigen_pair_f32, eigen_pair_f64.
template <class T>
case_group product_pair_cases(const shape& of);

/// The gradients of several problems over full storage, as products of matrices; named
/// openblas_full_batch16_f32, eigen_full_batch16_f32 for 16.
template <class T>
case_group full_batch_cases(const shape& of, std::size_t problems);

/// Several ways to read the rows of a dense operator once. Named read_f32, read_f64.
template <class T>
case_group read_cases(const shape& of);

/// Multiply-adds between registers. Named fma_peak_f32 and so on, with `suffix`.
template <class T>
bench_case fma_peak_case(const shape& of, const char* suffix = "");

inline void append(case_group& to, case_group more) {
  for (bench_case& one : more) to.push_back(std::move(one));
}

template <class T>
std::string typed(const char* name) {
  return std::string(name) + (sizeof(T) == sizeof(float) ? "_f32" : "_f64");
}

}  // namespace tinyrank::bench
