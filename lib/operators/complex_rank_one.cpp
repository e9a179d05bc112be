// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/complex_rank_one.hpp"

#include "lib/operators/complex_rank_one_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct stored_complex_vectors {
  using descriptor = complex_rank_one_sensing<T>;
  static constexpr bool draws = false;

  static const T* vectors(const descriptor& a, instruction_set, std::size_t first, std::size_t, T*) noexcept {
    return a.vectors + first * padded<T>(a.n);
  }
};

}  // namespace

template <class T>
status make_operator(const complex_rank_one_sensing<T>& a, sensing_operator<T>& out) noexcept {
  const status sizes = check_complex_rank_one(a.dimension, a.n, a.measurement_count, a.form);
  if (sizes != status::ok) return sizes;
  if (rank_one_vector_elements<T>(a.n, a.measurement_count, a.form) == SIZE_MAX) return status::size_overflow;
  if (a.vectors == nullptr || !is_aligned(a.vectors)) return status::operator_data;
  out = complex_rank_one_operator<T, stored_complex_vectors<T>>::table(a);
  return status::ok;
}

template <class T>
void make_batch_operator(const complex_rank_one_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = complex_rank_one_operator<T, stored_complex_vectors<T>>::batch_table(a);
}

template void make_batch_operator(const complex_rank_one_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const complex_rank_one_sensing<double>&, batch_operator<double>&) noexcept;
template status make_operator(const complex_rank_one_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const complex_rank_one_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
