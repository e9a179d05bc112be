// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <complex>

#include "operator_testing.hpp"
#include "tinyrank/operators/complex_rank_one.hpp"
#include "tinyrank/operators/generated_complex_rank_one.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr rank_one_form forms[] = {rank_one_form::plain, rank_one_form::debiased};

/// Both descriptors over the same vectors.
template <class T>
struct complex_case {
  aligned_vector<T> vectors;
  complex_rank_one_sensing<T> stored;
  generated_complex_rank_one_sensing<T> generated;
  sensing_operator<T> of_stored, of_generated;

  complex_case(std::size_t d, std::size_t m, rank_one_form form)
      : vectors(rank_one_vector_elements<T>(2 * d, m, form)) {
    REQUIRE(fill_complex_rank_one_vectors(d, 0, vector_count(form, m), 5, vectors.data()) == status::ok);
    stored = {d, m, vectors.data(), form};
    generated = {d, m, 5, form};
    REQUIRE(make_operator(stored, of_stored) == status::ok);
    REQUIRE(make_operator(generated, of_generated) == status::ok);
  }
  complex_case(const complex_case&) = delete;

  std::complex<double> at(std::size_t vector, std::size_t j) const {
    const T* const row = vectors.data() + vector * padded<T>(stored.n);
    return {static_cast<double>(row[j]), static_cast<double>(row[stored.dimension + j])};
  }
};

/// ||a^H W||^2 in complex arithmetic.
template <class T>
double energy(const complex_case<T>& given, std::size_t vector, factor_view<const T> w) {
  double sum = 0;
  for (std::size_t c = 0; c < w.rank; ++c) {
    std::complex<double> product = 0;
    for (std::size_t j = 0; j < w.n / 2; ++j) {
      product += std::conj(given.at(vector, j)) *
                 std::complex<double>(static_cast<double>(w(j, c)), static_cast<double>(w(w.n / 2 + j, c)));
    }
    sum += std::norm(product);
  }
  return sum;
}

}  // namespace

TEST_SUITE_BEGIN("complex_rank_one");

TEST_CASE_TEMPLATE("energies are squared moduli, and differences of two", T, float, double) {
  for (const rank_one_form form : forms) {
    constexpr std::size_t d = 9, m = 37, rank = 3;
    const complex_case<T> given(d, m, form);
    factor<T> w(2 * d, rank);
    w.draw(1);
    std::vector<double> expected(m);
    for (std::size_t i = 0; i < m; ++i) {
      expected[i] = form == rank_one_form::plain
                        ? energy<T>(given, i, w.view)
                        : energy<T>(given, 2 * i, w.view) - energy<T>(given, 2 * i + 1, w.view);
    }
    CHECK(distance(caller<T>(given.of_stored, rank).measure(w.view), expected) < tolerance_of<T>);
  }
}

TEST_CASE_TEMPLATE("both forms are the dense operator over the real matrices", T, float, double) {
  constexpr std::size_t sizes[][3] = {{1, 5, 1}, {2, 1, 5}, {3, 37, 2}, {9, 9, 20}, {16, 40, 4}, {33, 19, 6}};
  for (const rank_one_form form : forms) {
    for (const auto& size : sizes) {
      // Not by structured bindings, which clang 14 does not capture.
      const std::size_t d = size[0], m = size[1], rank = size[2];
      const complex_case<T> given(d, m, form);
      const auto outer = [&](std::size_t vector, std::size_t j, std::size_t k) {
        const std::complex<double> entry = given.at(vector, j % d) * std::conj(given.at(vector, k % d));
        return j / d == k / d ? entry.real() : j / d == 1 ? entry.imag() : -entry.imag();
      };
      const dense_oracle oracle(2 * d, m, [&](std::size_t i, std::size_t j, std::size_t k) {
        return form == rank_one_form::plain ? outer(i, j, k) : outer(2 * i, j, k) - outer(2 * i + 1, j, k);
      });
      CAPTURE(d);
      for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
        if (check_plan(plan) == status::ok) check_against_dense(given.of_stored, oracle, rank, plan);
      }
    }
  }
}

TEST_CASE_TEMPLATE("stored and generated vectors give the same bits", T, float, double) {
  for (const rank_one_form form : forms) {
    constexpr std::size_t d = 17, m = 70, rank = 5;
    const complex_case<T> given(d, m, form);
    factor<T> u(2 * d, rank), one(2 * d, rank), two(2 * d, rank);
    u.draw(1);
    const std::vector<T> y = normal_vector<T>(2, m);
    const caller<T> stored(given.of_stored, rank), generated(given.of_generated, rank);
    CHECK(stored.measure(u.view) == generated.measure(u.view));
    CHECK(stored.loss_and_gradient(u.view, y, one.view) == generated.loss_and_gradient(u.view, y, two.view));
    CHECK(one.cells == two.cells);
    stored.adjoint_times(y, u.view, one.view);
    generated.adjoint_times(y, u.view, two.view);
    CHECK(one.cells == two.cells);
  }
}

