# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# Whether the Python package, of which the programs are a part, is built: TINYRANK_PYTHON_FOUND, Python3_add_library and tinyrank::pybind11. The system's python3
# first, for it is the one that Debian's numpy belongs to.
set(TINYRANK_PYTHON_FOUND OFF)
if(NOT TINYRANK_BUILD_PYTHON OR NOT TINYRANK_BUILD_APPS)
  return()
endif()
set(reason "")
find_program(TINYRANK_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(TINYRANK_PYTHON python3)
if(NOT Python3_EXECUTABLE)
  set(Python3_EXECUTABLE "${TINYRANK_PYTHON}")
endif()
find_package(Python3 3.9 QUIET COMPONENTS Interpreter Development.Module)
if(NOT Python3_FOUND)
  set(reason "no headers of Python 3.9 or later")
else()
  # As a package of Python it knows its own headers; Debian's pybind11-dev has them where the compiler looks.
  execute_process(COMMAND "${Python3_EXECUTABLE}" -c "import pybind11; print(pybind11.get_include())"
    OUTPUT_VARIABLE pybind11_headers OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  find_path(TINYRANK_PYBIND11_INCLUDE pybind11/pybind11.h HINTS ${pybind11_headers})
  # It is not asked for to compile, but to test; pip compiles where there is none.
  execute_process(COMMAND "${Python3_EXECUTABLE}" -c "import numpy" RESULT_VARIABLE numpy_missing OUTPUT_QUIET ERROR_QUIET)
  if(NOT TINYRANK_PYBIND11_INCLUDE)
    set(reason "no pybind11")
  elseif(TINYRANK_BUILD_PYTHON STREQUAL "AUTO" AND NOT numpy_missing EQUAL 0)
    set(reason "no numpy for ${Python3_EXECUTABLE}")
  endif()
endif()
if(NOT reason)
  set(TINYRANK_PYTHON_FOUND ON)
  add_library(tinyrank_pybind11 INTERFACE)
  add_library(tinyrank::pybind11 ALIAS tinyrank_pybind11)
  target_include_directories(tinyrank_pybind11 SYSTEM INTERFACE "${TINYRANK_PYBIND11_INCLUDE}")
elseif(TINYRANK_BUILD_PYTHON STREQUAL "AUTO")
  message(STATUS "tinyrank: ${reason}: no Python package (packaging/install-dependencies.sh python)")
else()
  message(FATAL_ERROR "tinyrank: ${reason}; packaging/install-dependencies.sh python installs it, or configure with "
    "-DTINYRANK_BUILD_PYTHON=OFF")
endif()
