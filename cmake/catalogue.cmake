# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# tinyrank_catalogue(<variable> [<file>]): the names of the rows of catalogue/operators.hpp, or of a file like it, in order.
# A change of the file configures again.
function(tinyrank_catalogue variable)
  set(file "${PROJECT_SOURCE_DIR}/catalogue/operators.hpp")
  if(ARGC GREATER 1)
    set(file "${ARGV1}")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(READ "${file}" text)
  string(REGEX MATCHALL "ROW\\([a-z0-9_]+\\)" rows "${text}")
  list(TRANSFORM rows REPLACE "ROW\\((.*)\\)" "\\1")
  set(${variable} "${rows}" PARENT_SCOPE)
endfunction()
