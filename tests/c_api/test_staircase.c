/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

/* Staircases from C: the bits that they have from C++, in exactly the promised bytes, and what is refused. */

#include <string.h>
#include <tinyrank/tinyrank.h>

#include "test_c_api.h"

/* Distances between points of a plane. */
enum { n = 7, m = n * (n - 1) / 2 };

static tinyrank_memory_line memory[320];
static tinyrank_memory_line before[320];
static tinyrank_index_pair pairs[m];
static const tinyrank_distances sensing = {sizeof sensing, 0, n, m, pairs};
static float y32[m];
static double y64[m];

static int failures;

static void check_at(int holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  c_test_failed(what, line);
}
#define CHECK(condition) check_at((condition) != 0, #condition, __LINE__)

/* ---- Every operator; golden_staircase.cpp calls these ---- */

#define STAIRCASE_IN(name, suffix, real)                                                                   \
  uint64_t c_test_staircase_##name##_##suffix(const tinyrank_##name* sensed, const real* y, size_t probes, \
                                              uint32_t pass_limit, void* room, size_t bytes) {             \
    tinyrank_##name given = *sensed;                                                                       \
    tinyrank_staircase_options_##suffix options;                                                           \
    tinyrank_staircase_##suffix* run = 0;                                                                  \
    tinyrank_staircase_report_##suffix report;                                                             \
    size_t needed;                                                                                         \
    int32_t outcome;                                                                                       \
    tinyrank_default_staircase_options_##suffix(&options);                                                 \
    options.rank_limit = 4;                                                                                \
    options.probes = probes;                                                                               \
    options.seed = 1712;                                                                                   \
    options.pass_limit = pass_limit;                                                                       \
    needed = tinyrank_##name##_staircase_bytes_##suffix(&given, &options);                                 \
    CHECK(needed <= bytes);                                                                                \
    memset(room, 0x5a, bytes);                                                                             \
    CHECK(tinyrank_##name##_staircase_create_##suffix(&run, &given, y, &options, room, needed - 1) ==      \
          TINYRANK_STATUS_MEMORY_TOO_SMALL);                                                               \
    CHECK(run == 0 && untouched(room, 0, bytes));                                                          \
    CHECK(tinyrank_##name##_staircase_create_##suffix(&run, &given, y, &options, room, needed) ==          \
          TINYRANK_OK);                                                                                    \
    if (run == 0) return 0;                                                                                \
    /* Both were copied. */                                                                                \
    memset(&given, 0xff, sizeof given);                                                                    \
    memset(&options, 0xff, sizeof options);                                                                \
    CHECK(tinyrank_staircase_step_##suffix(run) == TINYRANK_RUNNING);                                      \
    outcome = tinyrank_staircase_run_to_end_##suffix(run);                                                 \
    CHECK(outcome != TINYRANK_RUNNING && tinyrank_staircase_step_##suffix(run) == outcome);                \
    CHECK(tinyrank_staircase_stop_##suffix(run) == outcome && untouched(room, needed, bytes));             \
    report.struct_size = sizeof report;                                                                    \
    CHECK(tinyrank_staircase_get_report_##suffix(run, &report) == TINYRANK_OK);                            \
    CHECK(report.outcome == outcome && report.memory_bytes == needed && report.loss < report.zero_loss);   \
    return tinyrank_staircase_factor_bits_##suffix(run) ^ report.passes;                                   \
  }
#define STAIRCASE(name)          \
  STAIRCASE_IN(name, f32, float) \
  STAIRCASE_IN(name, f64, double)

static int untouched(const void* room, size_t first, size_t bytes) {
  const unsigned char* const byte = (const unsigned char*)room;
  size_t i;
  for (i = first; i < bytes; ++i) {
    if (byte[i] != 0x5a) return 0;
  }
  return 1;
}

STAIRCASE(dense)
STAIRCASE(dense_bf16)
STAIRCASE(dense_int8)
STAIRCASE(gaussian)
STAIRCASE(rademacher)
STAIRCASE(hadamard)
STAIRCASE(rank_one)
STAIRCASE(generated_rank_one)
STAIRCASE(entries)
STAIRCASE(sparse)
STAIRCASE(distances)
STAIRCASE(rectangular_entries)
STAIRCASE(rectangular_dense)
STAIRCASE(bilinear)
STAIRCASE(generated_bilinear)
STAIRCASE(pauli)
STAIRCASE(hermitian_dense)
STAIRCASE(complex_rank_one)
STAIRCASE(generated_complex_rank_one)
STAIRCASE(coded_diffraction)
STAIRCASE(streamed)

/* ---- One problem, read out ---- */

#define CHECK_DEFAULTS(suffix, relative)                                                               \
  do {                                                                                                 \
    tinyrank_staircase_options_##suffix o;                                                             \
    memset(&o, 0xff, sizeof o);                                                                        \
    tinyrank_default_staircase_options_##suffix(&o);                                                   \
    CHECK(o.struct_size == sizeof o && o.instruction_set == TINYRANK_AUTOMATIC && o.seed == 1);        \
    CHECK(o.rank_limit == 0 && o.probes == 0 && o.tolerance == 0 && o.relative_tolerance == relative); \
    CHECK(o.pass_limit == 2000 && o.history == 5 && o.threads == 1 && o.shards == 16);                 \
    CHECK(o.trace == 0 && o.trace_capacity == 0 && o.spent == 0 && o.reserved_pointer == 0);           \
  } while (0)

/* What is above `most`, or no number. */
#define OFF(x, most) (!((x) < (most) && (x) > -(most)))

#define READ_OUT(suffix, real, y)                                                                          \
  static void read_out_##suffix(void) {                                                                    \
    static tinyrank_staircase_entry_##suffix trace[8];                                                     \
    real factor[2 * n], q[2 * n], d[2 * n], z[n][n], entry, of_q = 0, of_d = 0;                            \
    tinyrank_staircase_options_##suffix options;                                                           \
    tinyrank_staircase_report_##suffix report;                                                             \
    tinyrank_staircase_##suffix* run = 0;                                                                  \
    size_t i, j, c, bytes;                                                                                 \
    uint32_t passes = 0;                                                                                   \
    uint64_t bits;                                                                                         \
    tinyrank_default_staircase_options_##suffix(&options);                                                 \
    options.trace = trace;                                                                                 \
    options.trace_capacity = 8;                                                                            \
    bytes = tinyrank_distances_staircase_bytes_##suffix(&sensing, &options);                               \
    CHECK(tinyrank_distances_staircase_create_##suffix(&run, &sensing, y, &options, memory,                \
                                                       sizeof memory) == TINYRANK_OK);                     \
    if (run == 0) return;                                                                                  \
    report.struct_size = sizeof report;                                                                    \
    CHECK(tinyrank_staircase_get_report_##suffix(run, &report) == TINYRANK_OK);                            \
    CHECK(report.outcome == TINYRANK_RUNNING && report.passes == 0 && report.rank_found == 0);             \
    CHECK(report.n == n && report.loss == report.zero_loss && report.memory_bytes == bytes);               \
    CHECK(tinyrank_staircase_copy_freedom_##suffix(run, d, 2 * n) == TINYRANK_STATUS_NO_VERDICT);          \
    CHECK(tinyrank_staircase_copy_directions_##suffix(run, q, 2 * n) == TINYRANK_STATUS_NO_VERDICT);       \
    CHECK(tinyrank_staircase_factor_entry_##suffix(run, 0, 0, &entry) == TINYRANK_STATUS_INDEX);           \
    while (tinyrank_staircase_step_##suffix(run) == TINYRANK_RUNNING) ++passes;                            \
    CHECK(tinyrank_staircase_get_report_##suffix(run, &report) == TINYRANK_OK);                            \
    CHECK(report.outcome == TINYRANK_RECOVERED && report.verdict == TINYRANK_VERDICT_RECOVERED);           \
    CHECK(report.passes == passes + 1 && report.rank_found == 2 && report.unknowns == 2 * (n - 1) - 1);    \
    CHECK(report.condition >= 1 && report.loss <= options.relative_tolerance * report.zero_loss);          \
    CHECK(report.certificate_gap >= 0 && report.certificate_gap < report.zero_loss);                       \
    CHECK(report.instruction_set == tinyrank_best_instruction_set() && report.reserved == 0);              \
    CHECK(report.entries > 0 && trace[(report.entries - 1) % 8].loss == report.loss);                      \
    CHECK(trace[(report.entries - 1) % 8].rank == 2 &&                                                     \
          trace[(report.entries - 1) % 8].pass <= report.passes);                                          \
    CHECK(tinyrank_staircase_copy_factor_##suffix(run, factor, 2 * n) == TINYRANK_OK);                     \
    CHECK(tinyrank_staircase_copy_directions_##suffix(run, q, 2 * n) == TINYRANK_OK);                      \
    CHECK(tinyrank_staircase_copy_freedom_##suffix(run, d, 2 * n) == TINYRANK_OK);                         \
    for (i = 0; i < n; ++i) {                                                                              \
      for (c = 0; c < 2; ++c) {                                                                            \
        CHECK(tinyrank_staircase_factor_entry_##suffix(run, i, c, &entry) == TINYRANK_OK);                 \
        CHECK(entry == factor[2 * i + c]);                                                                 \
        of_q += q[2 * i + c] * q[2 * i + c];                                                               \
        of_d += d[2 * i + c] * d[2 * i + c];                                                               \
      }                                                                                                    \
      for (j = 0; j < n; ++j)                                                                              \
        CHECK(tinyrank_staircase_estimate_entry_##suffix(run, i, j, &z[i][j]) == TINYRANK_OK);             \
    }                                                                                                      \
    /* Two columns of length 1; a direction of length 1. */                                                \
    CHECK(!OFF(of_q - 2, 1e-4f) && !OFF(of_d - 1, 1e-4f));                                                 \
    for (i = 0; i < m; ++i) {                                                                              \
      const size_t a = pairs[i].first, b = pairs[i].second;                                                \
      CHECK(!OFF(z[a][a] - 2 * z[a][b] + z[b][b] - y[i], 1e-2f));                                          \
    }                                                                                                      \
    CHECK(tinyrank_staircase_factor_entry_##suffix(run, n, 0, &entry) == TINYRANK_STATUS_INDEX);           \
    CHECK(tinyrank_staircase_factor_entry_##suffix(run, 0, 2, &entry) == TINYRANK_STATUS_INDEX);           \
    CHECK(tinyrank_staircase_estimate_entry_##suffix(run, 0, n, &entry) == TINYRANK_STATUS_INDEX);         \
    CHECK(tinyrank_staircase_copy_factor_##suffix(run, factor, 2 * n - 1) == TINYRANK_STATUS_OUTPUT_SIZE); \
    CHECK(tinyrank_staircase_copy_directions_##suffix(run, q, 2 * n - 1) == TINYRANK_STATUS_OUTPUT_SIZE);  \
    CHECK(tinyrank_staircase_copy_freedom_##suffix(run, d, 2 * n - 1) == TINYRANK_STATUS_OUTPUT_SIZE);     \
    CHECK(tinyrank_staircase_factor_entry_##suffix(run, 0, 0, 0) == TINYRANK_STATUS_OUTPUT_NULL);          \
    CHECK(tinyrank_staircase_copy_factor_##suffix(run, 0, 2 * n) == TINYRANK_STATUS_OUTPUT_NULL);          \
    CHECK(tinyrank_staircase_copy_freedom_##suffix(run, 0, 2 * n) == TINYRANK_STATUS_OUTPUT_NULL);         \
    CHECK(tinyrank_staircase_copy_directions_##suffix(run, 0, 2 * n) == TINYRANK_STATUS_OUTPUT_NULL);      \
    CHECK(tinyrank_staircase_get_report_##suffix(run, 0) == TINYRANK_STATUS_OUTPUT_NULL);                  \
    CHECK(tinyrank_staircase_get_report_##suffix(0, &report) == TINYRANK_STATUS_RUN_NULL);                 \
    CHECK(tinyrank_staircase_factor_entry_##suffix(0, 0, 0, &entry) == TINYRANK_STATUS_RUN_NULL);          \
    CHECK(tinyrank_staircase_estimate_entry_##suffix(0, 0, 0, &entry) == TINYRANK_STATUS_RUN_NULL);        \
    CHECK(tinyrank_staircase_copy_factor_##suffix(0, factor, 2 * n) == TINYRANK_STATUS_RUN_NULL);          \
    CHECK(tinyrank_staircase_copy_directions_##suffix(0, q, 2 * n) == TINYRANK_STATUS_RUN_NULL);           \
    CHECK(tinyrank_staircase_copy_freedom_##suffix(0, d, 2 * n) == TINYRANK_STATUS_RUN_NULL);              \
    CHECK(tinyrank_staircase_factor_bits_##suffix(0) == 0);                                                \
                                                                                                           \
    /* The same in one call, or ended by its owner. */                                                     \
    bits = tinyrank_staircase_factor_bits_##suffix(run);                                                   \
    CHECK(tinyrank_distances_staircase_create_##suffix(&run, &sensing, y, &options, memory, bytes) ==      \
          TINYRANK_OK);                                                                                    \
    CHECK(tinyrank_staircase_run_to_end_##suffix(run) == TINYRANK_RECOVERED);                              \
    CHECK(bits != 0 && tinyrank_staircase_factor_bits_##suffix(run) == bits);                              \
    CHECK(tinyrank_distances_staircase_create_##suffix(&run, &sensing, y, &options, memory, bytes) ==      \
          TINYRANK_OK);                                                                                    \
    CHECK(tinyrank_staircase_step_##suffix(run) == TINYRANK_RUNNING);                                      \
    CHECK(tinyrank_staircase_stop_##suffix(run) == TINYRANK_STOPPED);                                      \
    CHECK(tinyrank_staircase_step_##suffix(run) == TINYRANK_STOPPED);                                      \
    CHECK(tinyrank_staircase_get_report_##suffix(run, &report) == TINYRANK_OK);                            \
    CHECK(report.passes == 1 && report.verdict == TINYRANK_VERDICT_NONE);                                  \
  }
READ_OUT(f32, float, y32)
READ_OUT(f64, double, y64)

/* ---- Refusals ---- */

static tinyrank_staircase_options_f32 defaults(void) {
  tinyrank_staircase_options_f32 options;
  tinyrank_default_staircase_options_f32(&options);
  return options;
}

/* Every refused call names its argument, and leaves memory and run alone. */
static void expect(int32_t expected, const tinyrank_distances* sensed, const float* y,
                   const tinyrank_staircase_options_f32* options, void* buffer, size_t bytes, int line) {
  tinyrank_staircase_f32* const mark = (tinyrank_staircase_f32*)(void*)before;
  tinyrank_staircase_f32* run = mark;
  const int32_t status = tinyrank_distances_staircase_create_f32(&run, sensed, y, options, buffer, bytes);
  check_at(status == expected, tinyrank_status_text(status), line);
  check_at(run == mark, "run was written", line);
  check_at(memcmp(memory, before, sizeof memory) == 0, "memory was written", line);
}
#define EXPECT(status, sensed, y, options, buffer, bytes) \
  expect(status, sensed, y, options, buffer, bytes, __LINE__)
/* Of one field. */
#define EXPECT_OPTION(status, field, value)                         \
  do {                                                              \
    tinyrank_staircase_options_f32 options = defaults();            \
    options.field = value;                                          \
    EXPECT(status, &sensing, y32, &options, memory, sizeof memory); \
  } while (0)
#define EXPECT_SENSING(status, field, value)                       \
  do {                                                             \
    const tinyrank_staircase_options_f32 options = defaults();     \
    tinyrank_distances sensed = sensing;                           \
    sensed.field = value;                                          \
    EXPECT(status, &sensed, y32, &options, memory, sizeof memory); \
  } while (0)

static size_t bytes_with(const tinyrank_distances* sensed, const tinyrank_staircase_options_f32* options) {
  return tinyrank_distances_staircase_bytes_f32(sensed, options);
}

static void check_refusals(void) {
  static const float silence[m];
  const size_t bytes = sizeof memory;
  const float zero = 0;
  const float kept = y32[3];
  tinyrank_staircase_options_f32 options = defaults();
  tinyrank_distances sensed = sensing;
  size_t offset;

  for (offset = 0; offset < sizeof memory; ++offset)
    ((unsigned char*)memory)[offset] = (unsigned char)(offset * 7 + 1);
  memcpy(before, memory, sizeof memory);
  CHECK(tinyrank_distances_staircase_create_f32(0, &sensing, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_RUN_NULL);
  EXPECT(TINYRANK_STATUS_SENSING_NULL, 0, y32, &options, memory, bytes);
  EXPECT(TINYRANK_STATUS_OPTIONS_NULL, &sensing, y32, 0, memory, bytes);
  EXPECT(TINYRANK_STATUS_MEASUREMENTS, &sensing, 0, &options, memory, bytes);
  EXPECT(TINYRANK_STATUS_MEASUREMENTS, &sensing, silence, &options, memory, bytes);
  EXPECT(TINYRANK_STATUS_MEMORY_NULL, &sensing, y32, &options, 0, bytes);
  for (offset = 1; offset < 64; ++offset) {
    EXPECT(TINYRANK_STATUS_MEMORY_MISALIGNED, &sensing, y32, &options, memory[0].bytes + offset, bytes - 64);
  }
  EXPECT(TINYRANK_STATUS_MEMORY_TOO_SMALL, &sensing, y32, &options, memory, 0);
  y32[3] = zero / zero;
  EXPECT(TINYRANK_STATUS_MEASUREMENTS, &sensing, y32, &options, memory, bytes);
  y32[3] = kept;

  EXPECT_SENSING(TINYRANK_STATUS_DIMENSION, n, 0);
  EXPECT_SENSING(TINYRANK_STATUS_DIMENSION, n, SIZE_MAX);
  EXPECT_SENSING(TINYRANK_STATUS_MEASUREMENT_COUNT, measurement_count, 0);
  EXPECT_SENSING(TINYRANK_STATUS_SIZE_OVERFLOW, measurement_count, SIZE_MAX);
  EXPECT_SENSING(TINYRANK_STATUS_OPERATOR_DATA, pairs, 0);
  EXPECT_SENSING(TINYRANK_STATUS_PAIR_INDEX, n, n - 1);
  EXPECT_SENSING(TINYRANK_STATUS_SENSING_SIZE, struct_size, 0);
  EXPECT_SENSING(TINYRANK_STATUS_SENSING_SIZE, struct_size, sizeof sensed - 1);
  EXPECT_SENSING(TINYRANK_STATUS_SENSING_SIZE, reserved, 1);

  EXPECT_OPTION(TINYRANK_STATUS_OPTIONS_SIZE, struct_size, 0);
  EXPECT_OPTION(TINYRANK_STATUS_OPTIONS_SIZE, struct_size, sizeof options - 4);
  EXPECT_OPTION(TINYRANK_STATUS_OPTIONS_SIZE, struct_size, 0x7fff0000u);
  EXPECT_OPTION(TINYRANK_STATUS_OPTIONS_SIZE, reserved_pointer, &options);
  EXPECT_OPTION(TINYRANK_STATUS_RANK, rank_limit, n + 1);
  EXPECT_OPTION(TINYRANK_STATUS_RANK, rank_limit, SIZE_MAX);
  EXPECT_OPTION(TINYRANK_STATUS_TOLERANCE, tolerance, -1);
  EXPECT_OPTION(TINYRANK_STATUS_TOLERANCE, tolerance, 1 / zero);
  EXPECT_OPTION(TINYRANK_STATUS_TOLERANCE, relative_tolerance, zero / zero);
  EXPECT_OPTION(TINYRANK_STATUS_HISTORY, history, 0);
  EXPECT_OPTION(TINYRANK_STATUS_THREADS, threads, 0);
  EXPECT_OPTION(TINYRANK_STATUS_THREADS, threads, tinyrank_most_threads() + 1);
  EXPECT_OPTION(TINYRANK_STATUS_SHARDS, shards, 0);
  EXPECT_OPTION(TINYRANK_STATUS_SHARDS, shards, 3);
  EXPECT_OPTION(TINYRANK_STATUS_INSTRUCTION_SET, instruction_set, 99);

  /* What bytes refuses, and that it takes the rest. */
  CHECK(bytes_with(0, &options) == SIZE_MAX && bytes_with(&sensing, 0) == SIZE_MAX);
  sensed.n = 0;
  options = defaults();
  CHECK(bytes_with(&sensing, &options) <= sizeof memory);
  CHECK(bytes_with(&sensed, &options) == SIZE_MAX);
  sensed = sensing;
  sensed.struct_size = 0;
  CHECK(bytes_with(&sensed, &options) == SIZE_MAX);
  sensed = sensing;
  sensed.reserved = 1;
  CHECK(bytes_with(&sensed, &options) == SIZE_MAX);
  options.rank_limit = n + 1;
  CHECK(bytes_with(&sensing, &options) == SIZE_MAX);
  options = defaults();
  options.shards = 3;
  CHECK(bytes_with(&sensing, &options) == SIZE_MAX);
  options = defaults();
  options.struct_size = 4;
  CHECK(bytes_with(&sensing, &options) == SIZE_MAX);
}

/* Structs of other sizes than those of this header. */
static void check_sizes(void) {
  struct {
    tinyrank_staircase_options_f32 options;
    uint64_t newer[2];
  } options;
  struct {
    tinyrank_staircase_report_f32 report;
    uint64_t newer[2];
  } report;
  tinyrank_staircase_f32* run = 0;
  uint32_t size;
  options.newer[0] = options.newer[1] = report.newer[0] = report.newer[1] = 0x0123456789abcdefu;
  options.options.struct_size = 7;
  tinyrank_default_staircase_options_sized_f32(&options.options, 8);
  tinyrank_default_staircase_options_sized_f32(0, sizeof options);
  CHECK(options.options.struct_size == 7);
  tinyrank_default_staircase_options_f32(&options.options);
  CHECK(options.options.struct_size == sizeof options.options && options.newer[0] != 0);
  tinyrank_default_staircase_options_sized_f32(&options.options, sizeof options);
  CHECK(options.options.struct_size == sizeof options && options.newer[0] == 0 && options.newer[1] == 0);
  CHECK(tinyrank_distances_staircase_create_f32(&run, &sensing, y32, &options.options, memory,
                                                sizeof memory) == TINYRANK_OK);
  if (run == 0) return;
  options.newer[1] = 1;
  CHECK(bytes_with(&sensing, &options.options) == SIZE_MAX);

  memset(&report.report, 0x77, sizeof report.report);
  for (size = 0; size < sizeof report.report; ++size) {
    report.report.struct_size = size;
    CHECK(tinyrank_staircase_get_report_f32(run, &report.report) == TINYRANK_STATUS_OUTPUT_SIZE);
    CHECK(report.report.struct_size == size && report.report.n != n);
  }
  report.report.struct_size = 0x7fff0000u;
  CHECK(tinyrank_staircase_get_report_f32(run, &report.report) == TINYRANK_STATUS_OUTPUT_SIZE);
  report.report.struct_size = sizeof report.report;
  CHECK(tinyrank_staircase_get_report_f32(run, &report.report) == TINYRANK_OK);
  CHECK(report.report.n == n && report.newer[0] != 0 && report.newer[1] != 0);
  report.report.struct_size = sizeof report;
  CHECK(tinyrank_staircase_get_report_f32(run, &report.report) == TINYRANK_OK);
  CHECK(report.report.struct_size == sizeof report && report.newer[0] == 0 && report.newer[1] == 0);
}

static void check_texts(void) {
  int32_t a, b;
  for (a = -1; a <= TINYRANK_VERDICT_NOT_DETERMINED; ++a) {
    for (b = -1; b < a; ++b) CHECK(strcmp(tinyrank_verdict_text(a), tinyrank_verdict_text(b)) != 0);
  }
  CHECK(strcmp(tinyrank_verdict_text(TINYRANK_VERDICT_BEST_FIT), "best fit") == 0);
  CHECK(strcmp(tinyrank_verdict_text(99), tinyrank_verdict_text(-1)) == 0);
}

int c_test_staircase(void) {
  static const int x[n] = {0, 3, 1, -2, 4, 0, -3}, y[n] = {0, 1, 4, 2, -3, -2, -1};
  uint32_t i, j, k = 0;
  for (j = 1; j < n; ++j) {
    for (i = 0; i < j; ++i, ++k) {
      pairs[k].first = j;
      pairs[k].second = i;
      y64[k] = (x[i] - x[j]) * (x[i] - x[j]) + (y[i] - y[j]) * (y[i] - y[j]);
      y32[k] = (float)y64[k];
    }
  }
  CHECK_DEFAULTS(f32, 1e-10f);
  CHECK_DEFAULTS(f64, 1e-12);
  read_out_f32();
  read_out_f64();
  check_refusals();
  check_sizes();
  check_texts();
  return failures + c_test_staircase_rows();
}
