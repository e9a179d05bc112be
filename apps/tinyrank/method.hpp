// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tinyrank/descent.hpp"

namespace tinyrank::app {

/// What --method names: options with the method's parameters set, and the method itself.
template <class T>
struct chosen_method {
  std::string name;
  std::shared_ptr<descent_options<T>> options;
  const descent_method<T>* method = nullptr;
};

/// What --method takes beside the methods of descent: the ways that find the rank.
inline constexpr const char *staircase_name = "staircase", *explore_name = "explore";

/// What --method takes, and the same in a sentence:
/// "staircase, explore, gradient-descent, scaled, momentum or quasi-newton"
std::vector<std::string> method_names();
std::string method_choices();

/// The parameters of all methods, name and help; those of one method say which.
std::map<std::string, std::string> method_parameters();

/// name: empty for the first of the catalogue. parameters: name and text of those that were given. Errors:
/// input_error for a name that is none, for a parameter of another method, and for a value that is no
/// number in this precision.
template <class T>
chosen_method<T> choose_method(const std::string& name, const std::map<std::string, std::string>& parameters);

}  // namespace tinyrank::app
