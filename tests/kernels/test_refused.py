#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""Targets whose arithmetic or byte order would give other bits are refused by the compiler, in a line that says why, and those
beside them are not. A compiler that is not installed is skipped."""

import pathlib
import platform
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRECISION = "not x87"
BIG = "this target is big-endian"
UNIT, CONDITIONS = "lib/kernels/core.isa.cpp", "lib/simd/arithmetic.hpp"

# compiler, flags, what is compiled, the refusal or None. clang has no headers for most of its targets.
TARGETS = [
    ("i686-linux-gnu-g++", "", UNIT, PRECISION),
    ("i686-linux-gnu-g++", "-msse2", UNIT, PRECISION),
    ("i686-linux-gnu-g++", "-msse2 -mfpmath=both", UNIT, PRECISION),
    ("i686-linux-gnu-g++", "-msse2 -mfpmath=sse", UNIT, None),
    ("arm-none-eabi-g++", "-mcpu=cortex-m4 -mbig-endian", UNIT, BIG),
    ("arm-none-eabi-g++", "-mcpu=cortex-m4", UNIT, None),
]
for version in range(14, 22):
    TARGETS += [
        (f"clang++-{version}", "--target=i386-linux-gnu", CONDITIONS, PRECISION),
        (f"clang++-{version}", "--target=i386-linux-gnu -msse2", CONDITIONS, None),
        (f"clang++-{version}", "--target=powerpc64-linux-gnu", CONDITIONS, BIG),
        (f"clang++-{version}", "--target=powerpc64le-linux-gnu", CONDITIONS, None),
    ]
if platform.machine() == "x86_64":
    TARGETS += [("g++", "-mfpmath=387", UNIT, PRECISION), ("g++", "-mfpmath=both", UNIT, PRECISION), ("g++", "", UNIT, None)]


class Refused(unittest.TestCase):
    def test_targets(self):
        for compiler, flags, what, refusal in TARGETS:
            with self.subTest(f"{compiler} {flags}"):
                if shutil.which(compiler) is None:
                    self.skipTest(f"no {compiler}")
                command = [compiler, *flags.split(), "-std=c++20", f"-I{ROOT}", f"-I{ROOT}/include", "-DTINYRANK_ISA=scalar",
                           "-DTINYRANK_ISA_scalar", "-fsyntax-only", "-x", "c++", str(ROOT / what)]
                result = subprocess.run(command, capture_output=True, text=True)
                errors = [line for line in result.stderr.splitlines() if "error: " in line]
                if refusal is None:
                    self.assertEqual((result.returncode, errors), (0, []), result.stderr)
                else:
                    self.assertNotEqual(result.returncode, 0)
                    self.assertIn(refusal, errors[0])


if __name__ == "__main__":
    unittest.main()
