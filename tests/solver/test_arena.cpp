// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include "sensing_cases.hpp"
#include "tinyrank/operators/distances.hpp"
#include "tinyrank/operators/gaussian.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

namespace {

constexpr gaussian_sensing<float> constant_sensing{20, 400, 1};
constexpr gradient_descent_options<float> constant_options = [] {
  gradient_descent_options<float> options;
  options.rank = 6;
  return options;
}();
alignas(arena_alignment) std::byte constant_buffer[descent_bytes(constant_sensing, constant_options)];
static_assert(sizeof constant_buffer % arena_alignment == 0 && sizeof constant_buffer > 20 * 6 * 3 * 4);
static_assert(scratch_bytes(distances_sensing<double>{20, 190, nullptr}, 3, {1, 16}) ==
              512 + 5 * 3 * padded<double>(20) * 8 + 16 * 8);  // 20 rows of 3 take 480 bytes
static_assert(scratch_bytes(distances_sensing<double>{20, 190, nullptr}, 9, {1, 16}) ==
              20 * 16 * 8 + 5 * 16 * padded<double>(20) * 8 + 16 * 8);

template <class T>
gradient_descent_options<T> options_for(std::size_t rank, std::uint32_t threads, bool automatic_choice) {
  gradient_descent_options<T> options;
  options.rank = rank;
  options.plan.threads = threads;
  // A virtual machine takes longer over CPUID than over everything that is tested here.
  options.isa = instruction_set::scalar;
  options.step_size = automatic_choice ? T(automatic) : T(0.01);
  options.initial_scale = automatic_choice ? T(automatic) : T(0.1);
  return options;
}

}  // namespace

TEST_SUITE_BEGIN("arena");

TEST_CASE("an arena measures what it places") {
  alignas(arena_alignment) std::byte buffer[256];
  arena measuring, placing(buffer, sizeof buffer);
  const auto layout = [](arena& memory) {
    memory.take<char>(1);
    memory.take<double>(8);
    memory.take<std::byte>(0);
    return memory.take<float>(3, 6);
  };
  CHECK(layout(measuring) == nullptr);
  CHECK(static_cast<void*>(layout(placing)) == buffer + 128);
  CHECK(measuring.used() == 256);
  CHECK(placing.used() == 256);
  CHECK_FALSE(placing.overflowed());

  arena small(buffer, 255);
  CHECK(layout(small) == nullptr);
  CHECK(small.overflowed());
  CHECK(small.used() == 128);
  CHECK(small.take<char>(1) == nullptr);  // the overflow sticks, though this would fit
}

TEST_CASE("overflow of the size arithmetic sticks") {
  const auto overflows = [](auto type, std::size_t count, std::size_t copies) {
    arena memory;
    memory.take<decltype(type)>(count, copies);
    const bool overflowed = memory.overflowed();
    memory.take<char>(1);
    return overflowed && memory.overflowed() && memory.used() == 0;
  };
  CHECK(overflows(char{}, SIZE_MAX, 1));
  CHECK(overflows(char{}, SIZE_MAX - 62, 1));
  CHECK(overflows(double{}, SIZE_MAX / 8, 1));
  CHECK(overflows(double{}, SIZE_MAX / 8 + 2, 1));
  CHECK(overflows(float{}, SIZE_MAX / 2, 2));
  CHECK(overflows(float{}, 2, SIZE_MAX / 2 + 1));
  CHECK(overflows(double{}, std::size_t{1} << (sizeof(std::size_t) * 4),
                  std::size_t{1} << (sizeof(std::size_t) * 4)));
  arena memory;
  memory.take<char>(SIZE_MAX - 63);
  CHECK_FALSE(memory.overflowed());
  memory.take<char>(1);
  CHECK(memory.overflowed());
  arena none;
  none.take<double>(SIZE_MAX, 0);
  CHECK_FALSE(none.overflowed());
  CHECK(none.used() == 0);
}

