// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <string>

#include "sensing_cases.hpp"

using namespace tinyrank;
using namespace tinyrank::test;

TEST_SUITE_BEGIN("instruction_set");

TEST_CASE("the instruction set that was forced is the one that ran, and others are refused") {
  const sensing_case<float> sensing(0, 5, 9);
  const std::vector<float> y(9, 1.0f);
  for (const instruction_set isa : every_instruction_set) {
    CAPTURE(std::string(to_string(isa)));
    gradient_descent_options<float> options;
    options.rank = 2;
    options.step_size = 0.01f;
    options.initial_scale = 0.1f;
    options.isa = isa;
    owned_run<float> owned;
    const status result = owned.start(sensing.table, y, options);
    if (is_usable(isa)) {
      REQUIRE(result == status::ok);
      CHECK(owned.run.report.isa == isa);
      CHECK(owned.run.how.kernels == find_kernels<float>(isa));
    } else {
      CHECK(result == status::instruction_set);
      CHECK(owned.run.report.isa == instruction_set::automatic);
      CHECK(find_kernels<float>(isa) == nullptr);
    }
  }
}

TEST_CASE("the table in use is the best that is usable") {
  const instruction_set best = best_instruction_set();
  CHECK(is_usable(best));
  CHECK(find_kernels<float>(instruction_set::automatic) == find_kernels<float>(best));
  CHECK(is_usable(instruction_set::scalar));
  for (const instruction_set isa : every_instruction_set) {
    CHECK((!is_usable(isa) || is_built(isa)));
    CHECK((!is_usable(isa) || isa <= best));
  }
}

TEST_CASE("what this build holds") {
#if defined(_WIN32) && !defined(__clang__)
  CHECK(best_instruction_set() == instruction_set::scalar);
#elif defined(__x86_64__)
  CHECK(is_built(instruction_set::avx2));
  CHECK(is_built(instruction_set::avx512));
  CHECK_FALSE(is_built(instruction_set::neon));
  // The compiler's own check of the processor and of XGETBV.
  CHECK(is_usable(instruction_set::avx2) ==
        (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0));
  CHECK(is_usable(instruction_set::avx512) ==
        (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
         __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512cd") != 0));
#elif defined(__ARM_NEON)
  CHECK(is_usable(instruction_set::neon));
#if defined(__ARM_FEATURE_SVE_BITS) && __ARM_FEATURE_SVE_BITS
  CHECK(is_usable(instruction_set::sve));
  CHECK(best_instruction_set() == instruction_set::sve);
#else
  CHECK(best_instruction_set() == instruction_set::neon);
#endif
  CHECK_FALSE(is_built(instruction_set::avx2));
#elif defined(__riscv_vector)
  CHECK(is_usable(instruction_set::rvv));
  CHECK(best_instruction_set() == instruction_set::rvv);
#endif
  CHECK_FALSE(is_built(static_cast<instruction_set>(99)));
  CHECK_FALSE(is_usable(static_cast<instruction_set>(99)));
  CHECK(find_kernels<float>(static_cast<instruction_set>(99)) == nullptr);
}

TEST_CASE("every name is its own") {
  CHECK(to_string(instruction_set::automatic) == std::string("automatic"));
  CHECK(to_string(instruction_set::scalar) == std::string("scalar"));
  CHECK(to_string(instruction_set::avx2) == std::string("avx2"));
  CHECK(to_string(instruction_set::avx512) == std::string("avx512"));
  CHECK(to_string(instruction_set::neon) == std::string("neon"));
  CHECK(to_string(instruction_set::helium) == std::string("helium"));
  CHECK(to_string(instruction_set::rvv) == std::string("rvv"));
  CHECK(to_string(instruction_set::sve) == std::string("sve"));
  CHECK(to_string(static_cast<instruction_set>(99)) == std::string("unknown"));
}

TEST_SUITE_END();
