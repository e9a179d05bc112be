#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_fused.py CXX...

What compilers make of a multiply-add, for each processor that one may be told of: the one instruction where there is one,
and no call; integer arithmetic where floats in double would be software's work. The kernel is x + factor * b of
lib/kernels/core.isa.cpp. A compiler that is not installed is skipped, except those of the command line, which are asked
about this machine with -mfma, where that is x86-64.
"""

import pathlib
import platform
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OURS = []
CLANGS = [f"clang++-{version}" for version in range(14, 22)]

ARM = "arm-none-eabi-g++"
LINUX = "riscv64-linux-gnu-g++"
ELF = "riscv64-unknown-elf-g++"
M = "--target=arm-none-eabi"
NEWLIB = "/usr/include/newlib/c++"

# name, flags of both compilers, clang's target, gcc, whether float and double have the instruction
PROCESSORS = [
    ("Cortex-M0+", "-mcpu=cortex-m0plus -mthumb -mfloat-abi=soft", M, ARM, False, False),
    ("Cortex-M3", "-mcpu=cortex-m3 -mthumb -mfloat-abi=soft", M, ARM, False, False),
    ("Cortex-M4", "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16", M, ARM, True, False),
    ("Cortex-M4 without its unit", "-mcpu=cortex-m4 -mthumb -mfloat-abi=soft", M, ARM, False, False),
    ("Cortex-M7, single", "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16", M, ARM, True, False),
    ("Cortex-M7", "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-d16", M, ARM, True, True),
    ("Cortex-M33", "-mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16", M, ARM, True, False),
    ("RV32IMAC", "-march=rv32imac -mabi=ilp32", "--target=riscv32-unknown-elf", ELF, False, False),
    ("RV32IMAFC", "-march=rv32imafc -mabi=ilp32f", "--target=riscv32-unknown-elf", ELF, True, False),
    ("RV64GC", "-march=rv64gc -mabi=lp64d", "--target=riscv64-linux-gnu", LINUX, True, True),
]
FUSED = {"float": re.compile(r"vfma\.f32|fmadd\.s|vfn?madd\d*ss|vfmadd\d*ps"),
         "double": re.compile(r"vfma\.f64|fmadd\.d|vfn?madd\d*sd|vfmadd\d*pd")}
CALL = re.compile(r"^\s*(?:bl|blx|call|callq|jal|tail)\s+(?:\w+,\s*)?([A-Za-z_]\w*)", re.M)
JUMP = re.compile(r"^\s*(?:b|jmp)\s+([A-Za-z_]\w*)\s*$", re.M)
# A call of software, or an instruction, that turns a float into a double.
WIDENS = re.compile(r"__aeabi_f2d|__extendsfdf2|cvtss2sd|fcvt\.d\.s|vcvt\.f64\.f32")


def include_flags(gcc, flags):
    """The headers of a gcc, for clang. Debian's bare RISC-V compiler comes without those of C++; Arm's do."""
    text = subprocess.run([gcc, *flags, "-E", "-v", "-xc++", "/dev/null"], capture_output=True, text=True, check=True).stderr
    listed = re.search(r"search starts here:\n#include <...>.*\n((?: .*\n)+)End", text)[1].split()
    folders = [folder for folder in (str(pathlib.Path(folder).resolve()) for folder in listed) if "/lib/gcc/" not in folder]
    if gcc == ELF:
        newlib = sorted(pathlib.Path(NEWLIB).glob("*"))
        if not newlib:
            raise unittest.SkipTest(f"no headers in {NEWLIB}")
        folders = [str(newlib[-1]), str(newlib[-1] / "arm-none-eabi"), "/usr/lib/picolibc/riscv64-unknown-elf/include"]
    return [word for folder in folders for word in ("-isystem", folder)]


def compiled(command, kernels):
    """Assembly of lib/kernels/<kernels>.isa.cpp."""
    command = [*command, "-std=c++20", "-O2", "-fno-exceptions", "-fno-rtti", "-ffp-contract=off", f"-I{ROOT}",
               f"-I{ROOT}/include", "-DTINYRANK_ISA=scalar", "-DTINYRANK_ISA_scalar", "-S", "-o", "-",
               str(ROOT / f"lib/kernels/{kernels}.isa.cpp")]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{result.stderr}")
    return result.stdout


def assembly(command):
    """{float, double: text of the kernel}"""
    text = compiled(command, "core")
    bodies = {}
    for kind, letter in (("float", "f"), ("double", "d")):
        found = re.search(rf"^(_ZN\w*scaled_addI{letter}E\w*):(.*?)^\s*\.size\s+\1", text, re.M | re.S)
        if not found:
            raise AssertionError(f"no scaled_add<{kind}> in the output of {' '.join(command)}")
        bodies[kind] = found[2]
    return bodies


class Fused(unittest.TestCase):
    def check(self, command, has):
        for kind, body in assembly(command).items():
            called = CALL.findall(body) + JUMP.findall(body)
            with self.subTest(kind):
                if has[kind]:
                    self.assertRegex(body, FUSED[kind])
                    self.assertEqual(called, [])
                    self.assertNotRegex(body, WIDENS)
                else:
                    self.assertNotRegex(body, FUSED[kind])
                    self.assertFalse({"fma", "fmaf"} & set(called), "libm's multiply-add rounds as it likes")
                    if not has["double"] and kind == "float":
                        self.assertNotRegex(body, WIDENS)

    def test_processors(self):
        for name, flags, target, gcc, single, double in PROCESSORS:
            has = {"float": single, "double": double}
            if not shutil.which(gcc):
                print(f"{name}: skipped, there is no {gcc}")
                continue
            flags = flags.split()
            headers = include_flags(gcc, flags)
            with self.subTest(name, compiler=gcc):
                self.check([gcc, *flags, *(headers if gcc == ELF else [])], has)
            for clang in filter(shutil.which, CLANGS):
                # As on bare metal without flags; with errno libm would be called.
                with self.subTest(name, compiler=clang):
                    self.check([clang, target, *flags, "-fmath-errno", "-nostdinc++", *headers], has)

    @unittest.skipUnless(shutil.which(ARM), f"there is no {ARM}")
    def test_lines(self):
        """lib/simd/lines_cortex_m.hpp is used where there is what it uses."""
        for name, flags, _, gcc, single, _ in PROCESSORS:
            if gcc == ARM:
                with self.subTest(name):
                    text = compiled([gcc, *flags.split()], "packed")
                    self.assertEqual("{s16-s23}" in text, single)

    @unittest.skipUnless(platform.machine() == "x86_64", "not on this machine")
    def test_this_machine(self):
        for compiler in dict.fromkeys([*OURS, *filter(shutil.which, CLANGS)]):
            for flags in (["-mfma"], ["-march=x86-64-v3"]):
                with self.subTest(compiler, flags=flags):
                    self.check([compiler, *flags], {"float": True, "double": True})


if __name__ == "__main__":
    OURS = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
