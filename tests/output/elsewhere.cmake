# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# cmake -DSOURCE=<source tree> -DSCRATCH=<directory> -DCXX=<compiler> -DGENERATOR=<name> -P elsewhere.cmake
#
# A build tree anywhere names no place of the source tree's build/, where demo, paper and bench would write; it names its own.
cmake_minimum_required(VERSION 3.21)

# text := every rule of the build tree
function(read_rules)
  file(GLOB_RECURSE rules "${SCRATCH}/*.ninja" "${SCRATCH}/build.make")
  set(all "")
  foreach(file IN LISTS rules)
    file(READ "${file}" part)
    string(APPEND all "${part}")
  endforeach()
  set(text "${all}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${SCRATCH}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}"
  -DTINYRANK_BUILD_TESTS=OFF OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
read_rules()
if(NOT text MATCHES "--output [^\n]*demo")
  message(FATAL_ERROR "the command of demo was not found in ${SCRATCH}")
endif()
# The scratch directory may itself be below the source tree's build/.
string(REPLACE "${SCRATCH}" "<here>" text "${text}")
string(REGEX REPLACE "([][+.*()^$?|\\])" "\\\\\\1" source_pattern "${SOURCE}")
if(NOT text MATCHES "make\\.sh[^\n]* <here>" OR text MATCHES "${source_pattern}/build[^\n]*")
  message(FATAL_ERROR "demo, paper or bench would write outside the build tree: ${CMAKE_MATCH_0}")
endif()
# bench has no command of its own where Google Benchmark is missing.
if(text MATCHES "--json " AND NOT text MATCHES "--json <here>/bench.json")
  message(FATAL_ERROR "bench would write outside the build tree")
endif()

# A relative place, as make gives it, is one of the source tree.
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${SCRATCH}" -DTINYRANK_OUTPUT:PATH=some-place
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
read_rules()
if(NOT text MATCHES "--output ${source_pattern}/some-place/demo")
  message(FATAL_ERROR "demo does not write into a relative TINYRANK_OUTPUT, taken from the source tree")
endif()
