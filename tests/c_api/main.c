/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

#include <stdio.h>

#include "test_c_api.h"

void c_test_failed(const char* what, int line) {
  printf("test_c_api.c:%d: %s\n", line, what);
}

int main(void) {
  return c_test_run() == 0 ? 0 : 1;
}
