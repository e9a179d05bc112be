// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/rademacher.hpp"
#include "lib/simd/exact_fma.hpp"
#include "operator_testing.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr std::uint64_t seed = 29;

template <class T>
struct rademacher_case {
  rademacher_sensing<T> sensing;
  sensing_operator<T> table;

  rademacher_case(std::size_t n, std::size_t m) : sensing{n, m, seed} {
    REQUIRE(make_operator(sensing, table) == status::ok);
  }
  rademacher_case(const rademacher_case&) = delete;
};

struct shape {
  std::size_t n, m, r;
};
constexpr shape shapes[] = {{1, 1, 1},   {1, 37, 3},  {2, 5, 1},   {3, 37, 2},  {5, 16, 7},
                            {17, 9, 20}, {33, 65, 5}, {46, 21, 3}, {200, 3, 4}, {257, 19, 6}};

template <class T>
const rademacher_kernels<T>& kernels_of(instruction_set isa) {
  return table_for<rademacher_kernels<T>>(isa);
}

/// The fixed lane tree.
template <class T>
T tree(std::vector<T> lanes) {
  for (std::size_t half = lanes.size() / 2; half > 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  }
  return lanes[0];
}

}  // namespace

TEST_SUITE_BEGIN("rademacher");

TEST_CASE("signs are fair, and independent of their neighbours in row, word and stream") {
  constexpr std::uint32_t count = 1 << 14;
  const auto sign = [](std::uint64_t stream, std::uint32_t index) {
    return static_cast<double>(rademacher_sign(make_stream(3, random_purpose::test, stream), index));
  };
  double sum = 0, next = 0, lane = 0, word = 0, stream = 0;
  for (std::uint32_t k = 0; k < count; ++k) {
    const double s = sign(0, k);
    REQUIRE(s * s == 1);
    sum += s;
    next += s * sign(0, k + 1);
    lane += s * sign(0, k + 16);
    word += s * sign(0, k + 512);
    stream += s * sign(1, k);
  }
  // Five standard deviations of a sum of fair signs.
  const double bound = 5 * std::sqrt(double{count});
  for (const double each : {sum, next, lane, word, stream}) CHECK(std::abs(each) <= bound);
}

TEST_CASE("the ensemble is isotropic") {
  constexpr std::size_t n = 6;
  constexpr std::uint64_t m = 40000;
  double squares = 0, size = 0;
  for (std::uint64_t i = 0; i < m; ++i) {
    double product = 0;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        const double z = normal(7, packed_index(j, k));
        product += (j == k ? 1 : 2) * static_cast<double>(rademacher_entry(seed, i, j, k)) * z;
        if (i == 0) size += (j == k ? 1 : 2) * z * z;
      }
    }
    squares += product * product;
  }
  CHECK(squares / static_cast<double>(m) == doctest::Approx(size).epsilon(0.03));
}

