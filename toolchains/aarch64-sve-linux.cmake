# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# 64-bit ARM with SVE registers of exactly TINYRANK_VLEN bits: 128, 256 (default) or 512. gcc 12 has no fixed size of 128 bits,
# for which it takes clang.
set(TINYRANK_VLEN 256 CACHE STRING "Bits of an SVE register: 128, 256 or 512")
set_property(CACHE TINYRANK_VLEN PROPERTY STRINGS 128 256 512)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TINYRANK_VLEN)

include("${CMAKE_CURRENT_LIST_DIR}/aarch64-linux.cmake")
if(TINYRANK_VLEN EQUAL 128)
  set(CMAKE_C_COMPILER clang)
  set(CMAKE_CXX_COMPILER clang++)
  set(CMAKE_C_COMPILER_TARGET aarch64-linux-gnu)
  set(CMAKE_CXX_COMPILER_TARGET aarch64-linux-gnu)
endif()
set(CMAKE_C_FLAGS_INIT "-march=armv8.2-a+sve -msve-vector-bits=${TINYRANK_VLEN}")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
math(EXPR quadwords "${TINYRANK_VLEN} / 128")
list(APPEND CMAKE_CROSSCOMPILING_EMULATOR -cpu max,sve-max-vq=${quadwords})
