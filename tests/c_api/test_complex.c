/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

/* Operators on complex matrices, prepared in C: the bytes that are promised, and answers. */

#include <tinyrank/tinyrank.h>

#include "test_c_api.h"

static int failures;

static void check_at(int holds, const char* what, int line) {
  if (holds) return;
  ++failures;
  c_test_failed(what, line);
}
#define CHECK(condition) check_at((condition) != 0, #condition, __LINE__)

static tinyrank_memory_line memory[200];
static tinyrank_memory_line rows[4];

/* In exactly the promised bytes; side: the rows of the factor. */
#define CHECK_RUN(name, macro, side, suffix, real)                                                    \
  do {                                                                                                \
    tinyrank_run_##suffix* run = 0;                                                                   \
    tinyrank_report_##suffix report;                                                                  \
    const size_t bytes = macro(sizeof(real), side, name.measurement_count, options.rank);             \
    CHECK(tinyrank_##name##_bytes_##suffix(&name, &options) == bytes && bytes <= sizeof memory);      \
    CHECK(tinyrank_##name##_create_##suffix(&run, &name, y, &options, memory, bytes - 1) ==           \
          TINYRANK_STATUS_MEMORY_TOO_SMALL);                                                          \
    CHECK(run == 0);                                                                                  \
    CHECK(tinyrank_##name##_create_##suffix(&run, &name, y, &options, memory, bytes) == TINYRANK_OK); \
    if (run == 0) break;                                                                              \
    tinyrank_run_to_end_##suffix(run);                                                                \
    report.struct_size = sizeof report;                                                               \
    CHECK(tinyrank_get_report_##suffix(run, &report) == TINYRANK_OK);                                 \
    CHECK(report.n == (side) && report.loss < report.zero_loss * (real)1e-6);                         \
  } while (0)

/* The strings of GHZ = (|0000> + |1111>) / sqrt(2), and their values. */
static const char* const labels[] = {"IIII", "XXXX", "XXYY", "YXXY", "YYYY",
                                     "ZZII", "IZZI", "IIZZ", "ZIII", "IXXI"};
static const signed char values[] = {1, 1, -1, -1, 1, 1, 1, 1, 0, 0};
enum { label_count = sizeof values };

#define CHECK_HERMITIAN(suffix, real)                                                                  \
  enum { stride_##suffix = TINYRANK_HERMITIAN_DENSE_STRIDE(sizeof(real), 2) };                         \
  static void check_hermitian_##suffix(void) {                                                         \
    static const real full[4][8] = {{1, 0, 0, 0, 0, 0, 0, 0},                                          \
                                    {0, 0, 0, 0, 0, 0, 1, 0},                                          \
                                    {0, 0, 1, 0, 1, 0, 0, 0},                                          \
                                    {0, 0, 0, -1, 0, 1, 0, 0}};                                        \
    static const real y[4] = {1, 1, 0, -2};                                                            \
    real* const row = (real*)(void*)rows;                                                              \
    const tinyrank_hermitian_dense hermitian_dense = {sizeof hermitian_dense, 0, 2, 4, rows};          \
    tinyrank_options_##suffix options;                                                                 \
    size_t i;                                                                                          \
    tinyrank_default_options_##suffix(&options);                                                       \
    options.rank = 1;                                                                                  \
    for (i = 0; i < 4; ++i)                                                                            \
      CHECK(tinyrank_hermitian_dense_pack_row_##suffix(2, full[i], row + i * stride_##suffix) ==       \
            TINYRANK_OK);                                                                              \
    CHECK(row[stride_##suffix * 3 + 3] == 1);                                                          \
    CHECK(tinyrank_hermitian_dense_pack_row_##suffix(0, full[0], row) == TINYRANK_STATUS_DIMENSION);   \
    CHECK(tinyrank_hermitian_dense_pack_row_##suffix((size_t)-1, full[0], row) ==                      \
          TINYRANK_STATUS_DIMENSION);                                                                  \
    CHECK(tinyrank_hermitian_dense_pack_row_##suffix(2, 0, row) == TINYRANK_STATUS_OPERATOR_DATA);     \
    CHECK(tinyrank_hermitian_dense_pack_row_##suffix(2, full[0], 0) == TINYRANK_STATUS_OPERATOR_DATA); \
    CHECK_RUN(hermitian_dense, TINYRANK_HERMITIAN_DENSE_BYTES, 4, suffix, real);                       \
  }

#define CHECK_MODULI(suffix, real)                                                                     \
  static void check_moduli_##suffix(void) {                                                            \
    static const real given[4][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {1, 1, 0, 0}, {1, 0, 0, 1}};          \
    static const real y[4] = {1, 1, 2, 0};                                                             \
    real* const vectors = (real*)(void*)rows;                                                          \
    const tinyrank_complex_rank_one complex_rank_one = {sizeof complex_rank_one, TINYRANK_PLAIN, 2, 4, \
                                                        rows};                                         \
    const tinyrank_generated_complex_rank_one drawn = {sizeof drawn, TINYRANK_DEBIASED, 3, 7, 1};      \
    tinyrank_options_##suffix options;                                                                 \
    size_t i;                                                                                          \
    tinyrank_default_options_##suffix(&options);                                                       \
    options.rank = 1;                                                                                  \
    for (i = 0; i < 4 * 64 / sizeof(real); ++i) {                                                      \
      const size_t vector = i / (64 / sizeof(real)), j = i % (64 / sizeof(real));                      \
      vectors[i] = j < 4 ? given[vector][j] : 0;                                                       \
    }                                                                                                  \
    CHECK_RUN(complex_rank_one, TINYRANK_COMPLEX_RANK_ONE_BYTES, 4, suffix, real);                     \
    options.rank = 3;                                                                                  \
    CHECK(tinyrank_generated_complex_rank_one_bytes_##suffix(&drawn, &options) ==                      \
          TINYRANK_GENERATED_COMPLEX_RANK_ONE_BYTES(sizeof(real), 6, 7, 3));                           \
  }

/* Moduli of (1, -i) under four vectors, each two real parts and two imaginary ones. */
CHECK_MODULI(f32, float)
CHECK_MODULI(f64, double)

#define CHECK_PATTERNS(suffix, real)                                                                      \
  static void check_patterns_##suffix(void) {                                                             \
    static const real y[4] = {9, 9, 9, 9};                                                                \
    static const size_t sides[] = {1, 2, 3, 5, 16, 17};                                                   \
    tinyrank_coded_diffraction coded_diffraction = {sizeof coded_diffraction, TINYRANK_FOURIER, 1, 4, 1}; \
    tinyrank_options_##suffix options;                                                                    \
    size_t i;                                                                                             \
    tinyrank_default_options_##suffix(&options);                                                          \
    options.rank = 2;                                                                                     \
    CHECK_RUN(coded_diffraction, TINYRANK_CODED_DIFFRACTION_BYTES, 2, suffix, real);                      \
    coded_diffraction.transform = TINYRANK_WALSH_HADAMARD;                                                \
    CHECK_RUN(coded_diffraction, TINYRANK_CODED_DIFFRACTION_HADAMARD_BYTES, 2, suffix, real);             \
    for (i = 0; i < sizeof sides / sizeof sides[0]; ++i) {                                                \
      coded_diffraction.dimension = sides[i];                                                             \
      CHECK(tinyrank_coded_diffraction_bytes_##suffix(&coded_diffraction, &options) ==                    \
            TINYRANK_CODED_DIFFRACTION_HADAMARD_BYTES(sizeof(real), 2 * sides[i], 4, 2));                 \
      coded_diffraction.transform = TINYRANK_FOURIER;                                                     \
      CHECK(tinyrank_coded_diffraction_bytes_##suffix(&coded_diffraction, &options) ==                    \
            TINYRANK_CODED_DIFFRACTION_BYTES(sizeof(real), 2 * sides[i], 4, 2));                          \
      coded_diffraction.transform = TINYRANK_WALSH_HADAMARD;                                              \
    }                                                                                                     \
  }

/* Of one number the square, whatever the masks. */
CHECK_PATTERNS(f32, float)
CHECK_PATTERNS(f64, double)

/* Of 2 x 2 matrices the entries of (1, -i) (1, -i)^H. */
CHECK_HERMITIAN(f32, float)
CHECK_HERMITIAN(f64, double)

#define CHECK_PRECISION(suffix, real)                                                          \
  static void check_##suffix(void) {                                                           \
    static tinyrank_pauli_string strings[label_count];                                         \
    static real y[label_count];                                                                \
    const tinyrank_pauli pauli = {sizeof pauli, 0, 4, label_count, strings};                   \
    tinyrank_options_##suffix options;                                                         \
    size_t i;                                                                                  \
    tinyrank_default_options_##suffix(&options);                                               \
    options.rank = 2;                                                                          \
    for (i = 0; i < label_count; ++i) {                                                        \
      CHECK(tinyrank_pauli_parse(labels[i], 4, strings + i) == TINYRANK_OK);                   \
      y[i] = values[i];                                                                        \
    }                                                                                          \
    CHECK(tinyrank_pauli_parse("XXXx", 4, strings) == TINYRANK_STATUS_OPERATOR_DATA);          \
    CHECK(tinyrank_pauli_parse("XXXX", 0, strings) == TINYRANK_STATUS_DIMENSION);              \
    CHECK(tinyrank_pauli_parse("XXXX", 4, 0) == TINYRANK_STATUS_OPERATOR_DATA);                \
    CHECK(strings[0].x == 0 && strings[1].x == 15 && strings[2].z == 3 && strings[5].z == 12); \
    CHECK_RUN(pauli, TINYRANK_PAULI_BYTES, 32, suffix, real);                                  \
    check_hermitian_##suffix();                                                                \
    check_moduli_##suffix();                                                                   \
    check_patterns_##suffix();                                                                 \
  }

CHECK_PRECISION(f32, float)
CHECK_PRECISION(f64, double)

int c_test_complex(void) {
  check_f32();
  check_f64();
  return failures;
}
