// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Problems for the staircase, and runs with their own memory.

#include <cmath>
#include <vector>

#include "operator_testing.hpp"
#include "tinyrank/detail/index_pair.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::operator_testing {

/// A truth of `rank` columns, the eigenvalues of X X^T geometric from 1 to 1 / condition, within reach of the
/// operator; its measurements, with noise by so many decibels below them.
template <class T>
struct geometric_problem {
  factor<T> truth;
  std::vector<T> row_major;  ///< as initial_factor takes it
  std::vector<T> y;
  double noise = 0;  ///< standard deviation

  template <class Sensing>
  geometric_problem(const Sensing& sensing, std::size_t rank, T condition, std::uint64_t seed,
                    double decibels = 1000)
      : truth(sensing.n, rank), row_major(sensing.n * rank) {
    sensing_operator<T> table;
    REQUIRE(make_operator(sensing, table) == status::ok);
    draw_planted_truth(truth.view, T(1), seed);
    for (std::size_t c = 1; c < rank; ++c) {
      const double power = -0.5 * static_cast<double>(c) / static_cast<double>(rank - 1);
      const T size = static_cast<T>(std::pow(static_cast<double>(condition), power));
      for (std::size_t j = 0; j < sensing.n; ++j) truth.view(j, c) *= size;
    }
    table.project(truth.view);
    for (std::size_t j = 0; j < sensing.n; ++j) {
      for (std::size_t c = 0; c < rank; ++c) row_major[j * rank + c] = truth.view(j, c);
    }
    y = caller<T>(table, rank).measure(truth.view);
    if (decibels >= 1000) return;
    double squares = 0;
    for (const T value : y) squares += static_cast<double>(value) * static_cast<double>(value);
    noise = std::sqrt(squares / static_cast<double>(y.size())) * std::pow(10, -decibels / 20);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += static_cast<T>(noise * normal(seed + 1000, i));
  }
};

template <class T>
struct owned_staircase {
  aligned_vector<std::byte> memory;
  staircase<T> run;

  template <class Sensing>
  owned_staircase(const Sensing& sensing, const std::vector<T>& y, const staircase_options<T>& options)
      : memory(staircase_bytes(sensing, options), std::byte{0xa5}) {
    REQUIRE(init(run, sensing, y.data(), options, memory.data(), memory.size()) == status::ok);
  }
  /// A run looks at operator and measurements as long as it goes on.
  template <class Sensing>
  owned_staircase(const Sensing&&, const std::vector<T>&, const staircase_options<T>&) = delete;
  template <class Sensing>
  owned_staircase(const Sensing&, const std::vector<T>&&, const staircase_options<T>&) = delete;
};

/// `count` different pairs of indices below n, with those on the diagonal or without, in a random order.
inline std::vector<index_pair> drawn_pairs(std::uint32_t n, std::size_t count, bool diagonal,
                                           std::uint64_t seed) {
  std::vector<index_pair> all;
  for (std::uint32_t i = 0; i < n; ++i) {
    for (std::uint32_t j = 0; j < (diagonal ? i + 1 : i); ++j) all.push_back({i, j});
  }
  const random_stream stream = make_stream(seed, random_purpose::test, 21);
  for (std::size_t k = all.size(); k > 1; --k) {
    std::swap(all[k - 1], all[random_bits(stream, static_cast<std::uint32_t>(k)) % k]);
  }
  all.resize(count);
  return all;
}

}  // namespace tinyrank::operator_testing
