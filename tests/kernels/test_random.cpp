// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <bit>
#include <set>

#include "support.hpp"
#include "tinyrank/random.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

constexpr std::uint32_t inverse_of(std::uint32_t odd) {
  std::uint32_t inverse = odd;
  for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
  return inverse;
}

constexpr std::uint32_t undo_xorshift(std::uint32_t x, int shift) {
  std::uint32_t y = x;
  for (int done = shift; done < 32; done += shift) y = x ^ (y >> shift);
  return y;
}

/// random_bits is a bijection of the index: the index at which `stream` draws `bits`.
constexpr std::uint32_t index_of(random_stream stream, std::uint32_t bits) {
  std::uint32_t x = undo_xorshift(bits, 14) * inverse_of(0x31848babu);
  x = undo_xorshift(x, 15) * inverse_of(0xac4c1b51u);
  x = undo_xorshift(x - stream.key1, 11) * inverse_of(0xed5ad4bbu);
  return undo_xorshift(x, 17) - stream.key0;
}

/// -Phi^-1(p) for p <= 1/2 in double, by Newton's method on log Q(z), which is concave: it cannot miss.
double upper_quantile(double p) {
  double z = p < 0.25 ? std::sqrt(-2 * std::log(p)) : 0.5;
  for (int i = 0; i < 60; ++i) {
    const double tail = 0.5 * std::erfc(z / std::sqrt(2.0));
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::acos(-1.0));
    const double step = tail / density * std::log(tail / p);
    z += step;
    if (std::abs(step) < 1e-13) break;
  }
  return z;
}

}  // namespace

TEST_SUITE_BEGIN("random");

TEST_CASE("golden values") {
  constexpr random_stream stream = make_stream(42, random_purpose::sensing, 7);
  static_assert(stream.key0 == 0x5c5621a2u && stream.key1 == 0x8b81356bu);
  static_assert(random_bits(stream, 0) == 0x15b49f15u);
  static_assert(random_bits(stream, 1) == 0x89be89fcu);
  static_assert(random_bits(stream, 0xffffffffu) == 0x4d564d27u);
  static_assert(mix64(1) == 0x5692161d100b05e5u);
  const auto drawn = [&](std::uint32_t index) {
    return std::bit_cast<std::uint32_t>(gaussian(stream, index));
  };
  CHECK(drawn(0) == 0x3fafd137u);
  CHECK(drawn(1) == 0xbfe305a4u);
  CHECK(drawn(0xffffffffu) == 0x3f04b40du);
}

TEST_CASE("purposes, streams and seeds give different numbers") {
  std::set<std::uint64_t> keys;
  std::size_t count = 0;
  for (const random_purpose purpose :
       {random_purpose::sensing, random_purpose::initial_factor, random_purpose::planted,
        random_purpose::power_iteration, random_purpose::test}) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      for (std::uint64_t stream = 0; stream < 300; ++stream, ++count) {
        const random_stream s = make_stream(seed, purpose, stream);
        keys.insert((std::uint64_t{s.key1} << 32) | s.key0);
      }
    }
  }
  CHECK(keys.size() == count);
}

TEST_CASE("every normal number is within 5e-6 of the exact quantile") {
  constexpr random_stream stream = make_stream(5, random_purpose::test, 0);
  double worst = 0, largest = 0;
  std::size_t unsymmetric = 0;
  const auto try_word = [&](std::uint32_t word) {
    const std::uint32_t bits = word & 0x7fffffffu;
    const auto z = static_cast<double>(gaussian(stream, index_of(stream, bits)));
    const auto mirrored = static_cast<double>(gaussian(stream, index_of(stream, bits | 0x80000000u)));
    if (mirrored != -z) ++unsymmetric;
    worst = std::max(worst, std::abs(z - upper_quantile(std::ldexp(static_cast<double>(bits | 1), -32))));
    largest = std::max(largest, std::abs(z));
  };
  REQUIRE(random_bits(stream, index_of(stream, 0x12345678u)) == 0x12345678u);
  std::mt19937_64 generator(31);
  for (int octave = 0; octave < 31; ++octave) {
    const std::uint32_t first = std::uint32_t{1} << octave;
    const std::size_t draws = effort(8000);
    for (std::size_t i = 0; i < draws; ++i) try_word(first + static_cast<std::uint32_t>(generator() % first));
    try_word(first);
    try_word(2 * first - 1);
  }
  CHECK(worst <= 5e-6);
  CHECK(largest <= 6.3);
  CHECK(largest > 6.2);
  CHECK(unsymmetric == 0);
}

