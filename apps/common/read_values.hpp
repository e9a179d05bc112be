// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "csv_layout.hpp"
#include "placed_values.hpp"

namespace tinyrank::app {

/// Known values of a symmetric matrix from a file of any kind:
///  - a text table (csv_table.hpp): a square or triangle (csv_layout.hpp) or a list (csv_list.hpp);
///  - an npy file, or a member of an npz file: (n, n), NaN and infinity unknown; (m, 3): rows i, j, value;
///    and, with a diagonal of zeros, (n(n-1)/2,): the upper triangle row by row, as scipy's pdist writes it;
///  - MatrixMarket, coordinate or array.
/// `may_lack_value`: a list may be of places alone. Errors: input_error.
placed_values read_values(const std::string& path, diagonal wanted, bool may_lack_value);

}  // namespace tinyrank::app
