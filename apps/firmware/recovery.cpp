// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// A recovery on a microcontroller: the sensing matrices are drawn again whenever they are needed, all memory
// is one static array whose size the compiler works out, and there is no heap.

#include <cstddef>

#include "semihosting.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/operators/gaussian.hpp"

namespace {

using namespace tinyrank;

constexpr std::size_t n = 20, truth_rank = 2, measurement_count = 400;
constexpr gaussian_sensing<float> sensing{n, measurement_count, 1, gaussian_ensemble::isotropic};
constexpr gradient_descent_options<float> options{.rank = 6,
                                                  .step_size = 0.25F,
                                                  .initial_scale = 1e-3F,
                                                  .tolerance = 1e-6F,
                                                  .relative_tolerance = 0,
                                                  .iteration_limit = 200};

alignas(arena_alignment) std::byte buffer[descent_bytes(sensing, options)];
float truth_storage[factor_count<float>(n, truth_rank)];
float y[measurement_count];

void print_line(const char* name, double value) {
  semihosting::print(name);
  semihosting::print_scientific(value);
  semihosting::print("\n");
}

int fail(status why) {
  semihosting::print("refused: ");
  semihosting::print(to_string(why));
  semihosting::print("\n");
  return 1;
}

/// Draws the truth X and measures it; the operator borrows the arena as scratch before the run needs it.
status measure_truth(factor_view<float> truth) {
  draw_planted_truth(truth, 1.0F, 1);
  sensing_operator<float> a;
  if (const status made = make_operator(sensing, a); made != status::ok) return made;
  workspace<float> how;
  const status ready = make_workspace(how, a, truth_rank, options.plan, options.isa, buffer, sizeof buffer);
  if (ready == status::ok) a.measure(how, truth, y);
  return ready;
}

}  // namespace

int main() {
  const factor_view<float> truth{truth_storage, n, truth_rank, padded<float>(n)};
  if (const status measured = measure_truth(truth); measured != status::ok) return fail(measured);

  descent<float> run;
  if (const status made = init(run, sensing, y, options, buffer, sizeof buffer); made != status::ok)
    return fail(made);
  while (step(run) == outcome::running) {
    if (run.report.iterations % 20 == 0)
      print_line("loss               ", static_cast<double>(run.report.loss));
  }

  print_line("final loss         ", static_cast<double>(run.report.loss));
  print_line("relative test error ", relative_test_error<float>(run.factor, truth));
  semihosting::print("arena bytes        ");
  semihosting::print_unsigned(sizeof buffer);
  semihosting::print("\nfactor_bits        ");
  semihosting::print_hex64(factor_bits(run.factor));
  semihosting::print("\n");
  semihosting::print(to_string(run.report.result));
  semihosting::print("\n");
  return run.report.result == outcome::recovered ? 0 : 1;
}
