# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# RISC-V with vectors of TINYRANK_VLEN bits or more, 128 (default), 256 or 512, by a clang that has them: 17 or newer.
set(TINYRANK_VLEN 128 CACHE STRING "Bits of a vector register: 128, 256 or 512")
set_property(CACHE TINYRANK_VLEN PROPERTY STRINGS 128 256 512)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TINYRANK_VLEN)

include("${CMAKE_CURRENT_LIST_DIR}/riscv64-linux.cmake")
find_program(tinyrank_clang NAMES clang-19 clang-18 clang-17 NO_CMAKE_FIND_ROOT_PATH)
find_program(tinyrank_clangxx NAMES clang++-19 clang++-18 clang++-17 NO_CMAKE_FIND_ROOT_PATH)
set(CMAKE_C_COMPILER "${tinyrank_clang}")
set(CMAKE_CXX_COMPILER "${tinyrank_clangxx}")
set(CMAKE_C_COMPILER_TARGET riscv64-linux-gnu)
set(CMAKE_CXX_COMPILER_TARGET riscv64-linux-gnu)
set(CMAKE_C_FLAGS_INIT "-march=rv64gcv_zvl${TINYRANK_VLEN}b -mabi=lp64d")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
list(APPEND CMAKE_CROSSCOMPILING_EMULATOR -cpu rv64,v=true,vext_spec=v1.0,vlen=${TINYRANK_VLEN})
