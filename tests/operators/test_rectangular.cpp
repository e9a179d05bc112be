// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// What is special about the operators of M = L R^T, beyond what test_catalogue.cpp asks of every row, whose
// matrices are nearly square.

#include <array>
#include <thread>

#include "lib/helpers.hpp"
#include "operator_testing.hpp"
#include "tinyrank/operators/bilinear.hpp"
#include "tinyrank/operators/entries.hpp"
#include "tinyrank/operators/generated_bilinear.hpp"
#include "tinyrank/operators/rectangular_dense.hpp"
#include "tinyrank/operators/rectangular_entries.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

struct shape {
  std::size_t rows, columns, m, r;
};
/// Far from square, on both sides of a line of lanes.
constexpr shape shapes[] = {{1, 1, 3, 1},   {1, 40, 33, 2}, {40, 1, 33, 2}, {3, 30, 70, 5},
                            {30, 3, 70, 5}, {16, 5, 40, 4}, {5, 16, 40, 4}, {2, 65, 20, 70}};

std::vector<index_pair> places(const shape& s) {
  std::vector<index_pair> pairs(s.m);
  const auto pick = [&](std::uint64_t stream, std::size_t i, std::size_t below) {
    const auto at = static_cast<std::uint32_t>(i);
    return static_cast<std::uint32_t>(random_bits(make_stream(2, random_purpose::test, stream), at) % below);
  };
  for (std::size_t i = 0; i < s.m; ++i) pairs[i] = {pick(0, i, s.rows), pick(1, i, s.columns)};
  return pairs;
}

/// The dense operator over A_i = [0, B_i; B_i^T, 0] / 2; of_b(i, j, k) is the entry (j, k) of B_i.
template <class OfB>
dense_oracle oracle_of(const shape& s, OfB of_b) {
  return dense_oracle(s.rows + s.columns, s.m, [&](std::size_t i, std::size_t j, std::size_t k) {
    return k < s.rows && j >= s.rows ? of_b(i, k, j - s.rows) / 2 : 0.0;
  });
}

/// Against the oracle, and by every property of check_operator, however the work is divided.
template <class T, class OfB>
void check_verbs(const sensing_operator<T>& table, const shape& s, OfB of_b) {
  CAPTURE(s.rows);
  CAPTURE(s.columns);
  CAPTURE(s.r);
  const dense_oracle oracle = oracle_of(s, of_b);
  for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
    if (check_plan(plan) == status::ok) check_against_dense(table, oracle, s.r, plan);
  }
  check_properties(table, s.r);
}

/// A descent finds M from what was measured of it.
template <class T>
void check_recovery(const sensing_operator<T>& table) {
  constexpr std::size_t rank = 2;
  const std::size_t n = table.n, rows = table.shape.rows;
  const planted<T> problem(table, rank);
  gradient_descent_options<T> options;
  options.rank = rank;
  options.iteration_limit = 3000;
  options.relative_tolerance = T(1e-10);
  const owned_run<T> made(table, problem.y, options);
  double apart = 0, size = 0;
  for (std::size_t j = 0; j < rows; ++j) {
    for (std::size_t k = rows; k < n; ++k) {
      double found = 0, wanted = 0;
      for (std::size_t c = 0; c < rank; ++c) {
        found += static_cast<double>(made.run.factor(j, c)) * static_cast<double>(made.run.factor(k, c));
        wanted +=
            static_cast<double>(problem.truth.view(j, c)) * static_cast<double>(problem.truth.view(k, c));
      }
      apart += (found - wanted) * (found - wanted);
      size += wanted * wanted;
    }
  }
  CHECK(std::sqrt(apart / size) < 1e-3);
}

/// Sizes that are those of no rectangle are refused, whatever n says.
template <class Sensing>
void check_refused_sizes(const Sensing& given) {
  sensing_operator<double> table;
  REQUIRE(make_operator(given, table) == status::ok);
  CHECK(table.shape.kind == factor_kind::rectangular);
  CHECK(table.shape.rows == given.rows);
  CHECK(table.n == given.rows + given.columns);
  constexpr std::size_t huge = SIZE_MAX - 2;
  const std::array<std::array<std::size_t, 3>, 7> sizes = {
      {{0, 5, 5}, {5, 0, 5}, {0, 0, 0}, {3, 4, 8}, {huge, 7, 4}, {7, huge, 4}, {huge, huge, huge}}};
  for (const auto& [rows, columns, n] : sizes) {
    Sensing changed = given;
    changed.rows = rows;
    changed.columns = columns;
    changed.n = n;
    CHECK(make_operator(changed, table) == status::dimension);
    changed.n = rows + columns;
    if (n != 8) CHECK(make_operator(changed, table) == status::dimension);
  }
  Sensing changed = given;
  changed.rows = largest_dimension;
  changed.columns = 1;
  changed.n = largest_dimension + 1;
  CHECK(make_operator(changed, table) == status::dimension);
}

