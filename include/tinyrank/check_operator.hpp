// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

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

/// Everything that a check keeps in the arena. One function measures and places it.
template <class T>
struct check_memory {
  static constexpr std::size_t guard = virtual_lanes<T>;    ///< one line behind every output
  T *u = nullptr, *v = nullptr;                             ///< factors that are passed in
  T *image = nullptr, *first = nullptr, *second = nullptr;  ///< factors that are passed out, and kept
  T *w = nullptr, *y = nullptr;                             ///< weights and measurements that are passed in
  T *measured = nullptr, *kept = nullptr;                   ///< measurements that are passed out, and kept
  std::byte* scratch = nullptr;
};

template <class T>
constexpr check_memory<T> layout_check(arena& memory, std::size_t n, std::size_t measurement_count,
                                       std::size_t rank, std::size_t operator_scratch_bytes) noexcept {
  constexpr std::size_t guard = check_memory<T>::guard;
  check_memory<T> placed;
  const std::size_t stride = padded<T>(n);
  const std::size_t factor = rank > (SIZE_MAX - guard) / stride ? SIZE_MAX : rank * stride + guard;
  const std::size_t vector = measurement_count > SIZE_MAX - guard ? SIZE_MAX : measurement_count + guard;
  placed.u = memory.take<T>(factor);
  placed.v = memory.take<T>(factor);
  placed.image = memory.take<T>(factor);
  placed.first = memory.take<T>(factor);
  placed.second = memory.take<T>(factor);
  placed.w = memory.take<T>(vector);
  placed.y = memory.take<T>(vector);
  placed.measured = memory.take<T>(vector);
  placed.kept = memory.take<T>(vector);
  const bool huge = operator_scratch_bytes > SIZE_MAX - arena_alignment;
  placed.scratch = memory.take<std::byte>(huge ? SIZE_MAX : operator_scratch_bytes + arena_alignment);
  return placed;
}

/// The exact bytes that check_operator needs; SIZE_MAX when they overflow size_t.
template <class Sensing, class T>
[[nodiscard]] constexpr std::size_t check_operator_bytes(const Sensing& a,
                                                         const check_options<T>& options) noexcept {
  if (a.n == 0 || a.n > largest_dimension || options.plan.shards == 0 || options.plan.threads == 0) {
    return SIZE_MAX;
  }
  const std::size_t scratch = scratch_bytes(a, options.rank, options.plan);
  if (scratch == SIZE_MAX) return SIZE_MAX;
  arena measuring;
  layout_check<T>(measuring, a.n, a.measurement_count, options.rank, scratch);
  return measuring.overflowed() ? SIZE_MAX : measuring.used();
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
