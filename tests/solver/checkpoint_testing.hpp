// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "recovery_testing.hpp"
#include "tinyrank/checkpoint.hpp"

namespace tinyrank::operator_testing {

template <class T, class Sensing, class Options>
std::size_t arena_of(const descent<T>&, const Sensing& a, const Options& options) {
  return descent_bytes(a, options);
}
template <class T, class Sensing>
std::size_t arena_of(const staircase<T>&, const Sensing& a, const staircase_options<T>& options) {
  return staircase_bytes(a, options);
}
template <class T, class Sensing>
std::size_t arena_of(const recovery<T>&, const Sensing& a, const recovery_options<T>& options) {
  return recovery_bytes(a, options);
}

/// A run with memory of its own, filled with what no run leaves there.
template <class Run, class Sensing, class T, class Options>
struct owned {
  aligned_vector<std::byte> memory;
  Run run{};

  owned(const Sensing& sensing, const std::vector<T>& y, const Options& options) {
    memory.assign(arena_of(run, sensing, options), std::byte{0xa5});
    REQUIRE(init(run, sensing, y.data(), options, memory.data(), memory.size()) == status::ok);
  }
};

template <class Run>
std::vector<std::byte> saved(const Run& run) {
  std::vector<std::byte> bytes(saved_bytes(run) + 1, std::byte{0x77});
  REQUIRE(bytes.size() > 1);
  REQUIRE(save(run, bytes.data(), bytes.size() - 2) == 0);
  REQUIRE(bytes[0] == std::byte{0x77});
  REQUIRE(save(run, bytes.data(), bytes.size()) == bytes.size() - 1);
  REQUIRE(bytes.back() == std::byte{0x77});
  bytes.pop_back();
  return bytes;
}

template <class T>
std::uint32_t progress_of(const descent<T>& run) {
  return run.report.iterations;
}
template <class Staircase>
std::uint32_t progress_of(const Staircase& run) {
  return run.report.passes;
}

template <class T>
bool same_words(const descent<T>& a, const descent<T>& b) {
  return a.report.step_size == b.report.step_size && a.report.step_reductions == b.report.step_reductions;
}
template <class Staircase>
bool same_words(const Staircase& a, const Staircase& b) {
  return a.report.verdict == b.report.verdict && a.report.entries == b.report.entries &&
         a.report.noise_estimate == b.report.noise_estimate &&
         factor_bits(a.directions) == factor_bits(b.directions) &&
         factor_bits(a.freedom) == factor_bits(b.freedom);
}

template <class Run>
bool same_state(const Run& a, const Run& b) {
  return same_words(a, b) && a.report.result == b.report.result && a.report.loss == b.report.loss &&
         progress_of(a) == progress_of(b) && factor_bits(a.factor) == factor_bits(b.factor);
}

template <class T>
std::vector<T> measured_truth(const sensing_operator<T>& table, std::size_t n, std::size_t rank,
                              T condition) {
  factor<T> truth(n, rank);
  draw_planted_truth(truth.view, condition, 17);
  table.project(truth.view);
  return caller<T>(table, rank).measure(truth.view);
}

}  // namespace tinyrank::operator_testing
