// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <memory>
#include <vector>

#include "bench/harness.hpp"
#include "bench/problem.hpp"

namespace tinyrank::bench {

/// A problem in which the gradient of an operator is timed.
struct shape {
  std::size_t n = 0;
  std::size_t m = 0;
  std::size_t rank = 0;
  std::uint32_t threads = 1;
  instruction_set isa = instruction_set::automatic;
};

/// A sensing operator as the benchmark sees it. The counts are those of the operator's definition, with
/// U U^T where a matrix is formed left out: what any program for it would have to do.
struct operator_kind {
  const char* name;  ///< as in bench.json
  prepared_case (*prepare)(const shape& of);
  double (*bytes)(const shape& of);  ///< stored operator, measurements, factor and gradient
  double (*flops)(const shape& of);
  double (*draws)(const shape& of) = nullptr;  ///< normal numbers
};

/// Every operator of the library; those of double precision have names that end in _f64.
const std::vector<operator_kind>& operator_kinds();
const operator_kind& operator_named(const std::string& name);

/// A case that evaluates the gradient of the operator `kind`; named as that, with `suffix`.
bench_case operator_case(const char* kind, const shape& of, const char* suffix = "");

/// m rows of the Gaussian ensemble, drawn once for all who hold them at the same time.
template <class T>
struct gaussian_rows {
  std::size_t n, m;
  buffer<T> data;
};
template <class T>
std::shared_ptr<const gaussian_rows<T>> draw_rows(const shape& of);

/// The m vectors of the rank-one operators, likewise; padded<T>(n) apart.
template <class T>
std::shared_ptr<const gaussian_rows<T>> draw_vectors(const shape& of);

}  // namespace tinyrank::bench
