/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

/* The C interface from C99, hosted and on microcontrollers. Returns the number of failed checks. */

#include "test_c_api.h"

#include <tinyrank/tinyrank.h>

enum {
  golden_n = 20,
  golden_rank = 6,
  most_measurements = 400,
  pair_count = 190,
  seed = 2106,
  run_seed = 1712
};
enum { gaussian_count = 400, sketch_count = 200 };

static tinyrank_memory_line memory[600];
static tinyrank_memory_line before[600];
static float y32[most_measurements];
static double y64[most_measurements];
static tinyrank_index_pair pairs[pair_count];

static int failures;

static void check_at(int holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  c_test_failed(what, line);
}
#define CHECK(condition) check_at((condition) != 0, #condition, __LINE__)

static const tinyrank_gaussian gaussian = {sizeof gaussian, TINYRANK_ISOTROPIC, golden_n, gaussian_count,
                                           seed};
static const tinyrank_rademacher rademacher = {sizeof rademacher, 0, golden_n, gaussian_count, seed};
static const tinyrank_hadamard hadamard = {sizeof hadamard, 0, golden_n, sketch_count, seed, 0};
static const tinyrank_generated_rank_one rank_one = {sizeof rank_one, TINYRANK_DEBIASED, golden_n,
                                                     sketch_count, seed};
static const tinyrank_distances distances = {sizeof distances, 0, golden_n, pair_count, pairs};

/* Sizes that a static buffer can have. */
typedef char
    big_enough[sizeof memory >= TINYRANK_GAUSSIAN_BYTES(sizeof(double), golden_n, gaussian_count, golden_rank)
                   ? 1
                   : -1];

static void remember(void) {
  size_t i, k;
  for (i = 0; i < sizeof memory / sizeof memory[0]; ++i) {
    for (k = 0; k < 64; ++k) memory[i].bytes[k] = (unsigned char)(i * 7 + k * 3 + 1);
    before[i] = memory[i];
  }
}

static int untouched_from(size_t first) {
  const unsigned char *now = memory[0].bytes, *then = before[0].bytes;
  size_t i;
  for (i = first; i < sizeof memory; ++i) {
    if (now[i] != then[i]) return 0;
  }
  return 1;
}

static tinyrank_options_f32 options_f32(void) {
  tinyrank_options_f32 options;
  tinyrank_default_options_f32(&options);
  options.rank = golden_rank;
  options.seed = run_seed;
  options.relative_tolerance = 0;
  options.plateau_window = 0;
  options.iteration_limit = 40;
  return options;
}

static tinyrank_options_f64 options_f64(void) {
  tinyrank_options_f64 options;
  tinyrank_default_options_f64(&options);
  options.rank = golden_rank;
  options.seed = run_seed;
  options.relative_tolerance = 0;
  options.plateau_window = 0;
  options.iteration_limit = 40;
  return options;
}

/* A run to the golden bits in exactly the promised bytes; one byte less, and every smaller size, is refused.
 */
