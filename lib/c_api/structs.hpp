// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// The structs of tinyrank.h, of this version and others.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "lib/dense_algebra/vectors.hpp"
#include "tinyrank/tinyrank.h"

namespace tinyrank::c_api {

template <class T>
struct types;
template <>
struct types<float> {
  using run = tinyrank_run_f32;
  using options = tinyrank_options_f32;
  using report = tinyrank_report_f32;
  using trace = tinyrank_trace_entry_f32;
  using method = tinyrank_method_f32;
  using staircase = tinyrank_staircase_f32;
  using staircase_options = tinyrank_staircase_options_f32;
  using staircase_report = tinyrank_staircase_report_f32;
  using staircase_entry = tinyrank_staircase_entry_f32;
};
template <>
struct types<double> {
  using run = tinyrank_run_f64;
  using options = tinyrank_options_f64;
  using report = tinyrank_report_f64;
  using trace = tinyrank_trace_entry_f64;
  using method = tinyrank_method_f64;
  using staircase = tinyrank_staircase_f64;
  using staircase_options = tinyrank_staircase_options_f64;
  using staircase_report = tinyrank_staircase_report_f64;
  using staircase_entry = tinyrank_staircase_entry_f64;
};

/// Bytes of the first version of a struct: a shorter one is none. Fields are only ever added at its end, so a
/// struct that gets its first new one needs a line here, with the end of what was its last.
template <class Struct>
inline constexpr std::size_t first_version_bytes = sizeof(Struct);

#define TINYRANK_FIRST_VERSION(name, last_field)                                                    \
  template <>                                                                                       \
  inline constexpr std::size_t first_version_bytes<name> =                                          \
      (offsetof(name, last_field) + sizeof(name::last_field) + alignof(name) - 1) / alignof(name) * \
      alignof(name)
TINYRANK_FIRST_VERSION(tinyrank_options_f32, trace_capacity);
TINYRANK_FIRST_VERSION(tinyrank_options_f64, trace_capacity);
TINYRANK_FIRST_VERSION(tinyrank_staircase_options_f32, trace_capacity);
TINYRANK_FIRST_VERSION(tinyrank_staircase_options_f64, trace_capacity);
TINYRANK_FIRST_VERSION(tinyrank_report_f32, reserved);
TINYRANK_FIRST_VERSION(tinyrank_report_f64, reserved);
#undef TINYRANK_FIRST_VERSION
// A field that is added does not lie in what was padding, which an older caller leaves as it is.
static_assert(sizeof(tinyrank_options_f32) ==
              offsetof(tinyrank_options_f32, quasi_newton_damping_ratio) + sizeof(float));
static_assert(sizeof(tinyrank_options_f64) ==
              offsetof(tinyrank_options_f64, quasi_newton_damping_ratio) + sizeof(double));

/// A size that some version of the struct has: this one, the first, or one to come. A size that was never set
/// is mostly a huge one.
template <class Struct>
constexpr bool is_version(std::size_t size) noexcept {
  constexpr std::size_t largest = 4096;
  return (size >= sizeof(Struct) && size <= largest) || size == first_version_bytes<Struct>;
}

/// What has no meaning yet is zero, so that it may get one.
template <class Given>
bool is_reserved_zero(const Given& given) noexcept {
  if constexpr (requires { given.reserved_pointer; }) {
    if (given.reserved_pointer != nullptr) return false;
  }
  if constexpr (requires { given.reserved; }) return given.reserved == 0;
  return true;
}

/// Copies a caller's struct over the defaults in `known`: of an older version those fields that it has.
/// Refused: what is no version, and a newer one in which something is set that is not known here.
template <class Struct>
bool read_struct(const Struct& given, Struct& known) noexcept {
  const std::size_t size = given.struct_size;
  if (!is_version<Struct>(size)) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(&given);
  for (std::size_t i = sizeof(Struct); i < size; ++i) {
    if (bytes[i] != 0) return false;
  }
  std::memcpy(static_cast<void*>(&known), bytes, size < sizeof(Struct) ? size : sizeof(Struct));
  return true;
}

/// Fills a caller's struct of `size` bytes, which may be of another version: a newer one's tail with zeros.
template <class Struct>
bool write_struct(Struct made, Struct* out, std::size_t size) noexcept {
  if (!is_version<Struct>(size)) return false;
  made.struct_size = static_cast<std::uint32_t>(size);
  std::memcpy(static_cast<void*>(out), &made, size < sizeof made ? size : sizeof made);
  auto* bytes = reinterpret_cast<unsigned char*>(out);
  for (std::size_t i = sizeof made; i < size; ++i) bytes[i] = 0;
  return true;
}

}  // namespace tinyrank::c_api
