# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# tinyrank_header_only(<target> <probe-header> <found-var> [<package-name>...])
#
# Makes the imported interface target <target> for a header-only package, for example
#   tinyrank_header_only(tinyrank::cli11 CLI/CLI.hpp TINYRANK_CLI11_FOUND CLI11)
# and sets <found-var> to TRUE, or to FALSE when the header is nowhere. Searched: <name>_ROOT and <name>_INCLUDE_DIR
# (the first directory of the probe and every <package-name>, as variables; <name>_ROOT also from the environment),
# CMAKE_PREFIX_PATH, then the usual directories of the host.
#
# Headers without code serve every processor, so a cross build may take the host's. Adding /usr/include would hand the
# host's C library to the cross compiler; a directory with one symbolic link to the package's headers does not.
function(tinyrank_header_only target probe found_var)
  string(REGEX REPLACE "/.*" "" header_directory "${probe}")
  set(hints "")
  foreach(name IN ITEMS ${header_directory} ${ARGN})
    list(APPEND hints ${${name}_INCLUDE_DIR} ${${name}_ROOT} $ENV{${name}_ROOT})
  endforeach()

  string(MAKE_C_IDENTIFIER "${target}" identifier)
  find_path(${identifier}_HEADERS "${probe}" HINTS ${hints} ${CMAKE_PREFIX_PATH} PATHS /usr/local /usr
    PATH_SUFFIXES include NO_CMAKE_FIND_ROOT_PATH
    DOC "Directory that holds ${probe}")
  mark_as_advanced(${identifier}_HEADERS)
  if(NOT ${identifier}_HEADERS)
    set(${found_var} FALSE PARENT_SCOPE)
    return()
  endif()

  set(link_directory "${PROJECT_BINARY_DIR}/header_only/${identifier}")
  file(MAKE_DIRECTORY "${link_directory}")
  file(CREATE_LINK "${${identifier}_HEADERS}/${header_directory}" "${link_directory}/${header_directory}" SYMBOLIC)
  if(NOT TARGET ${target})
    add_library(${target} INTERFACE IMPORTED GLOBAL)
    target_include_directories(${target} INTERFACE "${link_directory}")
  endif()
  set(${found_var} TRUE PARENT_SCOPE)
endfunction()
