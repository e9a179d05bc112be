// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/subspaces.hpp"

#include "lib/dense_algebra/block_iteration.hpp"
#include "tinyrank/diagnostics.hpp"

namespace tinyrank {
namespace {

template <class T>
status check_shapes(factor_view<const T> factor, factor_view<const T> truth, std::size_t needed,
                    const std::byte* buffer, std::size_t bytes) noexcept {
  if (factor.n == 0 || factor.n > largest_dimension || factor.n != truth.n) return status::dimension;
  if (truth.rank == 0 || truth.rank > factor.rank || truth.rank > factor.n) return status::rank;
  if (needed == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  return bytes < needed ? status::arena_too_small : status::ok;
}

template <class T>
void copy_columns(factor_view<const T> from, factor_view<double> to) noexcept {
  for (std::size_t c = 0; c < from.rank; ++c) {
    for (std::size_t j = 0; j < to.stride; ++j) {
      to.column(c)[j] = j < from.n ? static_cast<double>(from(j, c)) : 0;
    }
  }
}

/// ||(Id - Q Q^T) L|| for orthonormal columns Q and L; L is overwritten.
double sine_between(factor_view<const double> q, factor_view<double> l, double* work,
                    double* sigma) noexcept {
  for (std::size_t c = 0; c < l.rank; ++c) {
    // Twice, as in Gram-Schmidt: a small sine is what cancellation leaves.
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t d = 0; d < q.rank; ++d) {
        const double overlap = dot(q.column(d), l.column(c), q.n);
        for (std::size_t j = 0; j < q.n; ++j) l(j, c) -= overlap * q(j, d);
      }
    }
  }
  singular_values<double>(l, work, sigma);
  return sigma[0] < 1 ? sigma[0] : 1;
}

}  // namespace

template <class T>
status observe_subspaces(subspace_observation& out, factor_view<const T> factor, factor_view<const T> truth,
                         std::byte* buffer, std::size_t bytes) noexcept {
  const std::size_t n = factor.n, r = factor.rank, k = truth.rank;
  const std::size_t needed = subspace_bytes(n, r, k);
  if (const status shapes = check_shapes(factor, truth, needed, buffer, bytes); shapes != status::ok) {
    return shapes;
  }
  arena memory(buffer, needed);
  const subspace_memory placed = layout_subspaces(memory, n, r, k);
  const factor_view<double> basis{placed.truth, n, k, padded<double>(n)};
  const factor_view<double> left{placed.left, n, k, padded<double>(n)};

  subspace_observation seen;
  singular_values(truth, placed.work, placed.sigma);
  seen.truth_sigma = placed.sigma[k - 1];
  copy_columns(truth, basis);
  orthonormalise(basis);

  singular_values(factor, placed.work, placed.sigma);
  seen.largest_sigma = placed.sigma[0];
  seen.signal_sigma = placed.sigma[k - 1];
  if (k < n && k < r) seen.next_sigma = placed.sigma[k];
  if (seen.signal_sigma > 0) {
    for (std::size_t c = 0; c < k; ++c) {
      const double sigma = placed.sigma[c];
      for (std::size_t j = 0; j < left.stride; ++j) left.column(c)[j] = 0;
      for (std::size_t j = 0; j < n; ++j) {
        if (n >= r) {
          left(j, c) = placed.work[c * n + j] / sigma;
          continue;
        }
        // Work holds sigma_c times the right singular vectors: U w_c / sigma_c is the left one.
        double sum = 0;
        for (std::size_t i = 0; i < r; ++i) {
          sum += static_cast<double>(factor(j, i)) * (placed.work[c * r + i] / sigma);
        }
        left(j, c) = sum / sigma;
      }
    }
    orthonormalise(left);
    seen.angle_sine = sine_between(basis, left, placed.rest, placed.sigma);
  }
  out = seen;
  return status::ok;
}

