// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace tinyrank::app {

/// The separator of a table in text: `;`, a tab or `,`, whichever stands in the most lines outside of quotes;
/// ' ', for any run of blanks, where no line has one, or where every comma is a decimal one; '\0' where
/// nothing separates. Cost: one pass.
char find_separator(std::string_view text);

}  // namespace tinyrank::app
