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

/// An operator of any row; what tests do with it is compiled once for T, not for each row.
template <class T>
struct instance {
  sensing_operator<T> table;
  status made;

  instance() = default;
  instance(const instance&) = delete;
  virtual ~instance() = default;
  virtual double entry(std::size_t i, std::size_t j, std::size_t k) const = 0;
  virtual status made_with(std::size_t n, std::size_t m) const = 0;
  virtual std::size_t descriptor_n() const = 0;
  virtual void check_arena() const = 0;
  virtual void make_batch(batch_operator<T>& together) const = 0;
  virtual std::size_t batch_bytes(std::size_t problems, execution_plan plan) const = 0;
};

template <class Row, class T>
struct row_instance final : instance<T> {
  aligned_vector<std::byte> memory;
  typename Row::template sensing<T> sensing;

  row_instance(std::size_t n, std::size_t m) : memory(catalogue::storage_bytes<Row, T>(n, m)) {
    arena placing(memory.data(), memory.size());
    sensing = catalogue::make<Row, T>(n, m, seed, placing);
    this->made = placing.overflowed() ? status::arena_too_small : make_operator(sensing, this->table);
  }

  double entry(std::size_t i, std::size_t j, std::size_t k) const override {
    return Row::entry(sensing, i, j, k);
  }
  status made_with(std::size_t n, std::size_t m) const override {
    auto changed = sensing;
    changed.n = n;
    changed.measurement_count = m;
    sensing_operator<T> unused;
    return make_operator(changed, unused);
  }
  std::size_t descriptor_n() const override { return sensing.n; }
  void check_arena() const override { check_exact_arena<T>(sensing); }
  void make_batch(batch_operator<T>& together) const override { make_batch_operator(sensing, together); }
  std::size_t batch_bytes(std::size_t problems, execution_plan plan) const override {
    return batch_scratch_bytes(sensing, problems, plan);
  }
};

template <class T>
struct catalogue_row {
  std::string name;
  std::size_t (*nearest_n)(std::size_t n) noexcept;
  std::size_t (*most_measurements)(std::size_t n) noexcept;
  std::unique_ptr<const instance<T>> (*make)(std::size_t n, std::size_t m);
  std::size_t (*run_bytes)(execution_plan plan);
  std::uint64_t (*run_bits)(std::byte* buffer, execution_plan plan, instruction_set isa);
  std::uint64_t (*staircase_bits)(std::byte* buffer, execution_plan plan, instruction_set isa);
  std::uint64_t expected_bits, expected_staircase_bits;

  /// Of at most these sizes.
  std::unique_ptr<const instance<T>> of_at_most(std::size_t n, std::size_t m) const {
    std::unique_ptr<const instance<T>> given =
        make(nearest_n(n), std::min(m, most_measurements(nearest_n(n))));
    REQUIRE(given->made == status::ok);
    return given;
  }
};

template <class T>
std::vector<catalogue_row<T>> every_row() {
  std::vector<catalogue_row<T>> all;
  catalogue::for_every_operator([&](auto row) {
    using row_type = decltype(row);
    all.push_back({std::string(row_type::name), row_type::nearest_n, row_type::most_measurements,
                   [](std::size_t n, std::size_t m) -> std::unique_ptr<const instance<T>> {
                     return std::make_unique<const row_instance<row_type, T>>(n, m);
                   },
                   catalogue::run_bytes<row_type, T>, catalogue::run_bits<row_type, T>,
                   catalogue::staircase_bits<row_type, T>, catalogue::expected_bits<row_type, T>,
                   catalogue::expected_staircase_bits<row_type, T>});
  });
  return all;
}

struct shape {
  std::size_t n, m, r;
};
/// Around the edges of lines and blocks, and with more columns than rows.
constexpr shape shapes[] = {{1, 1, 1},   {1, 37, 3},   {1, 130, 3}, {2, 5, 1},   {2, 1, 5},
                            {3, 37, 2},  {5, 16, 7},   {7, 11, 2},  {17, 9, 20}, {17, 130, 3},
                            {33, 65, 5}, {33, 130, 3}, {33, 3, 36}, {129, 35, 6}};

/// test(instance, shape) for every operator and every shape that it has.
template <class T, class Test>
void for_every_shape(Test test) {
  for (const catalogue_row<T>& row : every_row<T>()) {
    CAPTURE(row.name);
    for (shape s : shapes) {
      s.n = row.nearest_n(s.n);
      if (s.n == 0 || (test::light && s.n * s.m > 2500)) continue;
      s.m = std::min(s.m, row.most_measurements(s.n));
      CAPTURE(s.n);
      CAPTURE(s.m);
      CAPTURE(s.r);
      test(*row.of_at_most(s.n, s.m), s);
    }
  }
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
  for_every_shape<T>([](const instance<T>& given, shape s) {
    const dense_oracle oracle(
        s.n, s.m, [&](std::size_t i, std::size_t j, std::size_t k) { return given.entry(i, j, k); });
    for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
      if (check_plan(plan) == status::ok) check_against_dense(given.table, oracle, s.r, plan);
    }
  });
}

