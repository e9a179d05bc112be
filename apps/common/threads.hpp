// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace tinyrank::app {

/// Calls work(first, last) for `threads` runs that cover 0..count-1, each from its own thread; from this one
/// where the system allows no more, or has no memory for one.
template <class Work>
void in_threads(std::size_t threads, std::size_t count, Work work) {
  std::vector<std::thread> others;
  others.reserve(threads);
  for (std::size_t t = 1; t < threads; ++t) {
    const std::size_t first = count / threads * t;
    const std::size_t last = t + 1 == threads ? count : first + count / threads;
    try {
      others.emplace_back([=] { work(first, last); });
    } catch (const std::exception&) {
      work(first, last);
    }
  }
  work(std::size_t{0}, threads == 1 ? count : count / threads);
  for (std::thread& other : others) other.join();
}

}  // namespace tinyrank::app
