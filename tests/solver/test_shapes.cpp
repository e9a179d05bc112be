// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Rectangular and complex matrices: what solvers do with factors that stand for them, on dense operators over
// the matrices [0, B; B^T, 0]/2 and [Re H, -Im H; Im H, Re H].

#include "recovery_testing.hpp"
#include "tinyrank/estimate.hpp"
#include "tinyrank/quasi_newton.hpp"
#include "tinyrank/scaled_gradient_descent.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr factor_shape left_of(std::size_t rows) {
  return {factor_kind::rectangular, rows};
}
constexpr factor_shape complex_shape{factor_kind::complex, 0};

/// Dense Gaussian measurements of a matrix of that shape; a truth with singular values geometric from 1 to
/// 1 / condition.
template <class T>
struct shaped_problem {
  factor_shape shape;
  aligned_vector<T> rows;
  dense_sensing<T> dense;
  sensing_operator<T> table;
  factor<T> truth;
  std::vector<T> y;

  shaped_problem(factor_shape of, std::size_t n, std::size_t m, std::size_t rank, double condition,
                 std::uint64_t seed)
      : shape(of), rows(dense_row_elements<T>(n, m)), dense{n, m, rows.data()}, truth(n, rank) {
    const std::size_t size = packed_stride<T>(n), d = n / 2;
    const bool is_complex = shape.kind == factor_kind::complex;
    for (std::size_t i = 0; i < m; ++i) {
      T* row = rows.data() + i * size;
      std::size_t drawn = 0;
      const auto next = [&] { return static_cast<T>(normal(1000 * seed + i, drawn++)); };
      if (!is_complex) {
        for (std::size_t j = shape.rows; j < n; ++j) {
          for (std::size_t k = 0; k < shape.rows; ++k) row[packed_index(j, k)] = next() / 2;
        }
        continue;
      }
      for (std::size_t j = 0; j < d; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
          const T real = next(), imaginary = j == k ? T(0) : next();
          row[packed_index(j, k)] = row[packed_index(d + j, d + k)] = real;
          row[packed_index(d + j, k)] = imaginary;
          row[packed_index(d + k, j)] = -imaginary;
        }
      }
    }
    REQUIRE(make_operator(dense, table) == status::ok);
    is_complex ? make_complex(table) : make_rectangular(table, shape.rows);

    // Orthonormal columns of L and of R. Those of P + iQ are nearly orthogonal.
    factor<T> half(is_complex ? d : shape.rows, rank), other(is_complex ? d : n - shape.rows, rank);
    draw_planted_truth(half.view, T(1), seed);
    draw_planted_truth(other.view, T(1), seed + 500);
    for (std::size_t c = 0; c < rank; ++c) {
      const double power = rank == 1 ? 0 : -0.5 * static_cast<double>(c) / static_cast<double>(rank - 1);
      const T scale = static_cast<T>(std::pow(condition, power));
      for (std::size_t j = 0; j < half.view.n; ++j) truth.view(j, c) = scale * half.view(j, c);
      for (std::size_t j = half.view.n; j < n; ++j) truth.view(j, c) = scale * other.view(j - half.view.n, c);
    }
    y = caller<T>(table, rank).measure(truth.view);
  }
  shaped_problem(const shaped_problem&) = delete;

  [[nodiscard]] double error(factor_view<const T> u) const {
    return relative_test_error<T>(shape, u, truth.view);
  }
};

/// A run on a table.
template <class T, class Run, class Options>
void start(Run& run, aligned_vector<std::byte>& memory, const sensing_operator<T>& table,
           const std::vector<T>& y, const Options& options, std::size_t bytes) {
  memory.resize(bytes);
  REQUIRE(init_operator(run, table, y.data(), options, memory.data(), memory.size()) == status::ok);
}

template <class T>
struct shaped_staircase {
  aligned_vector<std::byte> memory;
  staircase<T> run;

