// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "planted.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/spectral.hpp"
#include "tinyrank/subspaces.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

TEST_SUITE_BEGIN("spectral");

namespace {

template <class T>
struct found {
  aligned_vector<std::byte> memory;
  spectral_result<T> result;

  found(const sensing_operator<T>& a, const std::vector<T>& y, const spectral_options<T>& options)
      : memory(spectral_bytes(a, options)) {
    REQUIRE(leading_eigenvectors_operator(result, a, y.data(), options, memory.data(), memory.size()) ==
            status::ok);
  }
};

}  // namespace

TEST_CASE_TEMPLATE("eigenpairs are those of the matrix A^*(y)/m", T, float, double) {
  const test::planted_problem<T> problem(18, 500, 3, T(2));
  sensing_operator<T> table;
  REQUIRE(make_operator(problem.sensing, table) == status::ok);
  // The matrix itself, by its action on the unit vectors.
  factor<T> unit(18, 18), matrix(18, 18);
  for (std::size_t j = 0; j < 18; ++j) unit.view(j, j) = 1;
  caller<T>(table, 18).adjoint_times(problem.y, unit.view, matrix.view);
  for (T& cell : matrix.cells) cell /= T(500);
  std::vector<double> work(18 * 18), sigma(18);
  singular_values<T>(matrix.view, work.data(), sigma.data());

  spectral_options<T> options;
  options.count = 3;
  options.tolerance = T(1e-4);
  const found<T> pairs(table, problem.y, options);
  CHECK(pairs.result.converged);
  CHECK(pairs.result.residual <= 1e-4);
  CHECK(pairs.result.vectors.rank == 3);
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(std::abs(pairs.result.values[c]) == doctest::Approx(sigma[c]).epsilon(1e-4));
    double apart = 0;
    for (std::size_t j = 0; j < 18; ++j) {
      double image = 0;
      for (std::size_t k = 0; k < 18; ++k) {
        image += static_cast<double>(matrix.view(j, k)) * static_cast<double>(pairs.result.vectors(k, c));
      }
      const double v = static_cast<double>(pairs.result.vectors(j, c));
      apart += (image - pairs.result.values[c] * v) * (image - pairs.result.values[c] * v);
    }
    CHECK(std::sqrt(apart) < 1.1e-4 * sigma[0]);
    for (std::size_t d = 0; d <= c; ++d) {
      double inner = 0;
      for (std::size_t j = 0; j < 18; ++j) {
        inner +=
            static_cast<double>(pairs.result.vectors(j, c)) * static_cast<double>(pairs.result.vectors(j, d));
      }
      CHECK(std::abs(inner - (c == d ? 1 : 0)) < 1e-5);
    }
  }

  // The power method finds the first.
  spectral_options<T> power;
  power.oversampling = 0;
  power.step_limit = 3000;
  const found<T> one(table, problem.y, power);
  CHECK(one.result.values[0] == doctest::Approx(pairs.result.values[0]).epsilon(1e-3));
  CHECK(one.result.steps > pairs.result.steps);

  power.step_limit = 2;
  CHECK(found<T>(table, problem.y, power).result.steps == 2);
  CHECK_FALSE(found<T>(table, problem.y, power).result.converged);
}

TEST_CASE("bits are those of every instruction set and number of threads") {
  const hadamard_sensing<float> sensing{24, 200, 3};
  sensing_operator<float> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const planted<float> problem(table, 2);
  std::uint64_t expected = 0;
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    for (const std::uint32_t threads : {1u, 3u}) {
      if (check_plan({threads, 16}) != status::ok) continue;
      spectral_options<float> options;
      options.count = 2;
      options.isa = isa;
      options.plan.threads = threads;
      const found<float> pairs(table, problem.y, options);
      const std::uint64_t bits = factor_bits(pairs.result.vectors);
      if (expected == 0) expected = bits;
      CHECK(bits == expected);
    }
  }
}

