// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "error.hpp"
#include "processes.hpp"

namespace tinyrank::app {

/// Collective: what the first process has, in all of them.
template <class Value>
requires std::is_trivially_copyable_v<Value>
void hand_out(Value& value) {
  processes::broadcast(std::as_writable_bytes(std::span(&value, 1)), 0);
}

template <class Values>
void hand_out_values(Values& values) {
  std::uint64_t count = values.size();
  hand_out(count);
  values.resize(static_cast<std::size_t>(count));
  processes::broadcast(std::as_writable_bytes(std::span(values.data(), values.size())), 0);
}

inline void hand_out(std::string& text) {
  hand_out_values(text);
}

template <class Value>
void hand_out(std::vector<Value>& values) {
  if constexpr (std::is_trivially_copyable_v<Value>) {
    hand_out_values(values);
  } else {
    std::uint64_t count = values.size();
    hand_out(count);
    values.resize(static_cast<std::size_t>(count));
    for (Value& value : values) hand_out(value);
  }
}

/// What `read` makes of the file `path`, by the first process alone: a table in memory takes several times
/// what is left of it. Result: calls each_member(visit), visit(member) for every member. Errors: those of
/// `read`, in the first process; the others wait until it ends them. The file is named where memory runs
/// out.
template <class Read>
auto read_once(const std::string& path, Read read) try {
  if (processes::count() == 1) return read();
  decltype(read()) found;
  if (processes::is_first()) found = read();
  found.each_member([](auto&... members) { (hand_out(members), ...); });
  return found;
} catch (const std::bad_alloc&) {
  throw file_error(path, "out of memory while it was read");
}

}  // namespace tinyrank::app