  shaped_staircase(const shaped_problem<T>& problem, const staircase_options<T>& options) {
    start(run, memory, problem.table, problem.y, options, staircase_bytes(problem.table, options));
    run_to_end(run);
  }
};

/// Iterations of a quasi-Newton descent told the rank, 400 at most.
std::uint32_t iterations(const shaped_problem<double>& problem, const sensing_operator<double>& table,
                         std::size_t rank) {
  quasi_newton_options<double> options;
  options.rank = rank;
  options.damping_ratio = 0.25;
  options.relative_tolerance = 1e-12;
  options.iteration_limit = 400;
  descent<double> run;
  aligned_vector<std::byte> memory(descent_bytes(table, options));
  REQUIRE(init_operator(run, table, problem.y.data(), options, method_of(options), memory.data(),
                        memory.size()) == status::ok);
  return run_to_end(run) == outcome::recovered ? run.report.iterations : 400;
}

struct sizes {
  factor_shape shape;
  std::size_t n, m, rank;
  std::uint64_t unknowns;
};
/// 9 x 7 of rank 2, 9 x 9 of rank 2: k(n - k).
constexpr sizes both[] = {{left_of(9), 16, 90, 2, 28}, {complex_shape, 18, 110, 2, 32}};

}  // namespace

TEST_SUITE_BEGIN("shapes");

TEST_CASE("ranks and unknowns") {
  CHECK(largest_rank({}, 9) == 9);
  CHECK(largest_rank(left_of(2), 9) == 2);
  CHECK(largest_rank(left_of(5), 9) == 4);
  CHECK(largest_rank(complex_shape, 8) == 4);
  CHECK(unknowns_of_rank({}, 9, 2) == 17);
  CHECK(unknowns_of_rank({}, 9, 12) == 45);
  CHECK(unknowns_of_rank(left_of(5), 9, 1) == 8);
  CHECK(unknowns_of_rank(left_of(5), 9, 4) == 20);
  CHECK(unknowns_of_rank(left_of(5), 9, 7) == 20);
  CHECK(unknowns_of_rank(complex_shape, 8, 1) == 7);
  CHECK(unknowns_of_rank(complex_shape, 8, 4) == 16);
}

TEST_CASE_TEMPLATE("a staircase recovers either, nothing told", T, float, double) {
  for (const sizes& of : both) {
    for (const double condition : {1.0, 10.0, 100.0}) {
      for (std::uint64_t seed = 1; seed <= (test::light ? 1U : 4U); ++seed) {
        const shaped_problem<T> problem(of.shape, of.n, of.m, of.rank, condition, seed);
        for (const std::size_t probes : {std::size_t{5}, of.n}) {
          INFO("n ", of.n, ", condition ", condition, ", seed ", seed, ", probes ", probes);
          staircase_options<T> options;
          options.probes = probes;
          options.seed = seed;
          const shaped_staircase<T> made(problem, options);
          const staircase_report<T>& report = made.run.report;
          CHECK(report.verdict == verdict::recovered);
          CHECK(report.rank_found == of.rank);
          CHECK(report.unknowns == of.unknowns);
          CHECK(report.passes <= 90);
          CHECK(report.condition < 20);
          CHECK(problem.error(made.run.factor) < (sizeof(T) == sizeof(float) ? 1e-4 : 1e-5));
        }
      }
    }
  }
}

TEST_CASE("with fewer measurements than unknowns an answer is not determined, whatever its loss") {
  for (const sizes& of : both) {
    const shaped_problem<double> problem(of.shape, of.n, static_cast<std::size_t>(of.unknowns - 2), of.rank,
                                         1, 3);
    const shaped_staircase<double> made(problem, {});
    CHECK(made.run.report.verdict == verdict::not_determined);
  }
}

