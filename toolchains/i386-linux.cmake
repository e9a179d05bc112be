# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# 32-bit x86 with SSE2, whose arithmetic rounds to float and double; x87's does not, and is refused. Not -m32: Debian's gcc-multilib
# cannot be installed beside its cross compilers.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR i686)
set(CMAKE_C_COMPILER i686-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER i686-linux-gnu-g++)
set(CMAKE_C_FLAGS_INIT "-msse2 -mfpmath=sse")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")

set(CMAKE_FIND_ROOT_PATH /usr/i686-linux-gnu /usr/lib/gcc-cross/i686-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# --foreground keeps the program in the caller's process group, so that Ctrl-C reaches it too.
set(CMAKE_CROSSCOMPILING_EMULATOR timeout --foreground --kill-after=5 600 qemu-i386 -L /usr/i686-linux-gnu)
