# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# cmake -DSOURCE=<source tree> -DSCRATCH=<directory> -DCXX=<compiler> -DGENERATOR=<name> -DNM=<nm> -DAR=<ar>
#       -DVERSION=<expected> -P debug_build.cmake
#
# The library once more, shared, and unoptimised as a user's Debug build makes it: there, what is inline elsewhere becomes a
# symbol. Checked are its objects, what the shared library shows, and a program that finds it installed and runs. Without -g,
# which is half of the time that the compiler takes.
cmake_minimum_required(VERSION 3.21)
set(options -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}" -DCMAKE_BUILD_TYPE=Debug)
set(prefix "${SCRATCH}/installed")
set(archive "${SCRATCH}/objects.a")
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${SCRATCH}" ${options} -DBUILD_SHARED_LIBS=ON
  -DCMAKE_CXX_FLAGS_DEBUG= -DTINYRANK_PRECOMPILED_HEADERS=ON -DTINYRANK_BUILD_APPS=OFF -DTINYRANK_BUILD_TESTS=OFF -DTINYRANK_BUILD_BENCH=OFF
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${SCRATCH}" --target tinyrank OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

file(GLOB_RECURSE objects "${SCRATCH}/lib/*.o")
file(REMOVE "${archive}")
execute_process(COMMAND "${AR}" qc "${archive}" ${objects} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND sh "${SOURCE}/tests/symbols/check_symbols.sh" "${NM}" "${archive}" COMMAND_ERROR_IS_FATAL ANY)

find_program(python python3 REQUIRED)
execute_process(COMMAND "${python}" "${SOURCE}/tests/symbols/check_exports.py" "${SOURCE}/include" "${NM}"
  "${SCRATCH}/lib/libtinyrank.so" COMMAND_ERROR_IS_FATAL ANY)

# A program that hides its own symbols, as bindings do, must still see the library's.
file(REMOVE_RECURSE "${prefix}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${SCRATCH}" --prefix "${prefix}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}/tests/consumer/find_package" -B "${SCRATCH}/consumer" ${options}
  "-DCMAKE_PREFIX_PATH=${prefix}" "-Dwanted_version=${VERSION}" -DCMAKE_CXX_VISIBILITY_PRESET=hidden
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${SCRATCH}/consumer" --target consumer
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${SCRATCH}/consumer/consumer" OUTPUT_VARIABLE output OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
if(NOT output STREQUAL VERSION)
  message(FATAL_ERROR "the program printed '${output}'; expected '${VERSION}'")
endif()
execute_process(COMMAND "${NM}" -D "${SCRATCH}/consumer/consumer" OUTPUT_VARIABLE needed COMMAND_ERROR_IS_FATAL ANY)
if(NOT needed MATCHES " U [^\n]*init_operator" OR NOT EXISTS "${prefix}/share/doc/tinyrank/LICENSE")
  message(FATAL_ERROR "the program does not use the shared library, or LICENSE was not installed")
endif()
