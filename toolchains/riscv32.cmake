# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# Bare metal with picolibc: -DTINYRANK_RISCV=rv32imafc (default; an ESP32-P4 and its like) or rv32imac (without floats: an
# ESP32-C3 or C6).
set(TINYRANK_RISCV rv32imafc CACHE STRING "RISC-V processor: rv32imac or rv32imafc")
set_property(CACHE TINYRANK_RISCV PROPERTY STRINGS rv32imac rv32imafc)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TINYRANK_RISCV)

if(TINYRANK_RISCV STREQUAL "rv32imafc")
  set(tinyrank_machine_flags "-march=rv32imafc -mabi=ilp32f")
elseif(TINYRANK_RISCV STREQUAL "rv32imac")
  set(tinyrank_machine_flags "-march=rv32imac -mabi=ilp32")
else()
  message(FATAL_ERROR "TINYRANK_RISCV is '${TINYRANK_RISCV}'; it must be rv32imac or rv32imafc")
endif()

# Debian's compiler comes without the headers of C++, of which the library needs those that are templates alone. Those for
# Arm's newlib are the same; whatever is to be linked is picolibc's.
file(GLOB tinyrank_cxx_headers /usr/include/newlib/c++/*)
if(NOT tinyrank_cxx_headers)
  message(FATAL_ERROR "no headers of C++ in /usr/include/newlib/c++; install libstdc++-arm-none-eabi-dev")
endif()
list(GET tinyrank_cxx_headers -1 tinyrank_cxx_headers)

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR ${TINYRANK_RISCV})
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
# No data by way of gp, which the startup code then need not set.
set(CMAKE_C_FLAGS_INIT
  "${tinyrank_machine_flags} --specs=picolibc.specs -msmall-data-limit=0 -ffunction-sections -fdata-sections")
set(CMAKE_CXX_FLAGS_INIT
  "${CMAKE_C_FLAGS_INIT} -isystem ${tinyrank_cxx_headers} -isystem ${tinyrank_cxx_headers}/arm-none-eabi")

# A program cannot link before a startup file and a linker script are chosen.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_FIND_ROOT_PATH /usr/lib/picolibc/riscv64-unknown-elf)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# --foreground because qemu opens the terminal, and a background process group would be stopped for that.
set(CMAKE_CROSSCOMPILING_EMULATOR
    timeout --foreground --kill-after=5 600
    qemu-system-riscv32 -M virt -bios none -nographic -monitor none -serial null
    -semihosting-config enable=on,target=native -kernel)
