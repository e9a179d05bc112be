// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/sparse.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

std::uint32_t pick(std::uint64_t stream, std::size_t index, std::size_t below) {
  const auto at = static_cast<std::uint32_t>(index);
  return static_cast<std::uint32_t>(random_bits(make_stream(2, random_purpose::test, stream), at) % below);
}

/// m random places, in either triangle, with repetitions and diagonal ones.
std::vector<index_pair> pick_pairs(std::size_t n, std::size_t m) {
  std::vector<index_pair> pairs(m);
  for (std::size_t i = 0; i < m; ++i) pairs[i] = {pick(0, i, n), pick(1, i, n)};
  return pairs;
}

template <class T>
struct entries_case {
  std::vector<index_pair> pairs;
  entries_sensing<T> sensing;
  sensing_operator<T> table;

  entries_case(std::size_t n, std::size_t m) : pairs(pick_pairs(n, m)), sensing{n, m, pairs.data()} {
    REQUIRE(make_operator(sensing, table) == status::ok);
  }
  entries_case(const entries_case&) = delete;

  double matrix_entry(std::size_t i, std::size_t j, std::size_t k) const {
    const index_pair at = pairs[i];
    const bool here = (at.first == j && at.second == k) || (at.first == k && at.second == j);
    return here ? (j == k ? 1 : 0.5) : 0;
  }
};

/// Matrices of 0 to 5 entries, some places named twice.
template <class T>
struct sparse_case {
  std::vector<std::size_t> offsets{0};
  std::vector<sparse_entry<T>> entries;
  sparse_sensing<T> sensing;
  sensing_operator<T> table;

  sparse_case(std::size_t n, std::size_t m) {
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t count = m == 1 ? 5 : pick(4, i, 6); count > 0; --count) {
        const std::size_t e = entries.size();
        entries.push_back({pick(2, e, n), pick(3, e, n), static_cast<T>(normal(9, e))});
      }
      offsets.push_back(entries.size());
    }
    sensing = {n, m, offsets.data(), entries.data()};
    REQUIRE(make_operator(sensing, table) == status::ok);
  }
  sparse_case(const sparse_case&) = delete;

  double matrix_entry(std::size_t i, std::size_t j, std::size_t k) const {
    double sum = 0;
    for (std::size_t e = offsets[i]; e < offsets[i + 1]; ++e) {
      const auto [row, column, value] = entries[e];
      if ((row == j && column == k) || (row == k && column == j)) sum += static_cast<double>(value);
    }
    return sum;
  }
};

struct shape {
  std::size_t n, m, r;
};
constexpr shape shapes[] = {{1, 1, 1},  {1, 37, 3}, {2, 5, 1},   {2, 1, 5},   {3, 37, 2},    {5, 16, 7},
                            {5, 40, 4}, {17, 9, 3}, {17, 7, 20}, {33, 65, 5}, {33, 300, 36}, {257, 400, 6}};

template <class T, template <class> class Case>
void check_against_dense_everywhere() {
  for (const shape s : shapes) {
    const Case<T> given(s.n, s.m);
    const dense_oracle oracle(
        s.n, s.m, [&](std::size_t i, std::size_t j, std::size_t k) { return given.matrix_entry(i, j, k); });
    CAPTURE(s.n);
    CAPTURE(s.m);
    CAPTURE(s.r);
    for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
      if (check_plan(plan) == status::ok) check_against_dense(given.table, oracle, s.r, plan);
    }
    check_properties(given.table, s.r);
  }
}

}  // namespace

TEST_SUITE_BEGIN("sparse");

TEST_CASE_TEMPLATE("entries: the verbs are those of the dense operator", T, float, double) {
  check_against_dense_everywhere<T, entries_case>();
}

TEST_CASE_TEMPLATE("sparse: the verbs are those of the dense operator", T, float, double) {
  check_against_dense_everywhere<T, sparse_case>();
}

TEST_CASE("the gradient is the derivative of the loss") {
  check_finite_differences(entries_case<double>(17, 40).table, 3);
  check_finite_differences(sparse_case<double>(17, 40).table, 20);
}

TEST_CASE_TEMPLATE("an entry is measured to the bit as a sparse matrix of one entry", T, float, double) {
  const entries_case<T> given(17, 90);
  std::vector<std::size_t> offsets;
  std::vector<sparse_entry<T>> entries;
  for (std::size_t i = 0; i <= 90; ++i) offsets.push_back(i);
  for (const index_pair at : given.pairs) {
    entries.push_back({at.first, at.second, at.first == at.second ? T(1) : T(0.5)});
  }
  const sparse_sensing<T> sensing{17, 90, offsets.data(), entries.data()};
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  factor<T> u(17, 3), one(17, 3), two(17, 3);
  u.draw(1);
  const std::vector<T> y = normal_vector<T>(2, 90);
  CHECK(caller<T>(table, 3).measure(u.view) == caller<T>(given.table, 3).measure(u.view));
  CHECK(caller<T>(table, 3).loss_and_gradient(u.view, y, one.view) ==
        caller<T>(given.table, 3).loss_and_gradient(u.view, y, two.view));
  CHECK(one.cells == two.cells);
}

