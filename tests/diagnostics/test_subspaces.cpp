// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "operator_testing.hpp"
#include "tinyrank/subspaces.hpp"

using namespace tinyrank;
using namespace tinyrank::operator_testing;

TEST_SUITE_BEGIN("subspaces");

namespace {

template <class T>
subspace_observation look(factor<T>& u, factor<T>& x) {
  subspace_observation seen;
  aligned_vector<std::byte> memory(subspace_bytes(u.view.n, u.view.rank, x.view.rank), std::byte{0x3f});
  REQUIRE(observe_subspaces<T>(seen, u.view, x.view, memory.data(), memory.size()) == status::ok);
  return seen;
}

template <class T>
signal_and_noise split(factor<T>& u, factor<T>& x, aligned_vector<std::byte>& memory) {
  signal_and_noise seen;
  memory.assign(signal_bytes(u.view.n, u.view.rank, x.view.rank), std::byte{0xff});
  REQUIRE(split_signal_and_noise<T>(seen, u.view, x.view, memory.data(), memory.size()) == status::ok);
  return seen;
}

}  // namespace

TEST_CASE_TEMPLATE("angles are those of the construction, for every r", T, float, double) {
  // X spans e_0, e_1. U = [cos(a) e_0 + sin(a) e_2, 0.5 e_1, 1e-3 e_3 ..] mixed by a rotation from the right.
  constexpr std::size_t n = 12;
  const double accuracy = 30 * static_cast<double>(std::numeric_limits<T>::epsilon());
  for (const std::size_t r : {2u, 3u, 12u, 17u}) {
    for (const double angle : {0.0, 1e-4, 0.3, 1.4}) {
      factor<T> x(n, 2), u(n, r);
      x.view(0, 0) = T(2), x.view(1, 1) = T(0.5), x.view(0, 1) = T(0.25);
      u.view(0, 0) = static_cast<T>(std::cos(angle)), u.view(2, 0) = static_cast<T>(std::sin(angle));
      u.view(1, 1) = T(0.5);
      for (std::size_t c = 2; c < r; ++c) u.view(3 + c % 9, c) = T(1e-3);
      for (std::size_t p = 0; p + 1 < r; ++p) {
        for (std::size_t j = 0; j < n; ++j) {
          const T a = u.view(j, p), b = u.view(j, p + 1);
          u.view(j, p) = T(0.6) * a - T(0.8) * b, u.view(j, p + 1) = T(0.8) * a + T(0.6) * b;
        }
      }
      const subspace_observation seen = look(u, x);
      CAPTURE(r);
      CAPTURE(angle);
      CHECK(std::abs(seen.angle_sine - std::sin(angle)) < accuracy);
      CHECK(std::abs(seen.largest_sigma - 1) < accuracy);
      CHECK(std::abs(seen.signal_sigma - 0.5) < accuracy);
      if (r == 2) CHECK(seen.next_sigma == 0);
      if (r > 2) CHECK(seen.next_sigma == doctest::Approx(r > 11 ? 1e-3 * std::sqrt(2) : 1e-3).epsilon(1e-3));
      CHECK(seen.truth_sigma < 0.5);
    }
  }
}

TEST_CASE("a factor of smaller rank, or orthogonal to the truth, is at a right angle") {
  factor<double> x(6, 2), u(6, 3);
  x.view(0, 0) = 1, x.view(1, 1) = 1;
  u.view(0, 0) = 1, u.view(0, 1) = 2;
  CHECK(look(u, x).angle_sine == 1);
  u.view(4, 2) = 1;
  CHECK(look(u, x).angle_sine == doctest::Approx(1).epsilon(1e-14));
}

TEST_CASE_TEMPLATE("signal and noise add up to the factor, and the noise is unseen by the truth", T, float,
                   double) {
  constexpr std::size_t n = 15;
  const double accuracy = 100 * static_cast<double>(std::numeric_limits<T>::epsilon());
  for (const std::size_t r : {3u, 4u, 6u, 15u, 20u}) {
    factor<T> x(n, 3), u(n, r);
    x.draw(1), u.draw(2);
    aligned_vector<std::byte> memory;
    const signal_and_noise seen = split(u, x, memory);
    const factor_view<const double> noise = noise_of(n, r, 3, memory.data());
    factor<double> signal(n, r), copy(n, r);
    double unseen = 0, mixed = 0;
    for (std::size_t c = 0; c < r; ++c) {
      for (std::size_t j = 0; j < n; ++j) {
        copy.view(j, c) = noise(j, c);
        signal.view(j, c) = static_cast<double>(u.view(j, c)) - noise(j, c);
      }
      for (std::size_t d = 0; d < 3; ++d) {
        double inner = 0;
        for (std::size_t j = 0; j < n; ++j) inner += noise(j, c) * static_cast<double>(x.view(j, d));
        unseen = std::max(unseen, std::abs(inner));
      }
    }
    // Signal and noise have orthogonal rows: S N^T = 0.
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) {
        double inner = 0;
        for (std::size_t c = 0; c < r; ++c) inner += signal.view(j, c) * noise(k, c);
        mixed = std::max(mixed, std::abs(inner));
      }
    }
    CAPTURE(r);
    CHECK(unseen < accuracy);
    CHECK(mixed < accuracy);
    std::vector<double> work(n * r), sigma(std::min(n, r));
    singular_values<double>(signal.view, work.data(), sigma.data());
    CHECK(seen.signal_norm == doctest::Approx(sigma[0]).epsilon(1e-10));
    CHECK(seen.signal_sigma == doctest::Approx(sigma[2]).epsilon(1e-10));
    if (r > 3) CHECK(sigma[3] < 1e-12 * sigma[0]);
    singular_values<double>(copy.view, work.data(), sigma.data());
    if (r == 3) CHECK(seen.noise_norm == 0);
    if (r > 3) CHECK(seen.noise_norm == doctest::Approx(sigma[0]).epsilon(1e-3));
    CHECK(seen.signal_angle_sine > 0.05);
    CHECK(seen.signal_angle_sine <= 1);
  }
}

