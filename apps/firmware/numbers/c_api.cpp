// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// Stack of the calls of tinyrank.h, with the operator that takes most: what is above it is the C API's own.

#include "c_api.hpp"

#include "measure.hpp"
#include "tinyrank/tinyrank.h"

namespace tinyrank::numbers {

bool report_c_api(const float* y) {
  static constexpr std::size_t n = 64, rank = 4;
  static tinyrank_memory_line
      memory[TINYRANK_LINES(TINYRANK_HADAMARD_BYTES(sizeof(float), n, c_api_measurements, rank))];
  static const tinyrank_hadamard sensing = {sizeof sensing, 0, n, c_api_measurements, 1, nullptr};
  static tinyrank_options_f32 options;
  static tinyrank_report_f32 report;
  static tinyrank_run_f32* run;
  bool refused = false;
  tinyrank_default_options_f32(&options);
  options.rank = rank;
  options.iteration_limit = 3;
  report.struct_size = sizeof report;
  print_number("stack.c_api", "create", std::uint64_t{stack_of([&] {
                 refused |= tinyrank_hadamard_create_f32(&run, &sensing, y, &options, memory,
                                                         sizeof memory) != TINYRANK_OK;
               })});
  if (refused) return false;
  print_number("stack.c_api", "step", std::uint64_t{stack_of([] { tinyrank_step_f32(run); })});
  print_number("stack.c_api", "run", std::uint64_t{stack_of([] { tinyrank_run_to_end_f32(run); })});
  print_number("stack.c_api", "report",
               std::uint64_t{stack_of([] { tinyrank_get_report_f32(run, &report); })});
  return report.iterations == 3;
}

}  // namespace tinyrank::numbers
