// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cmath>

#include "apps/common/centering.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::app;

namespace {

double drawn(std::uint64_t stream, std::size_t index) {
  return static_cast<double>(
      gaussian(make_stream(1, random_purpose::test, stream), static_cast<std::uint32_t>(index)));
}

/// About `percent` of the entries.
std::vector<index_pair> some_entries(std::uint32_t rows, std::uint32_t columns, std::uint32_t percent) {
  const random_stream stream = make_stream(1, random_purpose::test, 1);
  std::vector<index_pair> pairs;
  for (std::uint32_t j = 0; j < rows; ++j) {
    for (std::uint32_t k = 0; k < columns; ++k) {
      if (random_bits(stream, j * columns + k) % 100 < percent) pairs.push_back({j, k});
    }
  }
  return pairs;
}

/// The sums of weighted residuals over each row and each column, which the least-squares fit makes 0.
double largest_sum(const centering& made, const std::vector<index_pair>& pairs,
                   const std::vector<double>& values, const std::vector<double>& weights) {
  std::vector<double> sums(made.rows.size() + made.columns.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    const double left = weight * (values[i] - made.at(pairs[i].first, pairs[i].second));
    if (made.fitted != centering_of::columns) sums[pairs[i].first] += left;
    if (made.fitted != centering_of::rows) sums[made.rows.size() + pairs[i].second] += left;
  }
  double most = 0;
  for (const double sum : sums) most = std::max(most, std::abs(sum));
  return most;
}

}  // namespace

TEST_CASE("means are the least-squares fit, of either side and of both, with weights and without") {
  for (const auto& [rows, columns] : {std::pair(60U, 7U), std::pair(7U, 60U), std::pair(20U, 20U)}) {
    const std::vector<index_pair> pairs = some_entries(rows, columns, 70);
    std::vector<double> values, weights;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      values.push_back(100 + 5 * drawn(2, pairs[i].first) + drawn(3, i));
      weights.push_back(0.1 + drawn(4, i) * drawn(4, i));
    }
    for (const centering_of which : {centering_of::both, centering_of::rows, centering_of::columns}) {
      const centering made = fit_centering(which, rows, columns, pairs, values, {});
      const centering weighed = fit_centering(which, rows, columns, pairs, values, weights);
      CHECK(largest_sum(made, pairs, values, {}) < 1e-9);
      CHECK(largest_sum(weighed, pairs, values, weights) < 1e-9);
      const std::size_t unknowns = which == centering_of::both   ? rows + columns - 1
                                   : which == centering_of::rows ? rows
                                                                 : columns;
      CHECK(made.spent == unknowns);
    }
  }
}

TEST_CASE("a table that is the sum of two sides is fitted exactly, also where it has no value") {
  const std::vector<index_pair> pairs = some_entries(50, 9, 35);
  const auto entry = [](std::size_t j, std::size_t k) { return 3 + drawn(5, j) + 10 * drawn(6, k); };
  std::vector<double> values;
  for (const index_pair& at : pairs) values.push_back(entry(at.first, at.second));
  const centering made = fit_centering(centering_of::both, 50, 9, pairs, values, {});
  double worst = 0;
  for (std::size_t j = 0; j < 50; ++j) {
    for (std::size_t k = 0; k < 9; ++k) worst = std::max(worst, std::abs(made.at(j, k) - entry(j, k)));
  }
  CHECK(worst < 1e-9);
}

TEST_CASE("groups that nothing connects have a shift less each, and what has no value is at 0") {
  // Rows 0, 1 with columns 0, 1; row 2 with column 2; row 3 and column 3 without any.
  const std::vector<index_pair> pairs = {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 2}};
  const std::vector<double> values = {1, 2, 3, 4, 10};
  const centering made = fit_centering(centering_of::both, 4, 4, pairs, values, {});
  CHECK(made.spent == 4);
  CHECK(made.mean == doctest::Approx(4));
  for (std::size_t i = 0; i < pairs.size(); ++i)
    CHECK(made.at(pairs[i].first, pairs[i].second) == doctest::Approx(values[i]));
  CHECK(made.rows[0] == doctest::Approx(-1));
  CHECK(made.rows[1] == doctest::Approx(1));
  CHECK(std::abs(made.rows[2]) < 1e-12);
  CHECK(made.columns[2] == doctest::Approx(6));
  CHECK(made.rows[3] == 0);
  CHECK(made.columns[3] == 0);
  // An entry of weight 0 is none.
  const centering less = fit_centering(centering_of::both, 4, 4, pairs, values, {1, 1, 1, 1, 0});
  CHECK(less.spent == 3);
  CHECK(less.mean == doctest::Approx(2.5));
  CHECK(less.at(2, 2) == doctest::Approx(2.5));
}

TEST_CASE("a long chain of entries is fitted as well as a full table") {
  // Each row has two columns in common with its neighbours alone: conjugate gradients need all their steps.
  std::vector<index_pair> pairs;
  std::vector<double> values;
  for (std::uint32_t j = 0; j < 400; ++j) {
    for (const std::uint32_t k : {j, j + 1}) {
      pairs.push_back({j, k});
      values.push_back(drawn(7, pairs.size()));
    }
  }
  const centering made = fit_centering(centering_of::both, 400, 401, pairs, values, {});
  CHECK(made.spent == 800);
  CHECK(largest_sum(made, pairs, values, {}) < 1e-6);
}
