// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "progress.hpp"
#include "tinyrank/sensing.hpp"

namespace tinyrank::app {

struct paper_settings {
  std::string directory;  ///< existing
  bool quick = false;
  execution_plan plan = {};
  double checkpoint_seconds = 20;
  bool quiet = false;
};

/// The state of an experiment between two iterations: what a checkpoint keeps.
struct saved_state {
  std::uint32_t iteration = 0;
  std::vector<std::string> blocks;  ///< raw bytes; in descend(), one for each run, empty when it has ended
};

/// One figure's numbers. Its stages (one for each operator, say) are numbered in the order of their work;
/// rows go to DIRECTORY/NAME.csv as they are made, whole lines at a time. DIRECTORY/NAME.checkpoint remembers
/// the stage, its state and how far the table was written, so that a run that was killed goes on from there:
/// rows behind that point are cut off, and made again with the same bits.
class experiment {
 public:
  /// `setting` names everything that decides the rows; a checkpoint of another setting is not used. `facts`:
  /// JSON object members for NAME.json, such as "\"n\": 200". Errors: input_error.
  experiment(const paper_settings& settings, std::string name, std::string setting, std::string facts,
             std::string_view header);
  ~experiment();
  experiment(const experiment&) = delete;
  experiment& operator=(const experiment&) = delete;

  [[nodiscard]] const paper_settings& settings() const noexcept { return settings_; }

  /// Whether NAME.json says that the whole table is there already.
  [[nodiscard]] bool complete() const noexcept { return complete_; }

  /// Starts the next stage, of `work` units for the bar; false when it was finished before.
  bool begin_stage(const std::string& title, std::size_t work);

  /// State to go on from; without blocks when the stage starts from its beginning.
  [[nodiscard]] const saved_state& restored() const noexcept { return restored_; }

  /// Appends one line, without its end. It reaches the file at the next flush.
  void row(const std::string& line);

  /// Writes the rows and moves the bar. Errors: the disk.
  void flush(std::size_t done, const std::string& detail);

  [[nodiscard]] bool checkpoint_due() const;
  void checkpoint(const saved_state& state);
  void end_stage();

  /// Writes NAME.json and removes the checkpoint.
  void finish();

 private:
  using clock = std::chrono::steady_clock;

  [[nodiscard]] std::string path(const char* ending) const;
  void load_checkpoint();
  void save_checkpoint(const saved_state& state);
  [[nodiscard]] double seconds() const;

  paper_settings settings_;
  std::string name_, setting_, facts_, pending_;
  bool complete_ = false;
  int descriptor_ = -1;
  std::uint64_t written_ = 0;
  std::uint64_t hash_ = 0;              ///< of the rows that were written
  std::uint32_t next_stage_ = 0;        ///< stages begun
  std::uint32_t checkpoint_stage_ = 0;  ///< stages before it are finished
  saved_state restored_;
  double earlier_seconds_ = 0;
  clock::time_point start_ = clock::now(), last_checkpoint_ = start_;
  std::string title_;
  std::size_t work_ = 0, first_done_ = 0;
  std::optional<progress> bar_;
};

/// "%.9g".
std::string number(double value);

/// "a,b,c" of numbers and texts.
template <class... Parts>
std::string join(const Parts&... parts) {
  std::string line;
  const auto add = [&](const auto& part) {
    if (!line.empty()) line += ',';
    if constexpr (std::is_convertible_v<decltype(part), std::string_view>) {
      line += part;
    } else if constexpr (std::is_integral_v<std::decay_t<decltype(part)>>) {
      line += std::to_string(part);
    } else {
      line += number(static_cast<double>(part));
    }
  };
  (add(parts), ...);
  return line;
}

}  // namespace tinyrank::app
