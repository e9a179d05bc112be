// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <bit>
#include <complex>

#include "lib/operators/unit_circle.hpp"
#include "operator_testing.hpp"
#include "tinyrank/operators/coded_diffraction.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

namespace {

constexpr diffraction_transform transforms[] = {diffraction_transform::fourier,
                                                diffraction_transform::hadamard};

/// F_kj D_jj of a mask.
std::complex<double> masked_entry(diffraction_transform transform, std::uint64_t seed, std::size_t mask,
                                  std::size_t length, std::size_t k, std::size_t j) {
  constexpr std::complex<double> turns[4] = {1, {0, 1}, -1, {0, -1}};
  const std::complex<double> turned = turns[diffraction_turns(seed, mask, j)];
  if (transform == diffraction_transform::hadamard) return std::popcount(k & j) % 2 == 0 ? turned : -turned;
  const double angle =
      -2 * std::acos(-1.0) * static_cast<double>(k * j % length) / static_cast<double>(length);
  return turned * std::complex<double>(std::cos(angle), std::sin(angle));
}

template <class T>
sensing_operator<T> made(const coded_diffraction_sensing<T>& sensing) {
  sensing_operator<T> a;
  REQUIRE(make_operator(sensing, a) == status::ok);
  return a;
}

}  // namespace

TEST_SUITE_BEGIN("coded_diffraction");

TEST_CASE("roots of unity are rounded once: floats are the doubles, doubles the library's within 2 units") {
  std::size_t floats = 0, doubles = 0;
  const auto apart = [](double x, double y) { return std::abs(x - y) > 0x1p-52 * std::abs(y); };
  for (std::uint32_t length = 8; length <= 65536; length *= 2) {
    for (std::uint32_t j = 1; 8 * j <= length; ++j) {
      const circle_point<double> exact = on_circle<double>(j, length);
      const circle_point<float> rounded = on_circle<float>(j, length);
      floats += rounded.cosine != static_cast<float>(exact.cosine);
      floats += rounded.sine != static_cast<float>(exact.sine);
      const double angle = 2 * std::acos(-1.0) * j / length;
      doubles += apart(exact.cosine, std::cos(angle));
      doubles += apart(exact.sine, std::sin(angle));
    }
  }
  CHECK(floats == 0);
  CHECK(doubles == 0);
}

TEST_CASE_TEMPLATE("patterns are squared moduli of the transform of masked signals", T, float, double) {
  for (const diffraction_transform transform : transforms) {
    for (const std::size_t d : {1u, 2u, 3u, 16u, 21u, 64u, 200u}) {
      const std::size_t length = diffraction_length(d), masks = 3, rank = 2;
      CAPTURE(d);
      const coded_diffraction_sensing<T> sensing{d, masks * length, 5, transform};
      factor<T> w(2 * d, rank);
      w.draw(1);
      const std::vector<T> y = caller<T>(made(sensing), rank).measure(w.view);
      std::vector<double> expected(y.size());
      double trace = 0;
      for (const T x : w.cells) trace += static_cast<double>(x) * static_cast<double>(x);
      for (std::size_t mask = 0; mask < masks; ++mask) {
        double sum = 0;
        for (std::size_t k = 0; k < length; ++k) {
          for (std::size_t c = 0; c < rank; ++c) {
            std::complex<double> entry = 0;
            for (std::size_t j = 0; j < d; ++j) {
              entry += masked_entry(transform, 5, mask, length, k, j) *
                       std::complex<double>(static_cast<double>(w.view(j, c)),
                                            static_cast<double>(w.view(d + j, c)));
            }
            expected[mask * length + k] += std::norm(entry);
          }
          sum += static_cast<double>(y[mask * length + k]);
        }
        CHECK(sum == doctest::Approx(static_cast<double>(length) * trace).epsilon(tolerance_of<T>));
      }
      CHECK(distance(y, expected) < tolerance_of<T> / 8);
    }
  }
}

TEST_CASE_TEMPLATE("both transforms are the dense operator over the matrices", T, float, double) {
  constexpr std::size_t sizes[][3] = {{1, 3, 1},   {2, 5, 3},   {3, 9, 2},
                                      {16, 64, 4}, {17, 33, 3}, {33, 130, 5}};
  for (const diffraction_transform transform : transforms) {
    for (const auto& size : sizes) {
      // Not by structured bindings, which clang 14 does not capture.
      const std::size_t d = size[0], m = size[1], rank = size[2];
      CAPTURE(d);
      const std::size_t length = diffraction_length(d), side = d;
      const coded_diffraction_sensing<T> sensing{d, m, 7, transform};
      const dense_oracle oracle(2 * d, m, [&](std::size_t i, std::size_t j, std::size_t k) {
        const auto at = [&](std::size_t column) {
          return masked_entry(transform, 7, i / length, length, i % length, column % side);
        };
        const std::complex<double> entry = std::conj(at(j)) * at(k);
        return j / side == k / side ? entry.real() : j / side == 1 ? entry.imag() : -entry.imag();
      });
      const sensing_operator<T> a = made(sensing);
      for (const execution_plan plan : {execution_plan{1, 16}, execution_plan{1, 1}, execution_plan{3, 64}}) {
        if (check_plan(plan) == status::ok) check_against_dense(a, oracle, rank, plan);
      }
      check_properties(a, rank);
    }
  }
}

