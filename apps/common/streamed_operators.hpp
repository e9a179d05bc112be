// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// Stored operators whose rows stay in their file, and those of files that tinyrank convert wrote.

#include <cstdint>
#include <memory>

#include "loaders.hpp"
#include "matrix_file.hpp"
#include "npy.hpp"
#include "rounded_file.hpp"

namespace tinyrank::app {

/// Whether so many bytes of rows are more than --memory says, or than there is.
bool exceeds_memory(const request& asked, std::uint64_t bytes);

/// Checks every row once, as loading does, and says so. Errors: input_error, also for files whose rows are
/// not one behind the other. all: the measurements of all processes; the file has the rows of this one.
template <class T>
void stream_matrices(problem<T>& made, const request& asked, std::shared_ptr<const matrix_file> from,
                     std::size_t all);
template <class T>
void stream_vectors(problem<T>& made, const request& asked, std::shared_ptr<const npy_file> file,
                    rank_one_form form, std::size_t all);

/// In memory where they fit. `wanted` is the type that the user names, or empty. Errors: input_error.
template <class T>
void load_rounded_file(problem<T>& made, const request& asked, rounded_file opened,
                       const std::string& wanted);

}  // namespace tinyrank::app
