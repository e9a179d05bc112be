// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What tests of any sensing operator share. Random numbers are the library's own, so a test draws the same
// ones on every target.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support.hpp"
#include "tinyrank/check_operator.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank::operator_testing {

using test::aligned_vector;

inline double normal(std::uint64_t stream, std::size_t index) {
  return static_cast<double>(
      gaussian(make_stream(1, random_purpose::test, stream), static_cast<std::uint32_t>(index)));
}

template <class T>
std::vector<T> normal_vector(std::uint64_t stream, std::size_t count) {
  std::vector<T> x(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<T>(normal(stream, i));
  return x;
}

/// A factor with its own storage; new ones are zero.
template <class T>
struct factor {
  aligned_vector<T> cells;
  factor_view<T> view;

  factor(std::size_t n, std::size_t rank)
      : cells(factor_count<T>(n, rank)), view{cells.data(), n, rank, padded<T>(n)} {}
  factor(const factor&) = delete;
  factor& operator=(const factor&) = delete;

  void draw(std::uint64_t stream, double scale = 1) {
    for (std::size_t c = 0; c < view.rank; ++c) {
      for (std::size_t j = 0; j < view.n; ++j) {
        view(j, c) = static_cast<T>(scale * normal(stream, c * view.n + j));
      }
    }
  }
};

/// An operator's verbs with scratch of exactly the promised size.
template <class T>
struct caller {
  sensing_operator<T> a;
  aligned_vector<std::byte> scratch;
  workspace<T> how;

  caller(const sensing_operator<T>& table, std::size_t rank, execution_plan plan = {},
         instruction_set isa = instruction_set::automatic)
      : a(table), scratch(scratch_bytes(table, rank, plan)) {
    REQUIRE(make_workspace(how, a, rank, plan, isa, scratch.data(), scratch.size()) == status::ok);
  }
  std::vector<T> measure(factor_view<const T> u) const {
    std::vector<T> y(a.measurement_count);
    a.measure(how, u, y.data());
    return y;
  }
  void adjoint_times(const std::vector<T>& w, factor_view<const T> v, factor_view<T> out) const {
    a.adjoint_times(how, w.data(), v, out);
  }
  T loss_and_gradient(factor_view<const T> u, const std::vector<T>& y, factor_view<T> gradient) const {
    return a.loss_and_gradient(how, u, y.data(), gradient);
  }
};

/// The Gaussian ensemble, stored: to the bit what gaussian_sensing draws at every use, in a fraction of the
/// time.
template <class T>
struct stored_gaussian {
  aligned_vector<T> rows;
  dense_sensing<T> sensing;

  stored_gaussian(std::size_t n, std::size_t m, std::uint64_t seed)
      : rows(dense_row_elements<T>(n, m)), sensing{n, m, rows.data()} {
    REQUIRE(fill_gaussian_rows(n, 0, m, seed, gaussian_ensemble::isotropic, rows.data()) == status::ok);
  }
  stored_gaussian(const stored_gaussian&) = delete;
};

/// The matrices A_i in full, and the dense operator over them in double as the oracle. entry(i, j, k) need
/// only be right for k <= j.
struct dense_oracle {
  aligned_vector<double> rows;
  dense_sensing<double> dense;
  sensing_operator<double> table;

  template <class Entry>
  dense_oracle(std::size_t n, std::size_t m, Entry entry) : rows(dense_row_elements<double>(n, m)) {
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
          rows[i * packed_stride<double>(n) + packed_index(j, k)] = entry(i, j, k);
        }
      }
    }
    dense = {n, m, rows.data()};
    REQUIRE(make_operator(dense, table) == status::ok);
  }
  dense_oracle(const dense_oracle&) = delete;
};

/// ||a - b|| / ||b|| over n x r elements, or the norm of a when b is zero.
template <class T>
double distance(factor_view<const T> a, factor_view<const double> b) {
  double apart = 0, size = 0;
  for (std::size_t c = 0; c < b.rank; ++c) {
    for (std::size_t j = 0; j < b.n; ++j) {
      const double difference = static_cast<double>(a(j, c)) - b(j, c);
      apart += difference * difference;
      size += b(j, c) * b(j, c);
    }
  }
  return size == 0 ? std::sqrt(apart) : std::sqrt(apart / size);
}

