// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// A look at the low end of the spectrum of the residual matrix G = (1/m) sum_i e_i A_i: a Krylov space of a
// few blocks and Rayleigh-Ritz in it (Saad, Numerical Methods for Large Eigenvalue Problems, section 6.3).
// A look is begun, advanced by one pass at a time, and ended.

#include "lib/solver/staircase_state.hpp"

namespace tinyrank {

/// The columns of the basis whose images are known, and of the block that is next.
template <class T>
std::size_t spanned(const staircase<T>& run) noexcept {
  const std::size_t all = run.blocks * run.columns.block;
  return all < run.columns.krylov ? all : run.columns.krylov;
}
template <class T>
factor_view<T> next_block(const staircase<T>& run) noexcept {
  const std::size_t first = spanned(run), left = run.columns.krylov - first;
  return columns_at(run.memory.basis, run, first, left < run.columns.block ? left : run.columns.block);
}

template <class T>
T* image_of(const staircase<T>& run, factor_view<T> block) noexcept {
  return run.memory.image + (block.data - run.memory.basis);
}

/// Random columns within reach of the operator, others at each call.
template <class T>
void draw_reached(staircase<T>& run, factor_view<T> columns) noexcept {
  draw_block(columns, mix64(run.options.seed) + ++run.looks);
  run.inner.sensing.project(columns);
}

/// From Ritz vectors of the last look that were not appended, and two random columns by which the mean of the
/// spectrum is estimated; from random columns alone where none are known.
template <class T>
void begin_look(staircase<T>& run) noexcept {
  run.blocks = 0;
  const factor_view<T> block = next_block(run);
  constexpr std::size_t fewest_random = 2;
  const std::size_t most_known = block.rank > fewest_random ? block.rank - fewest_random : 0;
  const std::size_t warm = run.known < most_known ? run.known : most_known;
  run.drawn = block.rank - warm;
  const factor_view<T> random = columns_at(run.memory.basis, run, warm, run.drawn);
  draw_reached(run, random);
  orthonormalise_columns(run, run.memory.basis, 0, block.rank);
}

/// The image of the next block is in its place: the mean, and the block after it.
template <class T>
void advance_look(staircase<T>& run) noexcept {
  const factor_view<T> block = next_block(run);
  const T* image = image_of(run, block);
  if (run.blocks == 0) {
    T sum = 0;
    for (std::size_t c = block.rank - run.drawn; c < block.rank; ++c) {
      sum += dot(block.column(c), image + c * block.stride, block.n);
    }
    run.mean = sum / static_cast<T>(run.drawn);
  }
  ++run.blocks;
  const factor_view<T> next = next_block(run);
  if (next.rank == 0) return;
  const std::size_t first = spanned(run);
  std::memcpy(next.data, image, next.rank * next.stride * sizeof(T));
  orthonormalise_columns(run, run.memory.basis, first, first + next.rank);
}

template <class T>
bool look_has_ended(const staircase<T>& run) noexcept {
  return run.blocks == run.columns.blocks || spanned(run) == run.columns.krylov;
}

/// small.values: Ritz values, least first; the basis: their vectors.
template <class T>
void end_look(staircase<T>& run) noexcept {
  const std::size_t b = spanned(run);
  rotate_columns(run, run.memory.basis, run.memory.image, b, run.memory.small, false);
  run.known = b;
}

/// image := G block: at U = 0 by the adjoint of w, else by probes beside U that are too small to move the
/// residuals.
template <class T>
void probe(staircase<T>& run, const T* w, factor_view<T> block, T* image) noexcept {
  const sensing_operator<T>& a = run.inner.sensing;
  const std::size_t rank = run.factor.rank, used = rank * block.stride, count = block.rank * block.stride;
  T scale = T(-1) / number<T>(a.measurement_count);
  if (rank == 0) {
    a.adjoint_times(run.inner.how, w, block, {image, block.n, block.rank, block.stride});
  } else {
    const T small = square_root(dot(run.factor.data, run.factor.data, used)) *
                    (sizeof(T) == sizeof(float) ? T(0x1p-20) : T(0x1p-30));
    std::memcpy(run.memory.probed, run.factor.data, used * sizeof(T));
    for (std::size_t k = 0; k < count; ++k) run.memory.probed[used + k] = small * block.data[k];
    evaluate_columns(run, run.memory.probed, rank + block.rank, run.inner.y, run.memory.probed_gradient);
    std::memcpy(image, run.memory.probed_gradient + used, count * sizeof(T));
    scale = T(1) / small;
  }
  for (std::size_t k = 0; k < count; ++k) image[k] *= scale;
}

/// One pass of a look. An operator to which columns cost little gives the whole of G in it.
template <class T>
void look_once(staircase<T>& run, const T* w) noexcept {
  if (run.memory.matrix == nullptr) {
    const factor_view<T> block = next_block(run);
    probe(run, w, block, image_of(run, block));
    return advance_look(run);
  }
  const std::size_t n = run.inner.sensing.n;
  const factor_view<T> matrix = columns_at(run.memory.matrix, run, 0, n);
  // Its own memory holds the identity first; the adjoint may not write where it reads.
  const factor_view<T> identity = columns_at(run.memory.identity, run, 0, n);
  for (std::size_t c = 0; c < n; ++c) identity(c, c) = 1;
  probe(run, w, identity, matrix.data);
  T trace = 0;
  for (std::size_t c = 0; c < n; ++c) trace += matrix(c, c);
  while (!look_has_ended(run)) {
    const factor_view<T> block = next_block(run);
    T* image = image_of(run, block);
    for (std::size_t c = 0; c < block.rank; ++c) {
      for (std::size_t j = 0; j < n; ++j)
        image[c * block.stride + j] = dot(matrix.column(j), block.column(c), n);
    }
    advance_look(run);
  }
  run.mean = trace / number<T>(n - run.null_dimension);
}

/// An eigenvalue of this size may be rounding's alone.
template <class T>
T rounded_eigenvalue(const staircase<T>& run) noexcept {
  return T(256) * epsilon<T> * run.signless;
}

/// How many of the Ritz vectors stand out from what residuals of random signs show.
template <class T>
std::size_t count_outliers(const staircase<T>& run) noexcept {
  const T* values = run.memory.small.values;
  const T mean = run.mean;
  const T edge =
      staircase_rules::outlier<T> * run.signless * square_root(run.report.loss / run.report.zero_loss);
  const T least = staircase_rules::company<T> * (mean - values[0]);
  std::size_t count = 0;
  while (count < spanned(run) && mean - values[count] > edge && mean - values[count] > least &&
         values[count] < 0)
    ++count;
  return count;
}

/// The dimension of the operator's null space, up to the columns of a block: what it takes off random
/// columns.
template <class T>
std::size_t count_null_space(const staircase<T>& run) noexcept {
  const sensing_operator<T>& a = run.inner.sensing;
  if (a.functions.project == nullptr) return 0;
  const factor_view<T> drawn = columns_at(run.memory.basis, run, 0, run.columns.block);
  const factor_view<T> left = columns_at(run.memory.image, run, 0, run.columns.block);
  draw_block(drawn, run.options.seed);
  std::memcpy(left.data, drawn.data, drawn.rank * drawn.stride * sizeof(T));
  a.project(left);
  for (std::size_t c = 0; c < drawn.rank; ++c) {
    T* taken = drawn.column(c);
    for (std::size_t j = 0; j < drawn.n; ++j) taken[j] -= left(j, c);
    const T before = dot(taken, taken, drawn.n);
    for (std::size_t d = 0; d < c; ++d) {
      const T* earlier = drawn.column(d);
      add_multiple(-dot(taken, earlier, drawn.n), earlier, taken, drawn.n);
    }
    const T after = dot(taken, taken, drawn.n);
    if (!(after > T(1e-4) * before)) return c;
    divide(taken, square_root(after), drawn.n);
  }
  return drawn.rank;
}

}  // namespace tinyrank