TEST_CASE_TEMPLATE("bits are those of one thread and the scalar kernels", T, float, double) {
  constexpr std::size_t d = 100, m = 900, rank = 5;
  factor<T> u(2 * d, rank);
  u.draw(1);
  const std::vector<T> y = normal_vector<T>(2, m);
  for (const diffraction_transform transform : transforms) {
    const coded_diffraction_sensing<T> sensing{d, m, 11, transform};
    const sensing_operator<T> table = made(sensing);
    factor<T> expected(2 * d, rank), gradient(2 * d, rank);
    const caller<T> scalar(table, rank, {}, instruction_set::scalar);
    const std::vector<T> measured = scalar.measure(u.view);
    const T loss = scalar.loss_and_gradient(u.view, y, expected.view);
    for (const instruction_set isa : every_instruction_set) {
      for (const std::uint32_t threads : {1u, 2u, 4u}) {
        if (!is_usable(isa) || check_plan({threads, 16}) != status::ok) continue;
        CAPTURE(std::string(to_string(isa)));
        const caller<T> call(table, rank, {threads, 16}, isa);
        CHECK(call.measure(u.view) == measured);
        CHECK(call.loss_and_gradient(u.view, y, gradient.view) == loss);
        CHECK(gradient.cells == expected.cells);
      }
    }
  }
}

TEST_CASE_TEMPLATE("the last mask may be cut short", T, float, double) {
  constexpr std::size_t d = 20, whole = 4 * 32, rank = 2;
  factor<T> w(2 * d, rank);
  w.draw(1);
  for (const diffraction_transform transform : transforms) {
    const coded_diffraction_sensing<T> all{d, whole, 3, transform};
    const std::vector<T> y = caller<T>(made(all), rank).measure(w.view);
    for (const std::size_t m : {1u, 31u, 33u, 127u}) {
      const coded_diffraction_sensing<T> some{d, m, 3, transform};
      CHECK(caller<T>(made(some), rank).measure(w.view) == std::vector<T>(y.data(), y.data() + m));
    }
  }
}

TEST_CASE("a signal is retrieved from eight patterns, up to its phase") {
  constexpr std::size_t d = 27, m = 8 * 32;
  for (const diffraction_transform transform : transforms) {
    const coded_diffraction_sensing<double> sensing{d, m, 1, transform};
    factor<double> signal(2 * d, 1);
    signal.draw(4);
    const std::vector<double> y = caller<double>(made(sensing), 1).measure(signal.view);
    gradient_descent_options<double> options;
    options.rank = 1;
    options.iteration_limit = 20000;
    options.relative_tolerance = 1e-12;
    aligned_vector<std::byte> memory(descent_bytes(sensing, options));
    descent<double> run;
    REQUIRE(init(run, sensing, y.data(), options, memory.data(), memory.size()) == status::ok);
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
  }
}

TEST_CASE("sizes and transforms that no operator has are refused") {
  using sensing = coded_diffraction_sensing<float>;
  const diffraction_transform fourier = diffraction_transform::fourier;
  sensing_operator<float> a;
  REQUIRE(make_operator(sensing{5, 24, 1}, a) == status::ok);
  CHECK(a.n == 10);
  CHECK(a.shape.kind == factor_kind::complex);
  CHECK(make_operator(sensing{0, 24, 1}, a) == status::dimension);
  CHECK(make_operator(sensing{46341, 24, 1}, a) == status::dimension);
  CHECK(make_operator(sensing{5, 24, 1, fourier, 5}, a) == status::dimension);
  CHECK(make_operator(sensing{5, 0, 1}, a) == status::measurement_count);
  CHECK(make_operator(sensing{5, 24, 1, static_cast<diffraction_transform>(2)}, a) == status::operator_data);
  CHECK(diffraction_length(1) == 1);
  CHECK(diffraction_length(33) == 64);
  CHECK(diffraction_length(0) == 0);
  CHECK(diffraction_length(46341) == 0);
}

TEST_SUITE_END();
