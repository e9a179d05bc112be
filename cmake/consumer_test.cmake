# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# cmake -DSOURCE=<source tree> -DBUILD=<build tree> -DSCRATCH=<directory> -DVERSION=<expected>
#       -DNM=<nm> [-DCXX=<compiler>] [-DCXX_FLAGS=<flags>] [-DGENERATOR=<name>] -P consumer_test.cmake
#
# Installs the built tree, moves the installation elsewhere (it must not remember its place), then builds and runs one
# consumer for each way of finding the library, one of them in C alone, and checks that a wrong version is refused, that a
# shared object can take the archive in and shows nothing of it, that a parent project installs nothing of ours, and that no
# OpenMP is no error.
cmake_minimum_required(VERSION 3.21)
set(staging "${SCRATCH}/staging")
set(prefix "${SCRATCH}/moved")
set(options -DCMAKE_BUILD_TYPE=Release)
if(CXX)
  list(APPEND options "-DCMAKE_CXX_COMPILER=${CXX}")
endif()
if(CXX_FLAGS)
  list(APPEND options "-DCMAKE_CXX_FLAGS=${CXX_FLAGS}")
endif()
if(GENERATOR)
  list(APPEND options -G "${GENERATOR}")
endif()

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_consumer_runs name)
  set(tree "${SCRATCH}/${name}")
  run("${CMAKE_COMMAND}" -S "${SOURCE}/tests/consumer/${name}" -B "${tree}" ${options} ${ARGN})
  set(configured "${output}" PARENT_SCOPE)
  run("${CMAKE_COMMAND}" --build "${tree}" --target consumer)
  execute_process(COMMAND "${tree}/consumer"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(errors "${errors}" PARENT_SCOPE)
  if(NOT result EQUAL 0 OR NOT output STREQUAL VERSION)
    message(FATAL_ERROR "${name}: ended with ${result} and printed '${output}'; expected 0 and '${VERSION}'")
  endif()
endfunction()

# The reason is checked too: a configuration that fails for anything else proves nothing.
function(expect_consumer_refused name reason)
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}/tests/consumer/${name}" -B "${SCRATCH}/${name}_refused" ${options} ${ARGN}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result EQUAL 0 OR NOT output MATCHES "${reason}")
    message(FATAL_ERROR "${name}: a wrong version was not refused for the right reason:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${staging}")
file(RENAME "${staging}" "${prefix}")
if(NOT EXISTS "${prefix}/share/doc/tinyrank/LICENSE")
  message(FATAL_ERROR "LICENSE was not installed")
endif()
file(GLOB_RECURSE pc_file "${prefix}/tinyrank.pc")
cmake_path(GET pc_file PARENT_PATH pc_directory)
set(ENV{PKG_CONFIG_PATH} "${pc_directory}")

expect_consumer_runs(find_package "-DCMAKE_PREFIX_PATH=${prefix}" "-Dwanted_version=${VERSION}")
run("${CMAKE_COMMAND}" --build "${SCRATCH}/find_package" --target binding)
run("${NM}" -D --defined-only "${SCRATCH}/find_package/libbinding.so")
if(output MATCHES "tinyrank")
  message(FATAL_ERROR "a shared object that takes the archive in shows of it:\n${output}")
endif()
expect_consumer_runs(c_only "-DCMAKE_PREFIX_PATH=${prefix}")
expect_consumer_runs(pkg_config "-Dwanted_version==${VERSION}")
# Here the library is compiled once more: in less time, for how fast it is asks no one.
expect_consumer_runs(add_subdirectory "-Dtinyrank_source=${SOURCE}" -DTINYRANK_PRECOMPILED_HEADERS=ON -DCMAKE_CXX_FLAGS_RELEASE=-O0)

# A parent project, and one whose compiler has no OpenMP; what is recompiled for it is not the kernels.
run("${CMAKE_COMMAND}" --install "${SCRATCH}/add_subdirectory" --prefix "${SCRATCH}/parent")
file(GLOB_RECURSE installed RELATIVE "${SCRATCH}/parent" "${SCRATCH}/parent/*")
if(NOT installed STREQUAL "bin/consumer")
  message(FATAL_ERROR "installed with a parent project: ${installed}")
endif()
expect_consumer_runs(add_subdirectory -DCMAKE_DISABLE_FIND_PACKAGE_OpenMP=ON -DTINYRANK_INSTALL=ON)
if(NOT configured MATCHES "CMake Warning[^\n]*\n[^\n]*this compiler has no OpenMP" OR NOT errors MATCHES "built without OpenMP")
  message(FATAL_ERROR "no OpenMP: no warning, or more than one thread:\n${configured}\n${errors}")
endif()
run("${CMAKE_COMMAND}" --install "${SCRATCH}/add_subdirectory" --prefix "${SCRATCH}/parent")
set(prefix "${SCRATCH}/parent")
file(REMOVE_RECURSE "${SCRATCH}/find_package")
expect_consumer_runs(find_package "-DCMAKE_PREFIX_PATH=${prefix}" "-Dwanted_version=${VERSION}"
  -DCMAKE_DISABLE_FIND_PACKAGE_OpenMP=ON)
expect_consumer_refused(find_package "considered but not accepted" "-DCMAKE_PREFIX_PATH=${prefix}" -Dwanted_version=99)
expect_consumer_refused(pkg_config "'tinyrank >= 99'" "-Dwanted_version=>=99")
