// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "sensing_cases.hpp"
#include "tinyrank/check_operator.hpp"
#include "tinyrank/checkpoint.hpp"
#include "tinyrank/recovery.hpp"
#include "tinyrank/restricted_isometry.hpp"
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

TEST_SUITE_END();
