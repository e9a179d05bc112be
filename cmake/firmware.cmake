# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# tinyrank_firmware(<target> SOURCES <file>... [STACK_BYTES <bytes>] [RAM_BYTES <bytes>])
#
# A bare-metal program for the processor that toolchains/cortex-m.cmake or riscv32.cmake chose. RAM_BYTES shrinks the board's memory, to
# prove at link time that a program fits a smaller part. CTest runs the target through CMAKE_CROSSCOMPILING_EMULATOR.
set(tinyrank_runtime_directory "${CMAKE_CURRENT_LIST_DIR}/../apps/firmware/runtime")

# Origin and size of the two memories: SSRAM1 and SSRAM2+3 on the mps2 boards (those of mps2-an505 where secure code has
# them), ITCM and internal SRAM on mps3-an547. The RAM of qemu's virt, cut in two, begins where its reset jumps to.
set(tinyrank_memory_m0plus 0x00000000 0x400000 0x20000000 0x400000)
set(tinyrank_memory_m3 0x00000000 0x400000 0x20000000 0x400000)
set(tinyrank_memory_m4 0x00000000 0x400000 0x20000000 0x400000)
set(tinyrank_memory_m7 0x00000000 0x400000 0x20000000 0x400000)
set(tinyrank_memory_m7sp 0x00000000 0x400000 0x20000000 0x400000)
set(tinyrank_memory_m33 0x10000000 0x400000 0x38000000 0x400000)
set(tinyrank_memory_m55 0x00000000 0x80000 0x21000000 0x400000)
set(tinyrank_memory_rv32imac 0x80000000 0x400000 0x80400000 0x400000)
set(tinyrank_memory_rv32imafc 0x80000000 0x400000 0x80400000 0x400000)

# At the end of every link line, because any library before may need them (software doubles on a Cortex-M4, all of them on an M3).
set(CMAKE_CXX_STANDARD_LIBRARIES "-lm -lc -lgcc")

# gcc 12 writes branches for an M55 that do not reach past the vectors of a long function. The library has none so long;
# programs that go over the catalogue have.
set(tinyrank_branches_that_reach "$<$<STREQUAL:${TINYRANK_CORTEX},m55>:-fno-tree-vectorize>")

function(tinyrank_firmware target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "STACK_BYTES;RAM_BYTES" "SOURCES")
  set(memory ${tinyrank_memory_${TINYRANK_CORTEX}${TINYRANK_RISCV}})
  list(GET memory 0 code_origin)
  list(GET memory 1 code_bytes)
  list(GET memory 2 ram_origin)
  list(GET memory 3 ram_bytes)
  if(arg_RAM_BYTES)
    set(ram_bytes ${arg_RAM_BYTES})
  endif()
  if(NOT arg_STACK_BYTES)
    set(arg_STACK_BYTES 8192)
  endif()

  if(NOT TARGET tinyrank_runtime)
    if(TINYRANK_RISCV)
      set(startup startup_riscv.cpp)
    else()
      set(startup startup.cpp)
    endif()
    add_library(tinyrank_runtime OBJECT
      "${tinyrank_runtime_directory}/${startup}"
      "${tinyrank_runtime_directory}/semihosting.cpp"
      "${tinyrank_runtime_directory}/format.cpp")
    target_compile_features(tinyrank_runtime PUBLIC cxx_std_20)
    target_include_directories(tinyrank_runtime PUBLIC "${tinyrank_runtime_directory}")
    target_compile_options(tinyrank_runtime PUBLIC
      -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-unwind-tables -fno-asynchronous-unwind-tables)
  endif()

  set(linker_script "${tinyrank_runtime_directory}/firmware.ld")
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE tinyrank_runtime)
  target_compile_options(${target} PRIVATE "${tinyrank_branches_that_reach}")
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${linker_script}")
  # Neither libnosys nor librdimon is named: whatever wants a system call (malloc, printf, abort) must not link.
  target_link_options(${target} PRIVATE
    -nostartfiles -nodefaultlibs "-T${linker_script}" LINKER:--gc-sections,--fatal-warnings
    LINKER:--defsym=code_origin=${code_origin},--defsym=code_bytes=${code_bytes}
    LINKER:--defsym=ram_origin=${ram_origin},--defsym=ram_bytes=${ram_bytes}
    LINKER:--defsym=stack_bytes=${arg_STACK_BYTES})
endfunction()
