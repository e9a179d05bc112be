/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

/* Operators whose data is stored, prepared in C: the same bits as from C++ on the same data. */

#include <tinyrank/tinyrank.h>

#include "test_c_api.h"

enum { n = 8, count = 40, columns = 6, packed = n * (n + 1) / 2 };

static tinyrank_memory_line memory[160];
static tinyrank_memory_line
    rows[TINYRANK_LINES(count * TINYRANK_DENSE_STRIDE(sizeof(double), n) * sizeof(double))];
static tinyrank_memory_line bf16[TINYRANK_LINES(count * TINYRANK_DENSE_BF16_STRIDE(n) * 2)];
static tinyrank_memory_line int8[TINYRANK_LINES(count * TINYRANK_DENSE_INT8_STRIDE(n))];
static tinyrank_int8_scale scales[count];
static size_t offsets[count + 1];
static tinyrank_sparse_entry_f32 entries_f32[2 * count];
static tinyrank_sparse_entry_f64 entries_f64[2 * count];

static int failures;

static void check_at(int holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  c_test_failed(what, line);
}
#define CHECK(condition) check_at((condition) != 0, #condition, __LINE__)

/* Multiples of 1/64 between -1 and 1. */
static double drawn(uint32_t* state) {
  *state = *state * 1664525u + 1013904223u;
  return ((double)(*state >> 24) - 128) / 128;
}

