// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#include "placed_values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>
#include <numeric>
#include <utility>

#include "error.hpp"
#include "memory.hpp"
#include "recovery.hpp"
#include "tinyrank/views.hpp"

namespace tinyrank::app {
namespace {

/// The same for a place and its mirror image.
std::uint32_t larger_of(const placed_value& each) {
  return std::max(each.i, each.j);
}
std::uint32_t smaller_of(const placed_value& each) {
  return std::min(each.i, each.j);
}

/// The values by their larger index, then by the smaller one, then in the order of the file. A pair of key
/// and number for each would take four times as much.
std::vector<std::uint32_t> sorted_places(const std::vector<placed_value>& all) {
  std::uint32_t largest = 0;
  for (const placed_value& each : all) largest = std::max(largest, larger_of(each));
  std::vector<std::size_t> end(std::size_t{largest} + 2, 0);
  for (const placed_value& each : all) ++end[larger_of(each) + std::size_t{1}];
  std::partial_sum(end.begin(), end.end(), end.begin());
  const std::vector<std::size_t> begin(end.begin(), end.end() - 1);
  std::vector<std::uint32_t> order(all.size());
  // end[k] goes from where the values of k begin to where they end.
  for (std::size_t k = 0; k < all.size(); ++k)
    order[end[larger_of(all[k])]++] = static_cast<std::uint32_t>(k);
  for (std::size_t k = 0; k < begin.size(); ++k) {
    std::sort(order.data() + begin[k], order.data() + end[k], [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(smaller_of(all[a]), a) < std::pair(smaller_of(all[b]), b);
    });
  }
  return order;
}

/// The largest difference of values at one place, and how many places had one.
struct differences {
  std::size_t places = 0;
  double largest = 0;
  placed_value low, high;
};

/// All values at one place, in the order of the file.
placed_value merge(std::span<const placed_value> same, double rounding, differences& seen) {
  placed_value merged = same.front();
  const auto [low, high] =
      std::minmax_element(same.begin(), same.end(),
                          [](const placed_value& a, const placed_value& b) { return a.value < b.value; });
  if (low->value == high->value) return merged;
  // A sum of the largest numbers would overflow.
  double mean = 0;
  for (const placed_value& each : same) mean += each.value / static_cast<double>(same.size());
  merged.value = std::clamp(mean, low->value, high->value);
  const double difference = high->value - low->value;
  const double size = std::max(std::fabs(low->value), std::fabs(high->value));
  if (difference <= std::max(1e-5 * size, rounding)) return merged;
  ++seen.places;
  if (difference > seen.largest) {
    seen.largest = difference;
    seen.low = *low;
    seen.high = *high;
  }
  return merged;
}

std::string describe(const placed_values& values, const differences& seen) {
  const bool many = seen.places != 1;
  const std::string count = std::to_string(seen.places);
  const std::string what =
      values.is_list ? count + (many ? " pairs have" : " pair has") + " several values"
                     : count + (many ? " pairs of mirror images differ" : " pair of mirror images differs");
  const auto value = [&](const placed_value& each) {
    return exact_text(each.value) + " at " + values.place(each.row, each.column);
  };
  return what + ", and the mean is taken; the largest difference, " + short_number(seen.largest) +
         ", is that of " + printable(values.name_of(seen.low.i)) + " and " +
         printable(values.name_of(seen.low.j)) + ": " + value(seen.low) + ", " + value(seen.high);
}

/// Sorted. Now and then on the way, so that a list takes as much as has different ids.
std::vector<std::uint64_t> distinct(std::span<const std::uint64_t> ids) {
  std::vector<std::uint64_t> found;
  const auto tidy = [&] {
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return 2 * found.size() + (std::size_t{1} << 16U);
  };
  std::size_t most = tidy();
  for (const std::uint64_t id : ids) {
    found.push_back(id);
    if (found.size() >= most) most = tidy();
  }
  tidy();
  return found;
}

bool counts_from(std::span<const std::uint64_t> sorted, std::uint64_t first) {
  return sorted.front() == first && sorted.back() - first == sorted.size() - 1;
}

}  // namespace

std::string exact_text(double value) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

void reserve_values(placed_values& values, std::uint64_t count) {
  if (count > UINT32_MAX) throw file_error(values.path, "has more than 4294967295 values");
  const std::uint64_t bytes = count * (sizeof(placed_value) + 2 * sizeof(std::uint32_t));
  require_memory(values.path, bytes);
  try {
    values.all.reserve(static_cast<std::size_t>(count));
  } catch (const std::bad_alloc&) {
    refuse_memory(values.path, bytes);
  }
}

void merge_places(placed_values& values, std::vector<std::uint32_t>* counts) {
  std::vector<placed_value>& all = values.all;
  double largest = 0;
  for (const placed_value& each : all) largest = std::max(largest, std::fabs(each.value));
  differences seen;
  std::vector<std::uint32_t> count_of(all.size(), 0);
  {
    const std::vector<std::uint32_t> order = sorted_places(all);
    std::vector<placed_value> same;
    for (std::size_t k = 0; k < order.size();) {
      const std::uint32_t first = order[k], j = larger_of(all[first]), i = smaller_of(all[first]);
      same.clear();
      for (; k < order.size() && larger_of(all[order[k]]) == j && smaller_of(all[order[k]]) == i; ++k)
        same.push_back(all[order[k]]);
      count_of[first] = static_cast<std::uint32_t>(same.size());
      all[first] = merge(same, 1e-12 * largest, seen);
    }
  }
  std::size_t kept = 0;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (count_of[k] == 0) continue;
    all[kept] = all[k];
    count_of[kept++] = count_of[k];
  }
  all.resize(kept);
  count_of.resize(kept);
  if (counts != nullptr) *counts = std::move(count_of);
  if (seen.places != 0) values.notes.push_back(describe(values, seen));
}

void number_ids(placed_values& values, std::span<std::uint64_t> ids) {
  if (ids.empty()) return;
  const std::vector<std::uint64_t> sorted = distinct(ids);
  require_dimension(values.path, sorted.size());
  values.n = sorted.size();
  if (counts_from(sorted, 0)) return;
  for (std::uint64_t& id : ids) {
    id = static_cast<std::uint64_t>(std::lower_bound(sorted.begin(), sorted.end(), id) - sorted.begin());
  }
  for (const std::uint64_t id : sorted) values.labels.push_back(std::to_string(id));
  if (counts_from(sorted, 1)) {
    values.notes.push_back("indices count from 1");
    return;
  }
  values.notes.push_back("the numbers " + values.labels.front() + " to " + values.labels.back() +
                         " do not count from 0 or 1, and are taken for names of " + std::to_string(values.n));
}

std::string note_of(const placed_values& values) {
  std::string text;
  for (const std::string& note : values.notes) text += (text.empty() ? "" : "; ") + note;
  return text.empty() ? text : printable(values.path) + ": " + text;
}

void require_dimension(const std::string& path, std::size_t n) {
  if (n > largest_dimension) {
    throw file_error(
        path, std::to_string(n) + " points or rows are more than " + std::to_string(largest_dimension));
  }
}

std::size_t first_unseen(const placed_values& values, bool alone) {
  std::vector<bool> seen(values.n, false);
  for (const placed_value& each : values.all) {
    if (alone || each.i != each.j) seen[each.i] = seen[each.j] = true;
  }
  return static_cast<std::size_t>(std::find(seen.begin(), seen.end(), false) - seen.begin());
}

}  // namespace tinyrank::app