TEST_CASE_TEMPLATE("the exact size works and every smaller one is refused", T, float, double) {
  constexpr std::size_t n = 5, m = 7, rank = 2;
  for (int kind = 0; kind < sensing_kinds; ++kind) {
    const sensing_case<T> sensing(kind, n, m);
    std::mt19937_64 generator(61);
    owned_factor<T> truth = draw_factor<T>(generator, n, rank);
    const std::vector<T> y = caller<T>(sensing.table, rank).measure(truth.read());
    for (const std::uint32_t threads : {1u, 4u}) {
      if (threads > 1 && !has_threads) continue;
      for (const bool automatic_choice : {false, true}) {
        CAPTURE(sensing.name);
        CAPTURE(threads);
        CAPTURE(automatic_choice);
        const auto options = options_for<T>(rank, threads, automatic_choice);
        const std::size_t needed = descent_bytes(sensing.table, options);
        REQUIRE(needed < 100'000);
        aligned_vector<std::byte> memory(needed + arena_alignment, pattern);
        bool refused = true;
        for (std::size_t bytes = 0; bytes < needed; ++bytes) {
          refused = refused && refuses<T>(status::arena_too_small, sensing.table, y.data(), options, memory,
                                          memory.data(), bytes);
        }
        CHECK(refused);
        for (std::size_t shift = 1; shift < arena_alignment; ++shift) {
          refused = refused && refuses<T>(status::arena_misaligned, sensing.table, y.data(), options, memory,
                                          memory.data() + shift, needed);
        }
        CHECK(refused);
        CHECK(refuses<T>(status::arena_null, sensing.table, y.data(), options, memory, nullptr, needed));

        descent<T> run;
        REQUIRE(init(run, sensing.table, y.data(), options, memory.data(), needed) == status::ok);
        CHECK(run.report.arena_bytes == needed);
        for (int t = 0; t < 20; ++t) step(run);
        // Nothing past the exact size was written, and its last 64 bytes were needed.
        CHECK(std::all_of(memory.begin() + static_cast<std::ptrdiff_t>(needed), memory.end(),
                          [](std::byte b) { return b == pattern; }));
        CHECK(std::any_of(memory.begin(), memory.end(), [](std::byte b) { return b != pattern; }));
      }
    }
  }
}

TEST_CASE("descriptors and tables need the same size") {
  const sensing_case<float> dense(0, 17, 9), gaussian(1, 17, 9), distance(2, 17, 9);
  for (const std::uint32_t threads : {1u, 4u}) {
    const auto options = options_for<float>(3, threads, true);
    CHECK(descent_bytes(dense.dense, options) == descent_bytes(dense.table, options));
    CHECK(descent_bytes(gaussian.gaussian, options) == descent_bytes(gaussian.table, options));
    CHECK(descent_bytes(distance.distance, options) == descent_bytes(distance.table, options));
  }
}

TEST_CASE("a size that is a constant makes a static arena") {
  std::vector<float> y(400, 1.0f);
  descent<float> run;
  CHECK(init(run, constant_sensing, y.data(), constant_options, constant_buffer,
             sizeof constant_buffer - 1) == status::arena_too_small);
  CHECK(init(run, constant_sensing, y.data(), constant_options, constant_buffer, sizeof constant_buffer) ==
        status::ok);
}

TEST_CASE_TEMPLATE("absurd sizes are refused", T, float, double) {
  aligned_vector<std::byte> memory(arena_alignment, pattern);
  const std::vector<T> y(40, T(1));
  for (int kind = 0; kind < sensing_kinds; ++kind) {
    const sensing_case<T> sensing(kind, 17, 40);
    CAPTURE(sensing.name);
    for (const bool automatic_choice : {false, true}) {
      for (const std::uint32_t threads : {1u, 4u}) {
        if (threads > 1 && !has_threads) continue;
        auto options = options_for<T>(1, threads, automatic_choice);
        const std::size_t one_factor = SIZE_MAX / sizeof(T) / padded<T>(17);
        for (const std::size_t rank : {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2, SIZE_MAX / sizeof(T),
                                       one_factor + 1, one_factor, one_factor / 2 + 1}) {
          options.rank = rank;
          CHECK(descent_bytes(sensing.table, options) == SIZE_MAX);
          CHECK(refuses<T>(status::size_overflow, sensing.table, y.data(), options, memory, memory.data(),
                           SIZE_MAX));
        }
        options.rank = SIZE_MAX / 2 + 1;
        options.initial_factor = y.data();
        CHECK(refuses<T>(status::size_overflow, sensing.table, y.data(), options, memory, memory.data(),
                         SIZE_MAX));
        // Large but addressable: an honest size, more than there is.
        options.initial_factor = nullptr;
        options.rank = one_factor / 64;
        const std::size_t needed = descent_bytes(sensing.table, options);
        const bool fits = needed != SIZE_MAX;
        CHECK(refuses<T>(fits ? status::arena_too_small : status::size_overflow, sensing.table, y.data(),
                         options, memory, memory.data(), arena_alignment));
        CHECK((!fits || needed / 2 / padded<T>(17) / sizeof(T) >= options.rank));
      }
    }
  }
}

TEST_CASE("sizes of large operators overflow to SIZE_MAX, not to something small") {
  gradient_descent_options<double> options;
  options.rank = 1;
  CHECK(descent_bytes(gaussian_sensing<double>{20, SIZE_MAX, 1}, options) == SIZE_MAX);
  CHECK(descent_bytes(gaussian_sensing<double>{20, SIZE_MAX / 8, 1}, options) == SIZE_MAX);
  CHECK(descent_bytes(gaussian_sensing<double>{0, 1, 1}, options) == SIZE_MAX);
  CHECK(descent_bytes(gaussian_sensing<double>{largest_dimension + 1, 1, 1}, options) == SIZE_MAX);
  options.plan.shards = 0;
  CHECK(descent_bytes(gaussian_sensing<double>{20, 40, 1}, options) == SIZE_MAX);
  options.plan = {0, 16};
  CHECK(descent_bytes(gaussian_sensing<double>{20, 40, 1}, options) == SIZE_MAX);
  for (const std::uint32_t threads : {1u, 2u}) {
    // Buffers for the shards: 5 with one thread, 16 with two. The product with the rank wraps to a small
    // number.
    const distances_sensing<double> distance{20, 40, nullptr};
    const std::size_t buffers = shard_buffer_count({threads, 16});
    CHECK(scratch_bytes(distance, SIZE_MAX / buffers + 1, {threads, 16}) == SIZE_MAX);
    CHECK(scratch_bytes(distance, SIZE_MAX, {threads, 16}) == SIZE_MAX);
  }
  sensing_operator<double> user;
  user.n = 3;
  user.measurement_count = 1;
  user.functions.scratch_bytes = [](const sensing_operator<double>&, std::size_t,
                                    execution_plan) -> std::size_t { return SIZE_MAX; };
  options.plan = {};
  CHECK(descent_bytes(user, options) == SIZE_MAX);
}

TEST_SUITE_END();
