// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "values.hpp"

#include <cmath>
#include <limits>

#include "error.hpp"
#include "recover_parts.hpp"
#include "recovery.hpp"

namespace tinyrank::app {
namespace {

constexpr std::string_view table_kind = "rectangular";

centering_of parse_centering(const std::string& text) {
  if (text == "both") return centering_of::both;
  if (text == "rows") return centering_of::rows;
  if (text == "columns") return centering_of::columns;
  throw input_error("--center: " + in_quotes(text) + " is not both, rows or columns");
}

std::string means_text(const centering& made) {
  const std::string rows = std::to_string(made.rows.size()) + (made.rows.size() == 1 ? " row" : " rows");
  const std::string columns =
      std::to_string(made.columns.size()) + (made.columns.size() == 1 ? " column" : " columns");
  switch (made.fitted) {
    case centering_of::rows:
      return "means of " + rows;
    case centering_of::columns:
      return "means of " + columns;
    case centering_of::both:
      break;
  }
  return "means of " + rows + " and " + columns;
}

template <class T>
double root_mean_square(const std::vector<T>& values) {
  double squares = 0;
  for (const T value : values) squares += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

template <class T>
void take_means_off(const recover_arguments& given, problem<T>& a, std::vector<std::string>& heading,
                    const std::vector<T>& weights) {
  const centering_of which = parse_centering(given.center);
  const std::size_t rows = a.sensing.shape.rows;
  centering made = fit_centering(which, rows, a.sensing.n - rows, a.pairs, a.y, weights);
  if (made.spent >= a.y.size()) {
    throw input_error("--center: " + means_text(made) + " are " + std::to_string(made.spent) +
                      " unknowns, and there are " + std::to_string(a.y.size()) +
                      " measurements; none would be left to tell more");
  }
  const double before = root_mean_square(a.y);
  for (std::size_t i = 0; i < a.y.size(); ++i) {
    const double left = static_cast<double>(a.y[i]) - made.at(a.pairs[i].first, a.pairs[i].second);
    a.y[i] = static_cast<T>(left);
  }
  const double after = root_mean_square(a.y);
  if (!(after > 16 * static_cast<double>(std::numeric_limits<T>::epsilon()) * before)) {
    throw input_error("--center: " + means_text(made) +
                      " explain every value to rounding; nothing is left to tell more");
  }
  heading.push_back("--center: the least-squares fit of " + means_text(made) + ", " +
                    std::to_string(made.spent) + " unknowns, was taken off; root mean square " +
                    short_number(before) + " before, " + short_number(after) + " after");
  a.centre = std::move(made);
}

}  // namespace

void read_value_options(const recover_arguments& given, sensing_argument& sensing) {
  for (const auto& [text, name] :
       {std::pair(&given.center, "--center"), std::pair(&given.range, "--range")}) {
    if (!text->empty() && sensing.what != table_kind)
      throw input_error(std::string(name) + ": is for --sensing rectangular:FILE alone");
  }
  if (!given.center.empty()) parse_centering(given.center);
  if (given.range.empty()) return;
  const std::size_t comma = given.range.find(',');
  if (comma == std::string::npos)
    throw input_error("--range: " + in_quotes(given.range) + " is not low,high");
  const value_range range{parse_number("--range", std::string_view(given.range).substr(0, comma)),
                          parse_number("--range", std::string_view(given.range).substr(comma + 1))};
  if (!(range.low < range.high))
    throw input_error("--range: " + in_quotes(given.range) + " is not low,high with low below high");
  sensing.range = range;
}

template <class T>
void prepare_values(const recover_arguments& given, problem<T>& a, std::vector<std::string>& heading,
                    const std::vector<T>& weights) {
  if (a.range && !given.measurements.empty()) {
    for (std::size_t i = 0; i < a.y.size(); ++i) {
      const auto value = static_cast<double>(a.y[i]);
      if (value >= a.range->low && value <= a.range->high) continue;
      throw file_error(given.measurements, "measurement " + std::to_string(a.order.empty() ? i : a.order[i]) +
                                               " is " + exact_number(value) + ", outside --range " +
                                               given.range);
    }
  }
  if (!given.center.empty()) take_means_off(given, a, heading, weights);
}

template <class T>
void add_values(nlohmann::ordered_json& report, const recover_arguments& given, const problem<T>& a) {
  using json = nlohmann::ordered_json;
  report["center"] = a.centre ? json(given.center) : json();
  report["mean"] = a.centre ? json(a.centre->mean) : json();
  report["spent"] = a.centre ? json(a.centre->spent) : json();
  report["range"] = a.range ? json({a.range->low, a.range->high}) : json();
}

#define TINYRANK_VALUES(T)                                                                       \
  template void prepare_values(const recover_arguments&, problem<T>&, std::vector<std::string>&, \
                               const std::vector<T>&);                                           \
  template void add_values(nlohmann::ordered_json&, const recover_arguments&, const problem<T>&);
TINYRANK_VALUES(float)
TINYRANK_VALUES(double)
#undef TINYRANK_VALUES

}  // namespace tinyrank::app
