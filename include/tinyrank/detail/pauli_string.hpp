// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

namespace tinyrank {

/// A product of Pauli matrices, one for each qubit, as two bit masks: the letter at a qubit is I, X, Z or Y
/// where its bits of (x, z) are 00, 10, 01 or 11. Bit 0 is the last qubit of a label and the least
/// significant bit of a row's index, as numpy.kron orders them: XZ = kron(X, Z) is {0b10, 0b01}.
struct pauli_string {
  std::uint32_t x = 0;
  std::uint32_t z = 0;
};

/// Rows of the factor of so many qubits: 2^qubits of its real part and as many of its imaginary part. 0 where
/// there are none, or too many.
inline constexpr std::size_t largest_qubits = 15;
[[nodiscard]] constexpr std::size_t pauli_rows(std::size_t qubits) noexcept {
  return qubits == 0 || qubits > largest_qubits ? 0 : std::size_t{2} << qubits;
}

}  // namespace tinyrank
