# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# cmake -DPROGRAMS=<program>,... [-DEMULATOR=<command>] -P no_such_suite.cmake
#
# A suite that is renamed must not leave a test behind that passes because it runs nothing.
string(REPLACE "," ";" programs "${PROGRAMS}")
foreach(program IN LISTS programs)
  execute_process(COMMAND ${EMULATOR} "${program}" --test-suite=no_such_suite RESULT_VARIABLE result OUTPUT_QUIET
    ERROR_VARIABLE message)
  if(NOT result EQUAL 1 OR NOT message MATCHES "no test case was run")
    message(FATAL_ERROR "${program}: ended with ${result} for a suite that does not exist")
  endif()
endforeach()