TEST_CASE("a matrix of full rank has as many unknowns as entries") {
  for (const sizes& of : {sizes{left_of(4), 7, 30, 3, 12}, sizes{complex_shape, 6, 24, 3, 9}}) {
    const shaped_problem<double> problem(of.shape, of.n, of.m, of.rank, 2, 5);
    const shaped_staircase<double> made(problem, {});
    CHECK(made.run.report.verdict == verdict::recovered);
    CHECK(made.run.report.rank_found == of.rank);
    CHECK(made.run.report.unknowns == of.unknowns);
    CHECK(problem.error(made.run.factor) < 1e-5);
  }
}

TEST_CASE("a rank above the smaller side is refused") {
  for (const sizes& of : both) {
    const shaped_problem<double> problem(of.shape, of.n, of.m, 1, 1, 1);
    staircase_options<double> options;
    options.rank_limit = largest_rank(of.shape, of.n);
    aligned_vector<std::byte> memory(staircase_bytes(problem.table, options) + 65536);
    staircase<double> run;
    const auto made = [&] {
      return init_operator(run, problem.table, problem.y.data(), options, memory.data(), memory.size());
    };
    CHECK(made() == status::ok);
    ++options.rank_limit;
    CHECK(made() == status::rank);
  }
}

TEST_CASE("columns that explore from another start find the same matrix, other gauge or not") {
  for (const sizes& of : both) {
    const shaped_problem<double> problem(of.shape, of.n, of.m, of.rank, 3, 7);
    recovery_options<double> options;
    options.explore = exploration::at_once;
    recovery<double> run;
    aligned_vector<std::byte> memory;
    start(run, memory, problem.table, problem.y, options, recovery_bytes(problem.table, options));
    run_to_end(run);
    CHECK(run.report.explored);
    CHECK(run.report.verdict == verdict::recovered);
    CHECK_FALSE(run.report.ambiguous);
    CHECK(run.report.rank_found == of.rank);
    CHECK(problem.error(run.factor) < 1e-5);
  }
}

TEST_CASE("the automatic scale of a rectangular operator is that of its largest singular value") {
  // A^*(y) has it with both signs, and an iterate between the two may have any scale: from 0.02 to 9 where 2
  // is right, in the prototype.
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const shaped_problem<double> problem(left_of(9), 16, 400, 1, 1, seed);
    gradient_descent_options<double> options;
    options.rank = 2;
    options.seed = seed;
    descent<double> run;
    aligned_vector<std::byte> memory(descent_bytes(problem.table, options));
    REQUIRE(init_operator(run, problem.table, problem.y.data(), options, method_of(options), memory.data(),
                          memory.size()) == status::ok);
    // 1e-3 sqrt(2 sigma_1), sigma_1 = 1
    const double scale = run.report.initial_scale * run.report.initial_scale * 1e6;
    INFO("seed ", seed, ", scale ", scale);
    CHECK(scale > 1.6);
    CHECK(scale < 2.4);
  }
}

TEST_CASE("a complex factor is preconditioned by its complex Gram matrix") {
  std::uint32_t own = 0, real = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const shaped_problem<double> problem(complex_shape, 20, 240, 3, 100, seed);
    sensing_operator<double> as_real = problem.table;
    as_real.geometry = nullptr;
    const std::uint32_t found = iterations(problem, problem.table, 3);
    INFO("seed ", seed);
    CHECK(found <= 70);
    own += found;
    real += iterations(problem, as_real, 3);
  }
  // 128 against 392.
  CHECK(3 * own < 2 * real);
}

TEST_CASE("scaled gradient descent converges at a complex kappa of 100") {
  const shaped_problem<double> problem(complex_shape, 20, 240, 3, 100, 2);
  scaled_gradient_descent_options<double> options;
  options.rank = 3;
  options.relative_tolerance = 1e-12;
  options.iteration_limit = 300;
  descent<double> run;
  aligned_vector<std::byte> memory(descent_bytes(problem.table, options));
  REQUIRE(init_operator(run, problem.table, problem.y.data(), options, method_of(options), memory.data(),
                        memory.size()) == status::ok);
  CHECK(run_to_end(run) == outcome::recovered);
  CHECK(problem.error(run.factor) < 1e-5);
}

TEST_SUITE_END();
