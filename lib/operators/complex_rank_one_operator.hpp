// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The three verbs of the complex rank-one operators, by those of the real ones on a factor of twice the
// columns: with J (p; q) = (q; -p), v = J^T u, and so
//
//   (u u^T + v v^T) U = u (u^T U) + J^T u (u^T J U)
//
// is made of u u^T [U, J U], whose products with one vector u are all real and imaginary parts of a^H W.

#include "lib/operators/rank_one_operator.hpp"
#include "tinyrank/detail/complex_rank_one_scratch.hpp"

namespace tinyrank {

/// Source: as for rank_one_operator; its vectors are (b; c).
template <class T, class Source>
struct complex_rank_one_operator {
  using descriptor = typename Source::descriptor;
  using real = rank_one_operator<T, Source>;

  /// [U, J U], and what is left of the scratch.
  struct call {
    workspace<T> how;
    factor_view<T> both;

    call(const descriptor& a, const workspace<T>& given, std::size_t rank) noexcept : how(given) {
      arena memory(given.scratch, given.scratch_bytes);
      both = {layout_both_columns<T>(memory, a.n, rank), a.n, 2 * rank, padded<T>(a.n)};
      how.scratch += memory.used();
      how.scratch_bytes -= memory.used();
    }

    void fill(factor_view<const T> u) const noexcept {
      const std::size_t d = u.n / 2;
      for (std::size_t c = 0; c < u.rank; ++c) {
        const T* const from = u.column(c);
        T *const plain = both.column(c), *const turned = both.column(u.rank + c);
        std::memcpy(plain, from, u.stride * sizeof(T));
        std::memcpy(turned, from + d, d * sizeof(T));
        for (std::size_t j = 0; j < d; ++j) turned[d + j] = -from[j];
        for (std::size_t j = u.n; j < u.stride; ++j) turned[j] = 0;
      }
    }

    /// out = S + J^T S', from [S, S'] in place of the factor: sums are copied there after its last use.
    void combine(factor_view<T> out) const noexcept {
      const std::size_t d = out.n / 2;
      for (std::size_t c = 0; c < out.rank; ++c) {
        const T *const plain = both.column(c), *const turned = both.column(out.rank + c);
        T* const to = out.column(c);
        for (std::size_t j = 0; j < d; ++j) to[j] = plain[j] - turned[d + j];
        for (std::size_t j = 0; j < d; ++j) to[d + j] = plain[d + j] + turned[j];
        for (std::size_t j = out.n; j < out.stride; ++j) to[j] = 0;
      }
    }
  };

  static void measure(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                      T* y) noexcept {
    const call inner(descriptor_of<descriptor>(self), how, u.rank);
    inner.fill(u);
    real::measure(self, inner.how, inner.both, y);
  }

  static void adjoint_times(const sensing_operator<T>& self, const workspace<T>& how, const T* w,
                            factor_view<const T> v, factor_view<T> out) noexcept {
    const call inner(descriptor_of<descriptor>(self), how, v.rank);
    inner.fill(v);
    real::adjoint_times(self, inner.how, w, inner.both, inner.both);
    inner.combine(out);
  }

  static T loss_and_gradient(const sensing_operator<T>& self, const workspace<T>& how, factor_view<const T> u,
                             const T* y, factor_view<T> gradient) noexcept {
    const call inner(descriptor_of<descriptor>(self), how, u.rank);
    inner.fill(u);
    const T loss = real::loss_and_gradient(self, inner.how, inner.both, y, inner.both);
    inner.combine(gradient);
    return loss;
  }

  static void batch_loss_and_gradient(const void* context, const workspace<T>& how,
                                      batch_problem<T>* problems, std::size_t count) noexcept {
    const descriptor& a = *static_cast<const descriptor*>(context);
    arena memory(how.scratch, how.scratch_bytes);
    const auto scratch = layout_complex_rank_one_batch_scratch<T>(memory, count);
    for (std::size_t p = 0; p < count; ++p) {
      const call inner(a, *problems[p].how, problems[p].factor.rank);
      inner.fill(problems[p].factor);
      scratch.calls[p] = inner.how;
      scratch.problems[p] = {scratch.calls + p, inner.both, problems[p].y, inner.both, T(0)};
    }
    workspace<T> rest = how;
    rest.scratch += memory.used();
    rest.scratch_bytes -= memory.used();
    real::batch_loss_and_gradient(context, rest, scratch.problems, count);
    for (std::size_t p = 0; p < count; ++p) {
      call(a, *problems[p].how, problems[p].factor.rank).combine(problems[p].gradient);
      problems[p].loss = scratch.problems[p].loss;
    }
  }

  static batch_operator<T> batch_table(const descriptor& a) noexcept {
    return {&a, real::batch_bytes_of, batch_loss_and_gradient};
  }

  static sensing_operator<T> table(const descriptor& a) noexcept {
    sensing_operator<T> made = {
        a.n, a.measurement_count, &a, {real::bytes, measure, adjoint_times, loss_and_gradient}};
    make_complex(made);
    return made;
  }
};

/// What every complex rank-one operator asks of its sizes.
inline status check_complex_rank_one(std::size_t d, std::size_t n, std::size_t measurement_count,
                                     rank_one_form form) noexcept {
  if (const status sizes = check_complex_sizes(d, n, measurement_count); sizes != status::ok) return sizes;
  return check_rank_one(n, measurement_count, form);
}

}  // namespace tinyrank
