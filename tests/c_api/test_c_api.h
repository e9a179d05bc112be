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

/* A run from C++ of a struct tinyrank_dense and so on, to the limit of 40 iterations: its factor_bits. */
enum { stored_dense, stored_dense_bf16, stored_dense_int8, stored_sparse };
uint64_t c_test_bits_f32(int which, const void* sensing, const float* y);
uint64_t c_test_bits_f64(int which, const void* sensing, const double* y);

/* The number of failed checks of structs of older and newer versions. */
int c_test_versions(void);

/* The methods of descent of tests/common/golden_methods.hpp: measurements, and factor_bits in the order of
 * catalogue/methods.hpp. */
void c_test_method_y_f32(float* y);
void c_test_method_y_f64(double* y);
uint64_t c_test_method_bits_f32(int method);
uint64_t c_test_method_bits_f64(int method);

/* Staircases of every operator of the catalogue, by functions of test_staircase.c: the number of failed
 * checks. */
int c_test_staircase_rows(void);

/* test_stored.c, test_complex.c, test_methods.c, test_staircase.c */
int c_test_stored(void);
int c_test_complex(void);
int c_test_methods(void);
int c_test_staircase(void);

/* From the program around the test. */
void c_test_failed(const char* what, int line);

/* The number of failed checks. */
int c_test_run(void);
#ifdef __cplusplus
}
#endif

#endif
