// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "tinyrank/estimate.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr factor_shape three_rows{factor_kind::rectangular, 3};
constexpr factor_shape complex_shape{factor_kind::complex, 0};

double overlap(const factor<double>& w, const factor<double>& x) {
  std::vector<double> work(fidelity_work(w.view.rank, x.view.rank));
  return fidelity<double>(w.view, x.view, work.data());
}

}  // namespace

TEST_SUITE_BEGIN("estimate");

TEST_CASE_TEMPLATE("entries are those of the matrix that a factor stands for", T, float, double) {
  factor<T> u(8, 2);
  u.draw(3);
  const auto x = [&](std::size_t j, std::size_t c) { return static_cast<double>(u.view(j, c)); };
  const matrix_size real = matrix_size_of(three_rows, 8), square = matrix_size_of(complex_shape, 8);
  CHECK(real.rows == 3);
  CHECK(real.columns == 5);
  CHECK(square.rows == 4);
  CHECK(square.columns == 4);
  CHECK(matrix_size_of({}, 8).columns == 8);
  for (std::size_t j = 0; j < 3; ++j) {
    for (std::size_t k = 0; k < 4; ++k) {
      double gram = 0, product = 0, re = 0, im = 0;
      for (std::size_t c = 0; c < 2; ++c) {
        gram += x(j, c) * x(k, c);
        product += x(j, c) * x(3 + k, c);
        // (p + iq)(s - it)
        re += x(j, c) * x(k, c) + x(4 + j, c) * x(4 + k, c);
        im += x(4 + j, c) * x(k, c) - x(j, c) * x(4 + k, c);
      }
      CHECK(estimate_at<T>({}, u.view, j, k).real == doctest::Approx(gram).epsilon(1e-14));
      CHECK(estimate_at<T>(three_rows, u.view, j, k).real == doctest::Approx(product).epsilon(1e-14));
      CHECK(estimate_at<T>(three_rows, u.view, j, k).imaginary == 0);
      CHECK(estimate_at<T>(complex_shape, u.view, j, k).real == doctest::Approx(re).epsilon(1e-14));
      CHECK(estimate_at<T>(complex_shape, u.view, j, k).imaginary == doctest::Approx(im).epsilon(1e-14));
    }
  }
}

TEST_CASE("an error does not see what the matrix does not") {
  factor<double> u(8, 2), v(8, 2);
  u.draw(4);
  // L diag(2, 5), R diag(1/2, 1/5)
  for (std::size_t j = 0; j < 8; ++j) {
    v.view(j, 0) = u.view(j, 0) * (j < 3 ? 2 : 0.5);
    v.view(j, 1) = u.view(j, 1) * (j < 3 ? 5 : 0.2);
  }
  CHECK(relative_test_error<double>(three_rows, v.view, u.view) < 1e-14);
  CHECK(relative_test_error<double>({}, v.view, u.view) > 0.1);
  CHECK(relative_test_error<double>({}, v.view, u.view) == relative_test_error<double>(v.view, u.view));
  // W diag(i, e^it)
  const double cosine = 0.6, sine = 0.8;
  for (std::size_t j = 0; j < 4; ++j) {
    v.view(j, 0) = -u.view(4 + j, 0);
    v.view(4 + j, 0) = u.view(j, 0);
    v.view(j, 1) = cosine * u.view(j, 1) - sine * u.view(4 + j, 1);
    v.view(4 + j, 1) = sine * u.view(j, 1) + cosine * u.view(4 + j, 1);
  }
  CHECK(relative_test_error<double>(complex_shape, v.view, u.view) < 1e-14);
  CHECK(relative_test_error<double>({}, v.view, u.view) > 0.1);
  CHECK(overlap(u, v) == doctest::Approx(1).epsilon(1e-13));
  // Twice the matrix: an error of 1, the same state.
  for (double& cell : v.cells) cell *= std::sqrt(2.0);
  CHECK(relative_test_error<double>(complex_shape, v.view, u.view) == doctest::Approx(1).epsilon(1e-13));
  CHECK(overlap(v, u) == doctest::Approx(1).epsilon(1e-13));
}

TEST_CASE("the fidelity of pure states is their overlap squared, of diagonal ones that of distributions") {
  factor<double> zero(4, 1), phased(4, 1), other(4, 1);
  zero.view(0, 0) = 1;
  phased.view(2, 0) = 3;  // 3i |0>
  CHECK(overlap(zero, phased) == doctest::Approx(1).epsilon(1e-14));
  other.view(0, 0) = 0.6;
  other.view(3, 0) = 0.8;  // 0.6 |0> + 0.8i |1>
  CHECK(overlap(zero, other) == doctest::Approx(0.36).epsilon(1e-14));
  factor<double> mixed(4, 2);
  mixed.view(0, 0) = std::sqrt(0.7);
  mixed.view(1, 1) = std::sqrt(0.3);
  CHECK(overlap(mixed, zero) == doctest::Approx(0.7).epsilon(1e-14));
  CHECK(overlap(zero, mixed) == doctest::Approx(0.7).epsilon(1e-14));
  factor<double> even(4, 2);
  even.view(0, 0) = even.view(1, 1) = 1;
  const double root = std::sqrt(0.35) + std::sqrt(0.15);
  CHECK(overlap(mixed, even) == doctest::Approx(root * root).epsilon(1e-14));
}

TEST_SUITE_END();