template <class T>
double distance(const std::vector<T>& a, const std::vector<double>& b) {
  double apart = 0, size = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    apart += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
    size += b[i] * b[i];
  }
  return size == 0 ? std::sqrt(apart) : std::sqrt(apart / size);
}

template <class T>
inline constexpr double tolerance_of = 128 * static_cast<double>(std::numeric_limits<T>::epsilon());

/// The three verbs against the dense operator, for one rank and division of work.
template <class T>
void check_against_dense(const sensing_operator<T>& table, const dense_oracle& oracle, std::size_t rank,
                         execution_plan plan) {
  const std::size_t n = table.n, m = table.measurement_count;
  factor<T> u(n, rank), image(n, rank);
  factor<double> wide(n, rank), expected(n, rank);
  u.draw(1);
  wide.draw(1);
  const caller<T> call(table, rank, plan);
  const caller<double> dense(oracle.table, rank);
  const std::vector<T> w = normal_vector<T>(2, m);
  const std::vector<double> wide_w = normal_vector<double>(2, m);

  const std::vector<T> measured = call.measure(u.view);
  CHECK(distance(measured, dense.measure(wide.view)) <= tolerance_of<T>);

  call.adjoint_times(w, u.view, image.view);
  dense.adjoint_times(wide_w, wide.view, expected.view);
  CHECK(distance<T>(image.view, expected.view) <= 4 * tolerance_of<T>);

  double left = 0, right = 0, scale = 0;
  for (std::size_t i = 0; i < m; ++i) left += wide_w[i] * static_cast<double>(measured[i]);
  for (std::size_t k = 0; k < image.cells.size(); ++k) {
    const double term = static_cast<double>(image.cells[k]) * static_cast<double>(u.cells[k]);
    right += term;
    scale += std::abs(term);
  }
  CHECK(std::abs(left - right) <= tolerance_of<T> * (std::abs(left) + scale));

  const T loss = call.loss_and_gradient(u.view, w, image.view);
  const double expected_loss = dense.loss_and_gradient(wide.view, wide_w, expected.view);
  CHECK(std::abs(static_cast<double>(loss) - expected_loss) <= tolerance_of<T> * expected_loss);
  CHECK(distance<T>(image.view, expected.view) <= 4 * tolerance_of<T>);
}

/// The gradient is the derivative of the loss: central differences along random directions.
inline void check_finite_differences(const sensing_operator<double>& table, std::size_t rank) {
  const std::size_t n = table.n;
  factor<double> u(n, rank), gradient(n, rank), ignored(n, rank), direction(n, rank), moved(n, rank);
  u.draw(3, 0.5);
  const std::vector<double> y = normal_vector<double>(4, table.measurement_count);
  const caller<double> call(table, rank);
  call.loss_and_gradient(u.view, y, gradient.view);
  for (std::uint64_t trial = 0; trial < 4; ++trial) {
    direction.draw(5 + trial);
    constexpr double h = 1e-5;
    double slope = 0, loss[2];
    for (std::size_t k = 0; k < u.cells.size(); ++k) slope += gradient.cells[k] * direction.cells[k];
    for (int side = 0; side < 2; ++side) {
      for (std::size_t k = 0; k < u.cells.size(); ++k) {
        moved.cells[k] = u.cells[k] + (side == 0 ? -h : h) * direction.cells[k];
      }
      loss[side] = call.loss_and_gradient(moved.view, y, ignored.view);
    }
    CHECK((loss[1] - loss[0]) / (2 * h) == doctest::Approx(slope).epsilon(1e-6));
  }
}

/// Every property of check_operator, on every instruction set.
template <class T>
void check_properties(const sensing_operator<T>& table, std::size_t rank, execution_plan plan = {}) {
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    check_options<T> options;
    options.rank = rank;
    options.plan = plan;
    options.isa = isa;
    aligned_vector<std::byte> memory(check_operator_bytes(table, options));
    operator_report report;
    REQUIRE(check_operator(table, options, memory.data(), memory.size(), report) == status::ok);
    CAPTURE(std::string(to_string(isa)));
    CAPTURE(std::string(to_string(operator_property(report.first_failure()))));
    CHECK(report.passed());
  }
}

template <class T>
struct planted {
  factor<T> truth;
  std::vector<T> y;

