// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyrank/export.hpp"
#include "tinyrank/recovery.hpp"

namespace tinyrank {

/// A run that is to survive its process, or a loss of power: save writes where it stands into the caller's
/// bytes, and restore brings a run to there that init has made anew of the same operator, measurements and
/// options. From there it goes on with the bits that it would have had.
///
///     static std::byte saved[...];    // saved_bytes(run), which may change with every step
///     const std::size_t size = save(run, saved, sizeof saved);
///     ...
///     if (init(run, a, y, options, memory, sizeof memory) != status::ok) ...
///     if (restore(run, saved, size) != restored::ok) ...    // init again, and from the start
///
/// Between two calls of step, of a descent, a staircase or a recovery. Nothing is allocated. Values are saved
/// and never addresses: the memory may lie elsewhere; threads, instruction set and the trace, which its owner
/// keeps, may be others, and a limit of iterations or passes too, if it has not been passed. Where the
/// processors differ in the size of an address or in byte order, a run is not restored.
///
/// What is saved has a checksum over all of it. Two that are written in turn, each after the other is
/// complete, leave one that can be restored whenever the power goes.

/// Why a run was not restored.
enum class restored : std::int32_t {
  ok = 0,
  damaged,       ///< these bytes are no saved run, or not all of one, or some have changed
  version,       ///< saved by a version of the library that keeps other things
  kind,          ///< another kind of run, another method or precision, or another size of addresses
  sizes,         ///< another n, m or rank, or an option on which the memory depends
  options,       ///< another option that the bits depend on, or the limit has been passed
  measurements,  ///< another y, or other weights
  sensing,       ///< at the saved factor this operator gives another loss
};

/// Static, null-terminated English text; never null.
[[nodiscard]] TINYRANK_API const char* to_string(restored value) noexcept;

/// The exact bytes that save writes now; 0 for a method whose table does not say what it keeps
/// (descent_method::state_values).
template <class T>
[[nodiscard]] TINYRANK_API std::size_t saved_bytes(const descent<T>& run) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API std::size_t saved_bytes(const staircase<T>& run) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API std::size_t saved_bytes(const recovery<T>& run) noexcept;

/// Writes the run to `out` and returns saved_bytes(run); 0, and nothing is written, where `bytes` is less.
/// What has ended stays so; but a descent that has ended at its limit goes on where it is restored with a
/// higher one. No pass over the measurements. run: made by init.
template <class T>
[[nodiscard]] TINYRANK_API std::size_t save(const descent<T>& run, std::byte* out,
                                            std::size_t bytes) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API std::size_t save(const staircase<T>& run, std::byte* out,
                                            std::size_t bytes) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API std::size_t save(const recovery<T>& run, std::byte* out,
                                            std::size_t bytes) noexcept;

/// run: made by init, of the same operator, measurements and options. saved: all that save wrote, and no
/// more. On `sensing` the run has been overwritten, and init has to make it again; on every other refusal it
/// is as it was. A method's own parameters are those that were saved. Cost: a few gradients, which the run's
/// passes do not count. Where a staircase's weights have changed since its loss was found, another operator
/// is not noticed.
template <class T>
[[nodiscard]] TINYRANK_API restored restore(descent<T>& run, const std::byte* saved,
                                            std::size_t bytes) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API restored restore(staircase<T>& run, const std::byte* saved,
                                            std::size_t bytes) noexcept;
template <class T>
[[nodiscard]] TINYRANK_API restored restore(recovery<T>& run, const std::byte* saved,
                                            std::size_t bytes) noexcept;

}  // namespace tinyrank
