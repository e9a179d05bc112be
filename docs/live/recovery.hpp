// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The recovery of the live page, without anything of a browser: a test runs it on this machine, too, for the
// same bits.

#include <cstddef>
#include <cstdint>

#include "tinyrank/arena.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/operators/dense.hpp"
#include "tinyrank/phases.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::web {

/// What the sliders say.
struct setting {
  std::size_t n = 32;
  std::size_t truth_rank = 3;
  std::size_t columns = 16;  ///< r of gradient descent
  std::size_t measurement_count = 600;
  float condition = 3;  ///< of the truth's factor
  float noise = 0;      ///< share of a measurement's root mean square
  std::uint64_t seed = 1;
};

/// factor_bits of both runs for the setting that the page begins with, on every machine.
inline constexpr std::uint64_t expected_descent_bits = 0xf05ebc382fb6c85du,
                               expected_staircase_bits = 0xb79ce6fb7ff3c32cu;

/// One truth X, its measurements by Gaussian matrices, and both ways to recover it.
struct recovery_pair {
  setting told;
  factor_view<float> truth;
  dense_sensing<float> sensing;
  float* rows = nullptr;
  float* y = nullptr;

  descent<float> small_start;
  staircase<float> stairs;
  phase_detector phases;
  subspace_observation seen;
  double descent_error = 1;    ///< ||U U^T - X X^T||_F / ||X X^T||_F
  double staircase_error = 1;  ///< the same of the staircase's factor

  std::byte* descent_memory = nullptr;
  std::byte* staircase_memory = nullptr;
  std::byte* subspace_memory = nullptr;
  double* singular_work = nullptr;
  double* singular = nullptr;  ///< of the descent's factor, min(n, columns), largest first
  float* matrix = nullptr;     ///< n x n, for what is shown
};

[[nodiscard]] std::size_t pair_bytes(const setting& told) noexcept;

/// Draws the truth, measures it and makes both runs. memory: pair_bytes(told) bytes, 64-byte aligned.
[[nodiscard]] status begin(recovery_pair& pair, const setting& told, std::byte* memory) noexcept;

/// One iteration of gradient descent, or one pass of the staircase, and what the page shows of it.
outcome step_descent(recovery_pair& pair) noexcept;
outcome step_staircase(recovery_pair& pair) noexcept;

/// Z = U U^T into pair.matrix.
void form_matrix(recovery_pair& pair, factor_view<const float> factor) noexcept;

}  // namespace tinyrank::web
