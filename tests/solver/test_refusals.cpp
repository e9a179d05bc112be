// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "sensing_cases.hpp"
#include "tinyrank/batch.hpp"
#include "tinyrank/check_operator.hpp"
#include "tinyrank/checkpoint.hpp"
#include "tinyrank/recovery.hpp"
#include "tinyrank/restricted_isometry.hpp"
#include "tinyrank/ridge.hpp"
#include "tinyrank/spectral.hpp"
#include "tinyrank/staircase.hpp"
#include "tinyrank/subspaces.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

/// That the values 0 .. last have texts of their own, and what is beyond them another.
template <class Enum>
void check_texts(Enum last) {
  std::set<std::string> texts;
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    const std::string text = to_string(static_cast<Enum>(value));
    CAPTURE(text);
    CHECK(text.size() > 1);
    CHECK(text.find("unknown") == std::string::npos);
    CHECK(texts.insert(text).second);
  }
  for (const int other : {-1, static_cast<int>(last) + 1}) {
    const std::string text = to_string(static_cast<Enum>(other));
    CHECK(text.find("unknown") != std::string::npos);
  }
}

}  // namespace

TEST_SUITE_BEGIN("refusals");

TEST_CASE("every value that says why has a text of its own") {
  check_texts(status::arithmetic);
  check_texts(outcome::stopped);
  check_texts(verdict::not_determined);
  check_texts(restored::sensing);
  check_texts(operator_property::projection_is_unseen);
}

TEST_CASE_TEMPLATE("an operator whose scratch does not fit is refused by all that place it", T, float,
                   double) {
  constexpr std::size_t n = 4, m = 12;
  const sensing_case<T> given(0, n, m);
  sensing_operator<T> a = given.table;
  a.functions.scratch_bytes = [](const sensing_operator<T>&, std::size_t, execution_plan) noexcept {
    return SIZE_MAX;
  };
  const std::vector<T> y(m, T(1));
  aligned_vector<std::byte> memory(1 << 16, pattern);
  std::byte* const buffer = memory.data();
  const std::size_t bytes = memory.size();

  descent<T> run;
  gradient_descent_options<T> options;
  options.rank = 2;
  CHECK(init(run, a, y.data(), options, buffer, bytes) == status::size_overflow);
  staircase<T> stairs;
  CHECK(init(stairs, a, y.data(), staircase_options<T>{}, buffer, bytes) == status::size_overflow);
  recovery<T> whole;
  CHECK(init(whole, a, y.data(), recovery_options<T>{}, buffer, bytes) == status::size_overflow);
  workspace<T> how;
  CHECK(make_workspace(how, a, 2, {}, instruction_set::automatic, buffer, bytes) == status::size_overflow);
  spectral_result<T> pairs;
  CHECK(leading_eigenvectors(pairs, a, y.data(), spectral_options<T>{}, buffer, bytes) ==
        status::size_overflow);
  isometry_bound bound;
  CHECK(restricted_isometry_bound(bound, a, isometry_options<T>{}, buffer, bytes) == status::size_overflow);
  operator_report report;
  CHECK(check_operator(a, check_options<T>{}, buffer, bytes, report) == status::size_overflow);
  CHECK(std::all_of(memory.begin(), memory.end(), [](std::byte b) { return b == pattern; }));
}

TEST_CASE("factors that no memory holds are refused before they are read") {
  const factor_view<const double> factor{nullptr, 4, SIZE_MAX / 16, 8}, truth{nullptr, 4, 1, 8};
  subspace_observation seen;
  signal_and_noise parts;
  CHECK(observe_subspaces(seen, factor, truth, nullptr, 0) == status::size_overflow);
  CHECK(split_signal_and_noise(parts, factor, truth, nullptr, 0) == status::size_overflow);
  CHECK(subspace_bytes(0, 1, 1) == SIZE_MAX);
  CHECK(subspace_bytes(largest_dimension + 1, 1, 1) == SIZE_MAX);
  CHECK(subspace_bytes(4, 0, 1) == SIZE_MAX);
  CHECK(subspace_bytes(4, 1, 0) == SIZE_MAX);
}

