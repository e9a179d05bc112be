// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Three points from their squared distances; nothing is told of how many dimensions they lie in.

#include <tinyrank.h>

static const tinyrank_index_pair pairs[3] = {{1, 0}, {2, 0}, {2, 1}};
static const float y[3] = {9, 25, 16};
static tinyrank_memory_line memory[TINYRANK_LINES(TINYRANK_DISTANCES_BYTES(sizeof(float), 3, 3, 2))];

void setup() {
  Serial.begin(115200);
  const tinyrank_distances sensing = {sizeof sensing, 0, 3, 3, pairs};
  tinyrank_options_f32 options;
  tinyrank_run_f32* run;
  tinyrank_default_options_f32(&options);
  options.rank = 2;
  const int32_t status = tinyrank_distances_create_f32(&run, &sensing, y, &options, memory, sizeof memory);
  Serial.println(status == TINYRANK_OK ? tinyrank_outcome_text(tinyrank_run_to_end_f32(run))
                                       : tinyrank_status_text(status));
}

void loop() {}
