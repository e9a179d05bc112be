// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "checkpoint_file.hpp"
#include "error.hpp"
#include "tinyrank/checkpoint.hpp"

namespace tinyrank::app {

template <class Run>
std::vector<std::byte> bytes_of(const Run& run) {
  std::vector<std::byte> bytes(saved_bytes(run));
  static_cast<void>(save(run, bytes.data(), bytes.size()));
  return bytes;
}

/// beside: of a trivial type.
template <class Run, class Beside>
void write_checkpoint(checkpoint_file& file, const Run& run, const Beside& beside) {
  if (file.writes()) file.write(bytes_of(run), std::as_bytes(std::span(&beside, 1)));
}

/// Throws input_error unless it is ok.
inline void refuse_checkpoint(const checkpoint_file& file, restored found) {
  if (found == restored::options)
    throw file_error(file.resumed_from(),
                     "is the checkpoint of a run with other options, or of more iterations");
  if (found != restored::ok)
    throw file_error(file.resumed_from(),
                     std::string("is the checkpoint of another run: ") + to_string(found));
}

/// Errors: input_error for the checkpoint of another run.
template <class Run>
void restore_from(const checkpoint_file& file, Run& run) {
  const std::vector<std::byte>& saved = file.content().run;
  refuse_checkpoint(file, restore(run, saved.data(), saved.size()));
}

/// The same with what was beside it.
template <class Run, class Beside>
void resume_from(const checkpoint_file& file, Run& run, Beside& beside) {
  const std::vector<std::byte>& saved = file.content().beside;
  if (saved.size() != sizeof beside) refuse_checkpoint(file, restored::damaged);
  restore_from(file, run);
  std::memcpy(&beside, saved.data(), sizeof beside);
}

}  // namespace tinyrank::app
