// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#define TINYRANK_ISA_scalar
#include "tinyrank/random.hpp"

#include "lib/kernels/gaussian_lanes.hpp"

namespace tinyrank {

float gaussian(random_stream stream, std::uint32_t index) noexcept {
  const scalar_words places[1] = {{index + stream.key0}}, keys[1] = {{stream.key1}};
  scalar_words::floats z[1];
  gaussian_words(places, keys, z);
  return z[0].v;
}

float gaussian_entry(std::uint64_t seed, gaussian_ensemble ensemble, std::uint64_t i, std::size_t j,
                     std::size_t k) noexcept {
  const float z =
      gaussian(make_stream(seed, random_purpose::sensing, i), static_cast<std::uint32_t>(packed_index(j, k)));
  const bool unit_variance = (j == k) == (ensemble == gaussian_ensemble::isotropic);
  return unit_variance ? z : z * square_root_of_half;
}

}  // namespace tinyrank
