// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinyrank::app {

/// What a run must share with the one that goes on from it. text: as a refusal shows both; or a hash, of
/// which it only says that the two differ.
struct run_fact {
  std::string name, text;
  bool is_hash = false;
};

/// 64-bit FNV-1a.
std::uint64_t hash_of_bytes(std::span<const std::byte> bytes,
                            std::uint64_t hash = 0xcbf29ce484222325u) noexcept;

template <class Values>
std::uint64_t hash_of_values(const Values& values, std::uint64_t hash = 0xcbf29ce484222325u) noexcept {
  return hash_of_bytes(std::as_bytes(std::span(values.data(), values.size())), hash);
}

/// Where a run stands: what the library saves of it, what was beside it in this program, and the trace so
/// far.
struct checkpoint_content {
  std::vector<std::byte> run, beside;
  std::string trace;
};

/// A file from which a run goes on, written atomically: a new one takes the place of the old one when it is
/// on the disk. Everything in it is under a checksum.
class checkpoint_file {
 public:
  /// None.
  checkpoint_file() = default;

  /// write: the file, or empty; every: seconds between two of them; resume: the file to go on from, or empty.
  /// Errors: input_error for a place that cannot be written, for a file that cannot be read, is no
  /// checkpoint, is torn or has changed.
  checkpoint_file(std::string write, double every, std::string resume);

  [[nodiscard]] bool writes() const noexcept { return !path_.empty(); }
  [[nodiscard]] bool resumes() const noexcept { return !resumed_from_.empty(); }
  [[nodiscard]] const std::string& resumed_from() const noexcept { return resumed_from_; }

  /// Of this run; where it resumes, those of the file have to be the same. Errors: input_error, which says
  /// what differs.
  void set_facts(std::vector<run_fact> facts);

  /// What the file to go on from has.
  [[nodiscard]] const checkpoint_content& content() const noexcept { return content_; }

  /// Whether it is time for the next one.
  [[nodiscard]] bool is_due() const noexcept;

  /// A disk that is full is no reason to end a run: what cannot be written is said on standard error, once.
  void write(std::span<const std::byte> run, std::span<const std::byte> beside);

  /// For a line of the trace, which the next checkpoint has.
  void add_to_trace(std::string_view line);

 private:
  std::string path_, resumed_from_;
  double every_ = 0;
  std::vector<run_fact> facts_, found_;
  checkpoint_content content_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  bool has_failed_ = false;
};

}  // namespace tinyrank::app
