// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

// What is kept of a run, in one order: counted, written and read by the same functions.

#include <cstring>
#include <type_traits>

#include "lib/solver/recovery_state.hpp"
#include "tinyrank/checkpoint.hpp"

namespace tinyrank {

/// 64-bit FNV-1a.
inline std::uint64_t hash_bytes(const void* data, std::size_t count,
                                std::uint64_t hash = 0xcbf29ce484222325u) noexcept {
  const auto* at = static_cast<const unsigned char*>(data);
  for (std::size_t k = 0; k < count; ++k) hash = (hash ^ at[k]) * 0x100000001b3u;
  return hash;
}

/// Of values one after the other.
template <class... Values>
std::uint64_t hash_of(const Values&... values) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325u;
  ((hash = hash_bytes(&values, sizeof values, hash)), ...);
  return hash;
}

/// Goes over the values of a run.
class carrier {
 public:
  /// Counts.
  carrier() noexcept = default;
  /// Writes.
  carrier(std::byte* out, std::size_t bytes) noexcept : out_(out), limit_(bytes) {}
  /// Reads.
  carrier(const std::byte* in, std::size_t bytes) noexcept : in_(in), limit_(bytes) {}

  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  [[nodiscard]] bool reads() const noexcept { return in_ != nullptr; }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  void fail() noexcept { failed_ = true; }

  void bytes(void* data, std::size_t count) noexcept {
    const bool places = in_ != nullptr || out_ != nullptr;
    if (failed_ || (places && count > limit_ - used_)) return fail();
    if (in_ != nullptr && count != 0) std::memcpy(data, in_ + used_, count);
    if (out_ != nullptr && count != 0) std::memcpy(out_ + used_, data, count);
    used_ += count;
  }
  template <class T>
  void array(T* data, std::size_t count) noexcept {
    if (data != nullptr) bytes(data, count * sizeof(T));
  }
  template <class... Values>
  void operator()(Values&... values) noexcept {
    static_assert((std::is_trivially_copyable_v<Values> && ...));
    (bytes(&values, sizeof values), ...);
  }

 private:
  std::byte* out_ = nullptr;
  const std::byte* in_ = nullptr;
  std::size_t limit_ = 0;
  std::size_t used_ = 0;
  bool failed_ = false;
};

/// Which factor a view is of, as it is saved: a place in one of these blocks of the arena.
struct place_list {
  static constexpr std::size_t most = 16;
  const std::byte* data[most] = {};
  std::size_t bytes[most] = {};
  std::size_t count = 0;

  template <class T>
  void add(const T* block, std::size_t elements) noexcept {
    data[count] = reinterpret_cast<const std::byte*>(block);
    bytes[count++] = elements * sizeof(T);
  }
};

template <class T>
void carry_view(carrier& c, factor_view<const T>& view, const place_list& places, std::size_t n) noexcept {
  std::uint32_t block = UINT32_MAX;
  std::uint64_t offset = 0, rank = view.rank;
  const auto* at = reinterpret_cast<const std::byte*>(view.data);
  for (std::size_t k = 0; k < places.count && at != nullptr; ++k) {
    if (places.data[k] == nullptr || at < places.data[k] || at >= places.data[k] + places.bytes[k]) continue;
    block = static_cast<std::uint32_t>(k);
    offset = static_cast<std::uint64_t>(at - places.data[k]);
  }
  c(block, offset, rank);
  if (!c.reads() || c.failed()) return;
  view = {nullptr, n, 0, padded<T>(n)};
  if (block == UINT32_MAX) return;
  const std::uint64_t column = padded<T>(n) * sizeof(T);
  if (block >= places.count || offset > places.bytes[block] || offset % sizeof(T) != 0 ||
      rank > (places.bytes[block] - offset) / column)
    return c.fail();
  view.data = reinterpret_cast<const T*>(places.data[block] + static_cast<std::size_t>(offset));
  view.rank = static_cast<std::size_t>(rank);
}

/// Of the run that reads the machine is its own.
template <class Report>
void carry_report(carrier& c, Report& report) noexcept {
  Report read = report;
  c(read);
  if (!c.reads()) return;
  read.isa = report.isa;
  read.arena_bytes = report.arena_bytes;
  report = read;
}

