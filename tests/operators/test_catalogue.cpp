// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What holds of every operator: of each row of the catalogue, small instances.

#include <iomanip>
#include <memory>
#include <set>
#include <sstream>

#include "catalogue_run.hpp"
#include "operator_testing.hpp"
#include "tinyrank/batch.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr std::uint64_t seed = 43;

template <class Row, class T>
struct instance {
  aligned_vector<std::byte> memory;
  typename Row::template sensing<T> sensing;
  sensing_operator<T> table;

  /// Of at most these sizes.
  instance(std::size_t most_n, std::size_t most_m)
      : instance(std::pair(Row::nearest_n(most_n),
                           std::min(most_m, Row::most_measurements(Row::nearest_n(most_n))))) {}
  explicit instance(std::pair<std::size_t, std::size_t> sizes)
      : memory(catalogue::storage_bytes<Row, T>(sizes.first, sizes.second)) {
    arena placing(memory.data(), memory.size());
    sensing = catalogue::make<Row, T>(sizes.first, sizes.second, seed, placing);
    REQUIRE_FALSE(placing.overflowed());
    REQUIRE(make_operator(sensing, table) == status::ok);
  }
  instance(const instance&) = delete;

  double entry(std::size_t i, std::size_t j, std::size_t k) const { return Row::entry(sensing, i, j, k); }
};

struct shape {
  std::size_t n, m, r;
};
/// Around the edges of lines and blocks, and with more columns than rows.
constexpr shape shapes[] = {{1, 1, 1},   {1, 37, 3},   {1, 130, 3}, {2, 5, 1},   {2, 1, 5},
                            {3, 37, 2},  {5, 16, 7},   {7, 11, 2},  {17, 9, 20}, {17, 130, 3},
                            {33, 65, 5}, {33, 130, 3}, {33, 3, 36}, {129, 35, 6}};

/// test(row, shape) for every operator and every shape that it has.
template <class Test>
void for_every_shape(Test test) {
  catalogue::for_every_operator([&](auto row) {
    using row_type = decltype(row);
    CAPTURE(std::string(row_type::name));
    for (shape s : shapes) {
      s.n = row_type::nearest_n(s.n);
      if (s.n == 0 || (test::light && s.n * s.m > 2500)) continue;
      s.m = std::min(s.m, row_type::most_measurements(s.n));
      CAPTURE(s.n);
      CAPTURE(s.m);
      CAPTURE(s.r);
      test(row, s);
    }
  });
}

/// How golden hashes are written in a row.
std::string in_hexadecimal(std::uint64_t bits) {
  std::ostringstream text;
  text << "0x" << std::hex << std::setw(16) << std::setfill('0') << bits << "u";
  return text.str();
}

}  // namespace

TEST_SUITE_BEGIN("catalogue");

TEST_CASE("names differ, and no kind of --sensing has two operators") {
  std::set<std::string> names, kinds;
  catalogue::for_every_operator([&](auto row) {
    CHECK(names.insert(row.name).second);
    for (const catalogue::sensing_kind& kind : row.kinds) {
      CHECK(kinds.insert(kind.name).second);
      CHECK((kind.drawn || *kind.file != '\0'));
    }
  });
}

TEST_CASE_TEMPLATE("the verbs are those of the dense operator over the entries", T, float, double) {
  for_every_shape([](auto row, shape s) {
    const instance<decltype(row), T> given(s.n, s.m);
    const dense_oracle oracle(
        s.n, s.m, [&](std::size_t i, std::size_t j, std::size_t k) { return given.entry(i, j, k); });
    for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
      if (check_plan(plan) == status::ok) check_against_dense(given.table, oracle, s.r, plan);
    }
  });
}

TEST_CASE_TEMPLATE("check_operator passes", T, float, double) {
  for_every_shape([](auto row, shape s) {
    const instance<decltype(row), T> given(s.n, s.m);
    check_properties(given.table, s.r);
    check_properties(given.table, s.r, {1, 64});
  });
}

TEST_CASE("the gradient is the derivative of the loss") {
  catalogue::for_every_operator([](auto row) {
    CAPTURE(std::string(row.name));
    check_finite_differences(instance<decltype(row), double>(17, 40).table, 3);
    check_finite_differences(instance<decltype(row), double>(5, 9).table, 7);
  });
}

