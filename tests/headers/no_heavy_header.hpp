// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#if defined(XSIMD_HPP)
#error "a public header includes xsimd"
#endif
#if defined(_OPENMP) || defined(_OMP_H) || defined(__OMP_H)
#error "a public header includes omp.h"
#endif
#if defined(_GLIBCXX_IOSTREAM) || defined(_GLIBCXX_OSTREAM)
#error "a public header includes <iostream>"
#endif
#if defined(_GLIBCXX_VECTOR)
#error "a public header includes <vector>"
#endif
#if defined(_GLIBCXX_STRING)
#error "a public header includes <string>"
#endif
#if defined(_STDIO_H) || defined(_STDLIB_H) || defined(_MATH_H)
#error "a public header includes hosted parts of the C library"
#endif
