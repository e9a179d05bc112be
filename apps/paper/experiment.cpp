// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#include "experiment.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "checkpoint_file.hpp"
#include "error.hpp"
#include "output.hpp"
#include "tinyrank/instruction_set.hpp"
#include "tinyrank/version.hpp"

namespace tinyrank::app {
namespace {

/// Nothing of what is no file of its own, as a directory; writing to it says what is wrong.
std::string read_file(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return {};
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// 64-bit FNV-1a.
std::uint64_t hash_of(std::string_view bytes) {
  return hash_of_bytes(std::as_bytes(std::span(bytes)));
}

std::string hash_in_json(std::uint64_t hash) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
  return std::string("\"csv_fnv1a\": \"") + digits.data() + '"';
}

void append(std::string& bytes, std::uint64_t value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append(std::string& bytes, const std::string& text) {
  append(bytes, text.size());
  bytes += text;
}

/// Reads what append wrote; `good` turns false at the first byte that is not there.
struct reader {
  std::string_view left;
  bool good = true;

  std::uint64_t value() {
    std::uint64_t result = 0;
    if (left.size() < sizeof result) {
      good = false;
      left = {};
      return 0;
    }
    std::memcpy(&result, left.data(), sizeof result);
    left.remove_prefix(sizeof result);
    return result;
  }
  std::string text() {
    const std::uint64_t size = value();
    if (size > left.size()) {
      good = false;
      return {};
    }
    std::string result(left.substr(0, static_cast<std::size_t>(size)));
    left.remove_prefix(static_cast<std::size_t>(size));
    return result;
  }
};

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  utsname names{};
  return uname(&names) == 0 ? names.machine : "unknown";
}

std::string in_json(const std::string& text) {
  std::string result = "\"";
  for (const char symbol : printable(text)) {
    if (symbol == '"' || symbol == '\\') result += '\\';
    result += symbol;
  }
  return result + '"';
}

}  // namespace

std::string number(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.9g", value);
  return text.data();
}

experiment::experiment(const paper_settings& settings, std::string name, std::string setting,
                       std::string facts, std::string_view header)
    : settings_(settings), name_(std::move(name)), setting_(std::move(setting)), facts_(std::move(facts)) {
  setting_ += std::string("; tinyrank " TINYRANK_VERSION_STRING) + "; shards " +
              std::to_string(settings_.plan.shards) + "; columns " + std::string(header);
  const std::string json = read_file(path(".json"));
  complete_ = json.find("\"setting\": " + in_json(setting_)) != std::string::npos &&
              json.find(hash_in_json(hash_of(read_file(path(".csv"))))) != std::string::npos;
  if (complete_) return;
  hash_ = hash_of("");
  load_checkpoint();
  const std::string csv = path(".csv");
  descriptor_ = open(csv.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw file_error(csv, system_reason(errno));
  // A table that was emptied, cut or changed behind the checkpoint's back cannot be continued.
  const std::string table = read_file(csv);
  if (table.size() < written_ ||
      hash_of(std::string_view(table).substr(0, static_cast<std::size_t>(written_))) != hash_) {
    written_ = 0;
    hash_ = hash_of("");
    checkpoint_stage_ = 0;
    restored_ = {};
  }
  if (ftruncate(descriptor_, static_cast<off_t>(written_)) != 0 ||
      lseek(descriptor_, static_cast<off_t>(written_), SEEK_SET) < 0) {
    throw file_error(csv, system_reason(errno));
  }
  unlink(path(".json").c_str());
  if (written_ == 0) {
    row(std::string(header));
    flush(0, "");
  }
}

experiment::~experiment() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::string experiment::path(const char* ending) const {
  return settings_.directory + "/" + name_ + ending;
}

double experiment::seconds() const {
  return earlier_seconds_ + std::chrono::duration<double>(clock::now() - start_).count();
}

void experiment::load_checkpoint() {
  const std::string bytes = read_file(path(".checkpoint"));
  std::uint64_t sum = 0;
  if (bytes.size() < sizeof sum) return;
  const std::string_view content(bytes.data(), bytes.size() - sizeof sum);
  std::memcpy(&sum, content.data() + content.size(), sizeof sum);
  if (sum != hash_of(content)) return;
  reader from{content};
  if (from.text() != setting_) return;
  const std::uint64_t written = from.value(), stage = from.value(), iteration = from.value();
  const std::uint64_t milliseconds = from.value(), hash = from.value(), count = from.value();
  saved_state state;
  state.iteration = static_cast<std::uint32_t>(iteration);
  for (std::uint64_t i = 0; i < count && from.good; ++i) state.blocks.push_back(from.text());
  if (!from.good || !from.left.empty()) return;
  written_ = written;
  hash_ = hash;
  checkpoint_stage_ = static_cast<std::uint32_t>(stage);
  earlier_seconds_ = static_cast<double>(milliseconds) / 1e3;
  restored_ = std::move(state);
}

void experiment::save_checkpoint(const saved_state& state) {
  std::string bytes;
  append(bytes, setting_);
  append(bytes, written_);
  append(bytes, checkpoint_stage_);
  append(bytes, state.iteration);
  append(bytes, static_cast<std::uint64_t>(seconds() * 1e3));
  append(bytes, hash_);
  append(bytes, state.blocks.size());
  for (const std::string& block : state.blocks) append(bytes, block);
  append(bytes, hash_of(bytes));
  output_file out(path(".checkpoint"));
  out.write(bytes);
  // The rows must not be behind the checkpoint after a crash of the machine.
  fdatasync(descriptor_);
  out.commit();
  last_checkpoint_ = clock::now();
}

bool experiment::begin_stage(const std::string& title, std::size_t work) {
  const std::uint32_t stage = next_stage_++;
  if (stage < checkpoint_stage_) return false;
  if (stage > checkpoint_stage_ || restored_.blocks.empty()) restored_ = {};
  checkpoint_stage_ = stage;
  title_ = title;
  work_ = work;
  bar_.reset();
  return true;
}

void experiment::row(const std::string& line) {
  pending_ += line;
  pending_ += '\n';
}

void experiment::flush(std::size_t done, const std::string& detail) {
  std::string_view left = pending_;
  while (!left.empty()) {
    const ssize_t count = write(descriptor_, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw file_error(path(".csv"), system_reason(errno));
    written_ += static_cast<std::uint64_t>(count);
    hash_ = hash_of_bytes(std::as_bytes(std::span(left.data(), static_cast<std::size_t>(count))), hash_);
    left.remove_prefix(static_cast<std::size_t>(count));
  }
  pending_.clear();
  if (title_.empty()) return;
  if (!bar_) {
    // What a checkpoint brought says nothing about the speed of what is left.
    first_done_ = done;
    bar_.emplace(title_, work_ > done ? work_ - done : 0, settings_.quiet);
  }
  bar_->update(done - first_done_, detail);
}

bool experiment::checkpoint_due() const {
  return std::chrono::duration<double>(clock::now() - last_checkpoint_).count() >=
         settings_.checkpoint_seconds;
}

void experiment::checkpoint(const saved_state& state) {
  save_checkpoint(state);
}

void experiment::end_stage() {
  if (bar_) bar_->finish();
  bar_.reset();
  title_.clear();
  flush(0, "");
  checkpoint_stage_ = next_stage_;
  restored_ = {};
  save_checkpoint({});
}

void experiment::finish() {
  flush(0, "");
  if (fdatasync(descriptor_) != 0 && errno != EINVAL) throw file_error(path(".csv"), system_reason(errno));
  output_file out(path(".json"));
  out.write("{\n  \"setting\": " + in_json(setting_) + ",\n  " + facts_ + ",\n  " + hash_in_json(hash_) +
            ",\n  \"quick\": " + (settings_.quick ? "true" : "false") +
            ",\n  \"seconds\": " + number(seconds()) + ",\n  \"processor\": " + in_json(processor()) +
            ",\n  \"threads\": " + std::to_string(settings_.plan.threads) +
            ",\n  \"instruction_set\": " + in_json(to_string(best_instruction_set())) +
            ",\n  \"version\": \"" TINYRANK_VERSION_STRING "\"\n}\n");
  out.commit();
  unlink(path(".checkpoint").c_str());
  complete_ = true;
}

}  // namespace tinyrank::app
