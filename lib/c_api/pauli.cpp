// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/pauli.hpp"

#include "lib/c_api/translate.hpp"

namespace {

static_assert(sizeof(tinyrank_pauli_string) == sizeof(tinyrank::pauli_string));

template <class T>
struct translate_pauli {
  tinyrank::pauli_sensing<T> operator()(const tinyrank_pauli& a) const noexcept {
    return {a.qubits, a.measurement_count, reinterpret_cast<const tinyrank::pauli_string*>(a.strings)};
  }
};

}  // namespace

TINYRANK_C_OPERATOR(pauli)

extern "C" std::int32_t tinyrank_pauli_parse(const char* label, std::size_t size,
                                             tinyrank_pauli_string* string) {
  if (!tinyrank::is_placed(string)) return TINYRANK_STATUS_OPERATOR_DATA;
  tinyrank::pauli_string read;
  const tinyrank::status parsed = tinyrank::parse_pauli_string(label, size, read);
  if (parsed == tinyrank::status::ok) *string = {read.x, read.z};
  return static_cast<std::int32_t>(parsed);
}
