// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

#pragma once

namespace tinyrank {

/// -Phi^-1(f 2^(e-32)) for f in [1, 2), one polynomial per octave e: coefficient k of (f - 1.5)^k is
/// gaussian_table[k][(e + 31) % 32], which is the exponent field of the float f 2^e modulo 32. Minimax fits
/// (Lawson's iteration on 801 points); largest error 3.6e-6 with float coefficients. Entry 30 is p = 1/2
/// itself: zero. Defined once: a copy in every unit that draws would cost a microcontroller 768 bytes each.
alignas(64) extern const float gaussian_table[6][32];

}  // namespace tinyrank
