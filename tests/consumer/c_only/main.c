/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <tinyrank/tinyrank.h>

/* The version, when a triangle is recovered. */
int main(void) {
  static const tinyrank_index_pair pairs[3] = {{0, 1}, {1, 2}, {0, 2}};
  static const float y[3] = {9, 16, 25};
  static tinyrank_memory_line memory[TINYRANK_LINES(TINYRANK_DISTANCES_BYTES(sizeof(float), 3, 3, 2))];
  const tinyrank_distances sensing = {sizeof sensing, 0, 3, 3, pairs};
  tinyrank_options_f32 options;
  tinyrank_run_f32* run;
  tinyrank_default_options_f32(&options);
  options.rank = 2;
  if (tinyrank_distances_create_f32(&run, &sensing, y, &options, memory, sizeof memory) != TINYRANK_OK)
    return 1;
  if (tinyrank_run_to_end_f32(run) != TINYRANK_RECOVERED) return 1;
  puts(tinyrank_version());
  return 0;
}
