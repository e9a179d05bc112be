#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""Runs every command that a page shows after "    $ " and compares what it prints with the lines below it; only times
may differ: transcripts.py PAGE.md TINYRANK SCRATCH"""

import difflib
import os
import re
import shutil
import subprocess
import sys

SHOWN = "    "
PROMPT = SHOWN + "$ "


def commands(page):
    """Each command of a page, and the lines shown of what it prints."""
    found = []
    is_block = goes_on = False
    for line in page.splitlines():
        if goes_on:
            found[-1][0] += "\n" + line
        elif line.startswith(PROMPT):
            found.append([line[len(PROMPT):], []])
            is_block = True
        elif is_block and line.startswith(SHOWN):
            found[-1][1].append(line[len(SHOWN):])
        else:
            is_block = False
        goes_on = is_block and found[-1][0].endswith("\\")
    return found


def without_times(lines):
    return [re.sub(r"[\d.e-]+ s\b", "_ s", line.rstrip()) for line in lines]


def main(page, tinyrank, scratch):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    programs = os.path.join(scratch, "programs")
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(programs)
    os.symlink(os.path.join(root, "examples"), os.path.join(scratch, "examples"))
    os.symlink(os.path.abspath(tinyrank), os.path.join(programs, "tinyrank"))
    os.symlink(sys.executable, os.path.join(programs, "python3"))
    environment = dict(os.environ, PATH=programs + os.pathsep + os.environ["PATH"], PYTHONDONTWRITEBYTECODE="1")
    with open(page, encoding="utf-8") as file:
        shown = commands(file.read())
    if not shown:
        sys.exit(page + ": shows no command")
    differ = False
    for command, lines in shown:
        ended = subprocess.run(command, shell=True, cwd=scratch, env=environment, text=True, stdout=subprocess.PIPE)
        difference = list(difflib.unified_diff(without_times(lines), without_times(ended.stdout.splitlines()),
                                               "the page", "the run", lineterm="", n=0))
        if difference:
            differ = True
            print("$ " + command, *difference, sep="\n")
    sys.exit(differ)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
