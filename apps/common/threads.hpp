// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <thread>
#include <vector>

namespace tinyrank::app {

/// Calls work(first, last) for `threads` runs that cover 0..count-1, each from its own thread.
template <class Work>
void in_threads(std::size_t threads, std::size_t count, Work work) {
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < threads; ++t) {
    others.emplace_back(
        [=] { work(count / threads * t, t + 1 == threads ? count : count / threads * (t + 1)); });
  }
  work(std::size_t{0}, threads == 1 ? count : count / threads);
  for (std::thread& other : others) other.join();
}

}  // namespace tinyrank::app
