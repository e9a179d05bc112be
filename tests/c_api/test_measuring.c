/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

/* What operators measure and what their matrices are, asked from C; golden_measuring.cpp calls these. */

#include <string.h>
#include <tinyrank/tinyrank.h>

#include "test_c_api.h"

static int failures;

static void check_at(int holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  c_test_failed(what, line);
}
#define CHECK(condition) check_at((condition) != 0, #condition, __LINE__)

static int untouched(const void* room, size_t bytes) {
  const unsigned char* const byte = (const unsigned char*)room;
  size_t i;
  for (i = 0; i < bytes; ++i) {
    if (byte[i] != 0x5a) return 0;
  }
  return 1;
}

/* In exactly the promised bytes; a refusal leaves room and results as they were. */
#define MEASURING_IN(name, suffix, real)                                                                   \
  int c_test_measure_##name##_##suffix(const tinyrank_##name* sensed, const real* factor, size_t rank,     \
                                       real* y, void* room, size_t bytes) {                                \
    const size_t needed = tinyrank_##name##_measure_bytes_##suffix(sensed, rank);                          \
    failures = 0;                                                                                          \
    CHECK(needed <= bytes && tinyrank_##name##_measure_bytes_##suffix(sensed, 0) == (size_t)-1);           \
    if (needed > bytes) return failures;                                                                   \
    memset(room, 0x5a, bytes);                                                                             \
    CHECK(tinyrank_##name##_measure_##suffix(sensed, factor, rank, y, room, needed - 1) ==                 \
          TINYRANK_STATUS_MEMORY_TOO_SMALL);                                                               \
    CHECK(tinyrank_##name##_measure_##suffix(0, factor, rank, y, room, needed) ==                          \
          TINYRANK_STATUS_SENSING_NULL);                                                                   \
    CHECK(tinyrank_##name##_measure_##suffix(sensed, 0, rank, y, room, needed) == TINYRANK_STATUS_FACTOR); \
    CHECK(tinyrank_##name##_measure_##suffix(sensed, factor, 0, y, room, needed) == TINYRANK_STATUS_RANK); \
    CHECK(tinyrank_##name##_measure_##suffix(sensed, factor, rank, 0, room, needed) ==                     \
          TINYRANK_STATUS_OUTPUT_NULL);                                                                    \
    CHECK(untouched(room, bytes));                                                                         \
    CHECK(tinyrank_##name##_measure_##suffix(sensed, factor, rank, y, room, needed) == TINYRANK_OK);       \
    CHECK(untouched((char*)room + needed, bytes - needed));                                                \
    return failures;                                                                                       \
  }                                                                                                        \
  int c_test_entry_##name##_##suffix(const tinyrank_##name* sensed, size_t i, size_t j, size_t k,          \
                                     real* entry, void* room, size_t bytes) {                              \
    const size_t needed = tinyrank_##name##_measure_bytes_##suffix(sensed, 1);                             \
    failures = 0;                                                                                          \
    CHECK(needed <= bytes);                                                                                \
    if (needed > bytes) return failures;                                                                   \
    CHECK(tinyrank_##name##_matrix_entry_##suffix(sensed, (size_t)-1, j, k, entry, room, needed) ==        \
          TINYRANK_STATUS_INDEX);                                                                          \
    CHECK(tinyrank_##name##_matrix_entry_##suffix(sensed, i, (size_t)-1, k, entry, room, needed) ==        \
          TINYRANK_STATUS_INDEX);                                                                          \
    CHECK(tinyrank_##name##_matrix_entry_##suffix(sensed, i, j, k, 0, room, needed) ==                     \
          TINYRANK_STATUS_OUTPUT_NULL);                                                                    \
    CHECK(tinyrank_##name##_matrix_entry_##suffix(sensed, i, j, k, entry, room, needed) == TINYRANK_OK);   \
    return failures;                                                                                       \
  }
#define MEASURING(name)          \
  MEASURING_IN(name, f32, float) \
  MEASURING_IN(name, f64, double)

MEASURING(dense)
MEASURING(dense_bf16)
MEASURING(dense_int8)
MEASURING(gaussian)
MEASURING(rademacher)
MEASURING(hadamard)
MEASURING(rank_one)
MEASURING(generated_rank_one)
MEASURING(entries)
MEASURING(sparse)
MEASURING(distances)
MEASURING(rectangular_entries)
MEASURING(rectangular_dense)
MEASURING(bilinear)
MEASURING(generated_bilinear)
MEASURING(pauli)
MEASURING(hermitian_dense)
MEASURING(streamed)
MEASURING(complex_rank_one)
MEASURING(generated_complex_rank_one)
MEASURING(coded_diffraction)

/* What is refused alike for every operator. */
int c_test_measuring_refusals(void* room, size_t bytes) {
  static const float ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  static float y[8], entry;
  const float zero = 0;
  float off[4] = {1, 1, 1, 1};
  tinyrank_rademacher sensed = {sizeof sensed, 0, 4, 8, 1};
  const size_t needed = tinyrank_rademacher_measure_bytes_f32(&sensed, 1);
  failures = 0;
  CHECK(needed <= bytes);
  if (needed > bytes) return failures;
  memset(room, 0x5a, bytes);
#define MEASURE(factor, rank, memory, size) \
  tinyrank_rademacher_measure_f32(&sensed, factor, rank, y, memory, size)
  CHECK(MEASURE(ones, (size_t)-1 / 2, room, bytes) == TINYRANK_STATUS_SIZE_OVERFLOW);
  CHECK(MEASURE(ones, 1, 0, bytes) == TINYRANK_STATUS_MEMORY_NULL);
  CHECK(MEASURE(ones, 1, (char*)room + 4, bytes - 4) == TINYRANK_STATUS_MEMORY_MISALIGNED);
  CHECK(tinyrank_rademacher_matrix_entry_f32(&sensed, 0, 0, 4, &entry, room, needed) ==
        TINYRANK_STATUS_INDEX);
  CHECK(tinyrank_rademacher_matrix_entry_f32(&sensed, 0, 0, 3, &entry, room, needed - 1) ==
        TINYRANK_STATUS_MEMORY_TOO_SMALL);
  sensed.measurement_count = 0;
  CHECK(MEASURE(ones, 1, room, needed) == TINYRANK_STATUS_MEASUREMENT_COUNT);
  sensed.measurement_count = 8;
  sensed.reserved = 1;
  CHECK(MEASURE(ones, 1, room, needed) == TINYRANK_STATUS_SENSING_SIZE);
  sensed.reserved = 0;
  sensed.struct_size = 4;
  CHECK(MEASURE(ones, 1, room, needed) == TINYRANK_STATUS_SENSING_SIZE);
  sensed.struct_size = sizeof sensed;
  CHECK(untouched(room, bytes));
  off[2] = zero / zero;
  CHECK(MEASURE(off, 1, room, needed) == TINYRANK_STATUS_FACTOR);
  CHECK(MEASURE(ones, 1, room, needed) == TINYRANK_OK);
  return failures;
}
