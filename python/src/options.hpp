// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Options from keyword arguments: what is None keeps its default.

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <array>
#include <string>

#include "catalogue/methods.hpp"
#include "refusal.hpp"
#include "tinyrank/recovery.hpp"

namespace tinyrank::python {

namespace py = pybind11;

class keywords {
 public:
  explicit keywords(const py::dict& given) : given_(given) {}

  [[nodiscard]] bool has(const char* name) const {
    return given_.contains(name) && !py::object(given_[name]).is_none();
  }

  template <class Value>
  void read(const char* name, Value& value) const {
    if (!has(name)) return;
    try {
      value = given_[name].cast<Value>();
    } catch (const py::cast_error&) {
      throw refusal(std::string(name) + ": " + std::string(py::repr(given_[name])) +
                    " is not a number of the right kind and size");
    }
  }

  /// The place of a text among the names of an enumeration.
  template <class Enum, std::size_t count>
  void read_name(const char* name, const std::array<const char*, count>& names, Enum& value) const {
    if (!has(name)) return;
    std::string text, known;
    read(name, text);
    for (std::size_t k = 0; k < count; ++k) {
      known += (k == 0 ? "'" : ", '") + std::string(names[k]) + "'";
      if (text != names[k]) continue;
      value = static_cast<Enum>(k);
      return;
    }
    throw refusal(std::string(name) + ": '" + text + "' is not one of " + known);
  }

  /// m numbers of T, which the dictionary keeps alive; null where there are none.
  template <class T>
  [[nodiscard]] const T* numbers(const char* name, std::size_t count) const {
    if (!has(name)) return nullptr;
    return numbers_of<T>(given_[name], name, count);
  }

  /// The same of any object: the Python side has made it an array that needs no copy.
  template <class T>
  static const T* numbers_of(const py::object& given, const char* name, std::size_t count) {
    using array = py::array_t<T, py::array::c_style>;
    if (!py::isinstance<array>(given)) throw refusal(std::string(name) + ": no array of the run's dtype");
    const auto values = py::reinterpret_borrow<array>(given);
    if (static_cast<std::size_t>(values.size()) != count ||
        reinterpret_cast<std::uintptr_t>(values.data()) % alignof(T) != 0)
      throw refusal(std::string(name) + ": has " + std::to_string(values.size()) + " numbers, not " +
                    std::to_string(count));
    return values.data();
  }

  template <class Options>
  void read_plan(Options& options) const {
    read("threads", options.plan.threads);
    read("shards", options.plan.shards);
    read("seed", options.seed);
    if (!has("instruction_set")) return;
    std::string text;
    read("instruction_set", text);
    for (const instruction_set isa : every_instruction_set) {
      if (text == to_string(isa)) {
        options.isa = isa;
        return;
      }
    }
    throw refusal(explain(status::instruction_set));
  }

  /// A tolerance takes the place of the default, which is relative.
  template <class Options>
  void read_tolerances(Options& options) const {
    if (has("tolerance")) options.relative_tolerance = 0;
    read("tolerance", options.tolerance);
    read("relative_tolerance", options.relative_tolerance);
  }

 private:
  const py::dict& given_;
};

template <class T>
recovery_options<T> recovery_options_of(const keywords& given, std::size_t m) {
  recovery_options<T> options;
  given.read_plan(options);
  given.read_tolerances(options);
  given.read("rank", options.rank_limit);
  if (given.has("rank") && options.rank_limit == 0) throw refusal(explain(status::rank));
  given.read("spent", options.spent);
  given.read("pass_limit", options.pass_limit);
  given.read("history", options.history);
  given.read("probes", options.probes);
  given.read("explore_rank", options.explore_rank);
  given.read("huber_delta", options.huber_delta);
  given.read("held_out_share", options.held_out_share);
  given.read_name<exploration, 3>("explore", {"when_needed", "never", "at_once"}, options.explore);
  given.read_name<robust_loss, 2>("loss", {"squared", "huber"}, options.loss);
  options.weights = given.numbers<T>("weights", m);
  return options;
}

/// initial_factor: of n times rank numbers.
template <class T, class Row, class Options>
Options descent_options_of(Row, Options options, const keywords& given, std::size_t n) {
  given.read_plan(options);
  given.read_tolerances(options);
  given.read("rank", options.rank);
  given.read("step_size", options.step_size);
  given.read("initial_scale", options.initial_scale);
  given.read("plateau_window", options.plateau_window);
  given.read("plateau_tolerance", options.plateau_tolerance);
  given.read("iteration_limit", options.iteration_limit);
  given.template read_name<initial_law, 2>("law", {"gaussian", "orthonormal"}, options.law);
  if (options.rank != 0 && n > SIZE_MAX / options.rank) throw refusal(explain(status::size_overflow, "rank"));
  options.initial_factor = given.numbers<T>("initial_factor", n * options.rank);
  Row::parameters(options, [&](const char* name, auto& value, catalogue::parameter, const char*) {
    std::string key = name;
    for (char& symbol : key) symbol = symbol == '-' ? '_' : symbol;
    given.read(key.c_str(), value);
  });
  return options;
}

}  // namespace tinyrank::python