template <class T>
status split_signal_and_noise(signal_and_noise& out, factor_view<const T> factor, factor_view<const T> truth,
                              std::byte* buffer, std::size_t bytes) noexcept {
  const std::size_t n = factor.n, r = factor.rank, k = truth.rank, stride = padded<double>(n);
  const std::size_t needed = signal_bytes(n, r, k);
  if (const status shapes = check_shapes(factor, truth, needed, buffer, bytes); shapes != status::ok) {
    return shapes;
  }
  arena memory(buffer, needed);
  const signal_memory placed = layout_signal(memory, n, r, k);
  const factor_view<double> basis{placed.truth, n, k, stride}, signal{placed.signal, n, k, stride};
  const factor_view<double> rows{placed.rows, r, k, padded<double>(r)}, noise{placed.noise, n, r, stride};

  signal_and_noise seen;
  copy_columns(truth, basis);
  orthonormalise(basis);
  for (std::size_t c = 0; c < k; ++c) {
    for (std::size_t i = 0; i < rows.stride; ++i) {
      double sum = 0;
      for (std::size_t j = 0; i < r && j < n; ++j) sum += static_cast<double>(factor(j, i)) * basis(j, c);
      rows.column(c)[i] = sum;
    }
  }
  orthonormalise(rows);
  for (std::size_t c = 0; c < k; ++c) {
    for (std::size_t j = 0; j < stride; ++j) {
      double sum = 0;
      for (std::size_t i = 0; j < n && i < r; ++i) sum += static_cast<double>(factor(j, i)) * rows(i, c);
      signal.column(c)[j] = sum;
    }
  }
  copy_columns(factor, noise);
  for (std::size_t i = 0; i < r; ++i) {
    for (std::size_t c = 0; c < k; ++c) {
      for (std::size_t j = 0; j < n; ++j) noise(j, i) -= signal(j, c) * rows(i, c);
    }
  }
  singular_values<double>(signal, placed.work, placed.sigma);
  seen.signal_norm = placed.sigma[0];
  seen.signal_sigma = placed.sigma[k - 1];
  orthonormalise(signal);
  if (seen.signal_sigma > 0) seen.signal_angle_sine = sine_between(basis, signal, placed.work, placed.sigma);
  if (r > k) {
    const std::size_t b = noise_block(n);
    const factor_view<double> block{placed.basis, n, b, stride}, image{placed.image, n, b, stride};
    draw_block(block, 1);
    constexpr double accuracy = 1e-3;
    constexpr std::uint32_t most_steps = 300;
    iterate_block(block, image, placed.small, 1, accuracy, most_steps,
                  [&](factor_view<const double> v, factor_view<double> into) {
                    for (std::size_t c = 0; c < v.rank; ++c) {
                      for (std::size_t j = 0; j < stride; ++j) into.column(c)[j] = 0;
                      for (std::size_t i = 0; i < r; ++i) {
                        const double inner = dot<double>(noise.column(i), v.column(c), n);
                        for (std::size_t j = 0; j < n; ++j) into(j, c) += inner * noise(j, i);
                      }
                    }
                  });
    seen.noise_norm = placed.small.values[0] > 0 ? square_root(placed.small.values[0]) : 0;
  }
  out = seen;
  return status::ok;
}

factor_view<const double> noise_of(std::size_t n, std::size_t rank, std::size_t truth_rank,
                                   std::byte* buffer) noexcept {
  arena memory(buffer, signal_bytes(n, rank, truth_rank));
  return {layout_signal(memory, n, rank, truth_rank).noise, n, rank, padded<double>(n)};
}

template status observe_subspaces(subspace_observation&, factor_view<const float>, factor_view<const float>,
                                  std::byte*, std::size_t) noexcept;
template status observe_subspaces(subspace_observation&, factor_view<const double>, factor_view<const double>,
                                  std::byte*, std::size_t) noexcept;
template status split_signal_and_noise(signal_and_noise&, factor_view<const float>, factor_view<const float>,
                                       std::byte*, std::size_t) noexcept;
template status split_signal_and_noise(signal_and_noise&, factor_view<const double>,
                                       factor_view<const double>, std::byte*, std::size_t) noexcept;

}  // namespace tinyrank
