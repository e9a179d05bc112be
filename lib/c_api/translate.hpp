// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// How tinyrank.h speaks to the C++ interface. A run's memory is a header, with the run and a copy of the
// sensing descriptor, and behind it the arena.

#include <cstddef>
#include <new>
#include <type_traits>

#include "lib/c_api/measuring.hpp"
#include "lib/c_api/staircase.hpp"
#include "lib/c_api/structs.hpp"
#include "lib/solver/checks.hpp"
#include "tinyrank/gradient_descent.hpp"
#include "tinyrank/momentum.hpp"
#include "tinyrank/quasi_newton.hpp"
#include "tinyrank/scaled_gradient_descent.hpp"
#include "tinyrank/tinyrank.h"

namespace tinyrank::c_api {

template <class T>
inline constexpr std::size_t header_bytes = TINYRANK_RUN_BYTES(sizeof(T));

/// What init is told of a run: which method, and options of its type.
template <class T>
class method_options {
 public:
  method_options() noexcept : plain_{} {}

  [[nodiscard]] const descent_options<T>& options() const noexcept { return *view_(*this).options; }
  [[nodiscard]] const descent_method<T>& method() const noexcept { return *view_(*this).method; }

  void choose(const gradient_descent_options<T>& options) noexcept {
    plain_ = options;
    view_ = [](const method_options& all) -> view { return {&all.plain_, &gradient_descent_method<T>}; };
  }
  void choose(const scaled_gradient_descent_options<T>& options) noexcept {
    ::new (&scaled_) scaled_gradient_descent_options<T>(options);
    view_ = [](const method_options& all) -> view {
      return {&all.scaled_, &scaled_gradient_descent_method<T>};
    };
  }
  void choose(const momentum_options<T>& options) noexcept {
    ::new (&momentum_) momentum_options<T>(options);
    view_ = [](const method_options& all) -> view { return {&all.momentum_, &momentum_method<T>}; };
  }
  void choose(const quasi_newton_options<T>& options) noexcept {
    ::new (&quasi_newton_) quasi_newton_options<T>(options);
    view_ = [](const method_options& all) -> view { return {&all.quasi_newton_, &quasi_newton_method<T>}; };
  }

 private:
  struct view {
    const descent_options<T>* options;
    const descent_method<T>* method;
  };

  union {
    gradient_descent_options<T> plain_;
    scaled_gradient_descent_options<T> scaled_;
    momentum_options<T> momentum_;
    quasi_newton_options<T> quasi_newton_;
  };
  // A pointer to the options would be that of another in a copy.
  view (*view_)(const method_options&) = nullptr;
};

}  // namespace tinyrank::c_api

/// What the opaque types of tinyrank.h are: from the options as C has them and what they say for every
/// method, those of this one.
struct tinyrank_method_f32 {
  void (*choose)(const tinyrank_options_f32& given, const tinyrank::descent_options<float>& shared,
                 tinyrank::c_api::method_options<float>& chosen) noexcept;
};
struct tinyrank_method_f64 {
  void (*choose)(const tinyrank_options_f64& given, const tinyrank::descent_options<double>& shared,
                 tinyrank::c_api::method_options<double>& chosen) noexcept;
};