TEST_CASE_TEMPLATE("kernels match signs taken one by one, in every bit", T, float, double) {
  constexpr std::size_t lanes = virtual_lanes<T>, most = 19;
  random_stream streams[most];
  for (std::size_t i = 0; i < most; ++i) streams[i] = make_stream(4, random_purpose::test, i);
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    CAPTURE(std::string(to_string(isa)));
    for (const std::size_t packs : {1u, 2u, 3u, 31u, 32u, 33u, 63u, 64u, 65u, 130u}) {
      const std::size_t count = packs * lanes;
      CAPTURE(count);
      std::mt19937_64 generator(packs);
      for (const std::size_t rows :
           {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{8}, most}) {
        CAPTURE(rows);
        test::guarded<T> z(count), y(rows, 1), g(count), e(rows, 3);
        test::fill(generator, z.data(), count);
        test::fill(generator, y.data(), rows);
        test::fill(generator, g.data(), count);
        const test::guarded<T> g0 = g;
        std::vector<T> dots(rows), accumulated(count), both(count);
        for (std::size_t k = 0; k < count; ++k) accumulated[k] = both[k] = g.data()[k];
        T expected_loss = T(0.75);
        for (std::size_t i = 0; i < rows; ++i) {
          const auto sign = [&](std::size_t k) {
            return static_cast<T>(rademacher_sign(streams[i], static_cast<std::uint32_t>(k)));
          };
          std::vector<T> sums(lanes);
          for (std::size_t k = 0; k < count; ++k) sums[k % lanes] += sign(k) * z[k];
          dots[i] = tree(sums);
          const T residual = dots[i] - y[i];
          expected_loss = exact_fma(residual, residual, expected_loss);
          for (std::size_t k = 0; k < count; ++k) {
            accumulated[k] += sign(k) * y[i];
            both[k] += sign(k) * residual;
          }
        }
        kernels_of<T>(isa).dot_rows(streams, rows, z.data(), count, e.data());
        CHECK(test::same_bits(e.data(), dots.data(), rows));
        CHECK(e.intact());
        kernels_of<T>(isa).accumulate_rows(streams, rows, y.data(), g.data(), count);
        CHECK(test::same_bits(g.data(), accumulated.data(), count));
        CHECK(g.intact());
        g = g0;
        const T loss = kernels_of<T>(isa).residual_accumulate_rows(streams, rows, z.data(), y.data(),
                                                                   g.data(), count, T(0.75));
        CHECK(test::same_bits(&loss, &expected_loss, 1));
        CHECK(test::same_bits(g.data(), both.data(), count));
        CHECK(g.intact());
      }
      test::guarded<T> row(count);
      kernels_of<T>(isa).sign_row(streams[0], row.data(), count);
      bool same = true;
      for (std::size_t k = 0; k < count; ++k) {
        same = same && row[k] == static_cast<T>(rademacher_sign(streams[0], static_cast<std::uint32_t>(k)));
      }
      CHECK(same);
      CHECK(row.intact());
    }
  }
}

TEST_CASE_TEMPLATE("the verbs are those of the dense operator over the signs", T, float, double) {
  for (const shape s : shapes) {
    const rademacher_case<T> given(s.n, s.m);
    const dense_oracle oracle(s.n, s.m, [&](std::size_t i, std::size_t j, std::size_t k) {
      return static_cast<double>(rademacher_entry(seed, i, j, k));
    });
    CAPTURE(s.n);
    CAPTURE(s.m);
    CAPTURE(s.r);
    for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
      if (check_plan(plan) == status::ok) check_against_dense(given.table, oracle, s.r, plan);
    }
  }
}

TEST_CASE("the gradient is the derivative of the loss") {
  check_finite_differences(rademacher_case<double>(17, 40).table, 3);
  check_finite_differences(rademacher_case<double>(5, 9).table, 7);
}

TEST_CASE_TEMPLATE("check_operator passes", T, float, double) {
  for (const shape s : shapes) check_properties(rademacher_case<T>(s.n, s.m).table, s.r);
}

TEST_CASE_TEMPLATE("the bits are the same everywhere", T, float, double) {
  constexpr bool single = sizeof(T) == sizeof(float);
  check_golden_bits(rademacher_case<T>(37, 403).table, single ? 0xf148297d5ac1bc29u : 0x5e19460f527aacfcu);
}

TEST_CASE_TEMPLATE("a planted matrix is recovered", T, float, double) {
  const rademacher_case<T> given(24, 480);
  const planted<T> problem(given.table, 2);
  gradient_descent_options<T> options;
  options.rank = 24;
  owned_run<T> made(given.table, problem.y, options);
  CHECK(made.run.report.result == outcome::recovered);
  CHECK(made.test_error(problem.truth) <= 1e-2);
}

TEST_CASE_TEMPLATE("the arena is exact", T, float, double) {
  check_exact_arena<T>(rademacher_case<T>(17, 70).sensing);
}

TEST_CASE_TEMPLATE("bad arguments are refused", T, float, double) {
  sensing_operator<T> table;
  const auto made = [&](std::size_t n, std::size_t m) {
    const rademacher_sensing<T> a{n, m, 1};
    return make_operator(a, table);
  };
  CHECK(made(4, 4) == status::ok);
  CHECK(made(0, 4) == status::dimension);
  CHECK(made(largest_dimension + 1, 4) == status::dimension);
  CHECK(made(4, 0) == status::measurement_count);
}

TEST_SUITE_END();
