# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# cmake -DSOURCE=<project> -DSCRATCH=<directory> -DPACKAGES=<directory> -DPYTHON=<python> -DTOOLCHAIN=<file>
#       -DPROCESSOR=<-Doption> -DMORE=<-Doption> -DGENERATOR=<name> -P build.cmake
#
# Writes the packages, and builds the project from them.
execute_process(COMMAND "${PYTHON}" "${CMAKE_CURRENT_LIST_DIR}/../../packaging/packages.py" "${PACKAGES}"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${SCRATCH}" -G "${GENERATOR}" --toolchain "${TOOLCHAIN}"
  "-Dpackages=${PACKAGES}" "${PROCESSOR}" "${MORE}" -DCMAKE_BUILD_TYPE=Release OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${SCRATCH}" --target app OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
