// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include <iostream>
#include <string>
#include <vector>
#include <xsimd/xsimd.hpp>

#if !defined(XSIMD_HPP) || !(defined(_OMP_H) || defined(__OMP_H)) || !defined(_GLIBCXX_IOSTREAM) || \
    !defined(_GLIBCXX_OSTREAM) || !defined(_GLIBCXX_VECTOR) || !defined(_GLIBCXX_STRING) ||         \
    !defined(_STDIO_H) || !defined(_STDLIB_H) || !defined(_MATH_H)
#error "no_heavy_header.hpp looks for guards that these headers do not have"
#endif