TEST_CASE_TEMPLATE("the bits are the same everywhere", T, float, double) {
  constexpr bool single = sizeof(T) == sizeof(float);
  const entries_case<T> entries(37, 7000);
  const sparse_case<T> sparse(37, 3003);
  check_golden_bits(entries.table, single ? 0xaee95589d2f5e0f9u : 0x8f4d6f2a4cfb894fu);
  check_golden_bits(sparse.table, single ? 0xea24ed8375773975u : 0x4cd719ee89ece18bu);
}

TEST_CASE_TEMPLATE("the arena is exact", T, float, double) {
  check_exact_arena<T>(entries_case<T>(17, 70).sensing);
  check_exact_arena<T>(sparse_case<T>(17, 70).sensing);
}

TEST_CASE_TEMPLATE("bad entries are refused", T, float, double) {
  sensing_operator<T> table;
  const index_pair inside[] = {{0, 3}, {3, 3}}, first[] = {{0, 0}, {4, 0}}, second[] = {{0, 0}, {0, 4}};
  const auto made = [&](entries_sensing<T> a) { return make_operator(a, table); };
  CHECK(made({4, 2, inside}) == status::ok);
  CHECK(made({4, 2, first}) == status::entry_index);
  CHECK(made({4, 2, second}) == status::entry_index);
  CHECK(made({4, 2, nullptr}) == status::operator_data);
  CHECK(made({4, 0, inside}) == status::measurement_count);
  CHECK(made({0, 2, inside}) == status::dimension);
}

TEST_CASE_TEMPLATE("bad sparse matrices are refused", T, float, double) {
  sensing_operator<T> table;
  const auto made = [&](std::vector<std::size_t> offsets, std::vector<sparse_entry<T>> entries) {
    const sparse_sensing<T> a{4, offsets.size() - 1, offsets.data(), entries.data()};
    return make_operator(a, table);
  };
  constexpr T infinite = std::numeric_limits<T>::infinity(), none = std::numeric_limits<T>::quiet_NaN();
  CHECK(made({0, 1, 1, 2}, {{0, 3, 1}, {3, 3, -1}}) == status::ok);
  CHECK(made({0, 0}, {}) == status::ok);
  CHECK(made({0, 1}, {{4, 0, 1}}) == status::entry_index);
  CHECK(made({0, 1}, {{0, 4, 1}}) == status::entry_index);
  CHECK(made({0, 1}, {{0, 1, infinite}}) == status::operator_data);
  CHECK(made({0, 1}, {{0, 1, none}}) == status::operator_data);
  CHECK(made({1, 1}, {{0, 1, 1}}) == status::entry_offsets);
  CHECK(made({0, 2, 1}, {{0, 1, 1}, {0, 1, 1}}) == status::entry_offsets);
  CHECK(made({0}, {}) == status::measurement_count);
  const std::size_t offsets[] = {0, 1};
  sparse_sensing<T> a{4, 1, nullptr, nullptr};
  CHECK(make_operator(a, table) == status::operator_data);
  a.offsets = offsets;
  CHECK(make_operator(a, table) == status::operator_data);
  a.n = 0;
  CHECK(make_operator(a, table) == status::dimension);
}

TEST_CASE("a rank whose sizes overflow is refused, never wrapped") {
  for (const std::size_t rank : {SIZE_MAX, SIZE_MAX / 5, SIZE_MAX / 16, SIZE_MAX / 320}) {
    CHECK(scratch_bytes(entries_sensing<float>{17, 4, nullptr}, rank, {}) == SIZE_MAX);
    CHECK(scratch_bytes(sparse_sensing<float>{17, 4, nullptr, nullptr}, rank, {4, 64}) == SIZE_MAX);
  }
}

TEST_CASE_TEMPLATE("an incoherent matrix is completed from a third of its entries", T, float, double) {
  constexpr std::size_t n = 40;
  std::vector<index_pair> pairs;
  for (std::uint32_t j = 0; j < n; ++j) {
    for (std::uint32_t k = 0; k <= j; ++k) {
      if (pick(7, j * n + k, 3) == 0) pairs.push_back({j, k});
    }
  }
  const entries_sensing<T> sensing{n, pairs.size(), pairs.data()};
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const planted<T> problem(table, 2);
  for (const std::size_t rank : {2u, 3u}) {
    gradient_descent_options<T> options;
    options.rank = rank;
    owned_run<T> made(table, problem.y, options);
    CAPTURE(rank);
    CAPTURE(made.run.report.iterations);
    CHECK(made.run.report.result == outcome::recovered);
    CHECK(made.test_error(problem.truth) < 0.02);
  }
}

TEST_SUITE_END();