TEST_CASE("the moments, the tails and the distribution are normal") {
  const std::size_t count = effort(1'000'000);
  const auto draws = static_cast<double>(count);
  const random_stream stream = make_stream(1, random_purpose::test, 1);
  std::vector<double> z(count);
  double sum = 0, squares = 0, fourths = 0;
  for (std::size_t i = 0; i < count; ++i) {
    z[i] = static_cast<double>(gaussian(stream, static_cast<std::uint32_t>(i)));
    sum += z[i];
    squares += z[i] * z[i];
    fourths += z[i] * z[i] * z[i] * z[i];
  }
  CHECK(std::abs(sum / draws) < 5 * std::sqrt(1 / draws));
  CHECK(std::abs(squares / draws - 1) < 5 * std::sqrt(2 / draws));
  CHECK(std::abs(fourths / draws - 3) < 5 * std::sqrt(96 / draws));
  for (const double bound : {1.0, 2.0, 3.0, 4.0}) {
    const double p = 0.5 * std::erfc(bound / std::sqrt(2.0)), error = std::sqrt(p * (1 - p) / draws);
    const auto above = std::count_if(z.begin(), z.end(), [&](double x) { return x > bound; });
    const auto below = std::count_if(z.begin(), z.end(), [&](double x) { return x < -bound; });
    CAPTURE(bound);
    CHECK(std::abs(static_cast<double>(above) / draws - p) < 5 * error);
    CHECK(std::abs(static_cast<double>(below) / draws - p) < 5 * error);
  }
  std::sort(z.begin(), z.end());
  double distance = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double p = 0.5 * std::erfc(-z[i] / std::sqrt(2.0)), rank = static_cast<double>(i);
    distance = std::max({distance, p - rank / draws, (rank + 1) / draws - p});
  }
  // Kolmogorov: P(sqrt(N) D > 2.5) = 8e-6.
  CHECK(std::sqrt(draws) * distance < 2.5);
}

TEST_CASE("neighbouring indices, streams and seeds are uncorrelated") {
  const auto count = static_cast<std::uint32_t>(effort(200'000));
  const auto at = [](std::uint64_t seed, std::uint64_t stream, std::uint32_t index) {
    return static_cast<double>(gaussian(make_stream(seed, random_purpose::test, stream), index));
  };
  const auto correlation = [&](auto x, auto y) {
    double sum = 0;
    for (std::uint32_t i = 0; i < count; ++i) sum += x(i) * y(i);
    return sum / std::sqrt(static_cast<double>(count));  // a standard normal number, were all independent
  };
  for (const std::uint32_t apart : {1u, 2u, 16u, 4096u}) {
    CHECK(std::abs(correlation([&](auto i) { return at(2, 2, i); },
                               [&](auto i) { return at(2, 2, i + apart); })) < 5);
    CHECK(std::abs(correlation([&](auto i) { return at(2, 2, i); },
                               [&](auto i) { return at(2, 2 + apart, i); })) < 5);
    CHECK(std::abs(correlation([&](auto i) { return at(2, 2, i); },
                               [&](auto i) { return at(2 + apart, 2, i); })) < 5);
    // One entry of consecutive matrices, and of consecutive seeds.
    CHECK(std::abs(correlation([&](auto i) { return at(2, i, 5); },
                               [&](auto i) { return at(2, i + apart, 5); })) < 5);
    CHECK(std::abs(correlation([&](auto i) { return at(i, 2, 5); },
                               [&](auto i) { return at(i + apart, 2, 5); })) < 5);
  }
}

TEST_CASE("bits are balanced, and every bit of the index changes half of them") {
  const random_stream stream = make_stream(3, random_purpose::test, 0);
  const auto count = static_cast<std::uint32_t>(effort(400'000));
  const auto draws = static_cast<double>(count);
  for (int bit = 0; bit < 32; ++bit) {
    std::uint32_t ones = 0;
    for (std::uint32_t i = 0; i < count; ++i) ones += (random_bits(stream, i) >> bit) & 1;
    CAPTURE(bit);
    CHECK(std::abs(static_cast<double>(ones) - 0.5 * draws) < 5 * 0.5 * std::sqrt(draws));
  }
  constexpr std::uint32_t samples = 10'000;
  for (int flipped = 0; flipped < 32; ++flipped) {
    std::uint32_t changes[32] = {};
    for (std::uint32_t i = 0; i < samples; ++i) {
      const std::uint32_t changed =
          random_bits(stream, i) ^ random_bits(stream, i ^ (std::uint32_t{1} << flipped));
      for (int bit = 0; bit < 32; ++bit) changes[bit] += (changed >> bit) & 1;
    }
    CAPTURE(flipped);
    for (const std::uint32_t n : changes) CHECK(std::abs(static_cast<double>(n) / samples - 0.5) < 0.05);
  }
}

TEST_CASE("the isotropic ensemble keeps the norm, the printed one doubles it off the diagonal") {
  constexpr std::size_t n = 6;
  const std::size_t count = effort(100'000);
  const auto mean_square = [&](gaussian_ensemble ensemble, double diagonal, double off_diagonal) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      double inner = 0;
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
          const double weight = j == k ? diagonal : 2 * off_diagonal;
          inner += weight * static_cast<double>(gaussian_entry(9, ensemble, i, j, k));
        }
      }
      sum += inner * inner;
    }
    return sum / static_cast<double>(count);
  };
  const double diagonal = 6,
               off_diagonal = 30;  // ||Z||_F^2 of the identity, and of ones around a zero diagonal
  const double error = 5 * std::sqrt(2 / static_cast<double>(count));
  CHECK(std::abs(mean_square(gaussian_ensemble::isotropic, 1, 0) / diagonal - 1) < error);
  CHECK(std::abs(mean_square(gaussian_ensemble::isotropic, 0, 1) / off_diagonal - 1) < error);
  CHECK(std::abs(mean_square(gaussian_ensemble::isotropic, 1, 1) / (diagonal + off_diagonal) - 1) < error);
  CHECK(std::abs(mean_square(gaussian_ensemble::as_printed, 1, 0) / diagonal - 0.5) < error);
  CHECK(std::abs(mean_square(gaussian_ensemble::as_printed, 0, 1) / off_diagonal - 2) < 2 * error);
}

TEST_SUITE_END();
