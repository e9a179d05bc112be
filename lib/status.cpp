// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/status.hpp"

namespace tinyrank {

const char* to_string(status value) noexcept {
  switch (value) {
    case status::ok:
      return "ok";
    case status::dimension:
      return "dimension: n is 0 or too large";
    case status::rank:
      return "rank: the rank is 0 or too large";
    case status::measurement_count:
      return "measurement_count: there is no measurement";
    case status::size_overflow:
      return "size_overflow: the product of the sizes does not fit this machine's memory";
    case status::operator_data:
      return "operator_data: the operator's data or a function of it is null, or data are not aligned (to 64 "
             "bytes, or to their type), not finite or no valid choice";
    case status::pair_index:
      return "pair_index: a pair names an index that is not below n, or one index twice";
    case status::entry_index:
      return "entry_index: an entry names an index that is not below n";
    case status::entry_offsets:
      return "entry_offsets: the offsets of the entries do not start at 0, or descend";
    case status::measurements:
      return "measurements: null, not aligned to their type, not finite, or without a scale for the "
             "automatic step size";
    case status::initial_factor:
      return "initial_factor: not finite, not aligned to its type, or its law is none that is known";
    case status::step_size:
      return "step_size: negative or not finite";
    case status::initial_scale:
      return "initial_scale: negative or not finite";
    case status::tolerance:
      return "tolerance: negative or not finite";
    case status::threads:
      return "threads: 0, above 1024, or more than 1 in a build without OpenMP";
    case status::shards:
      return "shards: not a power of two from 1 to 4096";
    case status::instruction_set:
      return "instruction_set: not built in, or not usable on this machine";
    case status::arena_null:
      return "arena_null: the arena's buffer is null";
    case status::arena_misaligned:
      return "arena_misaligned: the arena's buffer is not aligned to 64 bytes";
    case status::arena_too_small:
      return "arena_too_small: the arena has fewer bytes than the run needs";
    case status::batch:
      return "batch: no run, or runs with different operators, plans or instruction sets";
    case status::damping:
      return "damping: negative or not finite, or its ratio or gamma out of range";
    case status::momentum:
      return "momentum: not in [0, 1)";
    case status::history:
      return "history: 0 pairs or more than 64";
    case status::exploration:
      return "exploration: none of its values, or more columns than n";
    case status::weights:
      return "weights: one is negative or not finite, they are not aligned to their type, or they "
             "leave nothing of the measurements";
    case status::robust_loss:
      return "robust_loss: none of its values, or delta is negative or not finite";
    case status::held_out:
      return "held_out: a share below 0 or above a half";
    case status::arithmetic:
      return "arithmetic: a rounding mode, flush-to-zero or a flag of the compiler changes it";
  }
  return "unknown status";
}

const char* to_string(outcome value) noexcept {
  switch (value) {
    case outcome::running:
      return "running";
    case outcome::recovered:
      return "recovered";
    case outcome::plateau:
      return "plateau";
    case outcome::iteration_limit:
      return "iteration_limit";
    case outcome::diverged:
      return "diverged";
    case outcome::stopped:
      return "stopped";
  }
  return "unknown outcome";
}

const char* to_string(verdict value) noexcept {
  switch (value) {
    case verdict::none:
      return "none";
    case verdict::recovered:
      return "recovered";
    case verdict::best_fit:
      return "best fit";
    case verdict::not_determined:
      return "not determined";
  }
  return "unknown verdict";
}

}  // namespace tinyrank