TEST_CASE_TEMPLATE("a table that no make_operator made is refused by all that place it", T, float, double) {
  using table = sensing_operator<T>;
  struct defect {
    status expected;
    bool is_of_gradient;
    void (*spoil)(table&);
  };
  const defect defects[] = {
      {status::dimension, false, [](table& a) { a.n = 0; }},
      {status::dimension, false, [](table& a) { a.n = largest_dimension + 1; }},
      {status::measurement_count, false, [](table& a) { a.measurement_count = 0; }},
      {status::operator_data, false, [](table& a) { a.functions.adjoint_times = nullptr; }},
      {status::operator_data, true, [](table& a) { a.functions.measure = nullptr; }},
      {status::operator_data, true, [](table& a) { a.functions.loss_and_gradient = nullptr; }}};
  const sensing_case<T> given(0, 4, 12);
  const std::vector<T> y(12, T(1));
  aligned_vector<std::byte> memory(1 << 16, pattern);
  std::byte* const buffer = memory.data();
  const std::size_t bytes = memory.size();
  for (const defect& own : defects) {
    CAPTURE(&own - defects);
    table a = given.table;
    own.spoil(a);
    descent<T> run;
    gradient_descent_options<T> options;
    options.rank = 2;
    CHECK(init_operator(run, a, y.data(), options, buffer, bytes) == own.expected);
    staircase<T> stairs;
    CHECK(init_operator(stairs, a, y.data(), staircase_options<T>{}, buffer, bytes) == own.expected);
    recovery<T> whole;
    CHECK(init_operator(whole, a, y.data(), recovery_options<T>{}, buffer, bytes) == own.expected);
    const ridge_sensing<T> ridge{a, T(1)};
    table penalised;
    const bool is_wide = a.n > largest_dimension;
    if (!is_wide) CHECK(make_operator(ridge, penalised) == own.expected);
    if (own.expected == status::operator_data && a.functions.loss_and_gradient == nullptr) continue;
    isometry_bound bound;
    CHECK(restricted_isometry_bound(bound, a, isometry_options<T>{}, buffer, bytes) == own.expected);
    double deviation = 0;
    test::owned_factor<T> factor(4, 1);
    CHECK(isometry_deviation(deviation, a, factor.read(), spectral_options<T>{}, buffer, bytes) ==
          own.expected);
    if (own.is_of_gradient) continue;
    spectral_result<T> pairs;
    CHECK(leading_eigenvectors_operator(pairs, a, y.data(), spectral_options<T>{}, buffer, bytes) ==
          own.expected);
  }
  CHECK(untouched(memory));
}

TEST_CASE_TEMPLATE("a descriptor that is refused is refused by all that make its table", T, float, double) {
  const dense_sensing<T> a{4, 12, nullptr};
  const std::vector<T> y(12, T(1));
  aligned_vector<std::byte> memory(1 << 16, pattern);
  spectral_result<T> pairs;
  CHECK(leading_eigenvectors(pairs, a, y.data(), spectral_options<T>{}, memory.data(), memory.size()) ==
        status::operator_data);
  recovery<T> whole;
  CHECK(init(whole, a, y.data(), recovery_options<T>{}, memory.data(), memory.size()) ==
        status::operator_data);
  CHECK(untouched(memory));
}

TEST_CASE_TEMPLATE("a recovery keeps the probes that it is told", T, float, double) {
  const sensing_case<T> given(0, 12, 60);
  const std::vector<T> y(60, T(1));
  recovery_options<T> options;
  const std::size_t whole = recovery_bytes(given.dense, options);
  options.probes = 2;
  const std::size_t narrow = recovery_bytes(given.dense, options);
  CHECK(narrow < whole);
  aligned_vector<std::byte> memory(whole);
  recovery<T> run;
  REQUIRE(init(run, given.dense, y.data(), options, memory.data(), narrow) == status::ok);
  CHECK(run.options.probes == 2);
  options.probes = 0;
  REQUIRE(init(run, given.dense, y.data(), options, memory.data(), whole) == status::ok);
  CHECK(run.options.probes == 12);
}

