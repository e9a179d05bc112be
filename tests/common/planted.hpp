// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "support.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::test {

/// A dense Gaussian problem with a planted truth.
template <class T>
struct planted_problem {
  aligned_vector<T> rows;
  owned_factor<T> truth;
  dense_sensing<T> sensing;
  std::vector<T> y;

  planted_problem(std::size_t n, std::size_t m, std::size_t true_rank, T condition_number = T(1))
      : rows(dense_row_elements<T>(n, m)), truth(n, true_rank), sensing{n, m, rows.data()} {
    draw_planted_truth(truth.view(), condition_number, 7);
    if (fill_gaussian_rows(n, 0, m, 8, gaussian_ensemble::isotropic, rows.data()) != status::ok) std::abort();
    sensing_operator<T> table;
    if (make_operator(sensing, table) != status::ok) std::abort();
    y = caller<T>(table, true_rank).measure(truth.read());
  }
  planted_problem(const planted_problem&) = delete;
};

/// Points on a plane and some of their squared distances.
template <class T>
struct map_problem {
  std::vector<index_pair> pairs;
  owned_factor<T> points;
  distances_sensing<T> sensing;
  std::vector<T> y;

  /// Every pair is measured with the probability `share`.
  map_problem(std::size_t n, double share) : points(n, 2) {
    std::mt19937_64 generator(71);
    std::uniform_real_distribution<double> uniform(0, 1);
    points = draw_factor<T>(generator, n, 2);
    for (std::uint32_t j = 1; j < n; ++j) {
      for (std::uint32_t k = 0; k < j; ++k) {
        if (uniform(generator) < share) pairs.push_back({j, k});
      }
    }
    sensing = {n, pairs.size(), pairs.data()};
    sensing_operator<T> table;
    if (make_operator(sensing, table) != status::ok) std::abort();
    y = caller<T>(table, 2).measure(points.read());
    table.project(points.view());
  }
  map_problem(const map_problem&) = delete;
};

}  // namespace tinyrank::test
