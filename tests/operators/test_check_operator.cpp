// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <cstring>
#include <string>
#include <vector>

#include "operator_testing.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/gaussian.hpp"
#include "tinyrank/operators/generated_rank_one.hpp"
#include "tinyrank/operators/rademacher.hpp"
#include "tinyrank/operators/rank_one.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

enum class flaw {
  none,
  nan_measurement,
  unwritten_gradient,
  padding_of_adjoint,
  measures_one_too_many,
  gradient_too_long,
  scratch_too_long,
  changes_weights,
  reads_old_scratch,
  counts_calls,
  absolute_value,
  constant_offset,
  forgets_a_half,
  one_measurement_off,
  one_triangle,
  weights_squared,
  bounded_factor,
  loss_without_quarter,
  gradient_twice,
  stale_residual,
  projection_shrinks,
  projection_is_seen,
};

/// Distances as a user might write them, with one flaw. adjoint_times and the gradient differ in their flaws.
template <class T>
struct flawed {
  static constexpr std::size_t n = 6, m = 9;
  std::vector<index_pair> pairs;
  distances_sensing<T> right;
  sensing_operator<T> base;
  flaw wrong;
  mutable int calls = 0;

  explicit flawed(flaw which) : wrong(which) {
    for (std::uint32_t i = 0; i < m; ++i) pairs.push_back({i % 6, (i % 6 + 1 + i / 6) % 6});
    right = {n, m, pairs.data()};
    REQUIRE(make_operator(right, base) == status::ok);
  }
  flawed(const flawed&) = delete;
  static const flawed& of(const sensing_operator<T>& table) {
    return *static_cast<const flawed*>(table.context);
  }

  static std::size_t bytes(const sensing_operator<T>& table, std::size_t rank, execution_plan plan) {
    return scratch_bytes(of(table).base, rank, plan);
  }

  static void measure(const sensing_operator<T>& table, const workspace<T>& how, factor_view<const T> u,
                      T* y) {
    const flawed& a = of(table);
    a.base.measure(how, u, y);
    switch (a.wrong) {
      case flaw::nan_measurement:
        y[3] = std::numeric_limits<T>::quiet_NaN();
        break;
      case flaw::measures_one_too_many:
        y[m] = 0;
        break;
      case flaw::scratch_too_long:
        how.scratch[how.scratch_bytes] = std::byte{0};
        break;
      case flaw::counts_calls:
        y[0] *= T(1) + T(++a.calls) / 1024;
        break;
      case flaw::absolute_value:
        for (std::size_t i = 0; i < m; ++i) y[i] = static_cast<T>(std::sqrt(static_cast<double>(y[i])));
        break;
      case flaw::constant_offset:
        y[5] += T(0.5);
        break;
      case flaw::one_measurement_off:
        y[7] *= T(1.01);
        break;
      default:
        break;
    }
  }

  static void adjoint_times(const sensing_operator<T>& table, const workspace<T>& how, const T* w,
                            factor_view<const T> v, factor_view<T> out) {
    const flawed& a = of(table);
    T stale = 0;
    std::memcpy(&stale, how.scratch, sizeof stale);
    a.base.adjoint_times(how, w, v, out);
    switch (a.wrong) {
      case flaw::padding_of_adjoint:
        out.column(1)[n] = 1;
        break;
      case flaw::gradient_too_long:
        out.data[out.rank * out.stride] = 0;
        break;
      case flaw::changes_weights:
        const_cast<T*>(w)[2] = 1;
        break;
      case flaw::reads_old_scratch:
        out(0, 0) += stale;
        break;
      case flaw::forgets_a_half:
        for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] *= T(0.5);
        break;
      case flaw::one_triangle:
        for (std::size_t c = 0; c < v.rank; ++c) {
          out(0, c) += w[0] * v(3, c);
          out(3, c) -= w[0] * v(0, c);
        }
        break;
      case flaw::weights_squared:
        out(2, 0) += w[1] * w[1] * v(2, 0);
        break;
      case flaw::bounded_factor:
        out(2, 0) += w[0] * v(2, 0) * v(2, 0);
        break;
      default:
        break;
    }
  }

  static T loss_and_gradient(const sensing_operator<T>& table, const workspace<T>& how,
                             factor_view<const T> u, const T* y, factor_view<T> gradient) {
    const flawed& a = of(table);
    T loss = a.base.loss_and_gradient(how, u, y, gradient);
    if (a.wrong == flaw::unwritten_gradient) gradient(1, 1) = std::numeric_limits<T>::quiet_NaN();
    if (a.wrong == flaw::loss_without_quarter) loss *= 4;
    if (a.wrong == flaw::stale_residual) gradient(0, 0) += T(0.125);
    if (a.wrong == flaw::gradient_twice) {
      for (std::size_t k = 0; k < gradient.rank * gradient.stride; ++k) gradient.data[k] *= 2;
    }
    return loss;
  }

  static void project(const sensing_operator<T>& table, factor_view<T> u) {
    const flawed& a = of(table);
    a.base.project(u);
    if (a.wrong == flaw::projection_is_seen) u(0, 0) = 0;
    if (a.wrong == flaw::projection_shrinks) {
      for (std::size_t j = 0; j < n; ++j) u(j, 0) *= T(0.5);
    }
  }

  sensing_operator<T> table() const {
    return {n, m, this, {bytes, measure, adjoint_times, loss_and_gradient, project}};
  }
};

