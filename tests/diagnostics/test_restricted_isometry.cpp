// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/hadamard.hpp"
#include "tinyrank/restricted_isometry.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

TEST_SUITE_BEGIN("restricted_isometry");

namespace {

template <class T>
isometry_bound bound(const sensing_operator<T>& table, isometry_options<T> options) {
  aligned_vector<std::byte> memory(isometry_bytes(table, options), std::byte{0x3f});
  isometry_bound made;
  REQUIRE(restricted_isometry_bound(made, table, options, memory.data(), memory.size()) == status::ok);
  return made;
}

struct extreme_values {
  double largest, smallest;
};

/// The matrix of A^*A in packed coordinates (off-diagonals times sqrt 2), n(n+1)/2 square: its extreme
/// eigenvalues are those of full rank.
extreme_values extremes(const dense_oracle& oracle) {
  const std::size_t n = oracle.table.n, m = oracle.table.measurement_count, count = packed_count(n);
  factor<double> scaled(m, count);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= j; ++k) {
        scaled.view(i, packed_index(j, k)) = oracle.rows[i * packed_stride<double>(n) + packed_index(j, k)] *
                                             (j == k ? 1 : std::sqrt(2)) / std::sqrt(static_cast<double>(m));
      }
    }
  }
  std::vector<double> work(m * count), sigma(count);
  singular_values<double>(scaled.view, work.data(), sigma.data());
  return {sigma.front() * sigma.front(), sigma.back() * sigma.back()};
}

double normal_entry(std::size_t i, std::size_t j, std::size_t k) {
  return static_cast<double>(gaussian_entry(4, gaussian_ensemble::isotropic, i, j, k));
}

}  // namespace

TEST_CASE("with r = n the ascent finds the extreme eigenvalues of A^*A") {
  constexpr std::size_t n = 6, m = 60;
  const dense_oracle oracle(n, m, normal_entry);
  const extreme_values exact = extremes(oracle);
  isometry_options<double> options;
  options.rank = n;
  options.ascents = 300;
  const isometry_bound made = bound(oracle.table, options);
  CHECK(made.largest == doctest::Approx(exact.largest).epsilon(0.01));
  CHECK(made.smallest == doctest::Approx(exact.smallest).epsilon(0.05));
  CHECK(made.largest <= exact.largest * (1 + 1e-9));
  CHECK(made.smallest >= exact.smallest * (1 - 1e-9));
  CHECK(made.delta == std::max(made.largest - 1, 1 - made.smallest));
}

TEST_CASE_TEMPLATE("the bound grows with the rank and by the ascent, and falls with m", T, float, double) {
  constexpr std::size_t n = 12;
  double before = 0;
  for (const std::size_t rank : {1u, 2u, 4u}) {
    const gaussian_sensing<T> sensing{n, 250, 3};
    sensing_operator<T> table;
    REQUIRE(make_operator(sensing, table) == status::ok);
    isometry_options<T> options;
    options.rank = rank;
    options.ascents = 4;
    const isometry_bound made = bound(table, options);
    CHECK(made.largest > made.sampled_largest + 0.05);
    CHECK(made.smallest < made.sampled_smallest - 0.05);
    CHECK(made.sampled_smallest < 1.1);
    CHECK(made.sampled_largest > 0.9);
    CHECK(made.delta > before - 0.05);
    CHECK(made.delta < 1.2);
    before = made.delta;
    const gaussian_sensing<T> more{n, 2000, 3};
    REQUIRE(make_operator(more, table) == status::ok);
    // As 1/sqrt(m): nearly three times smaller.
    CHECK(bound(table, options).delta < 0.55 * made.delta);
  }
}

TEST_CASE("an exact isometry has no deviation") {
  // All rows of the transform: A^*A is the identity.
  constexpr std::size_t n = 5;
  const hadamard_sensing<double> sensing{n, hadamard_slot_count(n), 1};
  sensing_operator<double> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  isometry_options<double> options;
  options.rank = 2;
  const isometry_bound made = bound(table, options);
  CHECK(std::abs(made.delta) < 1e-12);
  factor<double> u(n, 3);
  u.draw(1);
  const spectral_options<double> how;
  aligned_vector<std::byte> memory(deviation_bytes(table, 3, how));
  double deviation = -1;
  REQUIRE(isometry_deviation<double>(deviation, table, u.view, how, memory.data(), memory.size()) ==
          status::ok);
  CHECK(deviation < 1e-12);
}

TEST_CASE_TEMPLATE("the deviation is the norm of (A^*A - Id)(U U^T)", T, float, double) {
  constexpr std::size_t n = 14, m = 150;
  const gaussian_sensing<T> sensing{n, m, 4};
  sensing_operator<T> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  for (const std::size_t rank : {1u, 3u, 14u}) {
    factor<T> u(n, rank), unit(n, n), image(n, n);
    u.draw(1, 0.5);
    for (std::size_t j = 0; j < n; ++j) unit.view(j, j) = 1;
    const std::vector<T> y = caller<T>(table, rank).measure(u.view);
    caller<T>(table, n).adjoint_times(y, unit.view, image.view);
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) {
        image.view(j, k) /= T(m);
        for (std::size_t c = 0; c < rank; ++c) image.view(j, k) -= u.view(j, c) * u.view(k, c);
      }
    }
    std::vector<double> work(n * n), sigma(n);
    singular_values<T>(image.view, work.data(), sigma.data());
    spectral_options<T> how;
    how.step_limit = 2000;
    aligned_vector<std::byte> memory(deviation_bytes(table, rank, how) + 64, std::byte{0x5a});
    double deviation = -1;
    const std::size_t needed = memory.size() - 64;
    CHECK(isometry_deviation<T>(deviation, table, u.view, how, memory.data(), needed - 1) ==
          status::arena_too_small);
    CHECK(deviation == -1);
    REQUIRE(isometry_deviation<T>(deviation, table, u.view, how, memory.data(), needed) == status::ok);
    CHECK(deviation == doctest::Approx(sigma[0]).epsilon(2e-3));
    for (std::size_t k = needed; k < memory.size(); ++k) REQUIRE(memory[k] == std::byte{0x5a});
    how.count = 2;
    CHECK(isometry_deviation<T>(deviation, table, u.view, how, memory.data(), needed) == status::rank);
  }
}

TEST_CASE("bad arguments are refused, and memory is exact") {
  const gaussian_sensing<float> sensing{10, 50, 1};
  sensing_operator<float> table;
  REQUIRE(make_operator(sensing, table) == status::ok);
  isometry_options<float> options;
  options.rank = 2;
  const std::size_t needed = isometry_bytes(sensing, options);
  aligned_vector<std::byte> memory(needed + 64, std::byte{0x5a});
  isometry_bound made;
  const auto refused = [&](const isometry_options<float>& o, std::size_t bytes) {
    return restricted_isometry_bound(made, table, o, memory.data(), bytes);
  };
  CHECK(refused(options, needed - 1) == status::arena_too_small);
  isometry_options<float> bad = options;
  bad.rank = 0;
  CHECK(refused(bad, needed) == status::rank);
  bad.rank = 11;
  CHECK(refused(bad, needed) == status::rank);
  bad = options;
  bad.plan.threads = 0;
  CHECK(refused(bad, needed) == status::threads);
  for (const std::byte b : memory) REQUIRE(b == std::byte{0x5a});
  CHECK(refused(options, needed) == status::ok);
  for (std::size_t k = needed; k < memory.size(); ++k) REQUIRE(memory[k] == std::byte{0x5a});
}

TEST_SUITE_END();
