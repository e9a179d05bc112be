# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

foreach(example IN LISTS EXAMPLES)
  file(READ "${example}" text)
  string(REGEX REPLACE "[^\n]" "" ends "${text}")
  string(LENGTH "${ends}" count)
  if(NOT count LESS 60)
    message(SEND_ERROR "${example} has ${count} lines; an example has less than 60")
  endif()
endforeach()
