# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# cmake -DSOURCE=<source tree> -DSCRATCH=<directory> -DCXX=<compiler> -DGENERATOR=<name> -DNM=<nm> -P debug_build.cmake
#
# The core archive once more, unoptimised, as a user's Debug build makes it: there, what is inline elsewhere becomes a symbol.
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${SCRATCH}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}"
  -DCMAKE_BUILD_TYPE=Debug -DTINYRANK_BUILD_APPS=OFF -DTINYRANK_BUILD_TESTS=OFF -DTINYRANK_BUILD_BENCH=OFF
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${SCRATCH}" --target tinyrank OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND sh "${SOURCE}/tests/symbols/check_symbols.sh" "${NM}" "${SCRATCH}/lib/libtinyrank.a"
  COMMAND_ERROR_IS_FATAL ANY)