  planted(const sensing_operator<T>& table, std::size_t rank, T condition_number = 1) : truth(table.n, rank) {
    draw_planted_truth(truth.view, condition_number, 11);
    y = caller<T>(table, rank).measure(truth.view);
  }
};

template <class T>
struct owned_run {
  aligned_vector<std::byte> memory;
  descent<T> run;

  owned_run(const sensing_operator<T>& table, const std::vector<T>& y,
            const gradient_descent_options<T>& options)
      : memory(descent_bytes(table, options)) {
    REQUIRE(init_operator(run, table, y.data(), options, memory.data(), memory.size()) == status::ok);
    run_to_end(run);
  }
  double test_error(const factor<T>& truth) {
    return relative_test_error<T>(run.factor, factor_view<const T>(truth.view));
  }
};

/// The factor after a short run has these bits on every instruction set and with 1, 2 and 4 threads.
template <class T>
void check_golden_bits(const sensing_operator<T>& table, std::uint64_t expected) {
  const planted<T> problem(table, 2);
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    for (const std::uint32_t threads : {1u, 2u, 4u}) {
      if (check_plan({threads, 16}) != status::ok) continue;
      gradient_descent_options<T> options;
      options.rank = 5;
      options.initial_scale = T(0.1);
      options.iteration_limit = 25;
      options.relative_tolerance = 0;
      options.plan.threads = threads;
      options.isa = isa;
      owned_run<T> made(table, problem.y, options);
      CAPTURE(std::string(to_string(isa)));
      CAPTURE(threads);
      CHECK(made.run.report.isa == isa);
      CHECK(made.run.report.iterations == 25);
      CHECK(made.run.report.loss < made.run.report.zero_loss);
      CHECK(factor_bits(made.run.factor) == expected);
    }
  }
}

/// What a run asks of a descriptor, of whatever type it is.
template <class T>
struct sensing_of_a_run {
  const void* sensing;
  sensing_operator<T> table;
  std::size_t (*bytes)(const void* sensing, const gradient_descent_options<T>& options);
  status (*init)(descent<T>& run, const void* sensing, const T* y, const gradient_descent_options<T>& options,
                 std::byte* memory, std::size_t bytes);
};

template <class T>
void check_exact_arena_of(const sensing_of_a_run<T>& given) {
  const sensing_operator<T>& table = given.table;
  const planted<T> problem(table, 1);
  for (const std::uint32_t threads : {1u, 3u}) {
    gradient_descent_options<T> options;
    options.rank = 5;
    options.plan = {threads, 8};
    if (check_plan(options.plan) != status::ok) continue;
    const std::size_t needed = given.bytes(given.sensing, options);
    REQUIRE(needed == descent_bytes(table, options));
    aligned_vector<std::byte> memory(needed + 64, std::byte{0x5a});
    descent<T> run;
    CHECK(given.init(run, given.sensing, problem.y.data(), options, memory.data(), needed - 1) ==
          status::arena_too_small);
    bool untouched = true;
    for (const std::byte b : memory) untouched = untouched && b == std::byte{0x5a};
    CHECK(untouched);
    REQUIRE(given.init(run, given.sensing, problem.y.data(), options, memory.data(), needed) == status::ok);
    for (int i = 0; i < 3; ++i) step(run);
    for (std::size_t k = needed; k < memory.size(); ++k)
      untouched = untouched && memory[k] == std::byte{0x5a};
    CHECK(untouched);
  }
}

/// A run takes exactly the promised bytes: one byte less is refused, and nothing was written.
template <class T, class Sensing>
void check_exact_arena(const Sensing& sensing) {
  sensing_of_a_run<T> given;
  given.sensing = &sensing;
  REQUIRE(make_operator(sensing, given.table) == status::ok);
  given.bytes = [](const void* own, const gradient_descent_options<T>& options) {
    return descent_bytes(*static_cast<const Sensing*>(own), options);
  };
  given.init = [](descent<T>& run, const void* own, const T* y, const gradient_descent_options<T>& options,
                  std::byte* memory, std::size_t bytes) {
    return init(run, *static_cast<const Sensing*>(own), y, options, memory, bytes);
  };
  check_exact_arena_of(given);
}

}  // namespace tinyrank::operator_testing
