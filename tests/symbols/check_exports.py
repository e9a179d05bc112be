#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""check_exports.py INCLUDE [NM SHARED_LIBRARY]     check_exports.py --add INCLUDE

The public functions are those that the headers of INCLUDE declare and do not define. Each bears TINYRANK_API, and a
shared library shows all of them and nothing else. --add writes what is missing into the headers.
"""

import pathlib
import re
import subprocess
import sys

DECLARATION = re.compile(
    r"^(?P<before>(?:template <[^\n]*>\n)?(?:\[\[nodiscard\]\] )?)(?P<macro>TINYRANK_API )?"
    r"(?!constexpr|inline|using|struct|template|namespace|enum|static|extern)"
    r"(?P<rest>[A-Za-z][^;{}=#]*?\b(?P<name>\w+)\((?:[^;{}#]|\{\})*\) noexcept;)", re.M)
C_DECLARATION = re.compile(r"^(?!typedef|struct)[a-z][^;{}=#]*?\b(tinyrank_\w+)\([^;{}=#]*\);", re.M)
INCLUDE_LINE = '#include "tinyrank/export.hpp"\n'


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.S)


def add(path):
    text = path.read_text()
    places = [found.end("before") for found in DECLARATION.finditer(without_comments(text)) if not found["macro"]]
    if not places:
        return
    for place in reversed(places):
        text = text[:place] + "TINYRANK_API " + text[place:]
    if INCLUDE_LINE not in text:
        ours = [found for found in re.finditer(r'^#include "tinyrank/.*\n', text, re.M)]
        if ours:
            later = [found for found in ours if found[0] > INCLUDE_LINE]
            place = later[0].start() if later else ours[-1].end()
            text = text[:place] + INCLUDE_LINE + text[place:]
        else:
            last = [found for found in re.finditer(r"^(#include <.*|#pragma once)\n", text, re.M)][-1].end()
            text = text[:last] + "\n" + INCLUDE_LINE + text[last:]
    path.write_text(text)


def main():
    arguments = sys.argv[1:]
    adding = arguments[:1] == ["--add"]
    include = pathlib.Path(arguments[adding])
    # That of MPI is of another library.
    headers = [path for path in sorted(include.rglob("*.hpp")) if path.name != "mpi.hpp"]
    if adding:
        for path in headers:
            add(path)
        return
    wrong, expected = [], set()
    for path in headers:
        for found in DECLARATION.finditer(without_comments(path.read_text())):
            expected.add("tinyrank::" + found["name"])
            if not found["macro"]:
                wrong.append(f"{path}: {found['name']} is public and has no TINYRANK_API")
    expected |= set(C_DECLARATION.findall(without_comments((include / "tinyrank/tinyrank.h").read_text())))
    if len(expected) < 50:
        wrong.append("too few declarations were found: was the style of the headers changed?")
    if len(arguments) == 3:
        listing = subprocess.run([arguments[1], "-D", "-C", "--defined-only", arguments[2]], check=True,
                                 capture_output=True, text=True).stdout
        shown = set()
        for line in listing.splitlines():
            kind, name = re.match(r"\w+ (\w) (.*)", line).groups()
            # "status tinyrank::init<float>(...)", a template, whose instance is weak; "tinyrank::f(...)", no template.
            found = re.match(r"(?:[^(]* )?((?:tinyrank::)?\w+)(<(?:tinyrank::\w+, )?(?:float|double)>)?(?:\(|$)", name)
            # libstdc++ makes its namespace visible, so clang shows what it did not inline: weak, and the same everywhere.
            if kind == "W" and re.match(r"(?:[^(]* )?std::[\w:]+(?:<.*>)?\(", name):
                continue
            if not found or found[1] not in expected:
                wrong.append(f"the shared library shows {name}")
            elif kind != "T" and not (kind == "W" and found[2]):
                wrong.append(f"the shared library shows {name} as {kind}")
            else:
                shown.add(found[1])
        wrong += [f"the shared library hides {name}" for name in sorted(expected - shown)]
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