TEST_CASE_TEMPLATE("check_operator passes", T, float, double) {
  for_every_shape<T>([](const instance<T>& given, shape s) {
    check_properties(given.table, s.r);
    check_properties(given.table, s.r, {1, 64});
  });
}

TEST_CASE("the gradient is the derivative of the loss") {
  for (const catalogue_row<double>& row : every_row<double>()) {
    CAPTURE(row.name);
    check_finite_differences(row.of_at_most(17, 40)->table, 3);
    check_finite_differences(row.of_at_most(5, 9)->table, 7);
  }
}

TEST_CASE_TEMPLATE("the arena is exact", T, float, double) {
  for (const catalogue_row<T>& row : every_row<T>()) {
    CAPTURE(row.name);
    row.of_at_most(17, 70)->check_arena();
  }
}

TEST_CASE_TEMPLATE("sizes that no operator has are refused", T, float, double) {
  for (const catalogue_row<T>& row : every_row<T>()) {
    CAPTURE(row.name);
    const std::unique_ptr<const instance<T>> given = row.of_at_most(5, 4);
    CHECK(given->made_with(0, 4) == status::dimension);
    CHECK(given->made_with(largest_dimension + 1, 4) == status::dimension);
    CHECK(given->made_with(given->descriptor_n(), 0) == status::measurement_count);
  }
}

TEST_CASE_TEMPLATE("its runs have the golden bits on every instruction set with 1, 2 and 4 threads", T, float,
                   double) {
  for (const catalogue_row<T>& row : every_row<T>()) {
    CAPTURE(row.name);
    for (const instruction_set isa : every_instruction_set) {
      if (!is_usable(isa)) continue;
      for (const std::uint32_t threads : {1u, 2u, 4u}) {
        const execution_plan plan{threads, 16};
        if (check_plan(plan) != status::ok) continue;
        CAPTURE(std::string(to_string(isa)));
        CAPTURE(threads);
        aligned_vector<std::byte> memory(row.run_bytes(plan));
        CHECK(in_hexadecimal(row.run_bits(memory.data(), plan, isa)) == in_hexadecimal(row.expected_bits));
        CHECK(in_hexadecimal(row.staircase_bits(memory.data(), plan, isa)) ==
              in_hexadecimal(row.expected_staircase_bits));
      }
    }
  }
}

TEST_CASE_TEMPLATE("a batch of every operator has the bits of its problems alone", T, float, double) {
  for (const catalogue_row<T>& row : every_row<T>()) {
    CAPTURE(row.name);
    const std::unique_ptr<const instance<T>> given = row.of_at_most(17, 70);
    constexpr std::size_t problems = 3, rank = 2;
    const execution_plan plan;
    batch_operator<T> together;
    given->make_batch(together);
    if (together.loss_and_gradient == nullptr) continue;
    std::vector<std::unique_ptr<factor<T>>> factors, alone, batched;
    std::vector<std::unique_ptr<caller<T>>> callers;
    std::vector<batch_problem<T>> batch(problems);
    const std::size_t n = given->table.n;
    const std::vector<T> y = normal_vector<T>(3, given->table.measurement_count);
    for (std::size_t p = 0; p < problems; ++p) {
      factors.push_back(std::make_unique<factor<T>>(n, rank));
      alone.push_back(std::make_unique<factor<T>>(n, rank));
      batched.push_back(std::make_unique<factor<T>>(n, rank));
      callers.push_back(std::make_unique<caller<T>>(given->table, rank, plan));
      factors[p]->draw(10 + p);
      batch[p] = {&callers[p]->how, factors[p]->view, y.data(), batched[p]->view, T(0)};
    }
    const std::size_t bytes = given->batch_bytes(problems, plan);
    aligned_vector<std::byte> scratch(bytes);
    workspace<T> how = callers[0]->how;
    how.scratch = scratch.data();
    how.scratch_bytes = bytes;
    together.loss_and_gradient(together.context, how, batch.data(), problems);
    for (std::size_t p = 0; p < problems; ++p) {
      CHECK(callers[p]->loss_and_gradient(factors[p]->view, y, alone[p]->view) == batch[p].loss);
      CHECK(alone[p]->cells == batched[p]->cells);
    }
  }
}

TEST_SUITE_END();
