// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "csv_table.hpp"

namespace tinyrank::app {

/// blank: nothing; unknown: a word for nothing, as programs write it: NA, NaN, inf, -, null, #N/A.
enum class cell_kind : std::uint8_t { blank, unknown, number, out_of_range, text };

struct cell_value {
  cell_kind kind = cell_kind::text;
  double number = 0;

  /// No number is meant to be here.
  [[nodiscard]] bool is_empty() const noexcept {
    return kind == cell_kind::blank || kind == cell_kind::unknown;
  }
};

/// What a cell holds: a number with a point or a comma, whatever the locale, with or without a sign.
cell_value parse_cell(std::string_view cell, bool decimal_comma = false);
cell_value parse_cell(const csv_table& table, std::size_t row, std::size_t column);

/// The same; errors: input_error for text, and for a number out of the range of a double.
cell_value read_value(const csv_table& table, std::size_t row, std::size_t column);

/// Whether it is neither a number nor empty.
bool is_text(const csv_table& table, std::size_t row, std::size_t column);

bool is_number(std::string_view cell, bool decimal_comma = false);

/// An index, from 0 to 2^53: 7, or 7.0 as numpy.savetxt writes it; but not 007 or 1e5, which are names of
/// radios. Nothing when it is none.
std::optional<std::uint64_t> whole_number(const csv_table& table, std::size_t row, std::size_t column);

/// The same; errors: input_error "FILE:LINE: column N: an index must be a whole number from 0 on, not ...".
std::uint64_t read_index(const csv_table& table, std::size_t row, std::size_t column);

}  // namespace tinyrank::app
