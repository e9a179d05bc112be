# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# cmake -DSOURCE=<project> -DSCRATCH=<directory> -DTOOLCHAIN=<file> -DCORTEX=<processor> -DGENERATOR=<name> -P build.cmake
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${SCRATCH}" -G "${GENERATOR}" --toolchain "${TOOLCHAIN}"
  "-DTINYRANK_CORTEX=${CORTEX}" -DCMAKE_BUILD_TYPE=Release OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${SCRATCH}" --target app OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
