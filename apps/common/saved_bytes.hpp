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

/// beside: of a trivial type.
template <class Run, class Beside>
void write_checkpoint(checkpoint_file& file, const Run& run, const Beside& beside) {
  if (!file.writes()) return;
  std::vector<std::byte> bytes(saved_bytes(run));
  static_cast<void>(save(run, bytes.data(), bytes.size()));
  file.write(bytes, std::as_bytes(std::span(&beside, 1)));
}

/// Errors: input_error for the checkpoint of another run.
template <class Run, class Beside>
void resume_from(const checkpoint_file& file, Run& run, Beside& beside) {
  const checkpoint_content& from = file.content();
  restored found = restore(run, from.run.data(), from.run.size());
  if (from.beside.size() != sizeof beside) found = restored::damaged;
  if (found == restored::options)
    throw file_error(file.resumed_from(),
                     "is the checkpoint of a run with other options, or of more iterations");
  if (found != restored::ok)
    throw file_error(file.resumed_from(),
                     std::string("is the checkpoint of another run: ") + to_string(found));
  std::memcpy(&beside, from.beside.data(), sizeof beside);
}

}  // namespace tinyrank::app
