// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstdint>

#include "tinyrank/export.hpp"

namespace tinyrank {

/// Why a call was refused. Every value but `ok` names the argument at fault; a refused call has written
/// nothing that its caller can see, but for scratch where its description says so.
enum class status : std::int32_t {
  ok = 0,
  dimension,          ///< n is 0 or too large for this machine's size_t
  rank,               ///< rank is 0 or too large
  measurement_count,  ///< m is 0 or too large
  size_overflow,      ///< the product of the sizes does not fit in size_t
  operator_data,      ///< data or a function of it is null, or data are misaligned, not finite or no choice
  pair_index,         ///< a pair names an index >= n, or the same index twice
  entry_index,        ///< an entry names an index >= n
  entry_offsets,      ///< the offsets of the entries do not start at 0, or descend
  measurements,       ///< y is null, misaligned, not finite, or gives no scale for the automatic step size
  initial_factor,     ///< the given U_0 is not finite, or misaligned; or initial_law is none of its values
  step_size,          ///< negative or not finite
  initial_scale,      ///< negative or not finite
  tolerance,          ///< a tolerance, or a bound of quadratic_network, is negative or not finite
  threads,            ///< 0, above 1024, or more than 1 in a build without OpenMP
  shards,             ///< not a power of two in 1..4096
  instruction_set,    ///< not built in, or this processor or operating system does not allow it
  arena_null,         ///< the arena's buffer is null
  arena_misaligned,   ///< the arena's buffer is not aligned to 64 bytes
  arena_too_small,    ///< the arena has fewer bytes than the layout needs
  batch,        ///< a batch without runs, or with runs of different operators, plans or instruction sets
  damping,      ///< damping negative or not finite, or its ratio or gamma out of range
  momentum,     ///< not in [0, 1)
  history,      ///< 0 pairs or more than 64
  exploration,  ///< none of its values, or more columns than n
  weights,      ///< one is negative or not finite, all are zero, or they are misaligned
  robust_loss,  ///< none of its values, or delta negative or not finite
  held_out,     ///< a share below 0 or above a half
  arithmetic,   ///< of check_environment alone: what rounds otherwise than IEEE 754 to nearest
};

/// How a run ended. `running` means that it has not.
enum class outcome : std::int32_t {
  running = 0,
  recovered,        ///< the loss is finite and at or below the tolerance
  plateau,          ///< the loss stopped falling above the tolerance; standstill.hpp tells why
  iteration_limit,  ///< the allowed number of iterations was spent
  diverged,         ///< the loss grew beyond bounds or stopped being finite
  stopped,          ///< its owner ended it, see stop
};

/// What the measurements say of the answer, once a staircase has ended by itself.
enum class verdict : std::int32_t {
  none = 0,   ///< it has not ended, or was ended: by its owner, by pass_limit, by a loss that is not finite
  recovered,  ///< the loss is at the tolerance, and near the answer no other fits as well
  best_fit,   ///< of the rank that the measurements support, or rank_limit; the loss is above the tolerance
  /// The measurements leave the answer free to move, as `unknowns`, `condition` and `freedom` say; or 400
  /// products with the linearised map could not show that they do not; or the loss is above the tolerance,
  /// and one column more would have as many unknowns as there are measurements, so that nothing says whether
  /// it fits noise.
  not_determined,
};

/// Static, null-terminated English text; never null.
[[nodiscard]] TINYRANK_API const char* to_string(status value) noexcept;
[[nodiscard]] TINYRANK_API const char* to_string(outcome value) noexcept;
[[nodiscard]] TINYRANK_API const char* to_string(verdict value) noexcept;

}  // namespace tinyrank
