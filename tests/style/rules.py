# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""Rules that a search can check, each with the places where it does not hold."""

import re
import sys

import sources

scripts = {".py", ".sh", ".cmake", ".txt", ".json"}
most_lines = 500
# The header of C is one file, to be copied, and an operator takes twenty lines of it.
longer = {"include/tinyrank/tinyrank.h": 700}
# clang-format leaves comments as they are written.
widest_comment = 110
# rule, what breaks it, where it may stand
RULES = [
    ("instruction sets' headers only in lib/simd", r"#\s*include\s*<(xsimd/|\w*intrin\.h|arm_(neon|mve)\.h)",
     r"lib/simd/|tests/headers/"),
    ("#pragma omp only in lib/parallel.cpp", r"#\s*pragma\s+omp\b", r"lib/parallel\.cpp|tests/kernels/test_parallel\.cpp"),
    ("no preprocessor outside lib/simd asks for an instruction set: tuning.hpp is for that",
     r"#\s*(el)?if.*(__AVX|__ARM_|__arm__|__aarch64__|TINYRANK_ISA)",
     r"lib/simd/|lib/kernels/targets\.hpp|tests/|bench/|apps/firmware/"),
]

faults = []
for path in sources.files(sources.code | scripts):
    text = sources.text(path)
    head = text[:400]
    by_people = re.sub(r"^/\* begin .*, written by .*?^/\* end \*/$", "", text, flags=re.M | re.S)
    if path.suffix != ".json" and not ("SPDX-FileCopyrightText:" in head and "SPDX-License-Identifier: MIT" in head):
        faults.append(f"{path}: no SPDX lines at its head")
    most = longer.get(str(path), most_lines)
    if by_people.count("\n") > most:
        faults.append(f"{path}: {by_people.count(chr(10))} lines, at most {most}")
    # Written in two parts, for this file is searched as well.
    for found in re.finditer(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", text):
        faults.append(f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {found.group()}")
    if path.suffix in sources.code:
        faults += [f"{path}: a comment of {len(line)} columns, at most {widest_comment}" for line in text.split("\n")
                   if len(line) > widest_comment and re.match(r"\s*(//|/?\*)", line)]
        for number, line in sources.lines_without_comments(path):
            for rule, broken_by, allowed in RULES:
                if re.search(broken_by, line) and not re.match(allowed, str(path)):
                    faults.append(f"{path}:{number}: {rule}")
sys.exit(sources.verdict("rules", faults))
