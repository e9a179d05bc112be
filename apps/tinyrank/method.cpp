// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "method.hpp"

#include <limits>
#include <type_traits>
#include <vector>

#include "arguments.hpp"
#include "catalogue/methods.hpp"
#include "error.hpp"
#include "problem.hpp"

namespace tinyrank::app {
namespace {

using catalogue::parameter;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  }
  return text;
}

template <class T>
T parse_parameter(const std::string& name, const std::string& text, parameter kind, T default_value) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(parse_integer(name, text, 0, std::numeric_limits<T>::max()));
  } else {
    const bool may_be_automatic = kind == parameter::automatic;
    if (may_be_automatic && text == "auto") return default_value;
    const double given = may_be_automatic ? parse_positive(name, text) : parse_number(name, text);
    return in_range_of<T>(name, text, given);
  }
}

}  // namespace

std::vector<std::string> method_names() {
  std::vector<std::string> names = {staircase_name, explore_name};
  catalogue::for_each_method<double>([&](auto row, auto) { names.emplace_back(row.name); });
  return names;
}

std::string method_choices() {
  return listed(method_names());
}

std::map<std::string, std::string> method_parameters() {
  std::map<std::string, std::string> all;
  catalogue::for_each_method<double>([&](auto row, auto options) {
    row.parameters(options, [&](const char* name, auto&, parameter, const char* help) {
      std::string& text = all[name];
      text += (text.empty() ? "" : "; ") + std::string("of --method ") + row.name + ": " + help;
    });
  });
  return all;
}

template <class T>
chosen_method<T> choose_method(const std::string& name, const std::map<std::string, std::string>& given) {
  chosen_method<T> chosen;
  catalogue::for_each_method<T>([&](auto row, auto options) {
    if (chosen.method != nullptr || (!name.empty() && name != row.name)) return;
    chosen.name = row.name;
    std::map<std::string, std::string> left = given;
    row.parameters(options, [&](const char* option, auto& value, parameter kind, const char*) {
      const auto found = left.find(option);
      if (found == left.end()) return;
      value = parse_parameter(std::string("--") + option, found->second, kind, value);
      left.erase(found);
    });
    if (!left.empty()) {
      throw input_error("--" + left.begin()->first + ": is no parameter of --method " + row.name);
    }
    chosen.method = &method_of(options);
    if (chosen.method->check != nullptr) require_ok("--method " + chosen.name, chosen.method->check(options));
    chosen.options = std::make_shared<decltype(options)>(options);
  });
  if (chosen.method == nullptr) {
    throw input_error("--method: " + in_quotes(name) + " is not " + method_choices());
  }
  return chosen;
}

template chosen_method<float> choose_method(const std::string&, const std::map<std::string, std::string>&);
template chosen_method<double> choose_method(const std::string&, const std::map<std::string, std::string>&);

}  // namespace tinyrank::app
