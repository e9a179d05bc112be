# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

# cmake -DSOURCE=<source tree> -P versions.cmake: every package says the version of the file VERSION.
file(STRINGS "${SOURCE}/VERSION" version LIMIT_COUNT 1)
function(expect file before after)
  file(READ "${SOURCE}/packaging/${file}" text)
  string(FIND "${text}" "${before}${version}${after}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "packaging/${file}: not version ${version}, which VERSION says")
  endif()
endfunction()
expect(zephyr/Kconfig "Version " ".")
expect(esp-idf/idf_component.yml "version: \"" "\"")
expect(platformio/library.json "\"version\": \"" "\"")
expect(arduino/library.properties "version=" "\n")
expect(cmsis-pack/tinyrank.pdsc "<release version=\"" "\"")
expect(cmsis-pack/tinyrank.pdsc "Cversion=\"" "\"")