template <class T>
operator_report check(const sensing_operator<T>& table, const check_options<T>& options = {}) {
  aligned_vector<std::byte> memory(check_operator_bytes(table, options));
  operator_report report;
  REQUIRE(check_operator(table, options, memory.data(), memory.size(), report) == status::ok);
  return report;
}

}  // namespace

TEST_SUITE_BEGIN("check_operator");

TEST_CASE_TEMPLATE("each flaw is named", T, float, double) {
  using property = operator_property;
  struct expectation {
    flaw wrong;
    property found;
  };
  for (const expectation& one : {expectation{flaw::nan_measurement, property::finite_values},
                                 {flaw::unwritten_gradient, property::finite_values},
                                 {flaw::padding_of_adjoint, property::padding},
                                 {flaw::measures_one_too_many, property::bounds},
                                 {flaw::gradient_too_long, property::bounds},
                                 {flaw::scratch_too_long, property::bounds},
                                 {flaw::changes_weights, property::inputs},
                                 {flaw::counts_calls, property::determinism},
                                 {flaw::absolute_value, property::homogeneity},
                                 {flaw::constant_offset, property::homogeneity},
                                 {flaw::forgets_a_half, property::adjoint_identity},
                                 {flaw::one_measurement_off, property::adjoint_identity},
                                 {flaw::one_triangle, property::symmetry},
                                 {flaw::loss_without_quarter, property::fused_loss},
                                 {flaw::gradient_twice, property::fused_gradient},
                                 {flaw::stale_residual, property::fused_gradient},
                                 {flaw::projection_shrinks, property::projection_repeats},
                                 {flaw::projection_is_seen, property::projection_is_unseen}}) {
    // Plain variables: clang 14 cannot take structured bindings into doctest's lambdas.
    const flaw wrong = one.wrong;
    const property found = one.found;
    const flawed<T> a(wrong);
    const operator_report report = check(a.table());
    CAPTURE(int(wrong));
    CAPTURE(std::string(to_string(found)));
    CHECK_FALSE(report.passed());
    CHECK_FALSE(report[found].passed());
    const bool first = report.first_failure() == static_cast<std::size_t>(found);
    CHECK((first || found == property::projection_is_unseen));
  }
}

TEST_CASE_TEMPLATE("an adjoint that is not linear is named, among others", T, float, double) {
  const flawed<T> squared(flaw::weights_squared), bounded(flaw::bounded_factor),
      stale(flaw::reads_old_scratch);
  CHECK_FALSE(check(squared.table())[operator_property::linear_in_weights].passed());
  CHECK(check(squared.table())[operator_property::linear_in_factor].passed());
  CHECK_FALSE(check(bounded.table())[operator_property::linear_in_factor].passed());
  CHECK(check(bounded.table())[operator_property::linear_in_weights].passed());
  CHECK_FALSE(check(stale.table())[operator_property::finite_values].passed());
}

TEST_CASE_TEMPLATE("the size of a discrepancy is told", T, float, double) {
  const flawed<T> twice(flaw::gradient_twice), right(flaw::none);
  const operator_finding finding = check(twice.table())[operator_property::fused_gradient];
  CHECK(finding.discrepancy == doctest::Approx(1.0 / 3));
  CHECK(finding.tolerance == 256 * static_cast<double>(std::numeric_limits<T>::epsilon()));
  check_options<T> lenient;
  lenient.tolerance = 0.5;
  CHECK(check(twice.table(), lenient).passed());
  CHECK(check(right.table()).passed());
}

