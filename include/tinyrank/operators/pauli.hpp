// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/pair_scratch.hpp"
#include "tinyrank/detail/pauli_string.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/factor_shape.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// Expectation values of Pauli strings (quantum state tomography): y_i = tr(P_i Z), Z = W W^H Hermitian of
/// side d = 2^qubits, W = P + iQ. With U = [P; Q] (factor_shape.hpp) the operator is real, n = 2 d.
///
///   P_i = i^k X^x Z^z,  (P_i)_jl = i^k (-1)^popcount(z and l) where j = l xor x, and 0 elsewhere;
///   k: the qubits in both masks, those with a Y, so that P_i is Hermitian
///
/// Cost of a gradient: d additions for each string, and for each run of neighbours with the same x, which is
/// a pass over the pairs of rows (l, l xor x), up to 6 d r multiply-adds: sort the strings by x where their
/// order is free, for there are d of those alone. No d x d matrix. strings: aligned to their type, not owned,
/// read only; repetitions allowed (each counts), the identity too: it is the trace.
///
/// Over all 4^qubits strings, sum_i tr(P_i Z) P_i = d Z exactly; m strings at random, of which some 10 d r
/// and more are enough (Gross et al., Phys. Rev. Lett. 105, 150401, 2010), are isotropic up to the factor d,
/// which the automatic step size divides out.
template <class T>
struct pauli_sensing {
  static constexpr bool concurrent = true;  ///< see batch_operator

  std::size_t qubits = 0;
  std::size_t measurement_count = 0;
  const pauli_string* strings = nullptr;
  std::size_t n = pauli_rows(qubits);

  [[nodiscard]] static constexpr factor_shape shape() noexcept { return {factor_kind::complex, 0}; }
};

/// Exact scratch bytes; see sensing.hpp.
template <class T>
[[nodiscard]] constexpr std::size_t scratch_bytes(const pauli_sensing<T>& a, std::size_t rank,
                                                  execution_plan plan) noexcept {
  return pair_scratch_bytes<T>(a.n, rank, plan);
}

/// See sensing.hpp. Errors: dimension (no qubits, more than largest_qubits, or an n that is not theirs),
/// measurement_count, operator_data (null), entry_index (a mask has a bit beyond the qubits). Cost: O(m).
template <class T>
[[nodiscard]] TINYRANK_API status make_operator(const pauli_sensing<T>& a, sensing_operator<T>& out) noexcept;

/// The string of a label of `size` letters I, X, Y, Z, the first of which is the most significant bit.
/// Errors: dimension (no letter, or more than largest_qubits), operator_data (null, or another letter).
[[nodiscard]] TINYRANK_API status parse_pauli_string(const char* label, std::size_t size,
                                                     pauli_string& out) noexcept;

/// The letter at bit `qubit`.
[[nodiscard]] constexpr char pauli_letter(pauli_string string, std::size_t qubit) noexcept {
  constexpr char letters[] = "IXZY";
  return letters[(string.x >> qubit & 1) + 2 * (string.z >> qubit & 1)];
}

}  // namespace tinyrank