/* In exactly the promised bytes, to the bits that C++ gives. */
#define CHECK_RUN(name, which, macro, suffix, real)                                                   \
  do {                                                                                                \
    tinyrank_run_##suffix* run = 0;                                                                   \
    const size_t bytes = macro(sizeof(real), n, count, columns);                                      \
    CHECK(tinyrank_##name##_bytes_##suffix(&name, &options) == bytes && bytes <= sizeof memory);      \
    CHECK(tinyrank_##name##_create_##suffix(&run, &name, y, &options, memory, bytes - 1) ==           \
          TINYRANK_STATUS_MEMORY_TOO_SMALL);                                                          \
    CHECK(run == 0);                                                                                  \
    CHECK(tinyrank_##name##_create_##suffix(&run, &name, y, &options, memory, bytes) == TINYRANK_OK); \
    if (run == 0) break;                                                                              \
    CHECK(tinyrank_run_to_end_##suffix(run) == TINYRANK_ITERATION_LIMIT);                             \
    CHECK(tinyrank_factor_bits_##suffix(run) != 0);                                                   \
    CHECK(tinyrank_factor_bits_##suffix(run) == c_test_bits_##suffix(which, &name, y));               \
  } while (0)

/* Measurements of the matrix of ones, of which every operator here is then asked. */
#define CHECK_PRECISION(suffix, real)                                                                        \
  static void check_##suffix(void) {                                                                         \
    static real full[n * n], y[count];                                                                       \
    const size_t stride = TINYRANK_DENSE_STRIDE(sizeof(real), n);                                            \
    real* const row = (real*)(void*)rows;                                                                    \
    const tinyrank_dense dense = {sizeof dense, 0, n, count, rows};                                          \
    const tinyrank_dense_bf16 dense_bf16 = {sizeof dense_bf16, 0, n, count, (const uint16_t*)(void*)bf16};   \
    const tinyrank_dense_int8 dense_int8 = {sizeof dense_int8, 0, n, count, (const int8_t*)int8, scales};    \
    const tinyrank_sparse sparse = {sizeof sparse, 0, n, count, offsets, entries_##suffix};                  \
    tinyrank_options_##suffix options;                                                                       \
    uint32_t state = 7;                                                                                      \
    size_t i, j, k;                                                                                          \
    tinyrank_default_options_##suffix(&options);                                                             \
    options.rank = columns;                                                                                  \
    options.seed = 1712;                                                                                     \
    options.relative_tolerance = 0;                                                                          \
    options.plateau_window = 0;                                                                              \
    options.iteration_limit = 40;                                                                            \
    for (i = 0; i < count; ++i) {                                                                            \
      y[i] = 0;                                                                                              \
      for (j = 0; j < n * n; ++j) y[i] += full[j] = (real)drawn(&state);                                     \
      CHECK(tinyrank_dense_pack_row_##suffix(n, full, row + i * stride) == TINYRANK_OK);                     \
      for (j = 0; j < n; ++j) {                                                                              \
        for (k = 0; k <= j; ++k)                                                                             \
          CHECK(row[i * stride + j * (j + 1) / 2 + k] == (full[j * n + k] + full[k * n + j]) / 2);           \
      }                                                                                                      \
      for (j = packed; j < stride; ++j) CHECK(row[i * stride + j] == 0);                                     \
      CHECK(tinyrank_dense_bf16_pack_row_##suffix(                                                           \
                n, row + i * stride, (uint16_t*)(void*)bf16 + i * TINYRANK_DENSE_BF16_STRIDE(n)) ==          \
            TINYRANK_OK);                                                                                    \
      CHECK(tinyrank_dense_int8_pack_row_##suffix(n, row + i * stride,                                       \
                                                  (int8_t*)int8 + i * TINYRANK_DENSE_INT8_STRIDE(n),         \
                                                  scales + i) == TINYRANK_OK);                               \
    }                                                                                                        \
    CHECK_RUN(dense, stored_dense, TINYRANK_DENSE_BYTES, suffix, real);                                      \
    CHECK_RUN(dense_bf16, stored_dense_bf16, TINYRANK_DENSE_BF16_BYTES, suffix, real);                       \
    CHECK_RUN(dense_int8, stored_dense_int8, TINYRANK_DENSE_INT8_BYTES, suffix, real);                       \
    for (i = 0; i < count; ++i) {                                                                            \
      offsets[i + 1] = 2 * (i + 1);                                                                          \
      y[i] = 0;                                                                                              \
      for (k = 2 * i; k < 2 * i + 2; ++k) {                                                                  \
        entries_##suffix[k].row = (uint32_t)(i % n);                                                         \
        entries_##suffix[k].column = (uint32_t)((i / n + k) % n);                                            \
        entries_##suffix[k].value = 1 + (real)drawn(&state) / 2;                                             \
        y[i] += entries_##suffix[k].value * (entries_##suffix[k].row == entries_##suffix[k].column ? 1 : 2); \
      }                                                                                                      \
    }                                                                                                        \
    CHECK_RUN(sparse, stored_sparse, TINYRANK_SPARSE_BYTES, suffix, real);                                   \
  }
CHECK_PRECISION(f32, float)
CHECK_PRECISION(f64, double)

static void check_refusals(void) {
  static float ones[packed], y[count];
  const float zero = 0;
  const size_t bytes = sizeof memory;
  tinyrank_run_f32* run = 0;
  tinyrank_options_f32 options;
  tinyrank_dense_bf16 halves = {sizeof halves, 0, n, count, (const uint16_t*)(void*)bf16 + 1};
  tinyrank_dense_int8 octets = {sizeof octets, 0, n, count, (const int8_t*)int8, scales};
  tinyrank_sparse sparse = {sizeof sparse, 0, n, count, offsets, entries_f32};
  float scale = 0;
  uint16_t* const row16 = (uint16_t*)(void*)bf16;
  int8_t* const row8 = (int8_t*)int8;
  tinyrank_default_options_f32(&options);
  options.rank = columns;
  y[0] = 1;
#define REFUSED(name, sensing, status) \
  CHECK(tinyrank_##name##_create_f32(&run, sensing, y, &options, memory, bytes) == status && run == 0)
  REFUSED(dense_bf16, &halves, TINYRANK_STATUS_OPERATOR_DATA);
  halves.rows = 0;
  REFUSED(dense_bf16, &halves, TINYRANK_STATUS_OPERATOR_DATA);
  scales[count - 1] = 1 / zero;
  REFUSED(dense_int8, &octets, TINYRANK_STATUS_OPERATOR_DATA);
  octets.scales = 0;
  REFUSED(dense_int8, &octets, TINYRANK_STATUS_OPERATOR_DATA);
  entries_f32[2 * count - 1].column = n;
  REFUSED(sparse, &sparse, TINYRANK_STATUS_ENTRY_INDEX);
  offsets[count] = 1;
  REFUSED(sparse, &sparse, TINYRANK_STATUS_ENTRY_OFFSETS);
  offsets[0] = 1;
  REFUSED(sparse, &sparse, TINYRANK_STATUS_ENTRY_OFFSETS);
  sparse.offsets = 0;
  REFUSED(sparse, &sparse, TINYRANK_STATUS_OPERATOR_DATA);
  sparse.struct_size = 0;
  REFUSED(sparse, &sparse, TINYRANK_STATUS_SENSING_SIZE);

  {
    static const double matrix[6] = {1, 2, 3, 4, 5, 6};
    double packed_row[TINYRANK_RECTANGULAR_DENSE_STRIDE(sizeof(double), 2, 3)];
    size_t k;
    CHECK(tinyrank_rectangular_dense_pack_row_f64(2, 3, matrix, packed_row) == TINYRANK_OK);
    for (k = 0; k < sizeof packed_row / sizeof packed_row[0]; ++k)
      CHECK(packed_row[k] == (k < 6 ? matrix[k] : 0));
  }
  CHECK(tinyrank_rectangular_dense_pack_row_f32(0, 3, ones, ones) == TINYRANK_STATUS_DIMENSION);
  CHECK(tinyrank_rectangular_dense_pack_row_f32(2, 3, 0, ones) == TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_dense_pack_row_f32(0, ones, ones) == TINYRANK_STATUS_DIMENSION);
  CHECK(tinyrank_dense_pack_row_f32((size_t)-1, ones, ones) == TINYRANK_STATUS_DIMENSION);
  CHECK(tinyrank_dense_pack_row_f32(n, 0, ones) == TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_dense_pack_row_f32(n, ones, 0) == TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_dense_bf16_pack_row_f32(0, ones, row16) == TINYRANK_STATUS_DIMENSION);
  CHECK(tinyrank_dense_bf16_pack_row_f32(n, 0, row16) == TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_dense_int8_pack_row_f32((size_t)-1, ones, row8, &scale) == TINYRANK_STATUS_DIMENSION);
  CHECK(tinyrank_dense_int8_pack_row_f32(n, 0, row8, &scale) == TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_dense_int8_pack_row_f32(n, ones, 0, &scale) == TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_dense_bf16_pack_row_f32(92682, ones, row16) == TINYRANK_STATUS_DIMENSION);
  CHECK(tinyrank_dense_bf16_pack_row_f32(n, ones, 0) == TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_dense_int8_pack_row_f32(0, ones, row8, &scale) == TINYRANK_STATUS_DIMENSION);
  CHECK(tinyrank_dense_int8_pack_row_f32(n, ones, row8, 0) == TINYRANK_STATUS_OPERATOR_DATA);
  ones[packed - 1] = 1 / zero;
  CHECK(tinyrank_dense_bf16_pack_row_f32(n, ones, row16) == TINYRANK_STATUS_OPERATOR_DATA);
  CHECK(tinyrank_dense_int8_pack_row_f32(n, ones, row8, &scale) == TINYRANK_STATUS_OPERATOR_DATA);
}

int c_test_stored(void) {
  check_f32();
  check_f64();
  check_refusals();
  return failures;
}
