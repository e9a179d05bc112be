// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

#include <string>

#include "bench/report.hpp"

namespace tinyrank::bench {

/// A gradient whose rows stay in a file, against plain reads of the same file from start to end, by
/// one thread, a megabyte at a time; each in turn. n = 200, packed f4, 0.5 GB, and the same matrices in bf16.
/// The files are written to `directory` (of an empty name: the current one) and removed. Prints a table.
///
///     out_of_core.<format>.fraction_of_read        each time after the kernel forgot the file: the disk
///     out_of_core.<format>.warm_fraction_of_read   the file is in the kernel's memory, which the rows are
///                                                  copied from
///     out_of_core.<format>.read_gbs, .gbs, .warm_read_gbs, .warm_gbs
///     out_of_core.fraction_of_read                 the least of the first
///
/// format: f32, f32_1_thread, bf16
key_values measure_out_of_core(const settings& chosen, const std::string& directory);

}  // namespace tinyrank::bench
