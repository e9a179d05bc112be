// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/standstill.hpp"

#include <cstring>

#include "lib/dense_algebra/block_iteration.hpp"
#include "lib/solver/stopping.hpp"

namespace tinyrank {
namespace {

/// The least and the largest Ritz value of (1/m) A^*(w), and the mean eigenvalue as a random vector sees it.
template <class T>
struct krylov_ends {
  T least = 0, largest = 0, mean = 0;
};

/// The vector of the least one is left in the first column of the basis.
template <class T>
krylov_ends<T> find_krylov_ends(const descent<T>& run, const standstill_memory<T>& memory,
                                const T* w) noexcept {
  const sensing_operator<T>& a = run.sensing;
  const std::size_t stride = padded<T>(a.n), most = standstill_columns(a.n);
  const auto basis = [&](std::size_t count) { return factor_view<T>{memory.basis, a.n, count, stride}; };
  draw_block(basis(1), mix64(run.options.seed) + 1);
  a.project(basis(1));
  orthonormalise_column(basis(1), 0);
  krylov_ends<T> found;
  std::size_t b = 0;
  for (;;) {
    const factor_view<T> image{memory.image + b * stride, a.n, 1, stride};
    a.adjoint_times(run.how, w, {basis(b + 1).column(b), a.n, 1, stride}, image);
    const T per_measurement = T(1) / static_cast<T>(a.measurement_count);
    for (std::size_t j = 0; j < stride; ++j) image.data[j] *= per_measurement;
    if (b == 0) found.mean = dot(basis(1).column(0), image.data, a.n);
    if (++b == most) break;
    const factor_view<T> next = basis(b + 1);
    std::memcpy(next.column(b), image.data, stride * sizeof(T));
    const T before = dot(image.data, image.data, a.n);
    orthonormalise_column(next, b);
    // An invariant subspace: what is left is rounding, of no direction.
    T overlap = 0;
    for (std::size_t c = 0; c < b; ++c) {
      const T along = dot(next.column(c), image.data, a.n);
      overlap += along * along;
    }
    if (!(before - overlap > before * T(1e-10)) && !(before - overlap > before * epsilon<T>)) break;
  }
  rotate_to_ritz(basis(b), factor_view<T>{memory.image, a.n, b, stride}, memory.small, false);
  found.least = memory.small.values[0];
  found.largest = memory.small.values[b - 1];
  return found;
}

/// moved := U w, w the unit combination of the last columns of U that is shortest.
template <class T>
void combine_least(const descent<T>& run, const standstill_memory<T>& memory) noexcept {
  const factor_view<const T>& u = run.factor;
  const std::size_t c = standstill_combined(u.rank), first = u.rank - c;
  for (std::size_t p = 0; p < c; ++p) {
    for (std::size_t q = 0; q <= p; ++q) {
      double sum = 0;
      for (std::size_t j = 0; j < u.n; ++j)
        sum += static_cast<double>(u(j, first + p)) * static_cast<double>(u(j, first + q));
      memory.gram[p * c + q] = memory.gram[q * c + p] = sum;
    }
  }
  symmetric_eigen(memory.gram, memory.combined, c);
  std::size_t least = 0;
  for (std::size_t p = 1; p < c; ++p) {
    if (memory.gram[p * c + p] < memory.gram[least * c + least]) least = p;
  }
  for (std::size_t j = 0; j < u.stride; ++j) memory.moved[j] = 0;
  for (std::size_t p = 0; p < c; ++p)
    add_multiple(static_cast<T>(memory.combined[p * c + least]), u.column(first + p), memory.moved, u.n);
}

/// A(D D^T) for one column.
template <class T>
void measure_column(const descent<T>& run, const T* column, T* out) noexcept {
  run.sensing.measure(run.how, {column, run.sensing.n, 1, padded<T>(run.sensing.n)}, out);
}

/// f'' along D = v w^T: ||A(U D^T + D U^T)||^2 / (2m) + <G, D D^T>; the first by polarisation of two columns.
template <class T>
T curvature_along(const descent<T>& run, const standstill_memory<T>& memory, T eigenvalue,
                  T* image) noexcept {
  const std::size_t n = run.sensing.n, m = run.sensing.measurement_count;
  const T* v = memory.direction;
  const T length = square_root(dot(memory.moved, memory.moved, n));
  if (!(length > 0)) return eigenvalue;
  // The basis is not needed any more.
  T* const column = memory.basis;
  for (std::size_t j = 0; j < padded<T>(n); ++j) column[j] = memory.moved[j] / length + v[j];
  measure_column(run, column, image);
  for (std::size_t j = 0; j < padded<T>(n); ++j) column[j] = memory.moved[j] / length - v[j];
  T* const other = memory.other;
  measure_column(run, column, other);
  T squares = 0;
  for (std::size_t i = 0; i < m; ++i) {
    const T both = T(0.5) * length * (image[i] - other[i]);
    squares += both * both;
  }
  return T(0.5) * squares / static_cast<T>(m) + eigenvalue;
}

}  // namespace

const char* to_string(standstill value) noexcept {
  switch (value) {
    case standstill::rounding:
      return "rounding";
    case standstill::cycle:
      return "cycle";
    case standstill::saddle:
      return "saddle";
    case standstill::stuck:
      return "stuck";
    case standstill::local_minimum:
      return "local minimum";
    case standstill::noise:
      return "noise";
  }
  return "unknown";
}

template <class T>
status examine_standstill(standstill_report<T>& out, const descent<T>& run, std::byte* buffer,
                          std::size_t bytes) noexcept {
  const std::size_t n = run.sensing.n, m = run.sensing.measurement_count, stride = padded<T>(n);
  const std::size_t needed = standstill_bytes<T>(n, m, run.factor.rank);
  if (needed == SIZE_MAX) return status::size_overflow;
  if (buffer == nullptr) return status::arena_null;
  if (reinterpret_cast<std::uintptr_t>(buffer) % arena_alignment != 0) return status::arena_misaligned;
  if (bytes < needed) return status::arena_too_small;
  arena place(buffer, needed);
  std::memset(buffer, 0, needed);
  const standstill_memory<T> memory = layout_standstill<T>(place, n, m, run.factor.rank);
  out = {};
  if (!(run.report.loss > rounding_floor(run))) {
    out.kind = standstill::rounding;
    return status::ok;
  }
  constexpr T promised = T(1e-3);  // of the loss, by the gradient for one step
  const T slope = dot(run.gradient.data, run.gradient.data, run.gradient.rank * run.gradient.stride);
  if (run.report.step_size * slope > promised * run.report.loss) {
    out.kind = standstill::cycle;
    return status::ok;
  }

  run.sensing.measure(run.how, run.factor, memory.residual);
  for (std::size_t i = 0; i < m; ++i) memory.residual[i] -= run.y[i];
  // Each of two drawings of signs shows an edge by chance; the wider counts.
  constexpr T beyond = T(1.5);
  const random_stream stream = make_stream(run.options.seed, random_purpose::power_iteration, UINT32_MAX);
  for (std::size_t i = 0; i < m; ++i) {
    const bool minus = (random_bits(stream, static_cast<std::uint32_t>(i)) >> 31) != 0;
    memory.other[i] = minus ? -memory.residual[i] : memory.residual[i];
  }
  const krylov_ends<T> random = find_krylov_ends(run, memory, memory.other);
  const krylov_ends<T> own = find_krylov_ends(run, memory, memory.residual);
  std::memcpy(memory.direction, memory.basis, stride * sizeof(T));
  out.edge = beyond * (-random.least > random.largest ? -random.least : random.largest);
  out.smallest_eigenvalue = own.least;
  T along = 0;
  for (std::size_t c = 0; c < run.factor.rank; ++c) {
    const T part = dot(run.factor.column(c), memory.direction, n);
    along += part * part;
  }
  out.component = square_root(along);
  if (!(-own.least > T(256) * epsilon<T> * out.edge)) return status::ok;
  const bool stands_out = own.mean - own.least > out.edge;

  measure_column(run, memory.direction, memory.other);
  const T energy = dot(memory.other, memory.other, m);
  if (energy > 0) out.missing = -own.least * static_cast<T>(m) / energy;
  combine_least(run, memory);
  // The residuals are not needed any more, either.
  out.curvature = curvature_along(run, memory, own.least, memory.residual);
  // Where what a step adds is lost in the rounding of the elements that it is added to, nothing grows.
  constexpr T least_share = epsilon<T> / T(8);
  const T size = square_root(dot(run.factor.data, run.factor.data, run.factor.rank * stride));
  out.grows = out.curvature < 0 && run.report.step_size * -own.least * out.component > least_share * size;
  if (stands_out) {
    out.kind = !(out.curvature < 0) ? standstill::local_minimum
               : out.grows          ? standstill::saddle
                                    : standstill::stuck;
  }
  return status::ok;
}

template status examine_standstill(standstill_report<float>&, const descent<float>&, std::byte*,
                                   std::size_t) noexcept;
template status examine_standstill(standstill_report<double>&, const descent<double>&, std::byte*,
                                   std::size_t) noexcept;

}  // namespace tinyrank