/// The numbers of a descent and what its method keeps; arena_end: that of its memory, where the method's is
/// last.
template <class T>
void carry_inner(carrier& c, descent<T>& run, std::byte* arena_end) noexcept {
  carry_report(c, run.report);
  c(run.gamma, run.stop_loss, run.first_loss, run.lowest_loss, run.window_loss, run.window_gradient,
    run.window_start, run.growth);
  constexpr std::uint32_t most_failures = 31;  // bits to shift by
  if (c.reads() && run.growth.failures > most_failures) return c.fail();
  if (run.state == nullptr) return;
  auto* own = static_cast<std::byte*>(run.state);
  c.bytes(own, run.method->state_values);
  std::byte* arrays = own + run.method->state_lines * arena_alignment;
  c.bytes(arrays, static_cast<std::size_t>(arena_end - arrays));
}

template <class T>
bool can_be_saved(const descent<T>& run) noexcept {
  return run.state == nullptr || run.method->state_lines != 0;
}

template <class T>
void carry(carrier& c, descent<T>& run) noexcept {
  const std::size_t count = run.factor.rank * run.factor.stride;
  std::uint32_t is_candidate = run.factor.data != run.memory.factor ? 1 : 0;
  c(is_candidate);
  T* const data = is_candidate != 0 ? run.memory.candidate : run.memory.factor;
  if (data == nullptr) return c.fail();
  run.factor.data = data;
  c.array(data, count);
  carry_inner(c, run, reinterpret_cast<std::byte*>(run.memory.factor) + run.report.arena_bytes);
  const bool obeys_limit =
      run.report.result == outcome::running || run.report.result == outcome::iteration_limit;
  if (!c.reads() || !obeys_limit) return;
  const bool goes_on = run.report.iterations < run.options.iteration_limit;
  run.report.result = goes_on ? outcome::running : outcome::iteration_limit;
}

/// Blocks of a staircase that a view may be of.
template <class T>
void add_places(place_list& places, const staircase<T>& run, const std::byte* arena_end) noexcept {
  const staircase_memory<T>& memory = run.memory;
  const std::size_t factor = run.columns.factor * padded<T>(run.inner.sensing.n);
  places.add(memory.kept, factor);
  places.add(memory.probed, factor);
  places.add(memory.probed_gradient, factor);
  places.add(memory.descent.factor, factor);
  places.add(memory.descent.candidate, factor);
  places.add(memory.descent.gradient, factor);
  const auto* arrays = static_cast<const std::byte*>(memory.state) + arena_alignment;
  places.add(arrays, static_cast<std::size_t>(arena_end - arrays));
}

/// All but what a pass leaves to nobody: the residual matrix itself, its probes beside U, and what the
/// operators work with.
template <class T>
void carry_staircase(carrier& c, staircase<T>& run, const place_list& places, std::byte* arena_end) noexcept {
  const staircase_memory<T>& memory = run.memory;
  const std::size_t n = run.inner.sensing.n, stride = padded<T>(n), factor = run.columns.factor * stride;
  carry_report(c, run.report);
  c(run.phase, run.kept_loss, run.null_dimension, run.informative, run.failures, run.looks, run.blocks,
    run.drawn, run.known, run.mean, run.signless, run.wanted, run.then, run.leading, run.length, run.losses,
    run.accepted, run.next_look, run.heavy_rank, run.heavy_loss, run.remaining, run.restarted, run.residual,
    run.largest, run.least, run.applied, run.since, run.restarts);
  carry_inner(c, run.inner, arena_end);
  factor_view<const T>* const views[] = {&run.factor, &run.directions,   &run.freedom,
                                         &run.kept,   &run.inner.factor, &run.inner.gradient};
  for (factor_view<const T>* view : views) carry_view(c, *view, places, n);
  T* const blocks[] = {memory.kept,
                       memory.probed,
                       memory.probed_gradient,
                       memory.descent.factor,
                       memory.descent.candidate,
                       memory.descent.gradient};
  for (T* block : blocks) c.array(block, factor);
  c.array(memory.basis, run.columns.krylov * stride);
  c.array(memory.image, run.columns.krylov * stride);
  c.array(memory.measured, run.inner.sensing.measurement_count);
  c.array(memory.small.values, run.columns.small);
}

}  // namespace tinyrank
