# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR riscv64)
set(CMAKE_C_COMPILER riscv64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER riscv64-linux-gnu-g++)

# The second root holds the compiler's own libraries (libgomp): FindOpenMP looks for them by full path.
set(CMAKE_FIND_ROOT_PATH /usr/riscv64-linux-gnu /usr/lib/gcc-cross/riscv64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# --foreground keeps the program in the caller's process group, so that Ctrl-C reaches it too.
set(CMAKE_CROSSCOMPILING_EMULATOR timeout --foreground --kill-after=5 600 qemu-riscv64 -L /usr/riscv64-linux-gnu)
