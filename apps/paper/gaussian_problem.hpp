// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>
#include <vector>

#include "memory.hpp"
#include "problem.hpp"
#include "threads.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/gaussian.hpp"

namespace tinyrank::app {

/// n x rank with its own storage, zero at first.
template <class T>
struct owned_factor {
  owned_factor(std::size_t n, std::size_t rank)
      : cells("factor", factor_count<T>(n, rank)), view{cells.data(), n, rank, padded<T>(n)} {
    std::fill(cells.data(), cells.data() + cells.size(), T(0));
  }
  aligned_buffer<T> cells;
  factor_view<T> view;
};

/// An operator's verbs outside a run, for factors of at most `rank` columns.
template <class T>
struct caller {
  caller(const sensing_operator<T>& sensing, std::size_t rank, execution_plan plan)
      : a(sensing), scratch("operator", scratch_bytes(sensing, rank, plan)) {
    require_ok("operator", make_workspace(how, a, rank, plan, instruction_set::automatic, scratch.data(),
                                          scratch.size()));
  }
  void measure(factor_view<const T> u, T* y) const { a.measure(how, u, y); }
  void adjoint_times(const T* w, factor_view<const T> v, factor_view<T> out) const {
    a.adjoint_times(how, w, v, out);
  }
  sensing_operator<T> a;
  aligned_buffer<std::byte> scratch;
  workspace<T> how;
};

/// m stored matrices of the isotropic Gaussian ensemble.
template <class T>
struct gaussian_matrices {
  gaussian_matrices(std::size_t n, std::size_t m, std::uint64_t seed, execution_plan plan)
      : rows("sensing matrices", dense_row_elements<T>(n, m)), dense{n, m, rows.data()} {
    draw(seed, plan);
    require_ok("sensing matrices", make_operator(dense, sensing));
  }
  gaussian_matrices(const gaussian_matrices&) = delete;
  gaussian_matrices& operator=(const gaussian_matrices&) = delete;

  /// Other matrices in the same place.
  void draw(std::uint64_t seed, execution_plan plan) {
    in_threads(plan.threads, dense.measurement_count, [&](std::size_t first, std::size_t last) {
      // Nothing is left to refuse: the rows are there, and some instruction set is always usable.
      (void)fill_gaussian_rows(dense.n, first, last - first, seed, gaussian_ensemble::isotropic,
                               rows.data() + first * packed_stride<T>(dense.n));
    });
  }

  aligned_buffer<T> rows;
  dense_sensing<T> dense;
  sensing_operator<T> sensing;
};

template <class T>
std::vector<T> measure(const sensing_operator<T>& a, factor_view<const T> truth, execution_plan plan) {
  std::vector<T> y(a.measurement_count);
  caller<T>(a, truth.rank, plan).measure(truth, y.data());
  return y;
}

/// Section 4 of arXiv 2106.15013: X with r* orthonormal columns, m = 10 n r*.
struct section4 {
  std::size_t n = 200, truth_rank = 5;
  std::uint64_t truth_seed = 1, sensing_seed = 1, start_seed = 1;

  explicit section4(bool quick) {
    if (quick) n = 64, truth_rank = 1;
  }
  [[nodiscard]] std::size_t measurement_count() const { return 10 * n * truth_rank; }
  [[nodiscard]] float small_scale() const { return 1.0F / (70.0F * static_cast<float>(n * n)); }
  [[nodiscard]] std::string facts() const {
    return "\"n\": " + std::to_string(n) + ", \"truth_rank\": " + std::to_string(truth_rank) +
           ", \"m\": " + std::to_string(measurement_count()) +
           ", \"step_size\": 0.25, \"truth_seed\": " + std::to_string(truth_seed) +
           ", \"sensing_seed\": " + std::to_string(sensing_seed) +
           ", \"start_seed\": " + std::to_string(start_seed);
  }
  [[nodiscard]] std::string setting() const {
    return "n " + std::to_string(n) + "; r* " + std::to_string(truth_rank) + "; seeds " +
           std::to_string(truth_seed) + " " + std::to_string(sensing_seed) + " " + std::to_string(start_seed);
  }
};

}  // namespace tinyrank::app
