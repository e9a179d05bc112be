// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "distance_table.hpp"

#include <algorithm>
#include <tuple>

#include "error.hpp"
#include "read_values.hpp"

namespace tinyrank::app {
namespace {

/// -1 is what many programs write for "not measured".
void leave_out_minus_ones(placed_values& values) {
  const auto is_mark = [](const placed_value& each) { return each.value == -1; };
  for (const placed_value& each : values.all) {
    if (each.value < 0 && !is_mark(each)) values.fail(each, "a distance must not be negative");
  }
  const std::size_t count = std::erase_if(values.all, is_mark);
  if (count != 0) {
    values.notes.push_back(std::to_string(count) + (count == 1 ? " distance" : " distances") +
                           " of -1 taken for unknown");
  }
}

/// Takes the diagonal off.
void leave_out_diagonal(placed_values& values) {
  for (const placed_value& each : values.all) {
    if (each.i != each.j || each.value == 0) continue;
    values.fail(each, values.is_list ? "the distance of a point to itself must be 0"
                                     : "the diagonal must be 0 or blank (a similarity is no distance)");
  }
  std::erase_if(values.all, [](const placed_value& each) { return each.i == each.j; });
}

void hint_at_zeros(placed_values& values) {
  if (values.is_list) return;
  const auto zeros = std::count_if(values.all.begin(), values.all.end(),
                                   [](const placed_value& each) { return each.value == 0; });
  if (zeros == 0) return;
  values.notes.push_back(std::to_string(zeros) + (zeros == 1 ? " zero" : " zeros") +
                         " off the diagonal: distances of 0 (what is unknown is left blank)");
}

void require_connected(const placed_values& values) {
  if (values.n < 2) throw file_error(values.path, "has fewer than 2 points");
  if (values.all.empty()) throw file_error(values.path, "has no known distance");
  const std::size_t point = first_unseen(values, false);
  if (point == values.n) return;
  const std::string name = values.labels.empty() ? std::to_string(point) : in_quotes(values.labels[point]);
  throw file_error(values.path, "point " + name + " has no known distance to any other point");
}

}  // namespace

distance_table read_distance_table(const std::string& path) {
  placed_values values = read_values(path, diagonal::zero, false);
  if (!values.has_values) throw file_error(path, "is a pattern, without distances");
  leave_out_minus_ones(values);
  leave_out_diagonal(values);
  merge_places(values, nullptr);
  hint_at_zeros(values);
  require_connected(values);
  distance_table result;
  result.n = values.n;
  result.labels = values.labels;
  result.note = note_of(values);
  result.entries.reserve(values.all.size());
  for (const placed_value& each : values.all) {
    // No zero with a sign.
    result.entries.push_back(
        {std::min(each.i, each.j), std::max(each.i, each.j), each.value == 0 ? 0.0 : each.value});
  }
  std::sort(result.entries.begin(), result.entries.end(),
            [](const distance_table::entry& a, const distance_table::entry& b) {
              return std::tie(a.i, a.j) < std::tie(b.i, b.j);
            });
  return result;
}

}  // namespace tinyrank::app
