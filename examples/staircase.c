/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <tinyrank/tinyrank.h>

static const tinyrank_index_pair pairs[] = {{1, 0}, {2, 0}, {2, 1}, {3, 0}, {3, 1}, {3, 2}};
static const float y[] = {16, 25, 9, 9, 25, 16}; /* squared distances: the corners of a rectangle */
static tinyrank_memory_line memory[256];

int main(void) {
  const tinyrank_distances sensing = {sizeof sensing, 0, 4, 6, pairs};
  tinyrank_staircase_options_f32 options;
  tinyrank_staircase_report_f32 report;
  tinyrank_staircase_f32* run;

  tinyrank_default_staircase_options_f32(&options);
  if (tinyrank_distances_staircase_create_f32(&run, &sensing, y, &options, memory, sizeof memory) !=
      TINYRANK_OK)
    return 1;
  tinyrank_staircase_run_to_end_f32(run);
  report.struct_size = sizeof report;
  tinyrank_staircase_get_report_f32(run, &report);
  printf("%s: %u dimensions\n", tinyrank_verdict_text(report.verdict), (unsigned)report.rank_found);
  return 0;
}
