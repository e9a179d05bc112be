/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

#ifndef TINYRANK_TESTS_C_API_H
#define TINYRANK_TESTS_C_API_H

#include <stdint.h>

/* From C++: measurements and factor_bits of tests/common/golden.hpp; 0 Gaussian, 1 Hadamard, 2 rank-one, 3
 * distances, 4 Rademacher. */
#ifdef __cplusplus
extern "C" {
#endif
void golden_measure_f32(int which, float* y);
void golden_measure_f64(int which, double* y);
uint64_t golden_bits_f32(int which);
uint64_t golden_bits_f64(int which);

/* From the program around the test. */
void c_test_failed(const char* what, int line);

/* The number of failed checks. */
int c_test_run(void);
#ifdef __cplusplus
}
#endif

#endif
