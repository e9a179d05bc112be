// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/environment.hpp"

#include "lib/simd/product_and_sum.hpp"

namespace tinyrank {
namespace {

/// Not known to the compiler.
float given(float x) noexcept {
  volatile float hidden = x;
  return hidden;
}

}  // namespace

status check_environment() noexcept {
  const float one = given(1), half_unit = given(0x1p-24f), smallest_normal = given(0x1p-126f);
  const bool nearest = one + half_unit == 1 && one + given(0x1.8p-24f) != 1 && -one - half_unit == -1;
  // Read and written; the sum would be exact in a wider register, or rearranged.
  const float half_of_it = given(smallest_normal * given(0.5f));
  const bool keeps_subnormal = half_of_it * given(0x1p100f) == 0x1p-27f;
  const bool in_order = (one + given(0x1p-30f)) - one == 0;
  const bool divides = given(5) / 3.0f == given(0x1.aaaaaap+0f);
  const float x = given(1 + 0x1p-12f);
  const bool separate = product_and_sum(x, x, given(-1 - 0x1p-11f)) == 0;
  return nearest && keeps_subnormal && in_order && divides && separate ? status::ok : status::arithmetic;
}

}  // namespace tinyrank
