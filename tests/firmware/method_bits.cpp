// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "golden_methods.hpp"
#include "semihosting.hpp"

namespace {

using namespace tinyrank;

template <class T>
alignas(arena_alignment) std::byte buffer[golden::method_bytes<T>()];
template <class T>
T measurements[golden::method_m];

/// Returns how many methods failed.
template <class T>
int check_all(const char* precision, instruction_set isa) {
  sensing_operator<T> a;
  if (make_operator(golden::method_problem<T>, a) != status::ok ||
      !golden::measure_method_truth(a, measurements<T>, buffer<T>)) {
    semihosting::print("the operator was refused\n");
    return 1;
  }
  int failures = 0;
  catalogue::for_each_method<T>([&](auto row, const auto& defaults) {
    const auto options = golden::method_options<T>(row, defaults, isa);
    const std::uint64_t bits = golden::method_bits(a, measurements<T>, options, buffer<T>,
                                                   descent_bytes(golden::method_problem<T>, options));
    const std::uint64_t expected = golden::expected_method_bits<T>(row);
    for (const char* text : {precision, row.name, " ", to_string(isa), " factor_bits "})
      semihosting::print(text);
    semihosting::print_hex64(bits);
    if (bits != expected) {
      semihosting::print(" expected ");
      semihosting::print_hex64(expected);
      ++failures;
    }
    semihosting::print("\n");
  });
  return failures;
}

}  // namespace

int main() {
  int failures = 0;
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    failures += check_all<float>("f32 ", isa) + check_all<double>("f64 ", isa);
  }
  return failures == 0 ? 0 : 1;
}
