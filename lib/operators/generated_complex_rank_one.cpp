// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/generated_complex_rank_one.hpp"

#include "lib/operators/complex_rank_one_operator.hpp"
#include "lib/operators/draw_vectors.hpp"

namespace tinyrank {
namespace {

template <class T>
void draw_complex_vectors(instruction_set isa, std::size_t n, std::uint64_t seed, std::size_t first,
                          std::size_t count, T* out) noexcept {
  draw_vectors<1>(isa, n, seed, first, count, out);
  for (std::size_t k = 0; k < count * padded<T>(n); ++k) {
    out[k] = static_cast<T>(square_root_of_half * static_cast<float>(out[k]));
  }
}

template <class T>
struct drawn_complex_vectors {
  using descriptor = generated_complex_rank_one_sensing<T>;
  static constexpr bool draws = true;

  static const T* vectors(const descriptor& a, instruction_set isa, std::size_t first, std::size_t count,
                          T* drawn) noexcept {
    draw_complex_vectors(isa, a.n, a.seed, vector_count(a.form, a.first_measurement) + first, count, drawn);
    return drawn;
  }
};

}  // namespace

template <class T>
status make_operator(const generated_complex_rank_one_sensing<T>& a, sensing_operator<T>& out) noexcept {
  const status sizes = check_complex_rank_one(a.dimension, a.n, a.measurement_count, a.form);
  if (sizes != status::ok) return sizes;
  out = complex_rank_one_operator<T, drawn_complex_vectors<T>>::table(a);
  return status::ok;
}

template <class T>
void make_batch_operator(const generated_complex_rank_one_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = complex_rank_one_operator<T, drawn_complex_vectors<T>>::batch_table(a);
}

template <class T>
status fill_complex_rank_one_vectors(std::size_t d, std::size_t first, std::size_t count, std::uint64_t seed,
                                     T* vectors, instruction_set isa) noexcept {
  if (d == 0 || d > largest_dimension / 2) return status::dimension;
  if (count > SIZE_MAX - first ||
      rank_one_vector_elements<T>(2 * d, count, rank_one_form::plain) == SIZE_MAX) {
    return status::size_overflow;
  }
  if (vectors == nullptr || !is_aligned(vectors)) return status::operator_data;
  const kernel_table<T>* kernels = find_kernels<T>(isa);
  if (kernels == nullptr) return status::instruction_set;
  draw_complex_vectors(kernels->isa, 2 * d, seed, first, count, vectors);
  return status::ok;
}

template status make_operator(const generated_complex_rank_one_sensing<float>&,
                              sensing_operator<float>&) noexcept;
template status make_operator(const generated_complex_rank_one_sensing<double>&,
                              sensing_operator<double>&) noexcept;
template void make_batch_operator(const generated_complex_rank_one_sensing<float>&,
                                  batch_operator<float>&) noexcept;
template void make_batch_operator(const generated_complex_rank_one_sensing<double>&,
                                  batch_operator<double>&) noexcept;
template status fill_complex_rank_one_vectors(std::size_t, std::size_t, std::size_t, std::uint64_t, float*,
                                              instruction_set) noexcept;
template status fill_complex_rank_one_vectors(std::size_t, std::size_t, std::size_t, std::uint64_t, double*,
                                              instruction_set) noexcept;

}  // namespace tinyrank
