/* SPDX-FileCopyrightText: 2026 The tinyrank authors */
/* SPDX-License-Identifier: MIT */

#include <stdio.h>
#include <tinyrank/tinyrank.h>

enum { sensors = 20, readings = 400, columns = 6 };
static tinyrank_memory_line
    memory[TINYRANK_LINES(TINYRANK_GAUSSIAN_BYTES(sizeof(float), sensors, readings, columns))];
static float y[readings]; /* what was measured, in the order of the sensing matrices */

int main(void) {
  const tinyrank_gaussian sensing = {sizeof sensing, TINYRANK_ISOTROPIC, sensors, readings, 1};
  tinyrank_options_f32 options;
  tinyrank_run_f32* run;
  int32_t status;

  tinyrank_default_options_f32(&options);
  options.rank = columns;
  status = tinyrank_gaussian_create_f32(&run, &sensing, y, &options, memory, sizeof memory);
  if (status != TINYRANK_OK) {
    puts(tinyrank_status_text(status));
    return 1;
  }
  while (tinyrank_step_f32(run) == TINYRANK_RUNNING) {
    /* other work of the main loop */
  }
  return 0;
}
