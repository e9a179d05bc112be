// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Where 16 radio tags are in a room of 8 m by 6 m, from ranges with 10 cm of noise between 60% of the pairs.
// Distances do not change when the room is turned, mirrored or shifted, so four tags of known place anchor
// the others.

#include <cstddef>
#include <initializer_list>

#include "console.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/random.hpp"

namespace {

using namespace tinyrank;

constexpr std::size_t tags = 16, anchors = 4, range_count = 72;  // 60% of 120 pairs
constexpr float noise = 0.1F;
constexpr gradient_descent_options<float> options{.rank = 2, .iteration_limit = 3000};

index_pair pairs[range_count];
float squared_ranges[range_count];
constexpr distances_sensing<float> sensing{tags, range_count, pairs};
alignas(arena_alignment) std::byte arena_bytes[descent_bytes(sensing, options)];
descent<float> run;

struct point {
  float x, y;
};
point room[tags];

/// Tags at random places, the anchors in the corners; every pair has its turn until 72 are taken.
void measure() {
  const random_stream places = make_stream(5, random_purpose::planted, 0);
  constexpr point corners[anchors] = {{0.5F, 0.5F}, {7.5F, 0.5F}, {0.5F, 5.5F}, {7.5F, 5.5F}};
  const auto uniform = [&](std::size_t i) {
    return static_cast<float>(random_bits(places, static_cast<std::uint32_t>(i)) >> 8) * 0x1p-24F;
  };
  for (std::size_t i = 0; i < tags; ++i) {
    room[i] = i < anchors ? corners[i] : point{8 * uniform(2 * i), 6 * uniform(2 * i + 1)};
  }
  const random_stream errors = make_stream(5, random_purpose::test, 0);
  std::size_t taken = 0, left = tags * (tags - 1) / 2;
  for (std::uint32_t i = 1; i < tags; ++i) {
    for (std::uint32_t j = 0; j < i; ++j, --left) {
      // Selection sampling: exactly 72, each set of them as likely.
      const float chance = static_cast<float>(range_count - taken) / static_cast<float>(left);
      if (uniform(1000 + left) >= chance) continue;
      const float x = room[i].x - room[j].x, y = room[i].y - room[j].y;
      const float range =
          __builtin_sqrtf(x * x + y * y) + noise * gaussian(errors, static_cast<std::uint32_t>(taken));
      pairs[taken] = {i, j};
      squared_ranges[taken++] = range * range;
    }
  }
}

/// The root-mean-square error of the tags that are no anchors, after the turn (or mirrored turn) and shift
/// that fit the anchors best (Schonemann 1966, in the plane).
float anchored_error(bool mirrored, float& misfit) {
  const auto found = [&](std::size_t i) {
    return point{run.factor(i, 0), mirrored ? -run.factor(i, 1) : run.factor(i, 1)};
  };
  point from{0, 0}, to{0, 0};
  for (std::size_t i = 0; i < anchors; ++i) {
    from = {from.x + found(i).x / anchors, from.y + found(i).y / anchors};
    to = {to.x + room[i].x / anchors, to.y + room[i].y / anchors};
  }
  float cosine = 0, sine = 0;
  for (std::size_t i = 0; i < anchors; ++i) {
    const point p{found(i).x - from.x, found(i).y - from.y}, q{room[i].x - to.x, room[i].y - to.y};
    cosine += p.x * q.x + p.y * q.y;
    sine += p.x * q.y - p.y * q.x;
  }
  const float length = __builtin_sqrtf(cosine * cosine + sine * sine);
  float squares = 0;
  misfit = 0;
  for (std::size_t i = 0; i < tags; ++i) {
    const point p{found(i).x - from.x, found(i).y - from.y};
    const float x = to.x + (cosine * p.x - sine * p.y) / length - room[i].x;
    const float y = to.y + (sine * p.x + cosine * p.y) / length - room[i].y;
    (i < anchors ? misfit : squares) += x * x + y * y;
  }
  return __builtin_sqrtf(squares / (tags - anchors));
}

}  // namespace

int main() {
  measure();
  console::line("measured, ranges            ", std::uint64_t{range_count});
  const status made = init(run, sensing, squared_ranges, options, arena_bytes, sizeof arena_bytes);
  if (made != status::ok) return console::refused(made);
  console::phase_printer phases;
  while (run.report.result == outcome::running) {
    step(run);
    phases.after_step(run.report);
  }
  float misfit = 0, mirrored_misfit = 0;
  const float error = anchored_error(false, misfit), mirrored_error = anchored_error(true, mirrored_misfit);
  const float centimetres = 100 * (misfit < mirrored_misfit ? error : mirrored_error);
  console::line("arena bytes                 ", std::uint64_t{sizeof arena_bytes});
  console::line("ended as                    ", to_string(run.report.result));
  console::line("positions, error in cm      ", static_cast<double>(centimetres));
  return centimetres < 15 ? 0 : 1;
}
