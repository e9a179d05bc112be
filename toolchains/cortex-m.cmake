# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# One file for seven microcontrollers: -DTINYRANK_CORTEX=m0plus, m3, m4, m7 (default), m7sp (an M7 whose floating-point unit
# is single-precision), m33 or m55. One build tree serves one of them.
set(TINYRANK_CORTEX m7 CACHE STRING "Cortex-M processor: m0plus, m3, m4, m7, m7sp, m33 or m55")
set_property(CACHE TINYRANK_CORTEX PROPERTY STRINGS m0plus m3 m4 m7 m7sp m33 m55)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TINYRANK_CORTEX)

if(TINYRANK_CORTEX STREQUAL "m0plus")
  # qemu has no board of an M0+ with memory enough; an M3 runs what is compiled for one.
  set(tinyrank_machine_flags "-mcpu=cortex-m0plus -mfloat-abi=soft")
  set(tinyrank_board mps2-an385)
elseif(TINYRANK_CORTEX STREQUAL "m3")
  set(tinyrank_machine_flags "-mcpu=cortex-m3 -mfloat-abi=soft")
  set(tinyrank_board mps2-an385)
elseif(TINYRANK_CORTEX STREQUAL "m4")
  set(tinyrank_machine_flags "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard")
  set(tinyrank_board mps2-an386)
elseif(TINYRANK_CORTEX STREQUAL "m7")
  set(tinyrank_machine_flags "-mcpu=cortex-m7 -mfpu=fpv5-d16 -mfloat-abi=hard")
  set(tinyrank_board mps2-an500)
elseif(TINYRANK_CORTEX STREQUAL "m7sp")
  set(tinyrank_machine_flags "-mcpu=cortex-m7 -mfpu=fpv5-sp-d16 -mfloat-abi=hard")
  set(tinyrank_board mps2-an500)
elseif(TINYRANK_CORTEX STREQUAL "m33")
  set(tinyrank_machine_flags "-mcpu=cortex-m33 -mfpu=fpv5-sp-d16 -mfloat-abi=hard")
  set(tinyrank_board mps2-an505)
elseif(TINYRANK_CORTEX STREQUAL "m55")
  set(tinyrank_machine_flags "-mcpu=cortex-m55 -mfpu=auto -mfloat-abi=hard")
  set(tinyrank_board mps3-an547)
else()
  message(FATAL_ERROR "TINYRANK_CORTEX is '${TINYRANK_CORTEX}'; it must be m0plus, m3, m4, m7, m7sp, m33 or m55")
endif()

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-${TINYRANK_CORTEX})
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_C_FLAGS_INIT "-mthumb ${tinyrank_machine_flags} -ffunction-sections -fdata-sections")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")

# A program cannot link before a startup file and a linker script are chosen.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_FIND_ROOT_PATH /usr/lib/arm-none-eabi)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# --foreground because qemu opens the terminal, and a background process group would be stopped for that.
set(CMAKE_CROSSCOMPILING_EMULATOR
    timeout --foreground --kill-after=5 600
    qemu-system-arm -M ${tinyrank_board} -nographic -monitor none -serial null
    -semihosting-config enable=on,target=native -kernel)
