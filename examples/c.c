/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <tinyrank/tinyrank.h>

enum { n = 20, readings = 400, columns = 4 };
static tinyrank_memory_line
    memory[TINYRANK_LINES(TINYRANK_GAUSSIAN_BYTES(sizeof(float), n, readings, columns))];
static float truth[n], y[readings];

int main(void) {
  const tinyrank_gaussian sensing = {sizeof sensing, TINYRANK_ISOTROPIC, n, readings, 1};
  tinyrank_options_f32 options;
  tinyrank_run_f32* run;
  int32_t status;
  float z;

  for (int j = 0; j < n; ++j) truth[j] = (float)(j % 5) - 2; /* X, one column; y_i = <A_i, X X^T> */
  status = tinyrank_gaussian_measure_f32(&sensing, truth, 1, y, memory, sizeof memory);
  tinyrank_default_options_f32(&options);
  options.rank = columns;
  if (status == TINYRANK_OK)
    status = tinyrank_gaussian_create_f32(&run, &sensing, y, &options, memory, sizeof memory);
  if (status != TINYRANK_OK) return puts(tinyrank_status_text(status)), 1;
  while (tinyrank_step_f32(run) == TINYRANK_RUNNING) {
    /* other work of the main loop */
  }
  tinyrank_estimate_entry_f32(run, 3, 4, &z);
  printf("entry (3, 4): %.2f; the truth: %.2f\n", z, truth[3] * truth[4]);
  return 0;
}
