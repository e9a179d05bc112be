// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The golden runs of every row that this is compiled with, wherever it runs.

#include <initializer_list>

#include "catalogue_run.hpp"
#include "semihosting.hpp"

namespace {

using namespace tinyrank;

template <class T>
constexpr std::size_t largest = catalogue::largest_of_operators([](auto row) {
  return catalogue::run_bytes<decltype(row), T>();
});

template <class T>
alignas(arena_alignment) std::byte buffer[largest<T>];

void print(std::initializer_list<const char*> texts, std::uint64_t bits) {
  for (const char* text : texts) semihosting::print(text);
  semihosting::print_hex64(bits);
  semihosting::print("\n");
}

template <class Row, class T>
bool has_its_bits(instruction_set isa) {
  const char* precision = sizeof(T) == 4 ? " f32 " : " f64 ";
  const std::uint64_t bits = catalogue::run_bits<Row, T>(buffer<T>, {}, isa),
                      of_staircase = catalogue::staircase_bits<Row, T>(buffer<T>, {}, isa);
  print({Row::name, precision, to_string(isa), " "}, bits);
  print({Row::name, ", staircase", precision, to_string(isa), " "}, of_staircase);
  return bits == catalogue::expected_bits<Row, T> &&
         of_staircase == catalogue::expected_staircase_bits<Row, T>;
}

}  // namespace

int main() {
  bool good = true;
  for (const instruction_set isa : every_instruction_set) {
    if (!is_usable(isa)) continue;
    catalogue::for_every_operator([&](auto row) {
      good = has_its_bits<decltype(row), float>(isa) && good;
      good = has_its_bits<decltype(row), double>(isa) && good;
    });
  }
  return good ? 0 : 1;
}