template <class T>
struct entries_case {
  std::vector<index_pair> pairs;
  rectangular_entries_sensing<T> sensing;
  sensing_operator<T> table;

  explicit entries_case(const shape& s) : pairs(places(s)), sensing{s.rows, s.columns, s.m, pairs.data()} {
    REQUIRE(make_operator(sensing, table) == status::ok);
  }
  entries_case(const entries_case&) = delete;
};

/// Normal entries, packed into what held anything before.
template <class T>
struct dense_case {
  std::vector<T> entries;
  aligned_vector<T> stored;
  rectangular_dense_sensing<T> sensing;
  sensing_operator<T> table;

  explicit dense_case(const shape& s)
      : entries(normal_vector<T>(7, s.m * s.rows * s.columns)),
        stored(rectangular_dense_elements<T>(s.rows, s.columns, s.m), std::numeric_limits<T>::quiet_NaN()),
        sensing{s.rows, s.columns, s.m, stored.data()} {
    for (std::size_t i = 0; i < s.m; ++i) {
      REQUIRE(pack_rectangular_row(s.rows, s.columns, entries.data() + i * s.rows * s.columns,
                                   stored.data() + i * rectangular_stride<T>(s.rows, s.columns)) ==
              status::ok);
    }
    REQUIRE(make_operator(sensing, table) == status::ok);
  }
  dense_case(const dense_case&) = delete;
};

/// Both descriptors over the same vectors.
template <class T>
struct bilinear_case {
  aligned_vector<T> left, right;
  bilinear_sensing<T> stored;
  generated_bilinear_sensing<T> generated;
  sensing_operator<T> of_stored, of_generated;

  explicit bilinear_case(const shape& s)
      : left(bilinear_vector_elements<T>(s.rows, s.m), T(7)),
        right(bilinear_vector_elements<T>(s.columns, s.m), T(7)),
        stored{s.rows, s.columns, s.m, left.data(), right.data()},
        generated{.rows = s.rows, .columns = s.columns, .measurement_count = s.m, .seed = 5} {
    REQUIRE(fill_bilinear_vectors(s.rows, s.columns, 0, s.m, 5, left.data(), right.data()) == status::ok);
    REQUIRE(make_operator(stored, of_stored) == status::ok);
    REQUIRE(make_operator(generated, of_generated) == status::ok);
  }
  bilinear_case(const bilinear_case&) = delete;
};

/// Entry `index` of b_i (side 0) or c_i (side 1), from the definition of the streams.
double drawn_entry(std::size_t side, std::size_t i, std::size_t index) {
  return static_cast<double>(
      gaussian(make_stream(5, random_purpose::sensing, 2 * i + side), static_cast<std::uint32_t>(index)));
}

}  // namespace

TEST_SUITE_BEGIN("rectangular");

TEST_CASE_TEMPLATE("bilinear measurements of any shape", T, float, double) {
  for (const shape& s : shapes) {
    const bilinear_case<T> given(s);
    const auto of_b = [](std::size_t i, std::size_t j, std::size_t k) {
      return drawn_entry(0, i, j) * drawn_entry(1, i, k);
    };
    check_verbs(given.of_stored, s, of_b);
    check_verbs(given.of_generated, s, of_b);
  }
}

TEST_CASE_TEMPLATE("stored and generated pairs of vectors give the same bits", T, float, double) {
  const shape s{9, 24, 70, 5};
  const bilinear_case<T> given(s);
  factor<T> u(33, s.r), one(33, s.r), two(33, s.r);
  u.draw(1);
  const std::vector<T> y = normal_vector<T>(2, s.m);
  const caller<T> stored(given.of_stored, s.r), generated(given.of_generated, s.r);
  CHECK(stored.measure(u.view) == generated.measure(u.view));
  CHECK(stored.loss_and_gradient(u.view, y, one.view) == generated.loss_and_gradient(u.view, y, two.view));
  CHECK(one.cells == two.cells);
}

TEST_CASE_TEMPLATE("pairs of vectors are the streams, zero-padded, in any pieces", T, float, double) {
  constexpr std::size_t rows = 5, columns = 21, count = 9, first = 100;
  constexpr std::size_t left_stride = padded<T>(rows), right_stride = padded<T>(columns);
  aligned_vector<T> left(count * left_stride, T(7)), right(count * right_stride, T(7));
  for (std::size_t i = 0; i < count; i += 3) {
    REQUIRE(fill_bilinear_vectors(rows, columns, first + i, 3, 5, left.data() + i * left_stride,
                                  right.data() + i * right_stride) == status::ok);
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < left_stride; ++j) {
      CHECK(left[i * left_stride + j] == (j < rows ? static_cast<T>(drawn_entry(0, first + i, j)) : T(0)));
    }
    for (std::size_t j = 0; j < right_stride; ++j) {
      CHECK(right[i * right_stride + j] ==
            (j < columns ? static_cast<T>(drawn_entry(1, first + i, j)) : T(0)));
    }
  }
}

