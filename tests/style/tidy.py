# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""tidy.py <clang-tidy> <build> <scratch>: what .clang-tidy names, in lib (16 s of processor time; apps would be 120), one process for each processor."""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

import sources

clang_tidy, build, scratch = sys.argv[1:]
commands = {}
for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text()):
    path = pathlib.Path(entry["file"])
    # Each kernel once, without the instructions of one processor: clang-tidy would read it once for each set.
    if path.is_relative_to(sources.root / "lib"):
        if entry["file"] not in commands or "TINYRANK_ISA=scalar" in entry["command"]:
            commands[entry["file"]] = entry
os.makedirs(scratch, exist_ok=True)
(pathlib.Path(scratch) / "compile_commands.json").write_text(json.dumps(list(commands.values())))


def tidy(path):
    """gcc's flags that clang has not are no fault."""
    run = subprocess.run([clang_tidy, "-p", scratch, "--quiet", "--extra-arg=-Wno-unknown-warning-option",
                          "--extra-arg=-Wno-ignored-optimization-argument", path], capture_output=True, text=True)
    return [] if run.returncode == 0 else [run.stdout + run.stderr]


with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
    results = list(pool.map(tidy, commands))
sys.exit(sources.verdict("clang-tidy", list(dict.fromkeys(sum(results, [])))))
