// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/detail/check_memory.hpp"
#include "tinyrank/export.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank {

/// What the solver relies on in an operator (the contract of sensing_operator), in the order in which it is
/// tested. The discrepancy of a comparison of a and b is ||a - b|| / (||a|| + ||b||) over all their elements;
/// others are counted.
enum class operator_property : std::int32_t {
  finite_values = 0,  ///< every output is finite; discrepancy: elements that are not, or were never written
  padding,            ///< every output's padding was written as zero; discrepancy: elements that were not
  bounds,  ///< the line behind y, the gradient and the scratch is intact; discrepancy: bytes that are not
  inputs,  ///< the factor, the weights and y are left as they were; discrepancy: elements that are not
  determinism,  ///< a second call with other scratch contents gives the same bits; discrepancy: elements off
  homogeneity,  ///< measure(3 U) = 9 measure(U)
  adjoint_identity,    ///< <w, measure(U)> = <adjoint_times(w, U), U>; over ||w|| ||measure(U)|| and the like
  symmetry,            ///< <adjoint_times(w, V), U> = <V, adjoint_times(w, U)>; over norms as above
  linear_in_weights,   ///< adjoint_times(w - 2 w', V) = adjoint_times(w, V) - 2 adjoint_times(w', V)
  linear_in_factor,    ///< adjoint_times(w, V - 2 U) = adjoint_times(w, V) - 2 adjoint_times(w, U)
  fused_loss,          ///< the loss is 1/(4m) sum_i e_i^2, e = measure(U) - y
  fused_gradient,      ///< the gradient is 1/m adjoint_times(e, U)
  projection_repeats,  ///< project(project(U)) = project(U); passes without a projection
  projection_is_unseen,  ///< measure(project(U)) = measure(U); passes without a projection
};
inline constexpr std::size_t operator_property_count = 14;

/// Static, null-terminated English text that says what is wrong when the property fails; never null.
[[nodiscard]] TINYRANK_API const char* to_string(operator_property value) noexcept;

struct operator_finding {
  double discrepancy = 0;  ///< NaN never passes
  double tolerance = 0;    ///< largest discrepancy that passes
  [[nodiscard]] constexpr bool passed() const noexcept { return discrepancy <= tolerance; }
};

/// One finding for each property. A failure often brings those below it in the list with it: mend the first.
struct operator_report {
  operator_finding findings[operator_property_count];

  [[nodiscard]] constexpr const operator_finding& operator[](operator_property property) const noexcept {
    return findings[static_cast<std::size_t>(property)];
  }
  [[nodiscard]] constexpr bool passed() const noexcept { return first_failure() == operator_property_count; }
  /// Index of the first property that failed, as operator_property; operator_property_count when none did.
  [[nodiscard]] constexpr std::size_t first_failure() const noexcept {
    for (std::size_t i = 0; i < operator_property_count; ++i) {
      if (!findings[i].passed()) return i;
    }
    return operator_property_count;
  }
};

template <class T>
struct check_options {
  std::size_t rank = 2;
  std::uint64_t seed = 1;
  /// Largest discrepancy of a comparison; 0: 256 times the machine epsilon. The comparisons are relative to
  /// norms: of what is compared, and of what other random factors and weights give, because one or two
  /// measurements of one factor may cancel. So this leaves room for sums of some millions of terms, and is
  /// below the effect of one wrong measurement among ten thousand.
  double tolerance = 0;
  execution_plan plan = {};
  instruction_set isa = instruction_set::automatic;
};

/// The exact bytes that check_operator needs; SIZE_MAX when they overflow size_t.
template <class Sensing, class T>
[[nodiscard]] constexpr std::size_t check_operator_bytes(const Sensing& a,
                                                         const check_options<T>& options) noexcept {
  if (a.n == 0 || a.n > largest_dimension || options.plan.shards == 0 || options.plan.threads == 0) {
    return SIZE_MAX;
  }
  const std::size_t scratch = scratch_bytes(a, options.rank, options.plan);
  if (scratch == SIZE_MAX) return SIZE_MAX;
  return measured_bytes(
      [&](arena& memory) { layout_check<T>(memory, a.n, a.measurement_count, options.rank, scratch); });
}

/// Tests an operator, usually a user's own, on random factors and weights, and says what is off and by how
/// much:
///     operator_report report;
///     if (check_operator(table, check_options<float>{}, buffer, sizeof buffer, report) == status::ok &&
///         !report.passed()) puts(to_string(operator_property(report.first_failure())));
/// Outputs and scratch are handed over full of NaN, as a fresh arena may be, so what an operator leaves
/// unwritten shows. A pass is evidence, not proof: the factors are random, of one rank.
///
/// buffer: 64-byte aligned, check_operator_bytes(...) bytes or more. Returns ok when the test was made,
/// whatever it found. Errors: dimension, measurement_count, operator_data (a verb is missing), rank,
/// tolerance, and those of make_workspace; then nothing was written. No allocation. Cost: 4
/// measure (5 with a projection; up to 8 more below 9 measurements), 8 adjoint_times and 2 loss_and_gradient,
/// O(n rank + m) besides.
template <class T>
[[nodiscard]] TINYRANK_API status check_operator(const sensing_operator<T>& a,
                                                 const check_options<T>& options, std::byte* buffer,
                                                 std::size_t bytes, operator_report& report) noexcept;

}  // namespace tinyrank