TEST_CASE_TEMPLATE("the arena is exact", T, float, double) {
  catalogue::for_every_operator([](auto row) {
    CAPTURE(std::string(row.name));
    check_exact_arena<T>(instance<decltype(row), T>(17, 70).sensing);
  });
}

TEST_CASE_TEMPLATE("sizes that no operator has are refused", T, float, double) {
  catalogue::for_every_operator([](auto row) {
    CAPTURE(std::string(row.name));
    instance<decltype(row), T> given(5, 4);
    sensing_operator<T> table;
    const auto refused = [&](std::size_t n, std::size_t m) {
      auto changed = given.sensing;
      changed.n = n;
      changed.measurement_count = m;
      return make_operator(changed, table);
    };
    CHECK(refused(0, 4) == status::dimension);
    CHECK(refused(largest_dimension + 1, 4) == status::dimension);
    CHECK(refused(given.sensing.n, 0) == status::measurement_count);
  });
}

TEST_CASE_TEMPLATE("its runs have the golden bits on every instruction set with 1, 2 and 4 threads", T, float,
                   double) {
  catalogue::for_every_operator([](auto row) {
    using row_type = decltype(row);
    CAPTURE(std::string(row.name));
    for (const instruction_set isa : every_instruction_set) {
      if (!is_usable(isa)) continue;
      for (const std::uint32_t threads : {1u, 2u, 4u}) {
        const execution_plan plan{threads, 16};
        if (check_plan(plan) != status::ok) continue;
        CAPTURE(std::string(to_string(isa)));
        CAPTURE(threads);
        aligned_vector<std::byte> memory(catalogue::run_bytes<row_type, T>(plan));
        CHECK(in_hexadecimal(catalogue::run_bits<row_type, T>(memory.data(), plan, isa)) ==
              in_hexadecimal(catalogue::expected_bits<row_type, T>));
        CHECK(in_hexadecimal(catalogue::staircase_bits<row_type, T>(memory.data(), plan, isa)) ==
              in_hexadecimal(catalogue::expected_staircase_bits<row_type, T>));
      }
    }
  });
}

TEST_CASE_TEMPLATE("a batch of every operator has the bits of its problems alone", T, float, double) {
  catalogue::for_every_operator([](auto row) {
    CAPTURE(std::string(row.name));
    const instance<decltype(row), T> given(17, 70);
    constexpr std::size_t problems = 3, rank = 2;
    const execution_plan plan;
    batch_operator<T> together;
    make_batch_operator(given.sensing, together);
    if (together.loss_and_gradient == nullptr) return;
    std::vector<std::unique_ptr<factor<T>>> factors, alone, batched;
    std::vector<std::unique_ptr<caller<T>>> callers;
    std::vector<batch_problem<T>> batch(problems);
    const std::size_t n = given.table.n;
    const std::vector<T> y = normal_vector<T>(3, given.table.measurement_count);
    for (std::size_t p = 0; p < problems; ++p) {
      factors.push_back(std::make_unique<factor<T>>(n, rank));
      alone.push_back(std::make_unique<factor<T>>(n, rank));
      batched.push_back(std::make_unique<factor<T>>(n, rank));
      callers.push_back(std::make_unique<caller<T>>(given.table, rank, plan));
      factors[p]->draw(10 + p);
      batch[p] = {&callers[p]->how, factors[p]->view, y.data(), batched[p]->view, T(0)};
    }
    const std::size_t bytes = batch_scratch_bytes(given.sensing, problems, plan);
    aligned_vector<std::byte> scratch(bytes);
    workspace<T> how = callers[0]->how;
    how.scratch = scratch.data();
    how.scratch_bytes = bytes;
    together.loss_and_gradient(together.context, how, batch.data(), problems);
    for (std::size_t p = 0; p < problems; ++p) {
      CHECK(callers[p]->loss_and_gradient(factors[p]->view, y, alone[p]->view) == batch[p].loss);
      CHECK(alone[p]->cells == batched[p]->cells);
    }
  });
}

TEST_SUITE_END();
