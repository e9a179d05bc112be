// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>

#include "lib/simd/exact_fma.hpp"
#include "support.hpp"

using namespace tinyrank;

namespace {

template <class T>
using bits_of = std::conditional_t<sizeof(T) == sizeof(float), std::uint32_t, std::uint64_t>;

template <class T>
T from_bits(std::uint64_t bits) {
  return tinyrank::same_bits<T>(static_cast<bits_of<T>>(bits));
}

template <class T>
bool agrees(T x, T y, T z) {
  const T ours = emulated::fma(x, y, z), exact = std::fma(x, y, z);
  if constexpr (sizeof(T) == sizeof(float)) {
    const float by_integers = emulated::fma_by_integers(x, y, z);
    const bool both_nan = by_integers != by_integers && exact != exact;
    if (!both_nan &&
        tinyrank::same_bits<std::uint32_t>(by_integers) != tinyrank::same_bits<std::uint32_t>(exact))
      return false;
  }
  if (exact != exact) return ours != ours;
  return tinyrank::same_bits<bits_of<T>>(ours) == tinyrank::same_bits<bits_of<T>>(exact);
}

/// A random significand whose exponent lies `spread` around that of 2^centre.
template <class T>
T near_power(std::mt19937_64& generator, int centre, int spread) {
  std::uniform_int_distribution<int> exponent(centre - spread, centre + spread);
  const int digits = std::numeric_limits<T>::digits;
  const auto significand = static_cast<T>(generator() >> (64 - digits));
  const T value = std::ldexp(significand, exponent(generator) - digits);
  return generator() % 2 == 0 ? value : -value;
}

template <class T>
void check_all(const char* what, std::size_t count, T (*make_z)(std::mt19937_64&, T, T), int x_centre,
               int y_centre, int spread) {
  std::mt19937_64 generator(21);
  std::size_t wrong = 0;
  T bad[3] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const T x = near_power<T>(generator, x_centre, spread), y = near_power<T>(generator, y_centre, spread);
    const T z = make_z(generator, x, y);
    if (agrees(x, y, z)) continue;
    ++wrong;
    bad[0] = x, bad[1] = y, bad[2] = z;
  }
  CAPTURE(std::string(what));
  CAPTURE(bad[0]);
  CAPTURE(bad[1]);
  CAPTURE(bad[2]);
  CHECK(wrong == 0);
}

/// -x y, up to a few units in its last places: all leading digits cancel.
template <class T>
T cancelling(std::mt19937_64& generator, T x, T y) {
  const T z = -(x * y);
  auto bits = tinyrank::same_bits<bits_of<T>>(z);
  bits = static_cast<bits_of<T>>(bits + generator() % 9 - 4);
  return tinyrank::same_bits<T>(bits);
}

template <class T>
T comparable(std::mt19937_64& generator, T x, T y) {
  int exponent = 0;
  std::frexp(x * y, &exponent);
  return near_power<T>(generator, exponent, 2 * std::numeric_limits<T>::digits + 4);
}

/// One bit, far below or above the product: sticky bits and ties decide.
template <class T>
T one_bit(std::mt19937_64& generator, T x, T y) {
  int exponent = 0;
  std::frexp(x * y, &exponent);
  std::uniform_int_distribution<int> shift(-3 * std::numeric_limits<T>::digits,
                                           3 * std::numeric_limits<T>::digits);
  return std::ldexp(generator() % 2 == 0 ? T(1) : T(-1), exponent + shift(generator));
}

/// x y lies halfway between two numbers, and z, from far below, decides.
template <class T>
bool breaks_ties_exactly(std::size_t count) {
  std::mt19937_64 generator(23);
  constexpr int digits = std::numeric_limits<T>::digits;
  for (std::size_t i = 0; i < count; ++i) {
    // Odd factors of a + b = digits + 1 or digits + 2 bits: their product has digits + 1 bits often, and is
    // odd.
    const int a = 2 + static_cast<int>(generator() % (digits - 2)), b = digits + 2 - a;
    const T x = static_cast<T>((generator() >> (64 - a)) | 1);
    const T y = static_cast<T>((generator() >> (64 - b)) | 1);
    const T one = generator() % 2 == 0 ? T(1) : T(-1);
    const T z = std::ldexp(one, -static_cast<int>(generator() % (4 * digits)));
    if (!agrees(x, y, z) || !agrees(-x, y, z) || !agrees(x, y, z * T(0.75))) return false;
    // The same with the roles exchanged: half a unit of z's last place, and a little more or less.
    const T large = near_power<T>(generator, digits, 0);
    const T nearly = T(1) + one * std::numeric_limits<T>::epsilon();
    int exponent = 0;
    std::frexp(large, &exponent);
    const T half = std::ldexp(T(1), exponent - digits - 1);
    if (!agrees(half, nearly, large) || !agrees(-half, nearly, large) ||
        !agrees(half * nearly, nearly, large) || !agrees(half * nearly, T(1) / nearly, large)) {
      return false;
    }
  }
  return true;
}

