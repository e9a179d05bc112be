# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# The command line: the bits of x86-64 Linux, an output that takes the place of another, binary files, and refusals.

file(REMOVE_RECURSE "${SCRATCH}")
file(MAKE_DIRECTORY "${SCRATCH}")
file(COPY_FILE "${TABLE}" "${SCRATCH}/table.csv")

function(run expected)
  execute_process(COMMAND ${EMULATOR} "${PROGRAM}" recover ${ARGN} WORKING_DIRECTORY "${SCRATCH}"
    RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code STREQUAL expected)
    message(FATAL_ERROR "${ARGN}: exit code ${code}, not ${expected}\n${out}\n${err}")
  endif()
  set(err "${err}" PARENT_SCOPE)
endfunction()

set(to_factor --sensing distances:table.csv --rank 2 --iterations 100 --factor-out U.npy)
foreach(time once again)
  run(3 ${to_factor} --report r.json)
  file(SHA256 "${SCRATCH}/U.npy" bits)
  # What x86-64 Linux writes.
  if(NOT bits STREQUAL "a8e11964dfee0232c97688be9347a896ee97440ddc11e736f048d5b7ddf90f0e")
    message(FATAL_ERROR "other bits ${time}: ${bits}")
  endif()
endforeach()
run(3 --sensing distances:table.csv --rank 2 --iterations 10 --init U.npy --checkpoint F)
run(3 --sensing distances:table.csv --rank 2 --iterations 20 --init U.npy --resume F)
run(2 --sensing distances:none.csv --rank 2)
if(NOT err MATCHES "tinyrank: none.csv: cannot open: No such file")
  message(FATAL_ERROR "of a file that is missing: ${err}")
endif()
run(2 ${to_factor} --trace U.npy)
if(NOT err MATCHES "is named for two outputs")
  message(FATAL_ERROR "of two outputs: ${err}")
endif()
file(GLOB left RELATIVE "${SCRATCH}" "${SCRATCH}/*" "${SCRATCH}/.*")
list(SORT left)
if(NOT left STREQUAL "F;U.npy;r.json;table.csv")
  message(FATAL_ERROR "left behind: ${left}")
endif()