TEST_CASE_TEMPLATE("memory that is not there, not aligned or too small is refused by diagnostics, too", T,
                   float, double) {
  const sensing_case<T> given(3, 4, 12);
  const std::vector<T> y(12, T(1));
  test::owned_factor<T> factor(4, 2);
  factor(0, 0) = factor(1, 1) = 1;
  aligned_vector<std::byte> memory(1 << 16, pattern);
  const auto check_places = [&](std::size_t needed, auto call) {
    REQUIRE(needed < memory.size());
    CHECK(call(nullptr, memory.size()) == status::arena_null);
    CHECK(call(memory.data() + 1, memory.size() - 1) == status::arena_misaligned);
    CHECK(call(memory.data(), needed - 1) == status::arena_too_small);
    CHECK(untouched(memory));
    CHECK(call(memory.data(), needed) == status::ok);
    memory.assign(memory.size(), pattern);
  };
  check_places(isometry_bytes(given.table, isometry_options<T>{}), [&](std::byte* at, std::size_t bytes) {
    isometry_bound bound;
    return restricted_isometry_bound(bound, given.table, isometry_options<T>{}, at, bytes);
  });
  check_places(deviation_bytes(given.table, 2, spectral_options<T>{}), [&](std::byte* at, std::size_t bytes) {
    double deviation = 0;
    return isometry_deviation(deviation, given.table, factor.read(), spectral_options<T>{}, at, bytes);
  });
  check_places(spectral_bytes(given.table, spectral_options<T>{}), [&](std::byte* at, std::size_t bytes) {
    spectral_result<T> pairs;
    return leading_eigenvectors(pairs, given.table, y.data(), spectral_options<T>{}, at, bytes);
  });
  check_places(subspace_bytes(4, 2, 2), [&](std::byte* at, std::size_t bytes) {
    subspace_observation seen;
    return observe_subspaces(seen, factor.read(), factor.read(), at, bytes);
  });
  check_places(scratch_bytes(given.table, 2, {}), [&](std::byte* at, std::size_t bytes) {
    workspace<T> how;
    return make_workspace(how, given.table, 2, {}, instruction_set::automatic, at, bytes);
  });
}

TEST_CASE_TEMPLATE("options of diagnostics that mean nothing", T, float, double) {
  const sensing_case<T> given(0, 4, 12);
  const std::vector<T> y(12, T(1));
  aligned_vector<std::byte> memory(1 << 16, pattern);
  std::byte* const buffer = memory.data();
  const std::size_t bytes = memory.size();
  const T infinite = std::numeric_limits<T>::infinity();
  workspace<T> how;
  CHECK(make_workspace(how, given.table, 0, {}, instruction_set::automatic, buffer, bytes) == status::rank);
  CHECK(make_workspace(how, given.table, 1, {1, 3}, instruction_set::automatic, buffer, bytes) ==
        status::shards);
  CHECK(make_workspace(how, given.table, 1, {}, static_cast<instruction_set>(99), buffer, bytes) ==
        status::instruction_set);
  isometry_bound bound;
  isometry_options<T> isometry;
  isometry.samples = 0;
  CHECK(restricted_isometry_bound(bound, given.table, isometry, buffer, bytes) == status::rank);
  isometry.samples = 1;
  isometry.isa = static_cast<instruction_set>(99);
  CHECK(restricted_isometry_bound(bound, given.table, isometry, buffer, bytes) == status::instruction_set);
  memory.assign(bytes, pattern);
  spectral_options<T> spectral;
  test::owned_factor<T> factor(4, 1), none(4, 0), other(5, 1);
  double deviation = 0;
  CHECK(isometry_deviation(deviation, given.table, other.read(), spectral, buffer, bytes) ==
        status::dimension);
  CHECK(isometry_deviation(deviation, given.table, none.read(), spectral, buffer, bytes) == status::rank);
  spectral.tolerance = infinite;
  CHECK(isometry_deviation(deviation, given.table, factor.read(), spectral, buffer, bytes) ==
        status::tolerance);
  spectral_result<T> pairs;
  CHECK(leading_eigenvectors_operator(pairs, given.table, y.data(), spectral, buffer, bytes) ==
        status::tolerance);
  spectral.tolerance = T(1e-3);
  spectral.isa = static_cast<instruction_set>(99);
  CHECK(untouched(memory));
  CHECK(isometry_deviation(deviation, given.table, factor.read(), spectral, buffer, bytes) ==
        status::instruction_set);
  check_options<T> check;
  check.tolerance = std::numeric_limits<double>::infinity();
  operator_report report;
  CHECK(check_operator(given.table, check, buffer, bytes, report) == status::tolerance);
}

