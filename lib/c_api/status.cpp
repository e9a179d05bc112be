// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/status.hpp"

#include "lib/parallel.hpp"
#include "tinyrank/environment.hpp"
#include "tinyrank/instruction_set.hpp"
#include "tinyrank/tinyrank.h"
#include "tinyrank/version.hpp"

using tinyrank::instruction_set;
using tinyrank::outcome;
using tinyrank::status;
using tinyrank::verdict;

#define TINYRANK_SAME(c_value, value) static_assert(c_value == static_cast<int>(value))
TINYRANK_SAME(TINYRANK_OK, status::ok);
TINYRANK_SAME(TINYRANK_STATUS_DIMENSION, status::dimension);
TINYRANK_SAME(TINYRANK_STATUS_RANK, status::rank);
TINYRANK_SAME(TINYRANK_STATUS_MEASUREMENT_COUNT, status::measurement_count);
TINYRANK_SAME(TINYRANK_STATUS_SIZE_OVERFLOW, status::size_overflow);
TINYRANK_SAME(TINYRANK_STATUS_OPERATOR_DATA, status::operator_data);
TINYRANK_SAME(TINYRANK_STATUS_PAIR_INDEX, status::pair_index);
TINYRANK_SAME(TINYRANK_STATUS_ENTRY_INDEX, status::entry_index);
TINYRANK_SAME(TINYRANK_STATUS_ENTRY_OFFSETS, status::entry_offsets);
TINYRANK_SAME(TINYRANK_STATUS_MEASUREMENTS, status::measurements);
TINYRANK_SAME(TINYRANK_STATUS_INITIAL_FACTOR, status::initial_factor);
TINYRANK_SAME(TINYRANK_STATUS_STEP_SIZE, status::step_size);
TINYRANK_SAME(TINYRANK_STATUS_INITIAL_SCALE, status::initial_scale);
TINYRANK_SAME(TINYRANK_STATUS_TOLERANCE, status::tolerance);
TINYRANK_SAME(TINYRANK_STATUS_THREADS, status::threads);
TINYRANK_SAME(TINYRANK_STATUS_SHARDS, status::shards);
TINYRANK_SAME(TINYRANK_STATUS_INSTRUCTION_SET, status::instruction_set);
TINYRANK_SAME(TINYRANK_STATUS_MEMORY_NULL, status::arena_null);
TINYRANK_SAME(TINYRANK_STATUS_MEMORY_MISALIGNED, status::arena_misaligned);
TINYRANK_SAME(TINYRANK_STATUS_MEMORY_TOO_SMALL, status::arena_too_small);
TINYRANK_SAME(TINYRANK_STATUS_BATCH, status::batch);
TINYRANK_SAME(TINYRANK_STATUS_DAMPING, status::damping);
TINYRANK_SAME(TINYRANK_STATUS_MOMENTUM, status::momentum);
TINYRANK_SAME(TINYRANK_STATUS_HISTORY, status::history);
TINYRANK_SAME(TINYRANK_STATUS_EXPLORATION, status::exploration);
TINYRANK_SAME(TINYRANK_STATUS_WEIGHTS, status::weights);
TINYRANK_SAME(TINYRANK_STATUS_ROBUST_LOSS, status::robust_loss);
TINYRANK_SAME(TINYRANK_STATUS_HELD_OUT, status::held_out);
TINYRANK_SAME(TINYRANK_STATUS_ARITHMETIC, status::arithmetic);
TINYRANK_SAME(TINYRANK_RUNNING, outcome::running);
TINYRANK_SAME(TINYRANK_RECOVERED, outcome::recovered);
TINYRANK_SAME(TINYRANK_PLATEAU, outcome::plateau);
TINYRANK_SAME(TINYRANK_ITERATION_LIMIT, outcome::iteration_limit);
TINYRANK_SAME(TINYRANK_DIVERGED, outcome::diverged);
TINYRANK_SAME(TINYRANK_STOPPED, outcome::stopped);
TINYRANK_SAME(TINYRANK_VERDICT_NONE, verdict::none);
TINYRANK_SAME(TINYRANK_VERDICT_RECOVERED, verdict::recovered);
TINYRANK_SAME(TINYRANK_VERDICT_BEST_FIT, verdict::best_fit);
TINYRANK_SAME(TINYRANK_VERDICT_NOT_DETERMINED, verdict::not_determined);
TINYRANK_SAME(TINYRANK_AUTOMATIC, instruction_set::automatic);
#define TINYRANK_ROW(with, name, NAME, built, usable, speed) \
  TINYRANK_SAME(TINYRANK_##NAME, instruction_set::name);
TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )
#undef TINYRANK_ROW

extern "C" const char* tinyrank_status_text(std::int32_t value) {
  switch (value) {
    case TINYRANK_STATUS_RUN_NULL:
      return "run_null: the pointer to the run is null or not aligned to its type";
    case TINYRANK_STATUS_SENSING_NULL:
      return "sensing_null: the pointer to the sensing struct is null or not aligned to its type";
    case TINYRANK_STATUS_SENSING_SIZE:
      return "sensing_size: struct_size is that of no version, or what is reserved or not known here is set";
    case TINYRANK_STATUS_OPTIONS_NULL:
      return "options_null: the pointer to the options is null or not aligned to its type";
    case TINYRANK_STATUS_OPTIONS_SIZE:
      return "options_size: struct_size is that of no version, or what is reserved or not known here is set";
    case TINYRANK_STATUS_OUTPUT_NULL:
      return "output_null: the pointer to the place for the result is null or not aligned to its type";
    case TINYRANK_STATUS_OUTPUT_SIZE:
      return "output_size: the place for the result is too small";
    case TINYRANK_STATUS_INDEX:
      return "index: a row is not below n, or a column or a measurement not below its bound";
    case TINYRANK_STATUS_NO_VERDICT:
      return "no_verdict: the run has none";
    case TINYRANK_STATUS_FACTOR:
      return "factor: is null, not aligned to its type, or has an entry that is not finite";
    default:
      return to_string(static_cast<status>(value));
  }
}

extern "C" const char* tinyrank_outcome_text(std::int32_t value) {
  return to_string(static_cast<outcome>(value));
}

extern "C" const char* tinyrank_verdict_text(std::int32_t value) {
  return to_string(static_cast<verdict>(value));
}

extern "C" const char* tinyrank_version(void) {
  return TINYRANK_VERSION_STRING;
}

extern "C" std::int32_t tinyrank_check_environment(void) {
  return static_cast<std::int32_t>(tinyrank::check_environment());
}

extern "C" std::int32_t tinyrank_is_usable(std::int32_t value) {
  return is_usable(static_cast<instruction_set>(value)) ? 1 : 0;
}

extern "C" std::int32_t tinyrank_best_instruction_set(void) {
  return static_cast<std::int32_t>(tinyrank::best_instruction_set());
}

extern "C" const char* tinyrank_instruction_set_name(std::int32_t value) {
  return to_string(static_cast<instruction_set>(value));
}

extern "C" std::uint32_t tinyrank_most_threads(void) {
  return tinyrank::has_threads ? 1024 : 1;
}
