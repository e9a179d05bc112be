// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The golden run of every row that this is compiled with, wherever it runs.

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

template <class Row, class T>
bool has_its_bits(instruction_set isa) {
  const std::uint64_t bits = catalogue::run_bits<Row, T>(buffer<T>, {}, isa);
  for (const char* text : {Row::name, sizeof(T) == 4 ? " f32 " : " f64 ", to_string(isa), " "}) {
    semihosting::print(text);
  }
  semihosting::print_hex64(bits);
  semihosting::print("\n");
  return bits == catalogue::expected_bits<Row, T>;
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
