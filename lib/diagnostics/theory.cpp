// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/theory.hpp"

#include <bit>
#include <cstdint>

#include "lib/dense_algebra/vectors.hpp"

namespace tinyrank {
namespace {

constexpr double log_two = 0.69314718055994530942;
constexpr double not_a_number = __builtin_nan("");

double whole(std::size_t x) noexcept {
  return static_cast<double>(x);
}

double effective_rank(const theorem_setting& s) noexcept {
  return whole(s.rank < s.n ? s.rank : s.n);
}

double positive(double x) noexcept {
  return x > 0 && x - x == 0 ? x : not_a_number;
}

}  // namespace

double natural_logarithm(double x) noexcept {
  if (!(x > 0) || x - x != 0) return not_a_number;
  int exponent = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    exponent -= 54;
  }
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  exponent += static_cast<int>(bits >> 52) - 1023;
  double fraction = std::bit_cast<double>((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
  if (fraction > 1.41421356237309504880) {
    fraction *= 0.5;
    ++exponent;
  }
  // log f = 2 artanh((f - 1) / (f + 1)), an argument of at most 0.172.
  const double z = (fraction - 1) / (fraction + 1), square = z * z;
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * square + 1 / static_cast<double>(k);
  return 2 * z * sum + static_cast<double>(exponent) * log_two;
}

double exponential(double x) noexcept {
  constexpr double largest = 709, smallest = -745;
  if (x != x) return x;
  if (x > largest) return __builtin_inf();
  if (x < smallest) return 0;
  const double scaled = x / log_two;
  const int exponent = static_cast<int>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  // Two parts of log 2: the first has few enough digits for an exact product.
  const double rest = (x - static_cast<double>(exponent) * 0x1.62e42feep-1) -
                      static_cast<double>(exponent) * 0x1.a39ef35793c76p-33;
  double sum = 1;
  for (int k = 14; k >= 1; --k) sum = 1 + sum * rest / static_cast<double>(k);
  // In two factors, so that a subnormal result is rounded once.
  const int half = exponent / 2;
  const auto power = [](int e) { return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52); };
  return sum * power(half) * power(exponent - half);
}

bool covered_by_theorem(const theorem_setting& s) noexcept {
  return s.truth_rank >= 1 && s.truth_rank < s.n && s.rank / 2 >= s.truth_rank && s.condition_number >= 1 &&
         s.condition_number - s.condition_number == 0 && s.truth_norm > 0 && s.truth_norm - s.truth_norm == 0;
}

double condition_number(const double* sigma, std::size_t truth_rank) noexcept {
  if (truth_rank == 0 || !(sigma[truth_rank - 1] > 0)) return not_a_number;
  return sigma[0] / sigma[truth_rank - 1];
}

double log_largest_initial_scale(const theorem_setting& s, const theorem_constants& constants) noexcept {
  if (!covered_by_theorem(s)) return not_a_number;
  const double log_n = natural_logarithm(whole(s.n)), log_k = natural_logarithm(effective_rank(s));
  const double kappa = s.condition_number, log_kappa = natural_logarithm(kappa);
  const double turning = log_two + 2 * log_kappa + 0.5 * (log_n - log_k);
  const double spectral = 0.25 * log_k - 0.5 * log_kappa - 0.75 * log_n - 6 * kappa * kappa * turning;
  const double local = -7 * log_kappa - log_n;
  return natural_logarithm(positive(constants.scale)) + natural_logarithm(s.truth_norm) +
         (spectral < local ? spectral : local);
}

double largest_initial_scale(const theorem_setting& s, const theorem_constants& constants) noexcept {
  return exponential(log_largest_initial_scale(s, constants));
}

theorem_iterations iteration_bound(const theorem_setting& s, double initial_scale, double step_size,
                                   const theorem_constants& constants) noexcept {
  if (!covered_by_theorem(s)) return {not_a_number, not_a_number, not_a_number};
  const double kappa = s.condition_number, k = effective_rank(s), r_star = whole(s.truth_rank);
  const double sigma = s.truth_norm / kappa;
  const double unit = constants.iterations / (positive(step_size) * sigma * sigma);
  const double excess = kappa * r_star / (k - r_star);
  const double log_alpha = natural_logarithm(positive(initial_scale));
  return {unit * (log_two + 2 * natural_logarithm(kappa) +
                  0.5 * (natural_logarithm(whole(s.n)) - natural_logarithm(k))),
          unit * (natural_logarithm(sigma) - log_alpha),
          unit * (natural_logarithm(excess > 1 ? excess : 1) + natural_logarithm(s.truth_norm) - log_alpha)};
}

double error_bound(const theorem_setting& s, double initial_scale,
                   const theorem_constants& constants) noexcept {
  if (!covered_by_theorem(s)) return not_a_number;
  return exponential(
      natural_logarithm(positive(constants.error)) + 21.0 / 16 * natural_logarithm(whole(s.n)) +
      81.0 / 16 * natural_logarithm(s.condition_number) + natural_logarithm(whole(s.truth_rank)) / 8 -
      15.0 / 16 * natural_logarithm(effective_rank(s)) +
      error_exponent * (natural_logarithm(positive(initial_scale)) - natural_logarithm(s.truth_norm)));
}

double largest_isometry_constant(const theorem_setting& s, const theorem_constants& constants) noexcept {
  if (!covered_by_theorem(s)) return not_a_number;
  const double square = s.condition_number * s.condition_number;
  return constants.isometry / (square * square * square_root(whole(s.truth_rank)));
}

double largest_step_size(const theorem_setting& s, const theorem_constants& constants) noexcept {
  if (!covered_by_theorem(s)) return not_a_number;
  const double square = s.condition_number * s.condition_number;
  return constants.step / (square * square * s.truth_norm * s.truth_norm);
}

double sufficient_measurements(const theorem_setting& s, const theorem_constants& constants) noexcept {
  theorem_constants plain = constants;
  plain.isometry = 1;
  const double delta = largest_isometry_constant(s, plain);
  return constants.measurements * whole(s.n) * whole(s.truth_rank) / (delta * delta);
}

}  // namespace tinyrank
