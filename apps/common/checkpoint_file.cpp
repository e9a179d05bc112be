// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "checkpoint_file.hpp"

#include <bit>
#include <cstring>
#include <iostream>
#include <utility>

#include "error.hpp"
#include "input_file.hpp"
#include "memory.hpp"
#include "output.hpp"

namespace tinyrank::app {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view checkpoint_magic = "tinyrank checkpoint 1\n";

/// A file in memory: texts and bytes with their lengths before them.
class file_writer {
 public:
  file_writer() { add_raw(std::as_bytes(std::span(checkpoint_magic))); }
  void add(std::span<const std::byte> bytes) {
    const std::uint64_t size = bytes.size();
    add_raw(std::as_bytes(std::span(&size, 1)));
    add_raw(bytes);
  }
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  std::vector<std::byte> finish() && {
    const std::uint64_t sum = hash_of_bytes(bytes_);
    add_raw(std::as_bytes(std::span(&sum, 1)));
    return std::move(bytes_);
  }

 private:
  void add_raw(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  std::vector<std::byte> bytes_;
};

class file_reader {
 public:
  /// Errors: input_error.
  explicit file_reader(const std::string& path) : path_(path) {
    const input_file file(path);
    require_memory(path, file.size());
    bytes_.resize(static_cast<std::size_t>(file.size()));
    file.read_exact(0, bytes_.data(), bytes_.size());
    const bool begins_so = bytes_.size() >= checkpoint_magic.size() &&
                           std::memcmp(bytes_.data(), checkpoint_magic.data(), checkpoint_magic.size()) == 0;
    if (!begins_so) throw file_error(path, "is no checkpoint of this version of tinyrank");
    std::uint64_t sum = 0;
    if (bytes_.size() >= checkpoint_magic.size() + sizeof sum) {
      end_ = bytes_.size() - sizeof sum;
      std::memcpy(&sum, bytes_.data() + end_, sizeof sum);
    }
    if (end_ == 0 || sum != hash_of_bytes(std::span(bytes_).first(end_))) damaged();
    at_ = checkpoint_magic.size();
  }
  std::span<const std::byte> next() {
    std::uint64_t size = 0;
    if (end_ - at_ < sizeof size) damaged();
    std::memcpy(&size, bytes_.data() + at_, sizeof size);
    at_ += sizeof size;
    if (size > end_ - at_) damaged();
    const auto found = std::span<const std::byte>(bytes_).subspan(at_, static_cast<std::size_t>(size));
    at_ += found.size();
    return found;
  }
  std::string next_text() {
    const auto found = next();
    return {reinterpret_cast<const char*>(found.data()), found.size()};
  }

 private:
  [[noreturn]] void damaged() const {
    throw file_error(path_, "is damaged: it was cut off, or bytes of it have changed");
  }
  std::string path_;
  std::vector<std::byte> bytes_;
  std::size_t at_ = 0, end_ = 0;
};

std::vector<std::byte> copy_of(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::uint64_t hash_of_bytes(std::span<const std::byte> bytes, std::uint64_t hash) noexcept {
  for (const std::byte byte : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3u;
  return hash;
}

checkpoint_file::checkpoint_file(std::string write, double every, std::string resume)
    : path_(std::move(write)), resumed_from_(std::move(resume)), every_(every) {
  if (!path_.empty()) const output_file can_be_written(path_);
  if (resumed_from_.empty()) return;
  file_reader file(resumed_from_);
  while (true) {
    run_fact fact{file.next_text(), "", false};
    if (fact.name.empty()) break;
    fact.text = file.next_text();
    found_.push_back(std::move(fact));
  }
  content_.run = copy_of(file.next());
  content_.beside = copy_of(file.next());
  content_.trace = file.next_text();
}

void checkpoint_file::set_facts(std::vector<run_fact> facts) {
  facts_ = std::move(facts);
  if (!resumes()) return;
  for (std::size_t k = 0; k < facts_.size(); ++k) {
    const run_fact& own = facts_[k];
    const bool is_there = k < found_.size() && found_[k].name == own.name;
    if (is_there && found_[k].text == own.text) continue;
    const std::string of = resumed_from_;
    if (!is_there) throw file_error(of, "is the checkpoint of a run by another method");
    if (own.is_hash) throw file_error(of, "is the checkpoint of a run with other " + own.name);
    throw file_error(of, "is the checkpoint of a run whose " + own.name + " is " + in_quotes(found_[k].text) +
                             ", not " + in_quotes(own.text));
  }
  if (found_.size() != facts_.size())
    throw file_error(resumed_from_, "is the checkpoint of a run by another method");
}

bool checkpoint_file::is_due() const noexcept {
  if (!writes()) return false;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - last_).count() >= every_;
}

void checkpoint_file::write(std::span<const std::byte> run, std::span<const std::byte> beside) {
  if (!writes()) return;
  file_writer file;
  for (const run_fact& fact : facts_) {
    file.add(fact.name);
    file.add(fact.text);
  }
  file.add("");
  file.add(run);
  file.add(beside);
  file.add(content_.trace);
  try {
    output_file out(path_);
    out.write(std::move(file).finish());
    out.commit();
    has_failed_ = false;
  } catch (const input_error& error) {
    if (!has_failed_) std::cerr << "tinyrank: " << error.what() << "; the run goes on\n";
    has_failed_ = true;
  }
  last_ = std::chrono::steady_clock::now();
}

void checkpoint_file::add_to_trace(std::string_view line) {
  if (writes()) content_.trace += line;
}

}  // namespace tinyrank::app
