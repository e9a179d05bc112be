// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The scene of directions.cpp, and how directions are read off a covariance. A test repeats it with other
// seeds.

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "tinyrank/operators/complex_rank_one.hpp"
#include "tinyrank/random.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::two_sources {

inline constexpr std::size_t antennas = 8, source_count = 2;
inline constexpr std::size_t setting_count = 192, snapshots = 256;  // of each setting
inline constexpr float source_degrees[source_count] = {-12.3F, 21.7F};
inline constexpr float noise_power = 1;  ///< of each antenna; that of each source is 1

struct complex_number {
  float re, im;
};
[[nodiscard]] constexpr complex_number operator*(complex_number a, complex_number b) noexcept {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
[[nodiscard]] constexpr complex_number operator+(complex_number a, complex_number b) noexcept {
  return {a.re + b.re, a.im + b.im};
}

/// sin(2 pi t) by Taylor's series up to x^11, |t| < 2^20: 6e-8 of a quarter turn are left out.
[[nodiscard]] constexpr float sine_of_turns(float t) noexcept {
  t -= static_cast<float>(static_cast<std::int32_t>(t < 0 ? t - 0.5F : t + 0.5F));
  if (t > 0.25F) t = 0.5F - t;
  if (t < -0.25F) t = -0.5F - t;
  const float x = 6.28318531F * t, square = x * x;
  float sum = 1;
  for (const float denominator : {110.0F, 72.0F, 42.0F, 20.0F, 6.0F}) sum = 1 - square / denominator * sum;
  return x * sum;
}
[[nodiscard]] constexpr float cosine_of_turns(float t) noexcept {
  return sine_of_turns(t < 0 ? t + 0.25F : 0.25F - t);
}

/// What a wave from `degrees` off the array's normal is at antenna j, half a wavelength times j behind.
[[nodiscard]] constexpr complex_number steering(float degrees, std::size_t j) noexcept {
  const float turns = 0.5F * static_cast<float>(j) * sine_of_turns(degrees / 360);
  return {cosine_of_turns(turns), sine_of_turns(turns)};
}

/// Of the phase shifters, two bits each, drawn: 1, i, -1 or -i at each antenna, real parts first.
struct settings_table {
  alignas(arena_alignment) float vectors[setting_count][2 * antennas] = {};

  constexpr settings_table() noexcept {
    for (std::size_t i = 0; i < setting_count; ++i) {
      const std::uint32_t quarters = random_bits(make_stream(1, random_purpose::sensing, i), 0);
      for (std::size_t j = 0; j < antennas; ++j) {
        const std::uint32_t quarter = quarters >> 2 * j & 3;
        vectors[i][quarter % 2 == 0 ? j : antennas + j] = quarter < 2 ? 1.0F : -1.0F;
      }
    }
  }
};
static_assert(padded<float>(2 * antennas) == 2 * antennas);
inline constexpr settings_table settings;

/// Of differences of energies, and of each energy; no more than four sources are looked for.
inline constexpr complex_rank_one_sensing<float> of_pairs{antennas, setting_count / 2, settings.vectors[0],
                                                          rank_one_form::debiased};
inline constexpr complex_rank_one_sensing<float> of_each{antennas, setting_count, settings.vectors[0],
                                                         rank_one_form::plain};
inline constexpr staircase_options<float> options{.rank_limit = 4, .plan = {1, 4}};
static_assert(staircase_bytes(of_pairs, options) <= staircase_bytes(of_each, options));
inline constexpr std::size_t arena_size = staircase_bytes(of_each, options);

/// The mean energy |a^H x|^2 of each setting. take(x) sees each snapshot of all antennas, in order; the
/// detector sees a^H x alone.
template <class Take>
void measure(std::uint64_t seed, float* energies, Take take) noexcept {
  complex_number from[source_count][antennas];
  for (std::size_t k = 0; k < source_count; ++k) {
    for (std::size_t j = 0; j < antennas; ++j) from[k][j] = steering(source_degrees[k], j);
  }
  const float noise_size = __builtin_sqrtf(noise_power / 2);
  for (std::size_t i = 0; i < setting_count; ++i) {
    const random_stream numbers = make_stream(seed, random_purpose::test, i);
    const float* const setting = settings.vectors[i];
    std::uint32_t at = 0;
    const auto normal = [&](float size) {
      const float re = size * gaussian(numbers, at), im = size * gaussian(numbers, at + 1);
      at += 2;
      return complex_number{re, im};
    };
    float energy = 0;
    for (std::size_t t = 0; t < snapshots; ++t) {
      const complex_number first = normal(square_root_of_half), second = normal(square_root_of_half);
      complex_number x[antennas], seen{0, 0};
      for (std::size_t j = 0; j < antennas; ++j) {
        x[j] = first * from[0][j] + second * from[1][j] + normal(noise_size);
        seen = seen + complex_number{setting[j], -setting[antennas + j]} * x[j];
      }
      energy += seen.re * seen.re + seen.im * seen.im;
      take(x);
    }
    energies[i] = energy / static_cast<float>(snapshots);
  }
}

/// W, of which W W^H is the covariance of what the antennas hear of the sources, and the power of the noise.
///
/// Each entry of an a is of modulus 1, so noise adds the same to every energy. In differences of two it
/// cancels, and so does the covariance's diagonal: the low rank tells it (as factor analysis does). But a
/// difference has half of what two energies say. So the first run is there for the noise, which is what the
/// mean energy, nearly the trace of the covariance of everything, has beside the trace of W W^H; and the
/// second one fits each energy less that. energies: these are left there.
[[nodiscard]] inline status find_covariance(float* energies, staircase<float>& run, std::byte* arena,
                                            float& noise) noexcept {
  static float differences[setting_count / 2];
  float rest = 0;
  for (std::size_t i = 0; i < setting_count; ++i) rest += energies[i] / static_cast<float>(setting_count);
  for (std::size_t i = 0; i < setting_count / 2; ++i) {
    differences[i] = energies[2 * i] - energies[2 * i + 1];
  }
  const status made = init(run, of_pairs, differences, options, arena, arena_size);
  if (made != status::ok) return made;
  run_to_end(run);

  for (std::size_t c = 0; c < run.factor.rank; ++c) {
    for (std::size_t j = 0; j < run.factor.n; ++j) rest -= run.factor(j, c) * run.factor(j, c);
  }
  noise = rest / static_cast<float>(antennas);
  for (std::size_t i = 0; i < setting_count; ++i) energies[i] -= rest;
  const status again = init(run, of_each, energies, options, arena, arena_size);
  if (again == status::ok) run_to_end(run);
  return again;
}

/// The noise subspace of W = P + iQ: what is orthogonal to its columns, of which there are no more than two.
class noise_subspace {
 public:
  explicit noise_subspace(factor_view<const float> u) noexcept {
    for (std::size_t c = 0; c < u.rank && c < source_count; ++c) {
      complex_number column[antennas];
      for (std::size_t j = 0; j < antennas; ++j) column[j] = {u(j, c), u(antennas + j, c)};
      take_signal_off(column);
      const float length = __builtin_sqrtf(square(column));
      if (!(length > 0)) return;
      for (std::size_t j = 0; j < antennas; ++j) {
        signal_[count_][j] = {column[j].re / length, column[j].im / length};
      }
      ++count_;
    }
  }

  /// ||N N^H a||^2 of the steering vector a of a direction: 1 / MUSIC's spectrum (Schmidt 1986).
  float energy(float degrees) const noexcept {
    complex_number a[antennas];
    for (std::size_t j = 0; j < antennas; ++j) a[j] = steering(degrees, j);
    take_signal_off(a);
    return square(a);
  }

  /// A direction nearby where it is least, by steps of Gauss and Newton.
  float refine(float degrees) const noexcept {
    for (int step = 0; step < 5; ++step) {
      complex_number a[antennas], slope[antennas];
      const float turns_per_antenna = 0.5F * cosine_of_turns(degrees / 360);
      for (std::size_t j = 0; j < antennas; ++j) {
        a[j] = steering(degrees, j);
        // By degrees: 2 pi times the slope of the turns, which is pi / 180 times that by the angle.
        const float rate = 0.109662271F * turns_per_antenna * static_cast<float>(j);
        slope[j] = {-rate * a[j].im, rate * a[j].re};
      }
      take_signal_off(a);
      take_signal_off(slope);
      float product = 0;
      for (std::size_t j = 0; j < antennas; ++j) product += slope[j].re * a[j].re + slope[j].im * a[j].im;
      degrees -= product / square(slope);
    }
    return degrees;
  }

 private:
  static float square(const complex_number* x) noexcept {
    float sum = 0;
    for (std::size_t j = 0; j < antennas; ++j) sum += x[j].re * x[j].re + x[j].im * x[j].im;
    return sum;
  }
  void take_signal_off(complex_number* x) const noexcept {
    for (std::size_t c = 0; c < count_; ++c) {
      complex_number overlap{0, 0};
      for (std::size_t j = 0; j < antennas; ++j) {
        overlap = overlap + complex_number{signal_[c][j].re, -signal_[c][j].im} * x[j];
      }
      for (std::size_t j = 0; j < antennas; ++j) {
        x[j] = x[j] + complex_number{-overlap.re, -overlap.im} * signal_[c][j];
      }
    }
  }

  complex_number signal_[source_count][antennas];
  std::size_t count_ = 0;
};

/// The two directions in which the spectrum is highest, in ascending order: the least energies on a grid of
/// 2 degrees, a sixth of the array's beam, and from there down.
inline void find_directions(factor_view<const float> u, float (&degrees)[source_count]) noexcept {
  const noise_subspace noise(u);
  float least[source_count] = {1e9F, 1e9F}, at[source_count] = {-90, 90};
  float before = noise.energy(-90), here = noise.energy(-88);
  for (float angle = -88; angle <= 88; angle += 2) {
    const float after = noise.energy(angle + 2);
    if (here < before && here <= after) {
      const std::size_t higher = least[0] > least[1] ? 0 : 1;
      if (here < least[higher]) {
        least[higher] = here;
        at[higher] = angle;
      }
    }
    before = here;
    here = after;
  }
  for (std::size_t k = 0; k < source_count; ++k) degrees[k] = noise.refine(at[k]);
  if (degrees[0] > degrees[1]) {
    const float last = degrees[0];
    degrees[0] = degrees[1];
    degrees[1] = last;
  }
}

}  // namespace tinyrank::two_sources