TEST_CASE("bilinear measurements that there cannot be are refused") {
  bilinear_case<float> given({3, 7, 4, 1});
  sensing_operator<float> table;
  const auto refused = [&](const float* left, const float* right, std::size_t m) {
    return make_operator(given.stored = {3, 7, m, left, right}, table);
  };
  const float *left = given.left.data(), *right = given.right.data();
  CHECK(refused(left, right, 4) == status::ok);
  CHECK(refused(nullptr, right, 4) == status::operator_data);
  CHECK(refused(left, nullptr, 4) == status::operator_data);
  CHECK(refused(left + 1, right, 4) == status::operator_data);
  CHECK(refused(left, right + 1, 4) == status::operator_data);
  CHECK(refused(left, right, SIZE_MAX / 16) == status::size_overflow);
  given.generated.measurement_count = SIZE_MAX / 2 + 1;
  CHECK(make_operator(given.generated, table) == status::size_overflow);
  CHECK(scratch_bytes(bilinear_sensing<float>{SIZE_MAX, 7, 1, left, right}, 1, {}) == SIZE_MAX);

  aligned_vector<float> out(64);
  const auto fill = [&](std::size_t rows, std::size_t columns, std::size_t first, std::size_t count,
                        float* to, instruction_set isa = instruction_set::automatic) {
    return fill_bilinear_vectors(rows, columns, first, count, 5, out.data(), to, isa);
  };
  CHECK(fill(3, 7, 0, 1, out.data() + 32) == status::ok);
  CHECK(fill(0, 7, 0, 1, out.data() + 32) == status::dimension);
  CHECK(fill(3, SIZE_MAX, 0, 1, out.data() + 32) == status::dimension);
  CHECK(fill(3, 7, SIZE_MAX / 2, 1, out.data() + 32) == status::size_overflow);
  CHECK(fill(3, 7, 0, SIZE_MAX / 32, out.data() + 32) == status::size_overflow);
  CHECK(fill(3, 7, 0, 1, nullptr) == status::operator_data);
  CHECK(fill(3, 7, 0, 1, out.data() + 33) == status::operator_data);
}

TEST_CASE("sizes of bilinear measurements") {
  const bilinear_case<double> given({3, 30, 4, 1});
  check_refused_sizes(given.stored);
  check_refused_sizes(given.generated);
}

TEST_CASE_TEMPLATE("a signal and its filter are found from their products", T, float, double) {
  check_recovery(bilinear_case<T>({12, 25, 400, 2}).of_generated);
}

TEST_CASE_TEMPLATE("dense matrices of any shape", T, float, double) {
  for (const shape& s : shapes) {
    const dense_case<T> given(s);
    check_verbs(given.table, s, [&](std::size_t i, std::size_t j, std::size_t k) {
      return normal(7, (i * s.rows + j) * s.columns + k);
    });
  }
}

TEST_CASE_TEMPLATE("a stored matrix is its entries and zeros", T, float, double) {
  constexpr std::size_t rows = 3, columns = 7, stride = rectangular_stride<T>(rows, columns);
  const std::vector<T> matrix = normal_vector<T>(1, rows * columns);
  std::vector<T> row(stride + 1, T(5));
  CHECK(pack_rectangular_row(rows, columns, matrix.data(), row.data()) == status::ok);
  for (std::size_t k = 0; k < stride; ++k) CHECK(row[k] == (k < rows * columns ? matrix[k] : T(0)));
  CHECK(row[stride] == 5);
  const T* none = nullptr;
  CHECK(pack_rectangular_row(rows, columns, none, row.data()) == status::operator_data);
  CHECK(pack_rectangular_row(rows, columns, matrix.data(), static_cast<T*>(nullptr)) ==
        status::operator_data);
  CHECK(pack_rectangular_row(0, columns, matrix.data(), row.data()) == status::dimension);
  CHECK(pack_rectangular_row(rows, 0, matrix.data(), row.data()) == status::dimension);
  CHECK(pack_rectangular_row(SIZE_MAX, 3, matrix.data(), row.data()) == status::dimension);
}

