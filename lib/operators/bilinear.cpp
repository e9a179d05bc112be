// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/bilinear.hpp"

#include "lib/operators/bilinear_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct stored_pairs {
  using descriptor = bilinear_sensing<T>;
  static constexpr bool draws = false;

  static two_sides<const T> vectors(const descriptor& a, instruction_set, std::size_t first, std::size_t,
                                    two_sides<T>) noexcept {
    return {a.left + first * padded<T>(a.rows), a.right + first * padded<T>(a.columns)};
  }
};

}  // namespace

template <class T>
status make_operator(const bilinear_sensing<T>& a, sensing_operator<T>& out) noexcept {
  if (const status sizes = check_bilinear(a); sizes != status::ok) return sizes;
  if (a.left == nullptr || a.right == nullptr || !is_aligned(a.left) || !is_aligned(a.right)) {
    return status::operator_data;
  }
  out = bilinear_operator<T, stored_pairs<T>>::table(a);
  make_rectangular(out, a.rows);
  return status::ok;
}

template <class T>
void make_batch_operator(const bilinear_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = bilinear_operator<T, stored_pairs<T>>::batch_table(a);
}

template void make_batch_operator(const bilinear_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const bilinear_sensing<double>&, batch_operator<double>&) noexcept;
template status make_operator(const bilinear_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const bilinear_sensing<double>&, sensing_operator<double>&) noexcept;

}  // namespace tinyrank
