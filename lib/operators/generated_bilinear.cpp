// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/generated_bilinear.hpp"

#include "lib/operators/bilinear_operator.hpp"
#include "lib/operators/draw_vectors.hpp"

namespace tinyrank {
namespace {

/// The streams of `side` 0 are those of the b_i, of 1 those of the c_i.
template <class T>
void draw_side(instruction_set isa, std::uint64_t seed, std::size_t side, std::size_t entries,
               std::size_t first, std::size_t count, T* out) noexcept {
  draw_vectors<2>(isa, entries, seed, 2 * first + side, count, out);
}

template <class T>
struct drawn_pairs {
  using descriptor = generated_bilinear_sensing<T>;
  static constexpr bool draws = true;

  static two_sides<const T> vectors(const descriptor& a, instruction_set isa, std::size_t first,
                                    std::size_t count, two_sides<T> drawn) noexcept {
    draw_side(isa, a.seed, 0, a.rows, a.first_measurement + first, count, drawn.left);
    draw_side(isa, a.seed, 1, a.columns, a.first_measurement + first, count, drawn.right);
    return {drawn.left, drawn.right};
  }
};

}  // namespace

template <class T>
status make_operator(const generated_bilinear_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (!is_rectangular(a.rows, a.columns, a.n)) return status::dimension;
  if (a.measurement_count == 0) return status::measurement_count;
  if (a.measurement_count > SIZE_MAX / 2) return status::size_overflow;
  out = bilinear_operator<T, drawn_pairs<T>>::table(a);
  make_rectangular(out, a.rows);
  return status::ok;
}

template <class T>
void make_batch_operator(const generated_bilinear_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = bilinear_operator<T, drawn_pairs<T>>::batch_table(a);
}

template <class T>
status fill_bilinear_vectors(std::size_t rows, std::size_t columns, std::size_t first, std::size_t count,
                             std::uint64_t seed, T* left, T* right, instruction_set isa) noexcept {
  if (!is_rectangular(rows, columns, rows + columns)) return status::dimension;
  if (first > SIZE_MAX / 2 || count > SIZE_MAX / 2 - first ||
      bilinear_vector_elements<T>(rows, count) == SIZE_MAX ||
      bilinear_vector_elements<T>(columns, count) == SIZE_MAX) {
    return status::size_overflow;
  }
  if (left == nullptr || right == nullptr || !is_aligned(left) || !is_aligned(right)) {
    return status::operator_data;
  }
  const kernel_table<T>* kernels = find_kernels<T>(isa);
  if (kernels == nullptr) return status::instruction_set;
  draw_side(kernels->isa, seed, 0, rows, first, count, left);
  draw_side(kernels->isa, seed, 1, columns, first, count, right);
  return status::ok;
}

template void make_batch_operator(const generated_bilinear_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const generated_bilinear_sensing<double>&,
                                  batch_operator<double>&) noexcept;
template status make_operator(const generated_bilinear_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const generated_bilinear_sensing<double>&, sensing_operator<double>&) noexcept;
template status fill_bilinear_vectors(std::size_t, std::size_t, std::size_t, std::size_t, std::uint64_t,
                                      float*, float*, instruction_set) noexcept;
template status fill_bilinear_vectors(std::size_t, std::size_t, std::size_t, std::size_t, std::uint64_t,
                                      double*, double*, instruction_set) noexcept;

}  // namespace tinyrank