template <class T>
T zero(std::mt19937_64& generator, T, T) {
  return generator() % 2 == 0 ? T(0) : -T(0);
}

}  // namespace

TEST_SUITE_BEGIN("exact_fma");

TEST_CASE_TEMPLATE("the emulated fma rounds as the processor's on random bit patterns", T, float, double) {
  std::mt19937_64 generator(20);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < test::effort(2'000'000); ++i) {
    const T x = from_bits<T>(generator()), y = from_bits<T>(generator()), z = from_bits<T>(generator());
    if (!agrees(x, y, z)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("the emulated fma rounds as the processor's where it is hard", T, float, double) {
  using limits = std::numeric_limits<T>;
  const std::size_t count = test::effort(200'000);
  const int lowest = limits::min_exponent - limits::digits, highest = limits::max_exponent;
  check_all<T>("cancellation", count, cancelling<T>, 3, -2, 20);
  check_all<T>("comparable terms", count, comparable<T>, 0, 0, 20);
  check_all<T>("one bit", count, one_bit<T>, 0, 0, 20);
  check_all<T>("product alone", count, zero<T>, 0, 0, 20);
  check_all<T>("products that are subnormal", count, comparable<T>, lowest / 2, lowest / 2, 8);
  check_all<T>("product alone, subnormal", count, zero<T>, lowest / 2, lowest / 2, 12);
  check_all<T>("subnormal factors", count, comparable<T>, lowest, -lowest, 8);
  check_all<T>("cancellation to a subnormal", count, cancelling<T>, limits::min_exponent / 2,
               limits::min_exponent / 2, 6);
  check_all<T>("overflow", count, comparable<T>, highest / 2, highest / 2, 4);
}

TEST_CASE_TEMPLATE("the emulated fma breaks ties by everything below them", T, float, double) {
  CHECK(breaks_ties_exactly<T>(test::effort(200'000)));
}

TEST_CASE_TEMPLATE("the emulated fma on special values", T, float, double) {
  using limits = std::numeric_limits<T>;
  const T values[] = {T(0),
                      T(1),
                      T(3),
                      limits::denorm_min(),
                      limits::min(),
                      limits::max(),
                      T(1) / T(3),
                      limits::epsilon(),
                      limits::infinity(),
                      limits::quiet_NaN(),
                      limits::min() - limits::denorm_min()};
  for (const T a : values) {
    for (const T b : values) {
      for (const T c : values) {
        for (int signs = 0; signs < 8; ++signs) {
          const T x = (signs & 1) != 0 ? -a : a, y = (signs & 2) != 0 ? -b : b, z = (signs & 4) != 0 ? -c : c;
          CAPTURE(x);
          CAPTURE(y);
          CAPTURE(z);
          CHECK(agrees(x, y, z));
        }
      }
    }
  }
}

TEST_CASE("one bit, 46 below the leading one of the product, breaks a tie") {
  constexpr float x = 8384513, y = 8392705;  // x y = 2^46 + 1
  for (const float z : {0x1p70f, 0x1.000002p70f, 0x1.000004p70f, -0x1.fffffcp70f}) {
    for (const int exponent : {0, -60, 40}) {
      const float scale = std::ldexp(1.0f, exponent);
      CHECK(agrees(x * scale, y, z * scale));
      CHECK(agrees(-x, y * scale, z * scale));
    }
  }
}

TEST_CASE_TEMPLATE("exact_fma is the fma of this build", T, float, double) {
  std::mt19937_64 generator(22);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < test::effort(200'000); ++i) {
    const T x = test::draw<T>(generator), y = test::draw<T>(generator), z = cancelling<T>(generator, x, y);
    const T ours = exact_fma(x, y, z), exact = std::fma(x, y, z);
    if (!test::same_bits(&ours, &exact, 1)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_SUITE_END();
