// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What the programs of this folder print.

#include <initializer_list>

#include "semihosting.hpp"
#include "tinyrank/diagnostics.hpp"
#include "tinyrank/gradient_descent.hpp"

namespace console {

inline void line(const char* name, const char* text) {
  for (const char* part : {name, text, "\n"}) tinyrank::semihosting::print(part);
}
inline void line(const char* name, double value) {
  tinyrank::semihosting::print(name);
  tinyrank::semihosting::print_scientific(value);
  tinyrank::semihosting::print("\n");
}
inline void line(const char* name, std::uint64_t value) {
  tinyrank::semihosting::print(name);
  tinyrank::semihosting::print_unsigned(value);
  tinyrank::semihosting::print("\n");
}

inline int refused(tinyrank::status why) {
  line("refused: ", to_string(why));
  return 1;
}

/// One line for each phase of a run (arXiv 2106.15013, section 2): the loss stands still while the factor
/// aligns, falls while it grows, and creeps when it is refined.
class phase_printer {
 public:
  void after_step(const tinyrank::descent_report<float>& report) {
    static constexpr const char* names[] = {"alignment, until iteration  ", "growth, until iteration     ",
                                            "refinement, until iteration "};
    static constexpr float ends[] = {0.9F, 0.01F, 0};
    if (report.result == tinyrank::outcome::running && !(report.loss < ends[phase_] * report.zero_loss))
      return;
    line(names[phase_], std::uint64_t{report.iterations});
    if (phase_ < 2) ++phase_;
  }

 private:
  std::size_t phase_ = 0;
};

}  // namespace console
