/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

/* The program that microcontrollers build, and the version when it recovers its triangle. */
#define main recover_triangle
#include "../../packages/app.c"
#undef main

#include <stdio.h>

int main(void) {
  if (recover_triangle() != 0) return 1;
  puts(tinyrank_version());
  return 0;
}