// Every operator's own ensemble is in test_catalogue.cpp.
TEST_CASE_TEMPLATE("the Gaussian ensemble as printed passes", T, float, double) {
  for (const std::size_t n : {1u, 2u, 5u, 17u, 33u}) {
    for (const std::size_t m : {1u, 7u, 130u}) {
      CAPTURE(n);
      CAPTURE(m);
      const gaussian_sensing<T> drawn{n, m, 2, gaussian_ensemble::as_printed};
      sensing_operator<T> table;
      REQUIRE(make_operator(drawn, table) == status::ok);
      check_properties(table, 3);
    }
  }
}

TEST_CASE_TEMPLATE("one measurement that happens to cancel is no flaw", T, float, double) {
  // Measurements of some thousandths of their usual size.
  for (const std::uint64_t seed : {8u, 9u, 249u}) {
    CAPTURE(seed);
    const rademacher_sensing<T> large{257, 1, seed}, small{200, 1, seed};
    const generated_rank_one_sensing<T> vectors{257, 1, seed, rank_one_form::plain};
    sensing_operator<T> table;
    REQUIRE(make_operator(large, table) == status::ok);
    check_properties(table, 5);
    REQUIRE(make_operator(small, table) == status::ok);
    check_properties(table, 2);
    REQUIRE(make_operator(vectors, table) == status::ok);
    check_properties(table, 1);
  }
}

TEST_CASE_TEMPLATE("bad arguments are refused, and nothing is written", T, float, double) {
  const flawed<T> a(flaw::none);
  const sensing_operator<T> table = a.table();
  const check_options<T> options;
  const std::size_t needed = check_operator_bytes(table, options);
  aligned_vector<std::byte> memory(needed + 64, std::byte{0x5a});
  operator_report report;
  const auto refused = [&](sensing_operator<T> given, check_options<T> how, std::byte* buffer,
                           std::size_t bytes, status expected) {
    CHECK(check_operator(given, how, buffer, bytes, report) == expected);
    bool untouched = report[operator_property::padding].tolerance == 0;
    for (const std::byte b : memory) untouched = untouched && b == std::byte{0x5a};
    CHECK(untouched);
  };
  sensing_operator<T> odd = table;
  odd.functions.measure = nullptr;
  refused(odd, options, memory.data(), needed, status::operator_data);
  odd = table;
  odd.n = 0;
  refused(odd, options, memory.data(), needed, status::dimension);
  check_options<T> how;
  how.rank = 0;
  refused(table, how, memory.data(), needed, status::rank);
  how = {};
  how.rank = SIZE_MAX / 2;
  refused(table, how, memory.data(), needed, status::size_overflow);
  how = {};
  how.tolerance = -1;
  refused(table, how, memory.data(), needed, status::tolerance);
  how.tolerance = std::numeric_limits<double>::quiet_NaN();
  refused(table, how, memory.data(), needed, status::tolerance);
  how = {};
  how.plan.shards = 3;
  refused(table, how, memory.data(), needed, status::shards);
  how = {};
  how.isa = instruction_set(99);
  refused(table, how, memory.data(), needed, status::instruction_set);
  refused(table, options, nullptr, needed, status::arena_null);
  refused(table, options, memory.data() + 1, needed, status::arena_misaligned);
  refused(table, options, memory.data(), needed - 1, status::arena_too_small);
  REQUIRE(check_operator(table, options, memory.data(), needed, report) == status::ok);
  for (std::size_t k = needed; k < memory.size(); ++k) CHECK(memory[k] == std::byte{0x5a});
}

TEST_CASE("each property of an operator has its own text") {
  std::vector<std::string> texts;
  for (const operator_property value :
       {operator_property::finite_values, operator_property::padding, operator_property::bounds,
        operator_property::inputs, operator_property::determinism, operator_property::homogeneity,
        operator_property::adjoint_identity, operator_property::symmetry,
        operator_property::linear_in_weights, operator_property::linear_in_factor,
        operator_property::fused_loss, operator_property::fused_gradient,
        operator_property::projection_repeats, operator_property::projection_is_unseen}) {
    const std::string text = to_string(value);
    CHECK(text.size() > 3);
    for (const std::string& earlier : texts) CHECK(text != earlier);
    texts.push_back(text);
  }
  CHECK(std::string(to_string(static_cast<operator_property>(99))) == "unknown property");
}

TEST_SUITE_END();