#define GOLDEN_RUN(operator_name, suffix, which, macro_bytes)                                               \
  do {                                                                                                      \
    const tinyrank_options_##suffix options = options_##suffix();                                           \
    tinyrank_run_##suffix* run = 0;                                                                         \
    tinyrank_report_##suffix report;                                                                        \
    const size_t needed = tinyrank_##operator_name##_bytes_##suffix(&SENSING, &options);                    \
    size_t bytes, refused = 0;                                                                              \
    CHECK(needed == (macro_bytes));                                                                         \
    CHECK(needed <= sizeof memory);                                                                         \
    golden_measure_##suffix(which, MEASUREMENTS);                                                           \
    remember();                                                                                             \
    for (bytes = 0; bytes < needed; ++bytes) {                                                              \
      refused += tinyrank_##operator_name##_create_##suffix(&run, &SENSING, MEASUREMENTS, &options, memory, \
                                                            bytes) == TINYRANK_STATUS_MEMORY_TOO_SMALL;     \
    }                                                                                                       \
    CHECK(refused == needed);                                                                               \
    CHECK(run == 0 && untouched_from(0));                                                                   \
    CHECK(tinyrank_##operator_name##_create_##suffix(&run, &SENSING, MEASUREMENTS, &options, memory,        \
                                                     needed) == TINYRANK_OK);                               \
    if (run == 0) break;                                                                                    \
    CHECK(tinyrank_step_##suffix(run) == TINYRANK_RUNNING);                                                 \
    CHECK(tinyrank_run_to_end_##suffix(run) == TINYRANK_ITERATION_LIMIT);                                   \
    CHECK(tinyrank_step_##suffix(run) == TINYRANK_ITERATION_LIMIT);                                         \
    CHECK(tinyrank_factor_bits_##suffix(run) == golden_bits_##suffix(which));                               \
    CHECK(untouched_from(needed));                                                                          \
    report.struct_size = sizeof report;                                                                     \
    CHECK(tinyrank_get_report_##suffix(run, &report) == TINYRANK_OK);                                       \
    CHECK(report.outcome == TINYRANK_ITERATION_LIMIT && report.iterations == 40);                           \
    CHECK(report.memory_bytes == needed && report.n == golden_n && report.rank == golden_rank);             \
    CHECK(report.loss < report.zero_loss && report.instruction_set == tinyrank_best_instruction_set());     \
  } while (0)

static void check_golden_runs(void) {
#define MEASUREMENTS y32
#define SENSING gaussian
  GOLDEN_RUN(gaussian, f32, 0, TINYRANK_GAUSSIAN_BYTES(sizeof(float), golden_n, gaussian_count, golden_rank));
#undef SENSING
#define SENSING rademacher
  GOLDEN_RUN(rademacher, f32, 4,
             TINYRANK_RADEMACHER_BYTES(sizeof(float), golden_n, gaussian_count, golden_rank));
#undef SENSING
#define SENSING hadamard
  GOLDEN_RUN(hadamard, f32, 1, TINYRANK_HADAMARD_BYTES(sizeof(float), golden_n, sketch_count, golden_rank));
#undef SENSING
#define SENSING rank_one
  GOLDEN_RUN(generated_rank_one, f32, 2,
             TINYRANK_GENERATED_RANK_ONE_BYTES(sizeof(float), golden_n, sketch_count, golden_rank));
#undef SENSING
#define SENSING distances
  GOLDEN_RUN(distances, f32, 3, TINYRANK_DISTANCES_BYTES(sizeof(float), golden_n, pair_count, golden_rank));
#undef MEASUREMENTS
#define MEASUREMENTS y64
  GOLDEN_RUN(distances, f64, 3, TINYRANK_DISTANCES_BYTES(sizeof(double), golden_n, pair_count, golden_rank));
#undef SENSING
#define SENSING hadamard
  GOLDEN_RUN(hadamard, f64, 1, TINYRANK_HADAMARD_BYTES(sizeof(double), golden_n, sketch_count, golden_rank));
#undef SENSING
#undef MEASUREMENTS
}

/* Every refused call names its argument, and leaves memory and run alone. */
static void expect(int32_t expected, const tinyrank_gaussian* sensing, const float* y,
                   const tinyrank_options_f32* options, void* buffer, size_t bytes, int line) {
  tinyrank_run_f32* const mark = (tinyrank_run_f32*)before;
  tinyrank_run_f32* run = mark;
  const int32_t status = tinyrank_gaussian_create_f32(&run, sensing, y, options, buffer, bytes);
  check_at(status == expected, tinyrank_status_text(status), line);
  check_at(run == mark, "run was written", line);
  check_at(untouched_from(0), "memory was written", line);
}
#define EXPECT(status, sensing, y, options, buffer, bytes) \
  expect(status, sensing, y, options, buffer, bytes, __LINE__)

static void check_refusals(void) {
  static const float silence[gaussian_count];
  const size_t bytes = sizeof memory;
  const float zero = 0;
  tinyrank_options_f32 options = options_f32();
  tinyrank_gaussian sensing = gaussian;
  struct {
    tinyrank_gaussian sensing;
    uint64_t newer;
  } newer;
  size_t offset;

  golden_measure_f32(0, y32);
  remember();
  CHECK(tinyrank_gaussian_create_f32(0, &gaussian, y32, &options, memory, bytes) == TINYRANK_STATUS_RUN_NULL);
  EXPECT(TINYRANK_STATUS_SENSING_NULL, 0, y32, &options, memory, bytes);
  EXPECT(TINYRANK_STATUS_OPTIONS_NULL, &gaussian, y32, 0, memory, bytes);
  EXPECT(TINYRANK_STATUS_MEASUREMENTS, &gaussian, 0, &options, memory, bytes);
  EXPECT(TINYRANK_STATUS_MEASUREMENTS, &gaussian, silence, &options, memory, bytes);
  EXPECT(TINYRANK_STATUS_MEMORY_NULL, &gaussian, y32, &options, 0, bytes);
  for (offset = 1; offset < 64; ++offset) {
    EXPECT(TINYRANK_STATUS_MEMORY_MISALIGNED, &gaussian, y32, &options, memory[0].bytes + offset, bytes - 64);
  }

  y32[17] = zero / zero;
  EXPECT(TINYRANK_STATUS_MEASUREMENTS, &gaussian, y32, &options, memory, bytes);
  y32[17] = 1 / zero;
  EXPECT(TINYRANK_STATUS_MEASUREMENTS, &gaussian, y32, &options, memory, bytes);
  golden_measure_f32(0, y32);

  sensing.n = 0;
  EXPECT(TINYRANK_STATUS_DIMENSION, &sensing, y32, &options, memory, bytes);
  sensing.n = SIZE_MAX;
  EXPECT(TINYRANK_STATUS_DIMENSION, &sensing, y32, &options, memory, bytes);
  sensing.n = 92681; /* the largest */
  EXPECT(sizeof(size_t) == 4 ? TINYRANK_STATUS_SIZE_OVERFLOW : TINYRANK_STATUS_MEMORY_TOO_SMALL, &sensing,
         y32, &options, memory, bytes);
  CHECK(sizeof(size_t) > 4 || tinyrank_gaussian_bytes_f32(&sensing, &options) == SIZE_MAX);
  sensing = gaussian;
  sensing.measurement_count = 0;
  EXPECT(TINYRANK_STATUS_MEASUREMENT_COUNT, &sensing, y32, &options, memory, bytes);
  sensing.measurement_count = SIZE_MAX;
  EXPECT(TINYRANK_STATUS_SIZE_OVERFLOW, &sensing, y32, &options, memory, bytes);
  sensing = gaussian;
  sensing.struct_size = 0;
  EXPECT(TINYRANK_STATUS_SENSING_SIZE, &sensing, y32, &options, memory, bytes);
  sensing.struct_size = sizeof sensing - 1;
  EXPECT(TINYRANK_STATUS_SENSING_SIZE, &sensing, y32, &options, memory, bytes);
  CHECK(tinyrank_gaussian_bytes_f32(&sensing, &options) == SIZE_MAX);

  options.rank = 0;
  EXPECT(TINYRANK_STATUS_RANK, &gaussian, y32, &options, memory, bytes);
  CHECK(tinyrank_gaussian_bytes_f32(&gaussian, &options) == SIZE_MAX);
  options.rank = SIZE_MAX / 16;
  EXPECT(TINYRANK_STATUS_SIZE_OVERFLOW, &gaussian, y32, &options, memory, bytes);
  CHECK(tinyrank_gaussian_bytes_f32(&gaussian, &options) == SIZE_MAX);
  options = options_f32();
  options.struct_size -= 4;
  EXPECT(TINYRANK_STATUS_OPTIONS_SIZE, &gaussian, y32, &options, memory, bytes);
  options = options_f32();
  options.shards = 3;
  EXPECT(TINYRANK_STATUS_SHARDS, &gaussian, y32, &options, memory, bytes);
  options.shards = 0;
  EXPECT(TINYRANK_STATUS_SHARDS, &gaussian, y32, &options, memory, bytes);
  options = options_f32();
  options.threads = 0;
  EXPECT(TINYRANK_STATUS_THREADS, &gaussian, y32, &options, memory, bytes);
  options.threads = tinyrank_most_threads() + 1;
  EXPECT(TINYRANK_STATUS_THREADS, &gaussian, y32, &options, memory, bytes);
  options = options_f32();
  options.instruction_set = 99;
  EXPECT(TINYRANK_STATUS_INSTRUCTION_SET, &gaussian, y32, &options, memory, bytes);
  options = options_f32();
  options.step_size = -1;
  EXPECT(TINYRANK_STATUS_STEP_SIZE, &gaussian, y32, &options, memory, bytes);
  options = options_f32();
  options.initial_scale = zero / zero;
  EXPECT(TINYRANK_STATUS_INITIAL_SCALE, &gaussian, y32, &options, memory, bytes);
  options = options_f32();
  options.tolerance = 1 / zero;
  EXPECT(TINYRANK_STATUS_TOLERANCE, &gaussian, y32, &options, memory, bytes);

  /* A newer struct is taken when what it adds is zero. */
  options = options_f32();
  newer.sensing = gaussian;
  newer.sensing.struct_size = sizeof newer;
  newer.newer = 0;
  CHECK(tinyrank_gaussian_bytes_f32(&newer.sensing, &options) ==
        tinyrank_gaussian_bytes_f32(&gaussian, &options));
  newer.newer = 1;
  EXPECT(TINYRANK_STATUS_SENSING_SIZE, &newer.sensing, y32, &options, memory, bytes);
}

static void check_operator_refusals(void) {
  static const float cells[64];
  const size_t bytes = sizeof memory;
  tinyrank_options_f32 options = options_f32();
  tinyrank_run_f32* run = 0;
  tinyrank_distances some = distances;
  tinyrank_entries entries = {sizeof entries, 0, 3, 2, pairs};
  tinyrank_rectangular_entries holes = {sizeof holes, 0, 3, 2, 2, pairs};
  tinyrank_rectangular_dense projections = {sizeof projections, 0, 3, 2, 2, 0};
  tinyrank_bilinear products = {sizeof products, 0, 3, 2, 2, memory, 0};
  tinyrank_generated_bilinear drawn_products = {sizeof drawn_products, 0, 3, 0, 2, 0, 1};
  tinyrank_dense dense = {sizeof dense, 0, 4, 1, 0};
  tinyrank_rank_one vectors = {sizeof vectors, TINYRANK_PLAIN, 4, 1, 0};
  tinyrank_generated_rank_one drawn = rank_one;
  tinyrank_hadamard transform = hadamard;
  remember();
  pairs[3].first = golden_n;
  CHECK(tinyrank_distances_create_f32(&run, &some, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_PAIR_INDEX);
  CHECK(tinyrank_entries_create_f32(&run, &entries, y32, &options, memory, bytes) == TINYRANK_OK);
  entries.n = 1;
  CHECK(tinyrank_entries_create_f32(&run, &entries, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_ENTRY_INDEX);
  CHECK(tinyrank_rectangular_entries_create_f32(&run, &holes, y32, &options, memory, bytes) == TINYRANK_OK);
  holes.rows = 2;
  CHECK(tinyrank_rectangular_entries_create_f32(&run, &holes, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_ENTRY_INDEX);
  holes.columns = 0;
  CHECK(tinyrank_rectangular_entries_create_f32(&run, &holes, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_DIMENSION);
  CHECK(tinyrank_rectangular_dense_create_f32(&run, &projections, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_OPERATOR_DATA);
  projections.rows = (size_t)-2;
  CHECK(tinyrank_rectangular_dense_create_f32(&run, &projections, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_DIMENSION);
  CHECK(tinyrank_rectangular_dense_bytes_f32(&projections, &options) == (size_t)-1);
  CHECK(tinyrank_bilinear_create_f32(&run, &products, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_OPERATOR_DATA);
  products.right = (const char*)memory + 4;
  CHECK(tinyrank_bilinear_create_f32(&run, &products, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_generated_bilinear_create_f32(&run, &drawn_products, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_DIMENSION);
  drawn_products.columns = 2;
  drawn_products.reserved_pointer = memory;
  CHECK(tinyrank_generated_bilinear_create_f32(&run, &drawn_products, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_SENSING_SIZE);
  some.pairs = 0;
  CHECK(tinyrank_distances_create_f32(&run, &some, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_dense_create_f32(&run, &dense, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_OPERATOR_DATA);
  dense.rows = (const char*)memory + 4;
  CHECK(tinyrank_dense_create_f32(&run, &dense, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_rank_one_create_f32(&run, &vectors, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_OPERATOR_DATA);
  vectors.vectors = (const char*)cells + 1;
  CHECK(tinyrank_rank_one_create_f32(&run, &vectors, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_OPERATOR_DATA);
  drawn.form = 7;
  CHECK(tinyrank_generated_rank_one_create_f32(&run, &drawn, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_OPERATOR_DATA);
  transform.measurement_count = 257;
  CHECK(tinyrank_hadamard_create_f32(&run, &transform, y32, &options, memory, bytes) ==
        TINYRANK_STATUS_MEASUREMENT_COUNT);
  pairs[3].first = 0;
  transform.measurement_count = 0;
  CHECK(tinyrank_hadamard_bytes_f32(&transform, &options) == (size_t)-1);
  transform.measurement_count = 1;
  transform.n = (size_t)-1;
  CHECK(tinyrank_hadamard_bytes_f32(&transform, &options) == (size_t)-1);
}

/* The 3-4-5 triangle of README.md, read out entry by entry. */
static void check_read_out(void) {
  static const tinyrank_index_pair sides[3] = {{0, 1}, {1, 2}, {0, 2}};
  static const float y[3] = {9, 16, 25};
  static tinyrank_trace_entry_f32 trace[4];
  const tinyrank_distances sensing = {sizeof sensing, 0, 3, 3, sides};
  tinyrank_options_f32 options;
  tinyrank_run_f32* run = 0;
  tinyrank_report_f32 report;
  float factor[6], z[3][3], value = -1, entry;
  size_t i, j, c;
  tinyrank_default_options_f32(&options);
  options.rank = 2;
  options.trace = trace;
  options.trace_capacity = 4;
  CHECK(tinyrank_distances_create_f32(&run, &sensing, y, &options, memory,
                                      TINYRANK_DISTANCES_BYTES(sizeof(float), 3, 3, 2)) == TINYRANK_OK);
  if (run == 0) return;
  CHECK(tinyrank_run_to_end_f32(run) == TINYRANK_RECOVERED);
  report.struct_size = sizeof report;
  CHECK(tinyrank_get_report_f32(run, &report) == TINYRANK_OK);
  CHECK(report.loss <= 1e-6f * report.zero_loss);
  CHECK(trace[report.iterations % 4].iteration == report.iterations &&
        trace[report.iterations % 4].loss == report.loss);
  CHECK(tinyrank_copy_factor_f32(run, factor, 6) == TINYRANK_OK);
  for (i = 0; i < 3; ++i) {
    for (c = 0; c < 2; ++c) {
      CHECK(tinyrank_factor_entry_f32(run, i, c, &entry) == TINYRANK_OK);
      CHECK(entry == factor[2 * i + c]);
    }
    for (j = 0; j < 3; ++j) CHECK(tinyrank_estimate_entry_f32(run, i, j, &z[i][j]) == TINYRANK_OK);
  }
  for (i = 0; i < 3; ++i) {
    const size_t a = sides[i].first, b = sides[i].second;
    const float squared = z[a][a] - 2 * z[a][b] + z[b][b], error = squared - y[i];
    CHECK(error < 0.1f && error > -0.1f);
  }
  CHECK(tinyrank_factor_entry_f32(run, 3, 0, &value) == TINYRANK_STATUS_INDEX);
  CHECK(tinyrank_factor_entry_f32(run, 0, 2, &value) == TINYRANK_STATUS_INDEX);
  CHECK(tinyrank_estimate_entry_f32(run, 0, 3, &value) == TINYRANK_STATUS_INDEX);
  CHECK(tinyrank_estimate_entry_f32(run, 3, 0, &value) == TINYRANK_STATUS_INDEX);
  CHECK(tinyrank_factor_entry_f32(0, 0, 0, &value) == TINYRANK_STATUS_RUN_NULL);
  CHECK(tinyrank_estimate_entry_f32(0, 0, 0, &value) == TINYRANK_STATUS_RUN_NULL);
  CHECK(tinyrank_factor_entry_f32(run, 0, 0, 0) == TINYRANK_STATUS_OUTPUT_NULL);
  CHECK(tinyrank_copy_factor_f32(run, &value, 5) == TINYRANK_STATUS_OUTPUT_SIZE);
  CHECK(tinyrank_copy_factor_f32(run, 0, 6) == TINYRANK_STATUS_OUTPUT_NULL);
  CHECK(tinyrank_get_report_f32(run, 0) == TINYRANK_STATUS_OUTPUT_NULL);
  CHECK(tinyrank_get_report_f32(0, &report) == TINYRANK_STATUS_RUN_NULL);
  report.struct_size = 8;
  CHECK(tinyrank_get_report_f32(run, &report) == TINYRANK_STATUS_OUTPUT_SIZE);
  CHECK(value == -1 && tinyrank_factor_bits_f32(0) == 0);
}

static int same_text(const char* a, const char* b) {
  while (*a != 0 && *a == *b) ++a, ++b;
  return *a == *b;
}

static void check_texts(void) {
  int32_t a, b;
  for (a = 0; a <= TINYRANK_STATUS_HISTORY; ++a) {
    for (b = 0; b < a; ++b) CHECK(!same_text(tinyrank_status_text(a), tinyrank_status_text(b)));
    CHECK(!same_text(tinyrank_status_text(a), tinyrank_status_text(-1)));
  }
  for (a = TINYRANK_STATUS_RUN_NULL; a <= TINYRANK_STATUS_FACTOR; ++a) {
    for (b = TINYRANK_STATUS_RUN_NULL; b < a; ++b)
      CHECK(!same_text(tinyrank_status_text(a), tinyrank_status_text(b)));
    CHECK(!same_text(tinyrank_status_text(a), tinyrank_status_text(-1)));
  }
  CHECK(same_text(tinyrank_outcome_text(TINYRANK_RECOVERED), "recovered"));
  CHECK(same_text(tinyrank_instruction_set_name(TINYRANK_HELIUM), "helium"));
  CHECK(same_text(tinyrank_instruction_set_name(TINYRANK_RVV), "rvv"));
  CHECK(same_text(tinyrank_instruction_set_name(TINYRANK_SVE), "sve"));
  CHECK(same_text(tinyrank_version(), C_TEST_VERSION));
  CHECK(tinyrank_is_usable(TINYRANK_SCALAR) == 1 && tinyrank_is_usable(99) == 0);
  CHECK(tinyrank_is_usable(tinyrank_best_instruction_set()) == 1 && tinyrank_most_threads() >= 1);
}

/* What other versions of the header would have. */
static void check_versions(void) {
  static const tinyrank_index_pair sides[3] = {{0, 1}, {1, 2}, {0, 2}};
  static const float y[3] = {9, 16, 25};
  const tinyrank_distances sensing = {sizeof sensing, 0, 3, 3, sides};
  struct {
    tinyrank_options_f32 options;
    uint64_t newer[2];
  } options;
  struct {
    tinyrank_report_f32 report;
    uint64_t newer[2];
  } report;
  tinyrank_run_f32* run = 0;
  CHECK(c_test_versions() == 0);

  options.newer[0] = options.newer[1] = report.newer[0] = report.newer[1] = 0x0123456789abcdefu;
  options.options.struct_size = 7;
  tinyrank_default_options_sized_f32(&options.options, 8);
  tinyrank_default_options_sized_f32(0, sizeof options);
  CHECK(options.options.struct_size == 7);
  tinyrank_default_options_f32(&options.options);
  CHECK(options.options.struct_size == sizeof options.options && options.newer[0] != 0);
  tinyrank_default_options_sized_f32(&options.options, sizeof options);
  CHECK(options.options.struct_size == sizeof options && options.newer[0] == 0 && options.newer[1] == 0);
  options.options.rank = 2;
  CHECK(tinyrank_distances_create_f32(&run, &sensing, y, &options.options, memory, sizeof memory) ==
        TINYRANK_OK);
  if (run == 0) return;
  report.report.struct_size = sizeof report.report;
  CHECK(tinyrank_get_report_f32(run, &report.report) == TINYRANK_OK);
  CHECK(report.report.rank == 2 && report.newer[0] != 0);
  report.report.struct_size = sizeof report;
  CHECK(tinyrank_get_report_f32(run, &report.report) == TINYRANK_OK);
  CHECK(report.report.struct_size == sizeof report && report.newer[0] == 0 && report.newer[1] == 0);
  options.newer[1] = 1;
  CHECK(tinyrank_distances_bytes_f32(&sensing, &options.options) == SIZE_MAX);
}

int c_test_run(void) {
  uint32_t i, j, k = 0;
  for (j = 1; j < golden_n; ++j) {
    for (i = 0; i < j; ++i) {
      pairs[k].first = j;
      pairs[k++].second = i;
    }
  }
  check_golden_runs();
  check_refusals();
  check_operator_refusals();
  check_read_out();
  check_texts();
  check_versions();
  return failures + c_test_stored() + c_test_complex() + c_test_methods() + c_test_staircase();
}
