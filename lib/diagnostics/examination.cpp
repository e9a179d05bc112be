// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/examination.hpp"

#include <cstring>

#include "lib/dense_algebra/factor_geometry.hpp"
#include "lib/solver/staircase_descent.hpp"

namespace tinyrank {
namespace {

/// The Ritz vectors that may be of a missing direction, without what the examined columns span, at the first
/// columns of the basis; the rest of it is lost. An error of those columns has such vectors, too, and is told
/// by what the residual matrix does to what is outside.
template <class T>
factor_view<T> take_outside(const staircase<T>& run, std::size_t most) noexcept {
  const std::size_t rank = run.factor.rank, stride = run.factor.stride;
  const T* values = run.memory.small.values;
  std::size_t count = 0;
  while (count < most && values[count] < 0 && values[count] <= staircase_rules::company<T> * values[0])
    ++count;
  T* const both = run.memory.probed;
  std::memcpy(both, run.factor.data, rank * stride * sizeof(T));
  std::memcpy(both + rank * stride, run.memory.basis, count * stride * sizeof(T));
  orthonormalise_columns(run, both, 0, rank + count);
  std::memcpy(run.memory.basis, both + rank * stride, count * stride * sizeof(T));
  return columns_at(run.memory.basis, run, 0, count);
}

}  // namespace

template <class T>
status begin_examination(staircase<T>& run, factor_view<const T> u, T loss, T share) noexcept {
  if (u.n != run.inner.sensing.n) return status::dimension;
  if (u.rank == 0 || u.rank > run.columns.factor) return status::rank;
  const factor_view<T> columns = columns_at(other_factor(run), run, 0, u.rank);
  for (std::size_t c = 0; c < u.rank; ++c) std::memcpy(columns.column(c), u.column(c), u.n * sizeof(T));
  rotate_columns(run, columns.data, columns.data, u.rank, run.memory.small, true);
  const T* values = run.memory.small.values;
  T all = 0, left = 0;
  for (std::size_t c = 0; c < u.rank; ++c) all += values[c] * values[c];
  std::size_t rank = u.rank;
  for (; rank > 1; --rank) {
    left += values[rank - 1] * values[rank - 1];
    if (left > share * all) break;
  }
  // What a direction that is missing has begun to grow in starts the look at the spectrum.
  run.known = 0;
  for (std::size_t c = rank; c < u.rank && run.known < run.columns.krylov; ++c) {
    const T length = square_root(dot(columns.column(c), columns.column(c), u.n));
    if (!(length > 0)) continue;
    T* const known = columns_at(run.memory.basis, run, run.known++, 1).data;
    std::memcpy(known, columns.column(c), u.n * sizeof(T));
    divide(known, length, u.n);
  }
  begin_descent(run, rank, loss, staircase_phase::certify);
  begin_certificate(run);
  return status::ok;
}

template <class T>
T unseen_directions(const staircase<T>& run) noexcept {
  const T unknowns = static_cast<T>(unknowns_of(run, run.factor.rank));
  return run.applied != 0 ? run.remaining * unknowns : unknowns;
}

template <class T>
missing_directions<T> find_missing(staircase<T>& run, factor_view<const T> u) noexcept {
  constexpr T half = T(0.5);
  const sensing_operator<T>& a = run.inner.sensing;
  const factor_view<const T> own = run.factor;
  const T m = number<T>(a.measurement_count), loss = run.report.loss;
  missing_directions<T> found, seen;
  if (spanned(run) == 0 || !(run.memory.small.values[0] < 0) || own.rank + 1 > u.n) return found;
  const T least = run.memory.small.values[0];
  found.smallest_eigenvalue = seen.smallest_eigenvalue = least;
  const std::size_t room = run.columns.probes < spanned(run) ? run.columns.probes : spanned(run),
                    left = u.n - own.rank, most = room < left ? room : left;
  const factor_view<T> outside = take_outside(run, most);
  probe(run, run.inner.y, outside, run.memory.image);
  found.passes = seen.passes = 1;
  T energy = 0;
  for (std::size_t c = 0; c < outside.rank; ++c) {
    const factor_view<const T> v{outside.column(c), u.n, 1, u.stride};
    const T value = dot(v.column(0), run.memory.image + c * u.stride, u.n);
    if (!(value < half * staircase_rules::company<T> * least)) continue;
    if (energy == 0) {
      a.measure(run.inner.how, v, run.memory.measured);
      energy = dot(run.memory.measured, run.memory.measured, a.measurement_count);
      found.passes = seen.passes = 2;
      if (!(energy > 0)) return found;
    }
    const T length = matrix_inner_product(a, v, v);
    const T has =
        length > 0 ? (matrix_inner_product(a, u, v) - matrix_inner_product(a, own, v)) / length : T(0);
    const T share = has > 0 ? has * energy / (-value * m) : T(0);
    if (!(share < half)) continue;
    seen.share = seen.count == 0 || share < seen.share ? share : seen.share;
    seen.explained += T(0.25) * value * value * m / (energy * loss);
    ++seen.count;
    const T rest = seen.explained < T(1) ? loss * (T(1) - seen.explained) : T(0);
    const bool pays = seen.explained >= half && is_worth(run, own.rank, loss, own.rank + seen.count, rest,
                                                         staircase_rules::worthwhile<T>);
    if (pays && found.count == 0) found = seen;
  }
  return found;
}

template float unseen_directions(const staircase<float>&) noexcept;
template double unseen_directions(const staircase<double>&) noexcept;
template status begin_examination(staircase<float>&, factor_view<const float>, float, float) noexcept;
template status begin_examination(staircase<double>&, factor_view<const double>, double, double) noexcept;
template missing_directions<float> find_missing(staircase<float>&, factor_view<const float>) noexcept;
template missing_directions<double> find_missing(staircase<double>&, factor_view<const double>) noexcept;

}  // namespace tinyrank