TEST_CASE_TEMPLATE("factors of no size or of another one than the truth's", T, float, double) {
  subspace_observation seen;
  signal_and_noise parts;
  alignas(arena_alignment) std::byte room[4096];
  const T cells[64] = {};
  const auto check_both = [&](status expected, factor_view<const T> factor, factor_view<const T> truth) {
    CHECK(observe_subspaces(seen, factor, truth, room, sizeof room) == expected);
    CHECK(split_signal_and_noise(parts, factor, truth, room, sizeof room) == expected);
  };
  const std::size_t wide = largest_dimension + 1;
  check_both(status::dimension, {cells, 0, 1, 16}, {cells, 0, 1, 16});
  check_both(status::dimension, {cells, wide, 1, 16}, {cells, wide, 1, 16});
  check_both(status::dimension, {cells, 4, 1, 16}, {cells, 5, 1, 16});
  check_both(status::rank, {cells, 4, 1, 16}, {cells, 4, 0, 16});
  check_both(status::rank, {cells, 4, 1, 16}, {cells, 4, 2, 16});
  check_both(status::rank, {cells, 1, 3, 16}, {cells, 1, 2, 16});
}

TEST_CASE_TEMPLATE("measurements and data at the edge of what can be squared", T, float, double) {
  const sensing_case<T> given(0, 4, 12);
  aligned_vector<std::byte> memory(1 << 18);
  const T largest = std::numeric_limits<T>::max();
  const std::vector<T> huge(12, largest), ones(12, T(1));
  staircase<T> stairs;
  CHECK(init_operator(stairs, given.table, huge.data(), staircase_options<T>{}, memory.data(),
                      memory.size()) == status::measurements);
  recovery<T> whole;
  recovery_options<T> options;
  const std::vector<T> weights(12, largest);
  options.weights = weights.data();
  CHECK(init_operator(whole, given.table, ones.data(), options, memory.data(), memory.size()) ==
        status::weights);
  // A power iteration that overflows gives no scale, and no step.
  sensing_operator<T> a = given.table;
  a.functions.adjoint_times = [](const sensing_operator<T>&, const workspace<T>&, const T*,
                                 factor_view<const T>, factor_view<T> out) noexcept {
    for (std::size_t k = 0; k < out.rank * out.stride; ++k) out.data[k] = std::numeric_limits<T>::infinity();
  };
  descent<T> run;
  gradient_descent_options<T> descent;
  descent.rank = 2;
  CHECK(init_operator(run, a, ones.data(), descent, memory.data(), memory.size()) == status::measurements);
  sensing_operator<T> scaled;
  ridge_sensing<T> ridge{given.table, T(1)};
  ridge.measurement_count = 11;
  CHECK(make_operator(ridge, scaled) == status::measurement_count);
}

TEST_CASE_TEMPLATE("runs that are not alike are no batch", T, float, double) {
  const sensing_case<T> given(0, 4, 12);
  const std::vector<T> y(12, T(1));
  gradient_descent_options<T> options;
  options.rank = 2;
  options.step_size = options.initial_scale = T(0.1);
  test::owned_run<T> owned[2];
  for (test::owned_run<T>& one : owned) REQUIRE(one.start(given.dense, y, options) == status::ok);
  descent<T> runs[2] = {owned[0].run, owned[1].run};
  aligned_vector<std::byte> memory(batch_bytes<T>(given.dense, 2, options.plan), pattern);
  CHECK(run_batch(given.dense, runs, 2, memory.data(), memory.size() - 1) == status::arena_too_small);
  batch<T> made;
  const batch_operator<T> none;
  const auto init = [&](descent<T>* first, std::size_t count) {
    return init_batch_operator(made, given.table, none, memory.size(), first, count, memory.data(),
                               memory.size());
  };
  CHECK(init(nullptr, 2) == status::batch);
  CHECK(init(runs, 0) == status::batch);
  runs[0].sensing.context = runs[1].sensing.context = given.table.context;
  CHECK(init(runs, 2) == status::ok);
  runs[1].how.kernels = find_kernels<T>(instruction_set::scalar);
  const bool is_scalar = runs[0].how.kernels == runs[1].how.kernels;
  CHECK(init(runs, 2) == (is_scalar ? status::ok : status::batch));
  runs[1].how = runs[0].how;
  runs[1].how.plan.threads = 2;
  CHECK(init(runs, 2) == status::batch);
  runs[1].how = runs[0].how;
  runs[1].sensing.functions.loss_and_gradient = nullptr;
  CHECK(init(runs, 2) == status::batch);
}

TEST_SUITE_END();
