/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

/* Methods of descent from C: the bits that they have from C++, in exactly the promised bytes. */

#include <tinyrank/tinyrank.h>

#include "test_c_api.h"

enum { n = 12, m = 120, columns = 4 };

static tinyrank_memory_line memory[261];
static float y32[m];
static double y64[m];
static const tinyrank_gaussian sensing = {sizeof sensing, TINYRANK_ISOTROPIC, n, m, 2302};

static int failures;

static void check_at(int holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  c_test_failed(what, line);
}
#define CHECK(condition) check_at((condition) != 0, #condition, __LINE__)

#define OPTIONS(suffix)                                                                       \
  static tinyrank_options_##suffix options_##suffix(const tinyrank_method_##suffix* method) { \
    tinyrank_options_##suffix options;                                                        \
    tinyrank_default_options_##suffix(&options);                                              \
    options.rank = columns;                                                                   \
    options.seed = 2104;                                                                      \
    options.relative_tolerance = 0;                                                           \
    options.plateau_window = 0;                                                               \
    options.iteration_limit = 25;                                                             \
    options.method = method;                                                                  \
    options.quasi_newton_damping_ratio = 0.25;                                                \
    return options;                                                                           \
  }
OPTIONS(f32)
OPTIONS(f64)

#define CHECK_METHOD(which, method, suffix, y, further)                                                  \
  do {                                                                                                   \
    const tinyrank_options_##suffix options = options_##suffix(method), plain = options_##suffix(0);     \
    tinyrank_run_##suffix* run = 0;                                                                      \
    const size_t bytes = tinyrank_gaussian_bytes_##suffix(&sensing, &options);                           \
    CHECK(bytes == tinyrank_gaussian_bytes_##suffix(&sensing, &plain) + (further) &&                     \
          bytes <= sizeof memory);                                                                       \
    CHECK(tinyrank_gaussian_create_##suffix(&run, &sensing, y, &options, memory, bytes - 1) ==           \
          TINYRANK_STATUS_MEMORY_TOO_SMALL);                                                             \
    CHECK(run == 0);                                                                                     \
    CHECK(tinyrank_gaussian_create_##suffix(&run, &sensing, y, &options, memory, bytes) == TINYRANK_OK); \
    if (run == 0) break;                                                                                 \
    CHECK(tinyrank_run_to_end_##suffix(run) == TINYRANK_ITERATION_LIMIT);                                \
    CHECK(tinyrank_factor_bits_##suffix(run) == c_test_method_bits_##suffix(which));                     \
    CHECK(tinyrank_stop_##suffix(run) == TINYRANK_ITERATION_LIMIT);                                      \
  } while (0)

static int32_t created(const tinyrank_options_f32* options) {
  tinyrank_run_f32* run = 0;
  const int32_t status = tinyrank_gaussian_create_f32(&run, &sensing, y32, options, memory, sizeof memory);
  CHECK((run != 0) == (status == TINYRANK_OK));
  return status;
}

static void check_parameters(void) {
  tinyrank_options_f32 options = options_f32(tinyrank_scaled_gradient_descent_f32());
  tinyrank_run_f32* run = 0;
  CHECK(options.damping == 0 && options.damping_ratio == 0.5f && options.momentum == 0.9f);
  options.damping = -1;
  CHECK(created(&options) == TINYRANK_STATUS_DAMPING);
  options.damping = 0.01f;
  options.damping_ratio = 0;
  CHECK(created(&options) == TINYRANK_STATUS_DAMPING);
  options.damping_ratio = 1;
  CHECK(tinyrank_gaussian_create_f32(&run, &sensing, y32, &options, memory, sizeof memory) == TINYRANK_OK);
  CHECK(tinyrank_run_to_end_f32(run) == TINYRANK_ITERATION_LIMIT);
  CHECK(tinyrank_factor_bits_f32(run) != c_test_method_bits_f32(1));

  options = options_f32(tinyrank_momentum_f32());
  options.momentum = 1;
  CHECK(created(&options) == TINYRANK_STATUS_MOMENTUM);
  /* What is another method's is not looked at. */
  options.method = 0;
  CHECK(created(&options) == TINYRANK_OK);

  options = options_f32(tinyrank_quasi_newton_f32());
  CHECK(options.history == 5);
  options.quasi_newton_damping_ratio = -1;
  CHECK(created(&options) == TINYRANK_STATUS_DAMPING);
  options.quasi_newton_damping_ratio = 0.25f;
  options.history = 0;
  CHECK(created(&options) == TINYRANK_STATUS_HISTORY);
  options.method = 0;
  CHECK(created(&options) == TINYRANK_OK);
  options.method = tinyrank_quasi_newton_f32();
  options.history = 1;
  CHECK(tinyrank_gaussian_create_f32(&run, &sensing, y32, &options, memory, sizeof memory) == TINYRANK_OK);
  tinyrank_run_to_end_f32(run);
  CHECK(tinyrank_factor_bits_f32(run) != c_test_method_bits_f32(3));

  /* What has no meaning yet. */
  options = options_f32(0);
  options.reserved_pointer = y32;
  CHECK(created(&options) == TINYRANK_STATUS_OPTIONS_SIZE);
  options.reserved_pointer = 0;
  options.struct_size = 0x7fff0000u;
  CHECK(created(&options) == TINYRANK_STATUS_OPTIONS_SIZE);
  {
    tinyrank_rademacher signs = {sizeof signs, 1, n, m, 1};
    options = options_f32(0);
    CHECK(tinyrank_rademacher_bytes_f32(&signs, &options) == SIZE_MAX);
    CHECK(tinyrank_rademacher_create_f32(&run, &signs, y32, &options, memory, sizeof memory) ==
          TINYRANK_STATUS_SENSING_SIZE);
  }

  /* The struct as it was before methods. */
  options = options_f32(0);
  options.struct_size =
      (uint32_t)(offsetof(tinyrank_options_f32, trace_capacity) + sizeof options.trace_capacity);
  options.method = tinyrank_momentum_f32();
  CHECK(tinyrank_gaussian_create_f32(&run, &sensing, y32, &options, memory, sizeof memory) == TINYRANK_OK);
  CHECK(tinyrank_run_to_end_f32(run) == TINYRANK_ITERATION_LIMIT);
  CHECK(tinyrank_factor_bits_f32(run) == c_test_method_bits_f32(0));
}

static void check_stop(void) {
  const tinyrank_options_f32 options = options_f32(0);
  tinyrank_run_f32* run = 0;
  tinyrank_report_f32 report;
  CHECK(tinyrank_gaussian_create_f32(&run, &sensing, y32, &options, memory, sizeof memory) == TINYRANK_OK);
  if (run == 0) return;
  report.struct_size = 0x7fff0000u;
  CHECK(tinyrank_get_report_f32(run, &report) == TINYRANK_STATUS_OUTPUT_SIZE);
  CHECK(tinyrank_step_f32(run) == TINYRANK_RUNNING);
  CHECK(tinyrank_stop_f32(run) == TINYRANK_STOPPED);
  CHECK(tinyrank_step_f32(run) == TINYRANK_STOPPED);
  report.struct_size = sizeof report;
  CHECK(tinyrank_get_report_f32(run, &report) == TINYRANK_OK);
  CHECK(report.outcome == TINYRANK_STOPPED && report.iterations == 1);
}

int c_test_methods(void) {
  c_test_method_y_f32(y32);
  c_test_method_y_f64(y64);
  CHECK_METHOD(0, 0, f32, y32, 0);
  CHECK_METHOD(0, 0, f64, y64, 0);
  CHECK_METHOD(1, tinyrank_scaled_gradient_descent_f32(), f32, y32, 128);
  CHECK_METHOD(1, tinyrank_scaled_gradient_descent_f64(), f64, y64, 192);
  CHECK_METHOD(2, tinyrank_momentum_f32(), f32, y32, 64 + columns * 64);
  CHECK_METHOD(2, tinyrank_momentum_f64(), f64, y64, 64 + columns * 128);
  /* A line, two numbers for each of five pairs, r x r, and their factors. */
  CHECK_METHOD(3, tinyrank_quasi_newton_f32(), f32, y32, 64 + 64 + 64 + 10 * columns * 64);
  CHECK_METHOD(3, tinyrank_quasi_newton_f64(), f64, y64, 64 + 128 + 128 + 10 * columns * 128);
  check_parameters();
  check_stop();
  return failures;
}
