// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tinyrank/sensing.hpp"

namespace tinyrank::app {

/// A run of the measurements.
struct measurement_part {
  std::size_t first = 0, count = 0;
};

/// The processes that share a run, of mpirun. A program that was started by itself, or built without MPI, is
/// the only one, and calls nothing of MPI. All but the constructor and `fail` are collective where they say
/// so: every process calls them, in the same order.
class processes {
 public:
  processes(int& count, char**& words);
  ~processes();
  processes(const processes&) = delete;
  processes& operator=(const processes&) = delete;

  [[nodiscard]] static std::uint32_t count() noexcept;
  [[nodiscard]] static std::uint32_t rank() noexcept;
  /// Which prints and writes.
  [[nodiscard]] static bool is_first() noexcept { return rank() == 0; }
  /// Of those, how many share this machine's processors.
  [[nodiscard]] static std::uint32_t on_this_machine() noexcept;

  /// What this process has of m measurements, of which `together` belong to each other; count 0: nothing.
  [[nodiscard]] static measurement_part part_of(std::uint32_t shards, std::size_t m, std::size_t together);

  /// Collective: the sums over all.
  static void add_up(std::span<double> values);

  /// Collective: the bytes of the process `from`, in all, which have room for them.
  static void broadcast(std::span<std::byte> bytes, std::uint32_t from);

  /// Collective: whether any process asked, at the call before this one at the latest, so that the answer
  /// comes while the work goes on. Once it is true it stays so.
  [[nodiscard]] static bool any_asks(bool here) noexcept;

  /// Collective: the operator of all from every process's own; what it lives on is returned.
  template <class T>
  [[nodiscard]] static std::shared_ptr<void> share(const sensing_operator<T>& own, std::uint32_t shards,
                                                   std::size_t m, std::size_t together,
                                                   sensing_operator<T>& out, status& found);

  /// Called before an error is printed: where several processes fail, the first of them alone gets to it.
  static void wait_for_turn() noexcept;
  /// Ends all processes with this exit code; returns it where there is but one.
  static int fail(int exit_code) noexcept;
};

}  // namespace tinyrank::app