TEST_CASE("the spectral initialisation starts gradient descent near the truth") {
  const gaussian_sensing<double> sensing{20, 600, 4};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const planted<double> problem(table, 2);
  spectral_options<double> options;
  options.count = 2;
  const found<double> pairs(table, problem.y, options);

  std::vector<double> start(20 * 5, -1);
  spectral_initialization(pairs.result, 5, 1.0, start.data());
  for (std::size_t j = 0; j < 20; ++j) {
    CHECK(start[j * 5] == doctest::Approx(std::sqrt(pairs.result.values[0]) * pairs.result.vectors(j, 0)));
    for (std::size_t c = 2; c < 5; ++c) CHECK(start[j * 5 + c] == 0);
  }
  gradient_descent_options<double> descent;
  descent.rank = 5;
  descent.initial_factor = start.data();
  descent.step_size = 0.25;
  owned_run<double> spectral(table, problem.y, descent);
  CHECK(spectral.run.report.result == outcome::recovered);
  CHECK(spectral.test_error(problem.truth) < 1e-2);
  descent.initial_factor = nullptr;
  descent.initial_scale = 1e-3;
  owned_run<double> random(table, problem.y, descent);
  CHECK(random.run.report.result == outcome::recovered);
  CHECK(spectral.run.report.iterations < random.run.report.iterations);

  // Negative eigenvalues have no square root: their columns stay zero.
  std::vector<double> negated = problem.y;
  for (double& value : negated) value = -value;
  const found<double> negative(table, negated, options);
  CHECK(negative.result.values[0] < 0);
  spectral_initialization(negative.result, 2, 1.0, start.data());
  for (std::size_t k = 0; k < 40; ++k) CHECK(start[k] == 0);
}

TEST_CASE("power steps are gradient descent without its cubic term") {
  const gaussian_sensing<double> sensing{15, 300, 5};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  const planted<double> problem(table, 2);
  factor<double> small(15, 4), image(15, 4), gradient(15, 4);
  small.draw(1, 1e-6);
  const caller<double> call(table, 4);
  call.loss_and_gradient(small.view, problem.y, gradient.view);
  factor<double> expected(15, 4);
  for (std::size_t k = 0; k < small.cells.size(); ++k)
    expected.cells[k] = small.cells[k] - 0.25 * gradient.cells[k];
  power_step(table, call.how, problem.y.data(), 0.25, small.view, image.view);
  CHECK(distance<double>(small.view, expected.view) < 1e-9);
  // And they turn towards the leading eigenvectors.
  for (int t = 0; t < 200; ++t) power_step(table, call.how, problem.y.data(), 0.25, small.view, image.view);
  spectral_options<double> options;
  options.count = 1;
  const found<double> pair(table, problem.y, options);
  factor<double> leading(15, 1);
  for (std::size_t j = 0; j < 15; ++j) leading.view(j, 0) = pair.result.vectors(j, 0);
  subspace_observation seen;
  aligned_vector<std::byte> memory(subspace_bytes(15, 4, 1));
  REQUIRE(observe_subspaces<double>(seen, small.view, leading.view, memory.data(), memory.size()) ==
          status::ok);
  CHECK(seen.angle_sine < 0.05);
}

TEST_CASE("bad arguments are refused, and memory is exact") {
  const gaussian_sensing<float> sensing{10, 50, 1};
  sensing_operator<float> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  std::vector<float> y(50, 1.0f);
  spectral_options<float> options;
  options.count = 2;
  const std::size_t needed = spectral_bytes(sensing, options);
  CHECK(needed == spectral_bytes(table, options));
  aligned_vector<std::byte> memory(needed + 64, std::byte{0x5a});
  spectral_result<float> result;
  const auto refused = [&](const spectral_options<float>& o, const float* values, std::byte* buffer,
                           std::size_t bytes) {
    return leading_eigenvectors(result, sensing, values, o, buffer, bytes);
  };
  CHECK(refused(options, y.data(), memory.data(), needed - 1) == status::arena_too_small);
  CHECK(refused(options, y.data(), nullptr, needed) == status::arena_null);
  CHECK(refused(options, y.data(), memory.data() + 4, needed) == status::arena_misaligned);
  CHECK(refused(options, nullptr, memory.data(), needed) == status::measurements);
  spectral_options<float> bad = options;
  bad.count = 0;
  CHECK(refused(bad, y.data(), memory.data(), needed) == status::rank);
  bad.count = 11;
  CHECK(refused(bad, y.data(), memory.data(), needed) == status::rank);
  bad = options;
  bad.tolerance = -1;
  CHECK(refused(bad, y.data(), memory.data(), needed) == status::tolerance);
  bad = options;
  bad.plan.shards = 3;
  CHECK(refused(bad, y.data(), memory.data(), needed) == status::shards);
  y[7] = std::numeric_limits<float>::infinity();
  CHECK(refused(options, y.data(), memory.data(), needed) == status::measurements);
  y[7] = 1;
  for (const std::byte b : memory) REQUIRE(b == std::byte{0x5a});
  CHECK(refused(options, y.data(), memory.data(), needed) == status::ok);
  for (std::size_t k = needed; k < memory.size(); ++k) REQUIRE(memory[k] == std::byte{0x5a});
  // All eigenpairs of a small matrix; no more columns than n.
  bad = options;
  bad.count = 10;
  CHECK(block_columns<float>(10, bad) == 10);
}

TEST_SUITE_END();
