// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/check_operator.hpp"

#include <cstring>

#include "lib/kernels/tables.hpp"
#include "tinyrank/random.hpp"

namespace tinyrank {
namespace {

template <class T>
bool same_bits(T a, T b) noexcept {
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

template <class T>
double norm(const T* x, std::size_t count) noexcept {
  double squares = 0;
  for (std::size_t k = 0; k < count; ++k) squares += static_cast<double>(x[k]) * static_cast<double>(x[k]);
  return __builtin_sqrt(squares);
}

/// Adds up the squares of a - b, a and b.
struct comparison {
  double difference = 0, left = 0, right = 0;

  void add(double a, double b) noexcept {
    difference += (a - b) * (a - b);
    left += a * a;
    right += b * b;
  }
  /// Over the norms of a and b, or `typical`, what values of their kind come to where they do not cancel.
  double discrepancy(double typical) const noexcept {
    const double norms = __builtin_sqrt(left) + __builtin_sqrt(right);
    const double scale = norms < typical ? typical : norms;
    // Two zeros agree; a NaN compares unequal to zero and is kept.
    return difference == 0 ? 0 : __builtin_sqrt(difference) / scale;
  }
};

template <class T>
class checker {
 public:
  checker(const sensing_operator<T>& a, const check_options<T>& options, const workspace<T>& how,
          const check_memory<T>& memory, operator_report& report)
      : a_(a),
        how_(how),
        memory_(memory),
        report_(report),
        rank_(options.rank),
        stride_(padded<T>(a.n)),
        m_(a.measurement_count),
        seed_(options.seed) {
    constexpr double epsilon = sizeof(T) == sizeof(float) ? 0x1p-23 : 0x1p-52;
    report_ = {};
    for (std::size_t i = 0; i < operator_property_count; ++i) {
      const bool counted = i <= static_cast<std::size_t>(operator_property::determinism);
      const double tolerance = options.tolerance > 0 ? options.tolerance : 256 * epsilon;
      report_.findings[i].tolerance = counted ? 0 : tolerance;
    }
  }

  void run() noexcept {
    draw_factor(memory_.u, 0);
    draw_factor(memory_.v, 1);
    draw_vector(memory_.w, 2);
    draw_vector(memory_.y, 3);
    check_measure();
    check_adjoint();
    check_fused();
    if (a_.functions.project != nullptr) check_projection();
  }

 private:
  using property = operator_property;

  double& finding(property which) noexcept {
    return report_.findings[static_cast<std::size_t>(which)].discrepancy;
  }
  /// The largest of the discrepancies found for a property; a NaN stays.
  void note(property which, double discrepancy) noexcept {
    double& worst = finding(which);
    if (!(discrepancy <= worst) && worst == worst) worst = discrepancy;
  }
  void count(property which, bool wrong) noexcept { finding(which) += wrong ? 1 : 0; }

  random_stream stream(std::uint64_t which) const noexcept {
    return make_stream(seed_, random_purpose::test, which);
  }
  T drawn(std::uint64_t which, std::size_t k) const noexcept {
    return static_cast<T>(gaussian(stream(which), static_cast<std::uint32_t>(k)));
  }
  void draw_factor(T* data, std::uint64_t which) noexcept {
    for (std::size_t c = 0; c < rank_; ++c) {
      for (std::size_t j = 0; j < stride_; ++j) {
        data[c * stride_ + j] = j < a_.n ? drawn(which, c * a_.n + j) : T(0);
      }
    }
  }
  void draw_vector(T* data, std::uint64_t which) noexcept {
    for (std::size_t i = 0; i < m_; ++i) data[i] = drawn(which, i);
  }

  factor_view<T> view(T* data) const noexcept { return {data, a_.n, rank_, stride_}; }

  /// Fills what a verb may write with NaN, and the lines behind with a pattern.
  void poison(T* out, std::size_t elements) noexcept {
    std::memset(out, 0xff, elements * sizeof(T));
    std::memset(out + elements, guard_byte, check_memory<T>::guard * sizeof(T));
    if (memory_.scratch == nullptr) return;
    std::memset(memory_.scratch, 0xff, how_.scratch_bytes);
    std::memset(memory_.scratch + how_.scratch_bytes, guard_byte, arena_alignment);
  }
  void inspect_guard(const void* data, std::size_t bytes) noexcept {
    const auto* at = static_cast<const unsigned char*>(data);
    for (std::size_t k = 0; k < bytes; ++k) count(property::bounds, at[k] != guard_byte);
  }
  void inspect(const T* out, std::size_t elements) noexcept {
    inspect_guard(out + elements, check_memory<T>::guard * sizeof(T));
    if (memory_.scratch != nullptr) inspect_guard(memory_.scratch + how_.scratch_bytes, arena_alignment);
  }
  void inspect_vector(const T* out) noexcept {
    inspect(out, m_);
    for (std::size_t i = 0; i < m_; ++i) count(property::finite_values, out[i] - out[i] != 0);
  }
  void inspect_factor(const T* out) noexcept {
    inspect(out, rank_ * stride_);
    for (std::size_t k = 0; k < rank_ * stride_; ++k) {
      const bool inside = k % stride_ < a_.n;
      count(inside ? property::finite_values : property::padding,
            inside ? out[k] - out[k] != 0 : out[k] != 0);
    }
  }
  void inspect_input_factor(const T* data, std::uint64_t which) noexcept {
    for (std::size_t k = 0; k < rank_ * stride_; ++k) {
      const std::size_t j = k % stride_;
      count(property::inputs, !same_bits(data[k], j < a_.n ? drawn(which, k / stride_ * a_.n + j) : T(0)));
    }
  }
  void inspect_input_vector(const T* data, std::uint64_t which) noexcept {
    for (std::size_t i = 0; i < m_; ++i) count(property::inputs, !same_bits(data[i], drawn(which, i)));
  }
  void inspect_same(const T* a, const T* b, std::size_t elements) noexcept {
    for (std::size_t k = 0; k < elements; ++k) count(property::determinism, !same_bits(a[k], b[k]));
  }

  void measure(T* u, T* out) noexcept {
    poison(out, m_);
    a_.measure(how_, view(u), out);
    inspect_vector(out);
  }
  void adjoint(const T* w, T* v, T* out) noexcept {
    poison(out, rank_ * stride_);
    a_.adjoint_times(how_, w, view(v), view(out));
    inspect_factor(out);
    const double of_inputs = norm(w, m_) * norm(v, rank_ * stride_);
    const double gain = norm(out, rank_ * stride_) / of_inputs;
    if (of_inputs > 0 && gain > adjoint_gain_) adjoint_gain_ = gain;
  }
  T fused(T* gradient) noexcept {
    poison(gradient, rank_ * stride_);
    const T loss = a_.loss_and_gradient(how_, view(memory_.u), memory_.y, view(gradient));
    inspect_factor(gradient);
    count(property::finite_values, loss - loss != 0);
    return loss;
  }

  struct inner_product {
    double value = 0, scale = 0;
  };
  static inner_product dot(const T* a, const T* b, std::size_t elements) noexcept {
    double sum = 0;
    for (std::size_t k = 0; k < elements; ++k) sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
    return {sum, norm(a, elements) * norm(b, elements)};
  }
  void note_equal(property which, inner_product a, inner_product b) noexcept {
    const double apart = a.value > b.value ? a.value - b.value : b.value - a.value;
    note(which, apart == 0 ? 0 : apart / (a.scale + b.scale));
  }
  /// What adjoint_times(w, v) comes to, by the largest of the calls so far.
  double typical_adjoint(const T* w, const T* v) const noexcept {
    return adjoint_gain_ * norm(w, m_) * norm(v, rank_ * stride_);
  }
  void note_combination(property which, const T* whole, const T* one, const T* two, double typical) noexcept {
    comparison sum;
    for (std::size_t k = 0; k < rank_ * stride_; ++k) {
      sum.add(static_cast<double>(whole[k]), static_cast<double>(one[k]) - 2 * static_cast<double>(two[k]));
    }
    note(which, sum.discrepancy(typical));
  }

  /// Leaves measure(U) in `kept`.
  void check_measure() noexcept {
    // One measurement of one factor may cancel, nine of other factors hardly.
    for (std::size_t seen = 0; seen == 0 || seen * m_ < 9; ++seen) {
      draw_factor(memory_.image, 4 + seen);
      measure(memory_.image, memory_.measured);
      const double typical = norm(memory_.measured, m_);
      if (typical > typical_measurements_) typical_measurements_ = typical;
    }
    measure(memory_.u, memory_.measured);
    measure(memory_.u, memory_.kept);
    inspect_input_factor(memory_.u, 0);
    inspect_same(memory_.measured, memory_.kept, m_);
    for (std::size_t k = 0; k < rank_ * stride_; ++k) memory_.image[k] = T(3) * memory_.u[k];
    measure(memory_.image, memory_.measured);
    comparison scaled;
    for (std::size_t i = 0; i < m_; ++i) {
      scaled.add(static_cast<double>(memory_.measured[i]), 9 * static_cast<double>(memory_.kept[i]));
    }
    note(property::homogeneity, scaled.discrepancy(9 * typical_measurements_));
  }

  void check_adjoint() noexcept {
    const std::size_t elements = rank_ * stride_;
    T *u = memory_.u, *v = memory_.v, *w = memory_.w, *of_u = memory_.first, *of_v = memory_.second;
    adjoint(w, v, memory_.image);
    adjoint(w, v, of_v);
    inspect_same(memory_.image, of_v, elements);
    inspect_input_factor(v, 1);
    inspect_input_vector(w, 2);
    // Weights of the size of the measurements, where nothing cancels.
    adjoint(memory_.kept, u, of_u);
    note_equal(property::adjoint_identity, dot(memory_.kept, memory_.kept, m_), dot(of_u, u, elements));
    adjoint(w, u, of_u);
    note_equal(property::adjoint_identity, dot(w, memory_.kept, m_), dot(of_u, u, elements));
    note_equal(property::symmetry, dot(of_v, u, elements), dot(v, of_u, elements));

    for (std::size_t k = 0; k < elements; ++k) v[k] -= T(2) * u[k];
    adjoint(w, v, memory_.image);
    note_combination(property::linear_in_factor, memory_.image, of_v, of_u, typical_adjoint(w, v));
    draw_factor(v, 1);

    adjoint(memory_.y, v, of_u);
    for (std::size_t i = 0; i < m_; ++i) w[i] -= T(2) * memory_.y[i];
    adjoint(w, v, memory_.image);
    note_combination(property::linear_in_weights, memory_.image, of_v, of_u, typical_adjoint(w, v));
    draw_vector(w, 2);
  }

  void check_fused() noexcept {
    const std::size_t elements = rank_ * stride_;
    const T loss = fused(memory_.first);
    const T again = fused(memory_.second);
    inspect_same(&loss, &again, 1);
    inspect_same(memory_.first, memory_.second, elements);
    inspect_input_factor(memory_.u, 0);
    inspect_input_vector(memory_.y, 3);
    for (std::size_t i = 0; i < m_; ++i) memory_.w[i] = memory_.kept[i] - memory_.y[i];
    const double m = static_cast<double>(m_), residual = norm(memory_.w, m_);
    const double measured = norm(memory_.kept, m_) + norm(memory_.y, m_);
    comparison losses, gradients;
    losses.add(static_cast<double>(loss), residual * residual / (4 * m));
    note(property::fused_loss, losses.discrepancy(residual * measured / (4 * m)));
    adjoint(memory_.w, memory_.u, memory_.second);
    for (std::size_t k = 0; k < elements; ++k) {
      gradients.add(static_cast<double>(memory_.first[k]), static_cast<double>(memory_.second[k]) / m);
    }
    const double typical = adjoint_gain_ * measured * norm(memory_.u, elements) / m;
    note(property::fused_gradient, gradients.discrepancy(typical));
  }

  void check_projection() noexcept {
    const std::size_t elements = rank_ * stride_;
    a_.project(view(memory_.u));
    for (std::size_t k = 0; k < elements; ++k) {
      count(k % stride_ < a_.n ? property::finite_values : property::padding,
            k % stride_ < a_.n ? memory_.u[k] - memory_.u[k] != 0 : memory_.u[k] != 0);
    }
    measure(memory_.u, memory_.measured);
    comparison seen, repeated;
    for (std::size_t i = 0; i < m_; ++i) {
      seen.add(static_cast<double>(memory_.measured[i]), static_cast<double>(memory_.kept[i]));
    }
    note(property::projection_is_unseen, seen.discrepancy(typical_measurements_));
    std::memcpy(memory_.v, memory_.u, elements * sizeof(T));
    a_.project(view(memory_.v));
    for (std::size_t k = 0; k < elements; ++k) {
      repeated.add(static_cast<double>(memory_.v[k]), static_cast<double>(memory_.u[k]));
    }
    note(property::projection_repeats, repeated.discrepancy(0));
  }

  static constexpr unsigned char guard_byte = 0x5a;

  const sensing_operator<T>& a_;
  const workspace<T>& how_;
  const check_memory<T>& memory_;
  operator_report& report_;
  std::size_t rank_, stride_, m_;
  std::uint64_t seed_;
  double adjoint_gain_ = 0, typical_measurements_ = 0;
};

}  // namespace

template <class T>
status check_operator(const sensing_operator<T>& a, const check_options<T>& options, std::byte* buffer,
                      std::size_t bytes, operator_report& report) noexcept {
  sensing_operator<T> checked;
  if (const status made = make_operator(a, checked); made != status::ok) return made;
  if (options.rank == 0) return status::rank;
  if (const status plan = check_plan(options.plan); plan != status::ok) return plan;
  if (!(options.tolerance >= 0) || options.tolerance - options.tolerance != 0) return status::tolerance;
  const std::size_t needed = check_operator_bytes(checked, options);
  if (needed == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  arena memory(buffer, needed);
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  if (bytes < needed) return status::arena_too_small;
  const std::size_t scratch = scratch_bytes(checked, options.rank, options.plan);
  const check_memory<T> placed =
      layout_check<T>(memory, checked.n, checked.measurement_count, options.rank, scratch);
  workspace<T> how;
  const status made =
      make_workspace(how, checked, options.rank, options.plan, options.isa, placed.scratch, scratch);
  if (made != status::ok) return made;
  checker<T>(checked, options, how, placed, report).run();
  return status::ok;
}

template status check_operator(const sensing_operator<float>&, const check_options<float>&, std::byte*,
                               std::size_t, operator_report&) noexcept;
template status check_operator(const sensing_operator<double>&, const check_options<double>&, std::byte*,
                               std::size_t, operator_report&) noexcept;

}  // namespace tinyrank
