// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/generated_rank_one.hpp"

#include "lib/operators/draw_vectors.hpp"
#include "lib/operators/rank_one_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct drawn_vectors {
  using descriptor = generated_rank_one_sensing<T>;
  static constexpr bool draws = true;

  static const T* vectors(const descriptor& a, instruction_set isa, std::size_t first, std::size_t count,
                          T* drawn) noexcept {
    draw_vectors<1>(isa, a.n, a.seed, vector_count(a.form, a.first_measurement) + first, count, drawn);
    return drawn;
  }
};

}  // namespace

template <class T>
status make_operator(const generated_rank_one_sensing<T>& a, sensing_operator<T>& out) noexcept {
  const status sizes = check_rank_one(a.n, a.measurement_count, a.form);
  if (sizes != status::ok) return sizes;
  out = rank_one_operator<T, drawn_vectors<T>>::table(a);
  return status::ok;
}

template <class T>
status fill_rank_one_vectors(std::size_t n, std::size_t first, std::size_t count, std::uint64_t seed,
                             T* vectors, instruction_set isa) noexcept {
  if (n == 0 || n > largest_dimension) return status::dimension;
  if (count > SIZE_MAX - first || rank_one_vector_elements<T>(n, count, rank_one_form::plain) == SIZE_MAX) {
    return status::size_overflow;
  }
  if (vectors == nullptr || !is_aligned(vectors)) {
    return status::operator_data;
  }
  const kernel_table<T>* kernels = find_kernels<T>(isa);
  if (kernels == nullptr) return status::instruction_set;
  draw_vectors<1>(kernels->isa, n, seed, first, count, vectors);
  return status::ok;
}

template <class T>
void make_batch_operator(const generated_rank_one_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = rank_one_operator<T, drawn_vectors<T>>::batch_table(a);
}

template void make_batch_operator(const generated_rank_one_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const generated_rank_one_sensing<double>&,
                                  batch_operator<double>&) noexcept;
template status make_operator(const generated_rank_one_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const generated_rank_one_sensing<double>&, sensing_operator<double>&) noexcept;
template status fill_rank_one_vectors(std::size_t, std::size_t, std::size_t, std::uint64_t, float*,
                                      instruction_set) noexcept;
template status fill_rank_one_vectors(std::size_t, std::size_t, std::size_t, std::uint64_t, double*,
                                      instruction_set) noexcept;

}  // namespace tinyrank
