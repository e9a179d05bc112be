# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_flags.py CXX FLAG...     The two files by any flags: the golden bits, or an error of the compiler that names the flag.

Compiled is what runs of one operator take, for the whole would take a minute of each flag: cut out by amalgamate.py, with
everything that stands at the top of tinyrank.cpp. FLAG...: those by which CMake compiles the library, which undo any before them.
"""

import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))
import amalgamate  # noqa: E402

CXX, *CMAKE_FLAGS = sys.argv[1:]
IS_CLANG = "clang" in subprocess.run([CXX, "--version"], capture_output=True, text=True, check=True).stdout
IS_X86 = platform.machine() in ("x86_64", "AMD64")
HAS_FMA = IS_X86 and "fma" in re.findall(r"\w+", pathlib.Path("/proc/cpuinfo").read_text())

SOURCES = """lib/environment.cpp lib/gaussian_table.cpp lib/random.cpp lib/status.cpp lib/kernels/dispatch.cpp
    lib/kernels/core.isa.cpp lib/kernels/factor.isa.cpp lib/kernels/packed.isa.cpp lib/kernels/gaussian.isa.cpp
    lib/kernels/gaussian_vector.isa.cpp lib/kernels/rank_one.isa.cpp lib/kernels/batch.isa.cpp lib/operators/sharded_sum.cpp
    lib/operators/workspace.cpp
    lib/operators/gaussian.cpp lib/operators/generated_rank_one.cpp lib/operators/user.cpp lib/solver/descent.cpp
    lib/dense_algebra/vectors.cpp lib/solver/gradient_descent.cpp
    lib/solver/quasi_newton.cpp lib/solver/staircase.cpp lib/diagnostics/diagnostics.cpp""".split()

# Flags, and what the error has to name. Whatever a compiler knows, it is told.
REFUSED = [("-ffast-math", "-ffast-math"), ("-Ofast", "-Ofast"), ("-ffinite-math-only", "-ffinite-math-only")]
HELD = ["-O0", "-O3 -fno-trapping-math"]
if IS_CLANG:
    HELD += ["-O1 -freciprocal-math", "-O1 -fassociative-math -fno-signed-zeros", "-O1 -funsafe-math-optimizations -ffp-contract=on",
             "-O1 -flto"]
    (REFUSED.append(("-O1 -ffp-contract=fast", "-ffp-contract=fast")) if IS_X86 else HELD.append("-O1 -ffp-contract=fast"))
    REFUSED += [("-m32 -mno-sse2", "-mfpmath=sse")] if IS_X86 else []
    if HAS_FMA:
        REFUSED += [("-O1 -mfma -ffp-contract=fast", "-ffp-contract=fast")]
        HELD += ["-O1 -mfma", "-O1 -mfma -fassociative-math -freciprocal-math"]
else:
    REFUSED += [("-funsafe-math-optimizations", "-funsafe-math-optimizations"), ("-freciprocal-math", "-freciprocal-math"),
                ("-fassociative-math -fno-signed-zeros -fno-trapping-math", "-fassociative-math"),
                ("-fno-signed-zeros", "-fno-signed-zeros"), ("-fsingle-precision-constant", "-fsingle-precision-constant")]
    HELD += ["-O1 -flto", "-O1 -frounding-math", "-O1 -fassociative-math", "-O1 -ffp-contract=fast"]
    if IS_X86:
        REFUSED += [("-m32 -mfpmath=387", "-mfpmath=387"), ("-mfpmath=387", "-mfpmath=387"), ("-mfpmath=both", "-mfpmath=both"),
                    ("-mno-sse2", "-msse2")]
    if HAS_FMA:
        HELD += ["-O1 -mfma -flto -ffp-contract=fast"]


class Flags(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.held = tempfile.TemporaryDirectory()
        cls.directory = pathlib.Path(cls.held.name)
        for name, text in amalgamate.amalgamated(lambda path: str(path) in SOURCES).items():
            (cls.directory / name).write_text(text)
        # The problems of the tests name the public headers, which here are one.
        for header in (ROOT / "include").rglob("*.hpp"):
            name = cls.directory / "include" / header.relative_to(ROOT / "include")
            name.parent.mkdir(parents=True, exist_ok=True)
            name.write_text('#include <tinyrank.hpp>\n')
        cls.compile("few_bits.o", ROOT / "tests/amalgamation/few_bits.cpp", "-O1", "-ffp-contract=off",
                    f"-I{cls.directory / 'include'}", f"-I{cls.directory}", f"-I{ROOT / 'tests/common'}").check_returncode()

    @classmethod
    def tearDownClass(cls):
        cls.held.cleanup()

    @classmethod
    def compile(cls, name, source, *flags):
        # The vectors of x86-64 take as long again: with them where the flags change most.
        scalar = [] if any(re.search("unsafe|contract", flag) for flag in flags) else ["-DTINYRANK_ONLY_SCALAR"]
        return subprocess.run([CXX, "-std=c++20", "-fno-exceptions", "-fno-rtti", *scalar, *flags, "-c", source, "-o", cls.directory / name],
                              stderr=subprocess.PIPE, text=True)

    def test_same_bits(self):
        for flags in HELD:
            with self.subTest(flags):
                made = self.compile("tinyrank.o", self.directory / "tinyrank.cpp", *flags.split())
                self.assertEqual(made.returncode, 0, made.stderr)
                program = self.directory / "few_bits"
                # Not by all: -funsafe-math-optimizations of a link line sets flush-to-zero, which few_bits tells.
                linked = [flag for flag in flags.split() if re.match("-O|-flto|-mfma", flag)]
                subprocess.run([CXX, *linked, self.directory / "few_bits.o", self.directory / "tinyrank.o", "-o", program],
                               stderr=subprocess.DEVNULL, check=True)
                run = subprocess.run([program], capture_output=True, text=True)
                self.assertEqual(run.returncode, 0, run.stdout)

    def test_refused(self):
        for flags, named in REFUSED:
            with self.subTest(flags):
                made = self.compile("refused.o", self.directory / "tinyrank.cpp", "-Wfatal-errors", *flags.split())
                self.assertNotEqual(made.returncode, 0, "compiled")
                message = "".join(line for line in made.stderr.splitlines() if "tinyrank" in line)
                self.assertIn(named, message)

    def test_undone_by_cmake(self):
        def assembly(source, *flags):
            return subprocess.run([CXX, "-std=c++20", *flags, *CMAKE_FLAGS, "-O2", f"-I{ROOT}", f"-I{ROOT / 'include'}", "-S", source,
                                   "-o", "-"], capture_output=True, text=True, check=True).stdout

        around = [flags for flags, _ in REFUSED + [(flags, "") for flags in HELD] if not re.search("-m32|-mno-sse2|-mfma|-flto", flags)]
        for source in ("lib/environment.cpp", "lib/diagnostics/theory.cpp"):
            plain = assembly(ROOT / source)
            for flags in around:
                with self.subTest(flags, source=source):
                    self.assertEqual(assembly(ROOT / source, *flags.split()), plain)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