TEST_CASE("drawn energies have the mean and the law that are promised") {
  // Plain: E y = tr Z, E y^2 = tr(Z)^2 + ||Z||^2; debiased: 0 and 2 ||Z||^2.
  constexpr std::size_t d = 5, rank = 2;
  const std::size_t m = test::light ? 4000 : 40000;
  factor<double> w(2 * d, rank);
  w.draw(1);
  double trace = 0, square = 0;
  for (const double x : w.cells) trace += x * x;
  for (std::size_t b = 0; b < rank; ++b) {
    for (std::size_t c = 0; c < rank; ++c) {
      std::complex<double> product = 0;
      for (std::size_t j = 0; j < d; ++j) {
        product +=
            std::complex(w.view(j, b), -w.view(d + j, b)) * std::complex(w.view(j, c), w.view(d + j, c));
      }
      square += std::norm(product);
    }
  }
  for (const rank_one_form form : forms) {
    const generated_complex_rank_one_sensing<double> sensing{d, m, 3, form};
    sensing_operator<double> a;
    REQUIRE(make_operator(sensing, a) == status::ok);
    double mean = 0, second = 0;
    for (const double y : caller<double>(a, rank).measure(w.view)) {
      mean += y / static_cast<double>(m);
      second += y * y / static_cast<double>(m);
    }
    const bool plain = form == rank_one_form::plain;
    // Some four standard deviations of the means.
    const double room = 8 / std::sqrt(static_cast<double>(m));
    CHECK(std::abs(mean - (plain ? trace : 0)) < room * trace);
    const double expected = plain ? trace * trace + square : 2 * square;
    CHECK(std::abs(second - expected) < 2 * room * expected);
  }
}

TEST_CASE("a complex signal is retrieved from its moduli, up to its phase") {
  constexpr std::size_t d = 12, m = 10 * d;
  const complex_case<double> given(d, m, rank_one_form::plain);
  factor<double> signal(2 * d, 1);
  signal.draw(4);
  const std::vector<double> y = caller<double>(given.of_stored, 1).measure(signal.view);
  gradient_descent_options<double> options;
  options.rank = 1;
  options.iteration_limit = 5000;
  options.relative_tolerance = 1e-12;
  aligned_vector<std::byte> memory(descent_bytes(given.stored, options));
  descent<double> run;
  REQUIRE(init(run, given.stored, y.data(), options, memory.data(), memory.size()) == status::ok);
  CHECK(run_to_end(run) == outcome::recovered);
  std::complex<double> overlap = 0;
  double found = 0, sent = 0;
  for (std::size_t j = 0; j < d; ++j) {
    const std::complex<double> x(run.factor(j, 0), run.factor(d + j, 0)),
        z(signal.view(j, 0), signal.view(d + j, 0));
    overlap += std::conj(x) * z;
    found += std::norm(x);
    sent += std::norm(z);
  }
  CHECK(std::abs(overlap) / std::sqrt(found * sent) == doctest::Approx(1).epsilon(1e-6));
  CHECK(found == doctest::Approx(sent).epsilon(1e-4));
}

TEST_CASE("sizes and data that no operator has are refused") {
  aligned_vector<float> vectors(rank_one_vector_elements<float>(6, 4, rank_one_form::plain) + 1);
  sensing_operator<float> a;
  using stored = complex_rank_one_sensing<float>;
  using drawn = generated_complex_rank_one_sensing<float>;
  const rank_one_form plain = rank_one_form::plain, none = static_cast<rank_one_form>(2);
  REQUIRE(make_operator(stored{3, 4, vectors.data()}, a) == status::ok);
  CHECK(a.n == 6);
  CHECK(a.shape.kind == factor_kind::complex);
  CHECK(make_operator(stored{3, 4, vectors.data(), plain, 3}, a) == status::dimension);
  CHECK(make_operator(stored{3, 4, vectors.data(), none}, a) == status::operator_data);
  CHECK(make_operator(stored{3, 4, nullptr}, a) == status::operator_data);
  CHECK(make_operator(stored{3, 4, vectors.data() + 1}, a) == status::operator_data);
  CHECK(make_operator(stored{3, SIZE_MAX / 8, vectors.data()}, a) == status::size_overflow);
  REQUIRE(make_operator(drawn{3, 4, 1}, a) == status::ok);
  CHECK(a.shape.kind == factor_kind::complex);
  CHECK(make_operator(drawn{3, 4, 1, none}, a) == status::operator_data);
  CHECK(make_operator(drawn{3, 4, 1, plain, 8}, a) == status::dimension);
  CHECK(make_operator(drawn{3, SIZE_MAX, 1, rank_one_form::debiased}, a) == status::size_overflow);
  float* const none_given = nullptr;
  CHECK(fill_complex_rank_one_vectors(0, 0, 1, 1, vectors.data()) == status::dimension);
  CHECK(fill_complex_rank_one_vectors(46341, 0, 1, 1, vectors.data()) == status::dimension);
  CHECK(fill_complex_rank_one_vectors(3, 0, 1, 1, none_given) == status::operator_data);
  CHECK(fill_complex_rank_one_vectors(3, SIZE_MAX, 1, 1, vectors.data()) == status::size_overflow);
}

TEST_SUITE_END();
