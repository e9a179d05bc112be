// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "lib/kernels/packed.hpp"

#include "lib/kernels/packed_kernels.hpp"

namespace tinyrank {
namespace {

template <class T>
void dot_rows(const T* a, std::size_t stride, std::size_t rows, const T* z, std::size_t count, T* e) {
  packed_rows<T, plain_storage<T>>{a, nullptr, stride}.dot(rows, z, count, e);
}

template <class T>
void accumulate_rows(const T* a, std::size_t stride, std::size_t rows, const T* w, T* g, std::size_t count) {
  packed_rows<T, plain_storage<T>>{a, nullptr, stride}.accumulate(rows, w, g, count);
}

template <class T>
T residual_accumulate_rows(const T* a, std::size_t stride, std::size_t rows, const T* z, const T* y, T* g,
                           std::size_t count, T loss) {
  return packed_rows<T, plain_storage<T>>{a, nullptr, stride}.residual_accumulate(rows, z, y, g, count, loss);
}

template <class T>
constexpr packed_kernels<T> table_of(family<packed_kernels<T>>) noexcept {
  return {dot_rows<T>, accumulate_rows<T>, residual_accumulate_rows<T>};
}

}  // namespace

TINYRANK_DEFINE_TABLES(packed_kernels)

}  // namespace tinyrank
