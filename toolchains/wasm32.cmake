# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# WebAssembly without a system: Debian's clang, lld and the C and C++ headers of wasi. There is no relaxed multiply-add, whose
# bits are the machine's: lib/simd/exact_fma.hpp emulates it.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_C_COMPILER clang-14)
set(CMAKE_CXX_COMPILER clang++-14)
set(CMAKE_AR llvm-ar-14)
set(CMAKE_RANLIB llvm-ranlib-14)
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
set(CMAKE_C_FLAGS_INIT "-mbulk-memory -isystem /usr/include/wasm32-wasi")
set(CMAKE_CXX_FLAGS_INIT "-mbulk-memory -isystem /usr/include/wasm32-wasi/c++/v1 -isystem /usr/include/wasm32-wasi")

# A program cannot link before it says what it exports.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY NEVER)

# What a page has to load counts, too.
set(TINYRANK_KERNEL_OPTIONS -Os CACHE STRING "More flags for the kernels")
