// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "method.hpp"

#include <vector>

#include "arguments.hpp"
#include "catalogue/methods.hpp"
#include "error.hpp"
#include "problem.hpp"

namespace tinyrank::app {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  }
  return text;
}

/// A zero, or what vanishes in this precision, would be taken for automatic where that is the default.
template <class T>
T parse_parameter(const std::string& name, const std::string& text, T default_value) {
  const double given = parse_number("--" + name, text);
  const auto value = static_cast<T>(given);
  if (default_value == automatic && !(value > 0)) {
    throw input_error("--" + name + ": " + in_quotes(text) + " is not positive in this precision");
  }
  return value;
}

}  // namespace

std::string method_choices() {
  std::vector<std::string> names;
  catalogue::for_each_method<double>([&](const char* name, auto, auto) { names.emplace_back(name); });
  return listed(names);
}

std::map<std::string, std::string> method_parameters() {
  std::map<std::string, std::string> all;
  catalogue::for_each_method<double>([&](const char* method, auto options, auto parameters) {
    parameters(options, [&](const char* name, double&, const char* help) {
      all[name] = std::string("of --method ") + method + ": " + help;
    });
  });
  return all;
}

template <class T>
chosen_method<T> choose_method(const std::string& name, const std::map<std::string, std::string>& given) {
  chosen_method<T> chosen;
  catalogue::for_each_method<T>([&](const char* method, auto options, auto parameters) {
    if (name != method) return;
    std::map<std::string, std::string> left = given;
    parameters(options, [&](const char* parameter, T& value, const char*) {
      const auto found = left.find(parameter);
      if (found == left.end()) return;
      if (found->second != "auto") value = parse_parameter(parameter, found->second, value);
      left.erase(found);
    });
    if (!left.empty()) {
      throw input_error("--" + left.begin()->first + ": is no parameter of --method " + name);
    }
    chosen.method = &method_of(options);
    if (chosen.method->check != nullptr) require_ok("--method " + name, chosen.method->check(options));
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
