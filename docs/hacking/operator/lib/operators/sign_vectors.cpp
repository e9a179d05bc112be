// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "tinyrank/operators/sign_vectors.hpp"

#include "lib/operators/rank_one_operator.hpp"

namespace tinyrank {
namespace {

template <class T>
struct drawn_sign_vectors {
  using descriptor = sign_vectors_sensing<T>;
  static constexpr bool draws = true;

  static const T* vectors(const descriptor& a, instruction_set, std::size_t first, std::size_t count,
                          T* drawn) noexcept {
    const std::size_t stride = padded<T>(a.n);
    for (std::size_t i = 0; i < count; ++i) {
      const random_stream stream = make_stream(a.seed, random_purpose::sensing, first + i);
      for (std::size_t j = 0; j < stride; ++j) {
        drawn[i * stride + j] =
            j < a.n ? static_cast<T>(rademacher_sign(stream, static_cast<std::uint32_t>(j))) : T(0);
      }
    }
    return drawn;
  }
};

}  // namespace

template <class T>
status make_operator(const sign_vectors_sensing<T>& a, sensing_operator<T>& out) noexcept {
  const status sizes = check_rank_one(a.n, a.measurement_count, a.form);
  if (sizes != status::ok) return sizes;
  out = rank_one_operator<T, drawn_sign_vectors<T>>::table(a);
  return status::ok;
}

template <class T>
void make_batch_operator(const sign_vectors_sensing<T>& a, batch_operator<T>& out) noexcept {
  out = rank_one_operator<T, drawn_sign_vectors<T>>::batch_table(a);
}

template status make_operator(const sign_vectors_sensing<float>&, sensing_operator<float>&) noexcept;
template status make_operator(const sign_vectors_sensing<double>&, sensing_operator<double>&) noexcept;
template void make_batch_operator(const sign_vectors_sensing<float>&, batch_operator<float>&) noexcept;
template void make_batch_operator(const sign_vectors_sensing<double>&, batch_operator<double>&) noexcept;

}  // namespace tinyrank
