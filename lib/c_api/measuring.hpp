// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// How tinyrank.h measures a known factor and shows an entry of an A_i: an operator's verbs, without a run.

#include <cstddef>
#include <cstdint>

#include "lib/c_api/structs.hpp"
#include "lib/dense_algebra/vectors.hpp"
#include "tinyrank/arena.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank::c_api {

/// The shards of a run with default options, so that what is measured has the bits that a run compares.
inline constexpr execution_plan measuring_plan = {};

/// What measure and matrix_entry take of the caller's memory; an entry is read off A^*(e_i) e_k.
template <class T>
struct measuring_memory {
  T* factor;
  T* image;
  T* weights;
  std::byte* scratch;
};

template <class T>
measuring_memory<T> layout_measuring(arena& memory, std::size_t n, std::size_t m, std::size_t rank,
                                     std::size_t scratch) noexcept {
  measuring_memory<T> placed{};
  placed.factor = memory.take<T>(padded<T>(n), rank);
  placed.image = memory.take<T>(padded<T>(n));
  placed.weights = memory.take<T>(m);
  placed.scratch = memory.take<std::byte>(scratch);
  return placed;
}

template <class T>
std::size_t measuring_bytes(const sensing_operator<T>& a, std::size_t rank) noexcept {
  return measured_bytes([&](arena& memory) {
    layout_measuring<T>(memory, a.n, a.measurement_count, rank, scratch_bytes(a, rank, measuring_plan));
  });
}

template <class T>
std::int32_t place_measuring(const sensing_operator<T>& a, std::size_t rank, void* memory, std::size_t size,
                             measuring_memory<T>& placed, workspace<T>& how) noexcept {
  if (rank == 0) return TINYRANK_STATUS_RANK;
  const std::size_t needed = measuring_bytes(a, rank);
  if (needed == SIZE_MAX) return TINYRANK_STATUS_SIZE_OVERFLOW;
  if (memory == nullptr) return TINYRANK_STATUS_MEMORY_NULL;
  if (reinterpret_cast<std::uintptr_t>(memory) % arena_alignment != 0)
    return TINYRANK_STATUS_MEMORY_MISALIGNED;
  if (size < needed) return TINYRANK_STATUS_MEMORY_TOO_SMALL;
  arena lines(static_cast<std::byte*>(memory), needed);
  const std::size_t scratch = scratch_bytes(a, rank, measuring_plan);
  placed = layout_measuring<T>(lines, a.n, a.measurement_count, rank, scratch);
  return static_cast<std::int32_t>(
      make_workspace(how, a, rank, measuring_plan, instruction_set::automatic, placed.scratch, scratch));
}

template <class T>
std::int32_t measure_factor(const sensing_operator<T>& a, const T* factor, std::size_t rank, T* y,
                            void* memory, std::size_t size) noexcept {
  if (!is_placed(y)) return TINYRANK_STATUS_OUTPUT_NULL;
  if (!is_placed(factor)) return TINYRANK_STATUS_FACTOR;
  measuring_memory<T> placed;
  workspace<T> how;
  if (const std::int32_t made = place_measuring(a, rank, memory, size, placed, how); made != TINYRANK_OK)
    return made;
  const std::size_t stride = padded<T>(a.n);
  for (std::size_t c = 0; c < rank; ++c) {
    for (std::size_t j = 0; j < stride; ++j) {
      const T value = j < a.n ? factor[j * rank + c] : T(0);
      if (!is_finite(value)) return TINYRANK_STATUS_FACTOR;
      placed.factor[c * stride + j] = value;
    }
  }
  a.measure(how, factor_view<const T>{placed.factor, a.n, rank, stride}, y);
  return TINYRANK_OK;
}

template <class T>
std::int32_t matrix_entry(const sensing_operator<T>& a, std::size_t measurement, std::size_t row,
                          std::size_t column, T* value, void* memory, std::size_t size) noexcept {
  if (!is_placed(value)) return TINYRANK_STATUS_OUTPUT_NULL;
  if (measurement >= a.measurement_count || row >= a.n || column >= a.n) return TINYRANK_STATUS_INDEX;
  measuring_memory<T> placed;
  workspace<T> how;
  if (const std::int32_t made = place_measuring(a, 1, memory, size, placed, how); made != TINYRANK_OK)
    return made;
  const std::size_t stride = padded<T>(a.n);
  for (std::size_t j = 0; j < stride; ++j) {
    placed.factor[j] = j == column ? T(1) : T(0);
    placed.image[j] = 0;
  }
  for (std::size_t i = 0; i < a.measurement_count; ++i) placed.weights[i] = i == measurement ? T(1) : T(0);
  a.adjoint_times(how, placed.weights, factor_view<const T>{placed.factor, a.n, 1, stride},
                  factor_view<T>{placed.image, a.n, 1, stride});
  *value = placed.image[row];
  return TINYRANK_OK;
}

/// The operator of a struct of C, and what asks it; `use` gets the table.
template <class T, class Given, class Translate, class Use>
std::int32_t with_operator(const Given* sensing, Translate translate, Use use) noexcept {
  if (!is_placed(sensing)) return TINYRANK_STATUS_SENSING_NULL;
  Given known{};
  if (!read_struct(*sensing, known) || !is_reserved_zero(known)) return TINYRANK_STATUS_SENSING_SIZE;
  const auto a = translate(known);
  sensing_operator<T> table;
  if (const status made = make_operator(a, table); made != status::ok) return static_cast<std::int32_t>(made);
  return use(table);
}

template <class T, class Given, class Translate>
std::size_t measure_bytes(const Given* sensing, std::size_t rank, Translate translate) noexcept {
  std::size_t needed = SIZE_MAX;
  with_operator<T>(sensing, translate, [&](const sensing_operator<T>& a) {
    if (rank != 0) needed = measuring_bytes(a, rank);
    return std::int32_t{TINYRANK_OK};
  });
  return needed;
}

}  // namespace tinyrank::c_api

/// What one operator measures, in one precision.
#define TINYRANK_C_MEASURING(name, suffix, T)                                                               \
  extern "C" std::size_t tinyrank_##name##_measure_bytes_##suffix(const tinyrank_##name* a,                 \
                                                                  std::size_t rank) {                       \
    return tinyrank::c_api::measure_bytes<T>(a, rank, translate_##name<T>{});                               \
  }                                                                                                         \
  extern "C" std::int32_t tinyrank_##name##_measure_##suffix(                                               \
      const tinyrank_##name* a, const T* factor, std::size_t rank, T* y, void* memory, std::size_t bytes) { \
    return tinyrank::c_api::with_operator<T>(a, translate_##name<T>{}, [&](const auto& table) {             \
      return tinyrank::c_api::measure_factor<T>(table, factor, rank, y, memory, bytes);                     \
    });                                                                                                     \
  }                                                                                                         \
  extern "C" std::int32_t tinyrank_##name##_matrix_entry_##suffix(                                          \
      const tinyrank_##name* a, std::size_t measurement, std::size_t row, std::size_t column, T* value,     \
      void* memory, std::size_t bytes) {                                                                    \
    return tinyrank::c_api::with_operator<T>(a, translate_##name<T>{}, [&](const auto& table) {             \
      return tinyrank::c_api::matrix_entry<T>(table, measurement, row, column, value, memory, bytes);       \
    });                                                                                                     \
  }
