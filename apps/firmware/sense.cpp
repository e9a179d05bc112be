// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// A recovery beside other work: one step for each tick of the SysTick timer, in its interrupt, while the main
// loop is free. A step is bounded work, one gradient of the Hadamard operator, so the interrupt's longest
// time is known.

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "console.hpp"
#include "tinyrank/operators/hadamard.hpp"

namespace {

using namespace tinyrank;

constexpr std::size_t n = 32, truth_rank = 2, measurement_count = 500;
constexpr hadamard_sensing<float> sensing{n, measurement_count, 11};
constexpr gradient_descent_options<float> options{.rank = 6, .step_size = 0.25F, .initial_scale = 1e-3F};
constexpr std::uint32_t ticks = 500000;  // 20 ms at 25 MHz

alignas(arena_alignment) std::byte arena_bytes[descent_bytes(sensing, options)];
float truth_storage[factor_count<float>(n, truth_rank)];
float y[measurement_count];
descent<float> run;
console::phase_printer phases;
volatile std::uint32_t interrupts = 0;
volatile bool ended = false;

volatile std::uint32_t& system_register(std::uint32_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

status measure(factor_view<float> truth) {
  draw_planted_truth(truth, 1.0F, 2);
  sensing_operator<float> a;
  if (const status made = make_operator(sensing, a); made != status::ok) return made;
  workspace<float> how;
  const status ready =
      make_workspace(how, a, truth_rank, options.plan, options.isa, arena_bytes, sizeof arena_bytes);
  if (ready == status::ok) a.measure(how, truth, y);
  return ready;
}

}  // namespace

extern "C" void systick_entry() {
  if (ended) return;
  interrupts = interrupts + 1;
  ended = step(run) != outcome::running;
  phases.after_step(run.report);
}

int main() {
  const factor_view<float> truth{truth_storage, n, truth_rank, padded<float>(n)};
  if (const status measured = measure(truth); measured != status::ok) return console::refused(measured);
  console::line("measured, rows              ", std::uint64_t{measurement_count});
  const status made = init(run, sensing, y, options, arena_bytes, sizeof arena_bytes);
  if (made != status::ok) return console::refused(made);

  system_register(0xE000E014) = ticks - 1;
  system_register(0xE000E018) = 0;
  system_register(0xE000E010) = 7;  // processor clock, interrupt, enabled
  while (!ended) asm volatile("wfi");
  system_register(0xE000E010) = 0;

  console::line("interrupts, one step each   ", std::uint64_t{interrupts});
  console::line("iterations                  ", std::uint64_t{run.report.iterations});
  console::line("relative error              ", relative_test_error<float>(run.factor, truth));
  console::line("arena bytes                 ", std::uint64_t{sizeof arena_bytes});
  console::line("", to_string(run.report.result));
  return run.report.result == outcome::recovered && interrupts == run.report.iterations ? 0 : 1;
}
