/* SPDX-FileCopyrightText: 2026 The tinyrank authors
 * SPDX-License-Identifier: MIT */

/* A run with threads, then the same in the child of a fork, and in a child of that: each ends, with the same
 * bits as one thread. With OpenMP's own threads the first child waited for ever for those of its parent. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tinyrank/tinyrank.h"

enum { n = 64, m = 1000 };

static float y[m];

/* factor_bits after five iterations; 0 when there are none. */
static uint64_t bits_with(uint32_t threads) {
  tinyrank_gaussian gaussian;
  tinyrank_options_f32 options;
  tinyrank_run_f32* run;
  uint64_t bits = 0;
  size_t bytes;
  void* memory;
  memset(&gaussian, 0, sizeof gaussian);
  gaussian.struct_size = sizeof gaussian;
  gaussian.ensemble = TINYRANK_ISOTROPIC;
  gaussian.n = n;
  gaussian.measurement_count = m;
  gaussian.seed = 1;
  tinyrank_default_options_f32(&options);
  options.rank = 4;
  options.threads = threads;
  options.iteration_limit = 5;
  bytes = tinyrank_gaussian_bytes_f32(&gaussian, &options);
  memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (memory == NULL) return 0;
  if (tinyrank_gaussian_create_f32(&run, &gaussian, y, &options, memory, bytes) == TINYRANK_OK) {
    tinyrank_run_to_end_f32(run);
    bits = tinyrank_factor_bits_f32(run);
  }
  free(memory);
  return bits;
}

/* The preset coverage has another, which writes what was reached: that is done at exit(), and a child of a
 * fork with threads leaves by _exit(). */
__attribute__((weak)) int __llvm_profile_write_file(void) {
  return 0;
}

/* Whether a child that does this, and has children of its own, ends well within two minutes. */
static int is_well_in_child(uint32_t threads, uint64_t wanted, int generations) {
  int how = -1;
  const pid_t child = fork();
  if (child == 0) {
    int is_well;
    alarm(120);
    is_well = bits_with(threads) == wanted &&
              (generations == 1 || is_well_in_child(threads, wanted, generations - 1));
    __llvm_profile_write_file();
    _exit(is_well ? 0 : 1);
  }
  return child > 0 && waitpid(child, &how, 0) == child && WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

int main(void) {
  const uint32_t threads = tinyrank_most_threads() > 1 ? 2 : 1;
  uint64_t wanted;
  uint32_t state = 1;
  size_t i;
  for (i = 0; i < m; ++i) {
    state = state * 1664525u + 1013904223u;
    y[i] = (float)(state >> 8) / 16777216.0f;
  }
  wanted = bits_with(1);
  if (wanted == 0 || bits_with(threads) != wanted) {
    printf("the run before the fork\n");
    return 1;
  }
  if (!is_well_in_child(threads, wanted, 2)) {
    printf("the child of a fork\n");
    return 1;
  }
  if (bits_with(threads) != wanted) {
    printf("the parent after the fork\n");
    return 1;
  }
  return 0;
}
