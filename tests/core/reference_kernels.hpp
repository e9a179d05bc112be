// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include "lib/kernels/kernel_table.hpp"

namespace tinyrank::test {

/// The oracle of every kernel: plain loops in the documented order, without packs. The same bits as every
/// table.
extern const kernel_set reference_kernels;

}  // namespace tinyrank::test
