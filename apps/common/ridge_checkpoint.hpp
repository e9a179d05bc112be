// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "checkpoint_file.hpp"
#include "saved_bytes.hpp"

namespace tinyrank::app {

/// Which of the fits of a ridge is at hand, what it started from and what the ones before it found; the fit
/// itself is a descent, which the library saves.
template <class T>
struct ridge_position {
  struct {
    double seconds = 0;  ///< until it was saved
    double lambda = 0;   ///< of the fit
    double best_lambda = 0, best_rms = 0;
    std::uint64_t held_out = 0;
    std::uint32_t is_on_path = 0;  ///< where a lambda is still to be chosen
    std::uint32_t worse = 0;       ///< lambdas in a row
    std::uint32_t is_path_end = 0;
    std::uint32_t has_start = 0;
    double step_size = 0;  ///< before the fit; of either precision without loss
  } at;
  std::vector<T> start, best;  ///< n x r, or empty
};

/// Keeps a ridge in a checkpoint, and brings it back from one.
template <class T>
class ridge_checkpoint {
  using clock = std::chrono::steady_clock;

 public:
  /// kept: may be null. refuse: throws where a run is no longer to be kept. Errors: input_error.
  ridge_checkpoint(checkpoint_file* kept, std::size_t factor_size, std::function<void()> refuse)
      : kept_(kept), refuse_(std::move(refuse)), resumes_(kept != nullptr && kept->resumes()) {
    if (resumes_) read(kept->content().beside, factor_size);
    earlier_ = position.at.seconds;
  }

  ridge_position<T> position;

  /// Until the fit at hand is as it was.
  [[nodiscard]] bool resumes() const noexcept { return resumes_; }

  /// run: made anew as it was. Errors: input_error.
  void resume(descent<T>& run) {
    restore_from(*kept_, run);
    resumes_ = false;
  }

  /// Of all processes that had a share in it.
  [[nodiscard]] double seconds() const noexcept {
    return earlier_ + std::chrono::duration<double>(clock::now() - began_).count();
  }

  [[nodiscard]] bool is_due() const noexcept { return kept_ != nullptr && kept_->is_due(); }

  void keep(const descent<T>& run) {
    if (kept_ == nullptr || !kept_->writes()) return;
    refuse_();
    position.at.seconds = seconds();
    std::vector<std::byte> beside;
    const auto add = [&](const auto& values) {
      const auto bytes = std::as_bytes(std::span(values));
      const std::uint64_t size = bytes.size();
      const auto sized = std::as_bytes(std::span(&size, 1));
      beside.insert(beside.end(), sized.begin(), sized.end());
      beside.insert(beside.end(), bytes.begin(), bytes.end());
    };
    add(std::span(&position.at, 1));
    add(position.start);
    add(position.best);
    kept_->write(bytes_of(run), beside);
  }

 private:
  void read(std::span<const std::byte> bytes, std::size_t factor_size) {
    const auto next = [&]() -> std::span<const std::byte> {
      std::uint64_t size = 0;
      if (bytes.size() < sizeof size) refuse_checkpoint(*kept_, restored::damaged);
      std::memcpy(&size, bytes.data(), sizeof size);
      bytes = bytes.subspan(sizeof size);
      if (size > bytes.size()) refuse_checkpoint(*kept_, restored::damaged);
      const auto found = bytes.first(static_cast<std::size_t>(size));
      bytes = bytes.subspan(found.size());
      return found;
    };
    const auto at = next();
    if (at.size() != sizeof position.at) refuse_checkpoint(*kept_, restored::damaged);
    std::memcpy(&position.at, at.data(), at.size());
    for (std::vector<T>* factor : {&position.start, &position.best}) {
      const auto values = next();
      if (!values.empty() && values.size() != factor_size * sizeof(T))
        refuse_checkpoint(*kept_, restored::damaged);
      factor->resize(values.size() / sizeof(T));
      if (!values.empty()) std::memcpy(factor->data(), values.data(), values.size());
    }
    if (position.at.has_start != 0 && position.start.empty()) refuse_checkpoint(*kept_, restored::damaged);
    if (position.at.is_on_path != 0 && position.best.empty()) refuse_checkpoint(*kept_, restored::damaged);
  }

  checkpoint_file* kept_;
  std::function<void()> refuse_;
  bool resumes_;
  clock::time_point began_ = clock::now();
  double earlier_ = 0;
};

}  // namespace tinyrank::app
