# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

file(READ "${README}" page)
string(REGEX REPLACE "[][;]" "x" page "${page}")
string(REGEX MATCHALL "[^ \n\t]+" words "${page}")
list(LENGTH words count)
if(count GREATER 900)
  message(FATAL_ERROR "README.md has ${count} words; 900 are what a front page may have")
endif()
