// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

namespace tinyrank::test {

/// Under an emulator a test of what an answer is worth says nothing new: that follows from its bits, which
/// other tests compare. And qemu ends by an assertion of its own in the child of a fork with threads.
#if defined(TINYRANK_EMULATED_TESTS)
inline constexpr bool emulated = true;
#else
inline constexpr bool emulated = false;
#endif

}  // namespace tinyrank::test
