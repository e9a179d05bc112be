# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""The files of this project that people write, which the checks of style read."""

import pathlib
import re

root = pathlib.Path(__file__).resolve().parents[2]
folders = [d for d in ("include", "lib", "catalogue", "apps", "bench", "python", "examples", "docs", "tests") if (root / d).is_dir()]
code = {".cpp", ".hpp", ".c", ".h", ".def", ".in"}


def files(kinds):
    """Every file of these endings, as a path from the root; test data is not written by people."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in kinds and "data" not in path.parts:
                yield path.relative_to(root)


def text(path):
    return (root / path).read_text(encoding="utf-8")


def lines_without_comments(path):
    """(number, line) with comments blanked: a rule about code does not forbid to speak of it."""
    blank = lambda found: re.sub(r"[^\n]", " ", found.group())
    return enumerate(re.sub(r"//[^\n]*|/\*.*?\*/", blank, text(path), flags=re.S).split("\n"), 1)


def verdict(name, faults):
    for fault in faults:
        print(fault)
    print(f"{name}: {len(faults)} faults")
    return 1 if faults else 0
