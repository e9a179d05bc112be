// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// How tinyrank.h makes a staircase: what is an operator's own. The rest is compiled once, in staircase.cpp:
// constants of an operator's object would be linked into programs that make none.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "lib/c_api/structs.hpp"
#include "tinyrank/staircase.hpp"

namespace tinyrank::c_api {

/// A descriptor whose type is not told: to staircase_bytes and init one like any other.
template <class T>
struct any_sensing {
  std::size_t n;
  std::size_t measurement_count;
  bool forms_matrix;
  factor_shape shape;
  const void* sensing;
  std::size_t sensing_bytes;
  std::size_t (*scratch)(const void* sensing, std::size_t rank, execution_plan plan);
  status (*make)(const void* sensing, sensing_operator<T>& out);
};

template <class T>
std::size_t scratch_bytes(const any_sensing<T>& a, std::size_t rank, execution_plan plan) noexcept {
  return a.scratch(a.sensing, rank, plan);
}
template <class T>
status make_operator(const any_sensing<T>& a, sensing_operator<T>& out) noexcept {
  return a.make(a.sensing, out);
}

/// A staircase's memory begins with the run and a copy of the descriptor, in one size for all operators: the
/// report does not know which it is. Behind these is the arena.
inline constexpr std::size_t most_sensing_bytes = 64;
template <class T>
inline constexpr std::size_t staircase_header_bytes =
    TINYRANK_LINES(sizeof(staircase<T>) + most_sensing_bytes) * arena_alignment;

/// Flattened: with a second caller that is a call, the first one, of descents, would become one, too.
template <class T, class Sensing>
[[gnu::flatten]] std::size_t scratch_of(const void* sensing, std::size_t rank, execution_plan plan) noexcept {
  return scratch_bytes(*static_cast<const Sensing*>(sensing), rank, plan);
}
template <class T, class Sensing>
status make_of(const void* sensing, sensing_operator<T>& out) noexcept {
  return make_operator(*static_cast<const Sensing*>(sensing), out);
}

template <class T, class Sensing>
any_sensing<T> as_any(const Sensing& a) noexcept {
  static_assert(std::is_trivially_copyable_v<Sensing> && sizeof(Sensing) <= most_sensing_bytes &&
                alignof(Sensing) <= alignof(staircase<T>));
  return {a.n,      a.measurement_count,    forms_matrix(a),    shape_of(a), &a,
          sizeof a, scratch_of<T, Sensing>, make_of<T, Sensing>};
}

template <class T>
std::size_t bytes_of_staircase(const any_sensing<T>& a,
                               const typename types<T>::staircase_options* given) noexcept;
template <class T>
std::int32_t create_staircase(typename types<T>::staircase** out, const any_sensing<T>& a, const T* y,
                              const typename types<T>::staircase_options* given, void* memory,
                              std::size_t size) noexcept;

/// Translate: a function from the C descriptor to the C++ one.
template <class T, class Given, class Translate>
std::size_t bytes_of_staircase(const Given* sensing, const typename types<T>::staircase_options* given,
                               Translate translate) noexcept {
  Given known{};
  if (!is_placed(sensing) || !read_struct(*sensing, known) || !is_reserved_zero(known)) return SIZE_MAX;
  const auto a = translate(known);
  return bytes_of_staircase<T>(as_any<T>(a), given);
}

template <class T, class Given, class Translate>
std::int32_t create_staircase(typename types<T>::staircase** out, const Given* sensing, const T* y,
                              const typename types<T>::staircase_options* given, void* memory,
                              std::size_t size, Translate translate) noexcept {
  if (!is_placed(out)) return TINYRANK_STATUS_RUN_NULL;
  if (!is_placed(sensing)) return TINYRANK_STATUS_SENSING_NULL;
  Given known{};
  if (!read_struct(*sensing, known) || !is_reserved_zero(known)) return TINYRANK_STATUS_SENSING_SIZE;
  const auto a = translate(known);
  return create_staircase<T>(out, as_any<T>(a), y, given, memory, size);
}

}  // namespace tinyrank::c_api