TEST_CASE("stored rectangular matrices that are not there are refused") {
  dense_case<float> given({3, 7, 4, 1});
  sensing_operator<float> table;
  given.sensing.matrices = nullptr;
  CHECK(make_operator(given.sensing, table) == status::operator_data);
  given.sensing.matrices = given.stored.data() + 1;
  CHECK(make_operator(given.sensing, table) == status::operator_data);
  given.sensing.matrices = given.stored.data();
  given.sensing.measurement_count = SIZE_MAX / 16;
  CHECK(make_operator(given.sensing, table) == status::size_overflow);
  CHECK(rectangular_dense_elements<float>(3, 7, SIZE_MAX / 16) == SIZE_MAX);
  CHECK(rectangular_dense_elements<float>(SIZE_MAX, 7, 1) == SIZE_MAX);
  CHECK(scratch_bytes(rectangular_dense_sensing<float>{SIZE_MAX, 7, 1, nullptr}, 1, {}) == SIZE_MAX);
}

TEST_CASE("sizes of dense rectangular matrices") {
  check_refused_sizes(dense_case<double>({3, 30, 4, 1}).sensing);
}

TEST_CASE_TEMPLATE("a matrix is found from random projections", T, float, double) {
  check_recovery(dense_case<T>({12, 25, 300, 2}).table);
}

TEST_CASE_TEMPLATE("entries of any shape", T, float, double) {
  for (const shape& s : shapes) {
    const entries_case<T> given(s);
    check_verbs(given.table, s, [&](std::size_t i, std::size_t j, std::size_t k) {
      return given.pairs[i].first == j && given.pairs[i].second == k ? 1.0 : 0.0;
    });
  }
}

TEST_CASE_TEMPLATE("rectangular entries have the bits of entries beside the diagonal blocks", T, float,
                   double) {
  const shape s{7, 26, 500, 5};
  const entries_case<T> given(s);
  std::vector<index_pair> pairs = given.pairs;
  for (index_pair& pair : pairs) pair.second += 7;
  sensing_operator<T> symmetric;
  const entries_sensing<T> entries{33, s.m, pairs.data()};
  REQUIRE(make_operator(entries, symmetric) == status::ok);
  factor<T> u(33, s.r), one(33, s.r), two(33, s.r);
  u.draw(1);
  const std::vector<T> y = normal_vector<T>(2, s.m);
  const caller<T> first(given.table, s.r), second(symmetric, s.r);
  CHECK(first.measure(u.view) == second.measure(u.view));
  CHECK(first.loss_and_gradient(u.view, y, one.view) == second.loss_and_gradient(u.view, y, two.view));
  CHECK(one.cells == two.cells);
  first.adjoint_times(y, u.view, one.view);
  second.adjoint_times(y, u.view, two.view);
  CHECK(one.cells == two.cells);
}

TEST_CASE("an entry outside of the rectangle is refused") {
  entries_case<double> given({3, 30, 4, 1});
  sensing_operator<double> table;
  given.pairs[3] = {2, 29};
  CHECK(make_operator(given.sensing, table) == status::ok);
  // Inside of the other side.
  given.pairs[3] = {3, 29};
  CHECK(make_operator(given.sensing, table) == status::entry_index);
  given.pairs[3] = {2, 30};
  CHECK(make_operator(given.sensing, table) == status::entry_index);
  given.pairs[3] = {2, UINT32_MAX};  // wraps, counted behind the rows
  CHECK(make_operator(given.sensing, table) == status::entry_index);
  given.sensing.pairs = nullptr;
  CHECK(make_operator(given.sensing, table) == status::operator_data);
}

TEST_CASE("sizes of rectangular entries") {
  check_refused_sizes(entries_case<double>({3, 30, 4, 1}).sensing);
}

TEST_CASE_TEMPLATE("a table with holes is filled in", T, float, double) {
  check_recovery(entries_case<T>({20, 35, 600, 2}).table);
}

#if TINYRANK_HAS_THREADS
TEST_CASE("threads are asked where the matrix, or the rows that it is measured with, are worth them") {
  const auto asks = [](const shape& s) {
    const aligned_vector<float> rows(rectangular_dense_elements<float>(s.rows, s.columns, s.m), 1.0F);
    const rectangular_dense_sensing<float> sensing{s.rows, s.columns, s.m, rows.data()};
    sensing_operator<float> table;
    REQUIRE(make_operator(sensing, table) == status::ok);
    factor<float> u(s.rows + s.columns, s.r);
    u.draw(1);
    const caller<float> call(table, s.r, {2, 16});
    // The first helper, rested and with nothing to do.
    helper& first = helpers.all[0];
    while (first.taken.exchange(true)) std::this_thread::yield();
    first.rests_until = helpers.refused_until = 0;
    first.work = nullptr;
    first.taken = false;
    call.measure(u.view);
    return first.work != nullptr;
  };
  // From 50,000 operations on: rows, columns and rank of the matrix, or rows and columns of all measurements.
  CHECK_FALSE(asks({10, 10, 400, 1}));
  CHECK(asks({10, 10, 600, 1}));
  CHECK_FALSE(asks({160, 160, 1, 1}));
  CHECK(asks({160, 160, 1, 2}));
}
#endif

TEST_SUITE_END();
