// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Runs on a problem, each step watched; nothing here knows Python.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/common/problem.hpp"
#include "apps/common/ridge_recovery.hpp"
#include "tinyrank/check_operator.hpp"
#include "tinyrank/recovery.hpp"

namespace tinyrank::python {

using app::problem;

/// A factor on the way.
struct seen {
  std::uint32_t iteration = 0;  ///< or passes
  std::uint32_t rank = 0;
  double loss = 0;
  double step_size = 0;  ///< 0: it has none
};

/// Sees every factor; false ends the run with what there is.
using watcher = std::function<bool(const seen&)>;

/// n x rank numbers, row-major.
template <class T>
struct rows_of_factor {
  std::vector<T> data;
  std::size_t n = 0;
  std::size_t rank = 0;
};

template <class T>
struct answer {
  rows_of_factor<T> factor;
  std::vector<seen> trace;
  std::vector<double> singular_values;  ///< of U
  std::uint64_t factor_bits = 0;
  double seconds = 0;
};

template <class T>
struct recovered_answer : answer<T> {
  recovery_report<T> report;
  rows_of_factor<T> directions, freedom;  ///< Q and D of staircase.hpp, none without a verdict
  std::uint64_t counted = 0;              ///< measurements that count
  std::optional<std::uint32_t> mirrored;  ///< see find_mirrored
};

template <class T>
struct descended_answer : answer<T> {
  descent_report<T> report;
};

/// As `tinyrank recover` with nothing told, or with what the options say, by the verbs of `sensing`, which
/// are those of `a`. y: m numbers. Errors: refusal, app::input_error where memory is short; what `watch`
/// throws.
template <class T>
recovered_answer<T> recover(const problem<T>& a, const sensing_operator<T>& sensing, const T* y,
                            recovery_options<T> options, const watcher& watch);

/// By a method whose options type `options` is of. Errors: as recover.
template <class T>
descended_answer<T> descend(const sensing_operator<T>& sensing, const T* y, const descent_options<T>& options,
                            const descent_method<T>& method, const watcher& watch);

/// y = A(U U^T), of a row-major factor. Errors: refusal.
template <class T>
void measure(const problem<T>& a, const T* u, std::size_t rank, execution_plan plan, instruction_set isa,
             T* y);

/// out = A^*(w) V, row-major. Errors: refusal.
template <class T>
void adjoint_times(const problem<T>& a, const T* w, const T* v, std::size_t rank, execution_plan plan,
                   instruction_set isa, T* out);

/// Errors: refusal.
template <class T>
operator_report check(const problem<T>& a, const check_options<T>& options);

/// See diagnostics.hpp; row-major. Errors: refusal.
template <class T>
std::vector<T> planted_truth(std::size_t n, std::size_t rank, double condition_number, std::uint64_t seed);

template <class T>
std::uint64_t bits_of(const T* u, std::size_t n, std::size_t rank);

}  // namespace tinyrank::python
