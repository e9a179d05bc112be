// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "csv_table.hpp"

namespace tinyrank::app {

enum class cell_kind : std::uint8_t { blank, number, not_finite, out_of_range, text };

struct cell_value {
  cell_kind kind = cell_kind::text;
  double number = 0;
};

/// What a cell holds: a number with a point, whatever the locale, with or without a sign.
cell_value parse_cell(std::string_view cell);

bool is_number(std::string_view cell);

/// An index from 0 on, the same in every list: UINT64_MAX when it is larger than that. Errors: input_error
/// "FILE:LINE: column N: an index must be a whole number from 0 on, not ...".
std::uint64_t read_index(const csv_table& table, std::size_t row, std::size_t column);

}  // namespace tinyrank::app