namespace tinyrank::c_api {

template <class T, class Sensing>
struct header {
  descent<T> run;
  Sensing sensing;
  method_options<T> chosen;
};

/// options.cpp knows the fields of the options, but for those of a method, which its own file knows.
template <class T>
std::int32_t read_options(const typename types<T>::options* given, method_options<T>& chosen) noexcept;

/// Bytes of a run whose options were read; what of them decides the size is checked here.
template <class T, class Sensing>
std::int32_t needed_bytes(const Sensing& a, const method_options<T>& chosen, std::size_t& needed) noexcept {
  static_assert(sizeof(header<T, Sensing>) <= header_bytes<T>);
  if (a.n == 0 || a.n > largest_dimension) return TINYRANK_STATUS_DIMENSION;
  if (a.measurement_count == 0) return TINYRANK_STATUS_MEASUREMENT_COUNT;
  if (chosen.options().rank == 0) return TINYRANK_STATUS_RANK;
  if (const status plan = check_plan(chosen.options().plan); plan != status::ok)
    return static_cast<std::int32_t>(plan);
  const std::size_t arena_bytes = descent_bytes(a, chosen.options(), chosen.method());
  if (arena_bytes > SIZE_MAX - header_bytes<T>) return TINYRANK_STATUS_SIZE_OVERFLOW;
  needed = header_bytes<T> + arena_bytes;
  return TINYRANK_OK;
}

/// Translate: a function from the C descriptor to the C++ one.
template <class T, class Given, class Translate>
std::size_t bytes(const Given* sensing, const typename types<T>::options* given,
                  Translate translate) noexcept {
  Given known{};
  method_options<T> chosen;
  std::size_t needed = SIZE_MAX;
  if (!is_placed(sensing) || !read_struct(*sensing, known) || !is_reserved_zero(known)) return SIZE_MAX;
  if (read_options<T>(given, chosen) != TINYRANK_OK) return SIZE_MAX;
  if (needed_bytes(translate(known), chosen, needed) != TINYRANK_OK) return SIZE_MAX;
  return needed;
}

/// What create refuses before the power iteration. When it refuses nothing, the descriptor, the options and
/// the operator's table are then in the caller's memory. Not inlined: its variables would stay on a small
/// stack beside those of the first gradient.
template <class T, class Given, class Translate>
[[gnu::noinline]] std::int32_t check_and_place(const Given* sensing, const T* y,
                                               const typename types<T>::options* given, void* memory,
                                               std::size_t size, Translate translate) noexcept {
  if (!is_placed(sensing)) return TINYRANK_STATUS_SENSING_NULL;
  Given known{};
  if (!read_struct(*sensing, known) || !is_reserved_zero(known)) return TINYRANK_STATUS_SENSING_SIZE;
  const auto a = translate(known);
  method_options<T> chosen;
  if (const std::int32_t read = read_options<T>(given, chosen); read != TINYRANK_OK) return read;
  sensing_operator<T> table;
  if (const status made = make_operator(a, table); made != status::ok) return static_cast<std::int32_t>(made);
  std::size_t needed = 0;
  if (const std::int32_t sized = needed_bytes(a, chosen, needed); sized != TINYRANK_OK) return sized;
  if (memory == nullptr) return TINYRANK_STATUS_MEMORY_NULL;
  if (reinterpret_cast<std::uintptr_t>(memory) % arena_alignment != 0)
    return TINYRANK_STATUS_MEMORY_MISALIGNED;
  if (size < needed) return TINYRANK_STATUS_MEMORY_TOO_SMALL;
  auto* start = static_cast<std::byte*>(memory);
  checked_run<T> found;
  const status checked = check_run(table, y, chosen.options(), chosen.method(), start + header_bytes<T>,
                                   size - header_bytes<T>, found);
  if (checked != status::ok) return static_cast<std::int32_t>(checked);

  // The operator refers to its descriptor, where that stays.
  auto& placed = *::new (memory) header<T, std::remove_const_t<decltype(a)>>{{}, a, chosen};
  table.context = &placed.sensing;
  placed.run.sensing = table;
  return TINYRANK_OK;
}

/// A second run would be too much for a small stack, so this one is made where it stays.
template <class T, class Given, class Translate>
std::int32_t create(typename types<T>::run** out, const Given* sensing, const T* y,
                    const typename types<T>::options* given, void* memory, std::size_t size,
                    Translate translate) noexcept {
  if (!is_placed(out)) return TINYRANK_STATUS_RUN_NULL;
  const std::int32_t checked = check_and_place(sensing, y, given, memory, size, translate);
  if (checked != TINYRANK_OK) return checked;
  using placed = header<T, decltype(translate(*sensing))>;
  auto& [run, descriptor, chosen] = *std::launder(reinterpret_cast<placed*>(memory));
  const status made =
      init_operator(run, run.sensing, y, chosen.options(), chosen.method(),
                    static_cast<std::byte*>(memory) + header_bytes<T>, size - header_bytes<T>);
  if (made != status::ok) return static_cast<std::int32_t>(made);
  *out = reinterpret_cast<typename types<T>::run*>(memory);
  return TINYRANK_OK;
}

}  // namespace tinyrank::c_api

/// The functions of one operator in one precision.
#define TINYRANK_C_OPERATOR_IN(name, suffix, T)                                                              \
  extern "C" std::size_t tinyrank_##name##_bytes_##suffix(const tinyrank_##name* a,                          \
                                                          const tinyrank_options_##suffix* o) {              \
    return tinyrank::c_api::bytes<T>(a, o, translate_##name<T>{});                                           \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_##name##_create_##suffix(                                                 \
      tinyrank_run_##suffix** run, const tinyrank_##name* a, const T* y, const tinyrank_options_##suffix* o, \
      void* memory, std::size_t bytes) {                                                                     \
    return tinyrank::c_api::create<T>(run, a, y, o, memory, bytes, translate_##name<T>{});                   \
  }                                                                                                          \
  extern "C" std::size_t tinyrank_##name##_staircase_bytes_##suffix(                                         \
      const tinyrank_##name* a, const tinyrank_staircase_options_##suffix* o) {                              \
    return tinyrank::c_api::bytes_of_staircase<T>(a, o, translate_##name<T>{});                              \
  }                                                                                                          \
  extern "C" std::int32_t tinyrank_##name##_staircase_create_##suffix(                                       \
      tinyrank_staircase_##suffix** run, const tinyrank_##name* a, const T* y,                               \
      const tinyrank_staircase_options_##suffix* o, void* memory, std::size_t bytes) {                       \
    return tinyrank::c_api::create_staircase<T>(run, a, y, o, memory, bytes, translate_##name<T>{});         \
  }

/// All functions of one operator; `translate_<operator><T>` must be a struct with a call operator in scope.
#define TINYRANK_C_OPERATOR(name)           \
  TINYRANK_C_OPERATOR_IN(name, f32, float)  \
  TINYRANK_C_OPERATOR_IN(name, f64, double) \
  TINYRANK_C_MEASURING(name, f32, float)    \
  TINYRANK_C_MEASURING(name, f64, double)
