// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "apps/firmware/console.hpp"
#include "format.hpp"

namespace {

std::string printed;

std::string taken() {
  return std::exchange(printed, {});
}

}  // namespace

// Without a debugger to print to.
namespace tinyrank::semihosting {

void print(const char* text) {
  printed += text;
}
void print_unsigned(std::uint64_t value) {
  char text[format::unsigned_capacity];
  format::write_unsigned(value, text);
  print(text);
}
void print_scientific(double value) {
  char text[format::scientific_capacity];
  format::write_scientific(value, text);
  print(text);
}

}  // namespace tinyrank::semihosting

TEST_CASE("lines of a firmware's program") {
  console::line("loss  ", 0.5);
  console::line("passes  ", std::uint64_t{18446744073709551615U});
  console::line("verdict  ", "recovered");
  CHECK(taken() == "loss  5.000000e-01\npasses  18446744073709551615\nverdict  recovered\n");
  CHECK(console::refused(tinyrank::status::dimension) == 1);
  CHECK(taken() == std::string("refused: ") + to_string(tinyrank::status::dimension) + "\n");
}

TEST_CASE("a run's phases are told when they end, the last one when the run does") {
  console::phase_printer phases;
  tinyrank::descent_report<float> report;
  report.zero_loss = 2;
  const auto step = [&](float loss, tinyrank::outcome result = tinyrank::outcome::running) {
    ++report.iterations;
    report.loss = loss;
    report.result = result;
    phases.after_step(report);
    return taken();
  };
  CHECK(step(2.5F) == "");
  CHECK(step(1.8F) == "");
  CHECK(step(1.75F) == "alignment, until iteration  3\n");
  CHECK(step(0.02F) == "");
  CHECK(step(0.019F) == "growth, until iteration     5\n");
  CHECK(step(1e-9F) == "");
  CHECK(step(1e-10F, tinyrank::outcome::recovered) == "refinement, until iteration 7\n");
}