TEST_CASE("a factor within the span of the truth is all signal") {
  factor<double> x(9, 2), u(9, 5), mix(2, 5);
  x.draw(1), mix.draw(2);
  for (std::size_t c = 0; c < 5; ++c) {
    for (std::size_t j = 0; j < 9; ++j) {
      u.view(j, c) = x.view(j, 0) * mix.view(0, c) + x.view(j, 1) * mix.view(1, c);
    }
  }
  aligned_vector<std::byte> memory;
  const signal_and_noise seen = split(u, x, memory);
  CHECK(seen.noise_norm < 1e-14);
  CHECK(seen.signal_angle_sine < 1e-13);
  CHECK(seen.signal_sigma > 0.1);
}

TEST_CASE("sizes and memory are checked, and exact") {
  factor<float> x(8, 2), u(8, 3), one(8, 1), other(7, 3);
  x.draw(1), u.draw(2), one.draw(3), other.draw(4);
  const std::size_t needed = subspace_bytes(8, 3, 2), split_needed = signal_bytes(8, 3, 2);
  aligned_vector<std::byte> memory(std::max(needed, split_needed) + 64, std::byte{0x5a});
  subspace_observation seen;
  signal_and_noise parts;
  CHECK(observe_subspaces<float>(seen, u.view, x.view, memory.data(), needed - 1) == status::arena_too_small);
  CHECK(observe_subspaces<float>(seen, u.view, x.view, nullptr, needed) == status::arena_null);
  CHECK(observe_subspaces<float>(seen, u.view, x.view, memory.data() + 8, needed) ==
        status::arena_misaligned);
  CHECK(observe_subspaces<float>(seen, one.view, x.view, memory.data(), needed) == status::rank);
  CHECK(observe_subspaces<float>(seen, other.view, x.view, memory.data(), needed) == status::dimension);
  CHECK(split_signal_and_noise<float>(parts, u.view, x.view, memory.data(), split_needed - 1) ==
        status::arena_too_small);
  CHECK(split_signal_and_noise<float>(parts, one.view, x.view, memory.data(), split_needed) == status::rank);
  for (const std::byte b : memory) REQUIRE(b == std::byte{0x5a});
  CHECK(seen.angle_sine == 1);
  CHECK(observe_subspaces<float>(seen, u.view, x.view, memory.data(), needed) == status::ok);
  CHECK(split_signal_and_noise<float>(parts, u.view, x.view, memory.data(), split_needed) == status::ok);
  for (std::size_t k = std::max(needed, split_needed); k < memory.size(); ++k)
    REQUIRE(memory[k] == std::byte{0x5a});
  CHECK(subspace_bytes(0, 3, 2) == SIZE_MAX);
  CHECK(subspace_bytes(92681, SIZE_MAX / 1000, 2) == SIZE_MAX);
}

TEST_CASE_TEMPLATE("factors without a signal, or without noise", T, float, double) {
  aligned_vector<std::byte> memory;
  factor<T> x(2, 2), zero(2, 3), u(2, 3);
  x.view(0, 0) = x.view(1, 1) = T(1);
  const subspace_observation nothing = look(zero, x);
  CHECK(nothing.largest_sigma == 0);
  CHECK(nothing.signal_sigma == 0);
  CHECK(nothing.angle_sine == 1);
  const signal_and_noise none = split(zero, x, memory);
  CHECK(none.signal_norm == 0);
  CHECK(none.signal_angle_sine == 1);
  CHECK(none.noise_norm == 0);
  // As many directions as there are: what remains of three columns has none.
  u.view(0, 0) = T(2), u.view(1, 1) = u.view(1, 2) = T(1);
  const subspace_observation whole = look(u, x);
  CHECK(whole.signal_sigma == doctest::Approx(std::sqrt(2.0)));
  CHECK(whole.next_sigma == 0);
  CHECK(split(u, x, memory).noise_norm < 1e-6);
}

TEST_SUITE_END();
