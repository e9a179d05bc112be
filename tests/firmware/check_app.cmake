# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# cmake -DCOMMAND=<emulator;options;program> -DEXPECTED=<regular expression of the end> -P check_app.cmake
#
# A firmware program ends well, printed a line for each phase in order, and ends as expected.
execute_process(COMMAND ${COMMAND} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors)
message("${output}${errors}")
if(NOT result EQUAL 0)
  message(FATAL_ERROR "exit code ${result}")
endif()
set(phases "measured, [a-z ]+[0-9]+\nalignment, until iteration  [0-9]+\ngrowth, until iteration     [0-9]+\nrefinement, until iteration [0-9]+\n")
if(NOT output MATCHES "^${phases}")
  message(FATAL_ERROR "not a line for each phase")
endif()
if(NOT output MATCHES "arena bytes                 [0-9]+\n" OR NOT output MATCHES "${EXPECTED}")
  message(FATAL_ERROR "not the end that was expected: ${EXPECTED}")
endif()
