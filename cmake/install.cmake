# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# Include after the target `tinyrank` exists. TINYRANK_OPENMP says whether that target was built with OpenMP.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(tinyrank_package_directory "${CMAKE_INSTALL_LIBDIR}/cmake/tinyrank")

install(TARGETS tinyrank EXPORT tinyrankTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
if(TINYRANK_MPI)
  install(TARGETS tinyrank_mpi EXPORT tinyrankMpiTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT tinyrankMpiTargets NAMESPACE tinyrank:: DESTINATION "${tinyrank_package_directory}")
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" "${PROJECT_BINARY_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h" PATTERN "*.def")
install(EXPORT tinyrankTargets NAMESPACE tinyrank:: DESTINATION "${tinyrank_package_directory}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/tinyrankConfigVersion.cmake"
  VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMinorVersion)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/tinyrankConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/package/tinyrankConfig.cmake" INSTALL_DESTINATION "${tinyrank_package_directory}")
install(FILES
  "${PROJECT_BINARY_DIR}/package/tinyrankConfig.cmake"
  "${PROJECT_BINARY_DIR}/package/tinyrankConfigVersion.cmake"
  DESTINATION "${tinyrank_package_directory}")

# The .pc file finds its prefix from its own place, so that an installed tree may be moved.
file(RELATIVE_PATH tinyrank_pc_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" tinyrank_pc_prefix "${tinyrank_pc_prefix}")
set(tinyrank_pc_shared "")
if(BUILD_SHARED_LIBS)
  set(tinyrank_pc_shared " -DTINYRANK_SHARED")
endif()
set(tinyrank_pc_openmp "")
if(TINYRANK_OPENMP)
  set(tinyrank_pc_openmp " ${OpenMP_CXX_FLAGS}")
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/tinyrank.pc.in" "${PROJECT_BINARY_DIR}/package/tinyrank.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/package/tinyrank.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
