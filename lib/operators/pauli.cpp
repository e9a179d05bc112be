// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/pauli.hpp"

#include "lib/kernels/pauli.hpp"
#include "lib/operators/pair_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct pauli_strings {
  using descriptor = pauli_sensing<T>;
  static constexpr void (*project)(const sensing_operator<T>&, factor_view<T>) = nullptr;

  static const pauli_kernels<T>& kernels(instruction_set isa) noexcept {
    return table_for<pauli_kernels<T>>(isa);
  }

  /// Of strings that flip the same qubits weights are added up first.
  static constexpr std::size_t residual_block = 32;

  static void measure(const descriptor& a, instruction_set isa, const T* u, std::size_t rank,
                      shard_range range, T* out) noexcept {
    kernels(isa).pauli_values(u, rank, a.n / 2, a.strings + range.first, range.count, out);
  }

  static T accumulate(const descriptor& a, instruction_set isa, const T* w, const T* v, std::size_t rank,
                      shard_range range, T* sum, T squares) noexcept {
    return kernels(isa).accumulate_pauli(w, v, rank, a.n / 2, a.strings + range.first, range.count, sum,
                                         squares);
  }

  static std::size_t entry_count(const descriptor& a) noexcept { return a.measurement_count * a.n; }
};

}  // namespace

template <class T>
status make_operator(const pauli_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (a.n == 0 || a.n != pauli_rows(a.qubits)) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  if (!is_placed(a.strings)) return status::operator_data;
  for (std::size_t i = 0; i < a.measurement_count; ++i) {
    if (((a.strings[i].x | a.strings[i].z) >> a.qubits) != 0) return status::entry_index;
  }
  out = pair_operator<T, pauli_strings<T>>::table(a);
  make_complex(out);
  return status::ok;
}

status parse_pauli_string(const char* label, std::size_t size, pauli_string& out) noexcept {
  if (size == 0 || size > largest_qubits) return status::dimension;
  if (label == nullptr) return status::operator_data;
  pauli_string read;
  for (std::size_t i = 0; i < size; ++i) {
    const char letter = label[i];
    if (letter != 'I' && letter != 'X' && letter != 'Y' && letter != 'Z') return status::operator_data;
    read.x = 2 * read.x + (letter == 'X' || letter == 'Y' ? 1 : 0);
    read.z = 2 * read.z + (letter == 'Z' || letter == 'Y' ? 1 : 0);
  }
  out = read;
  return status::ok;
}

template status make_operator(const pauli_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const pauli_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
