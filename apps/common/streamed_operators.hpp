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
#include "row_stream.hpp"

namespace tinyrank::app {

/// Whether so many bytes of rows are more than --memory says, or than there is.
bool exceeds_memory(const request& asked, std::uint64_t bytes);

/// The same of rows that a file has. Errors: input_error where they must stay there and are not one behind
/// the other; way_out: what writes them so.
bool stays_in_file(const request& asked, std::uint64_t bytes, const npy_file& file,
                   const std::string& way_out = "numpy.ascontiguousarray");

/// Rows for an operator that asks for them; says that they stay in the file, `bytes` of them.
row_source keep_in_file(std::vector<std::shared_ptr<row_stream>>& streams, const listener& note,
                        const std::string& path, std::uint64_t bytes, row_reader read);

inline std::uint64_t bytes_of_rows(const npy_file& file) {
  return file.input().size() - file.data_offset();
}

/// An operator of the rows of a file, which are in memory, or stay there and are what `read` gives. all: the
/// measurements of all processes; the file has the rows of this one.
template <class T, class Stored>
void choose_rows(problem<T>& made, const request& asked, const Stored& stored, const npy_file& file,
                 bool is_streamed, row_reader read, std::size_t all) {
  if (!is_streamed) return made.choose_part(stored, all, asked.title, file.path());
  const row_source source =
      keep_in_file(made.streams, asked.note, file.path(), bytes_of_rows(file), std::move(read));
  made.choose_streamed(streamed_sensing<Stored>{stored, source}, all, asked.title, file.path());
}

/// In memory where they fit. `wanted` is the type that the user names, or empty. Errors: input_error.
template <class T>
void load_rounded_file(problem<T>& made, const request& asked, rounded_file opened,
                       const std::string& wanted);

}  // namespace tinyrank::app
