#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""What the tests of this machine reach, by llvm-cov: lines and branches of lib and of apps.

coverage.py [--ran] [--tests REGEX] [--missing FILE] BUILD

BUILD is that of the preset `coverage`. Runs its tests, or with --ran takes what an earlier run left; prints a line for each part and
for each file that is not whole; --missing writes, for each file, the lines that nothing reached and the conditions of which one
outcome never came up. Exit code 1 below the thresholds. Headers of include/tinyrank are of lib; a template counts once, by whichever
of its types reached most. What is left, and why: tests/coverage/left.md.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Part, its folders, and the least of lines and of branches in percent.
PARTS = [("lib", ("lib/", "include/tinyrank/"), 99.5, 97.0), ("apps", ("apps/",), 99.0, 95.0)]


def tool(name):
    """Of the version of the compiler, for a profile is read by its own."""
    found = shutil.which(f"{name}-14") or shutil.which(name)
    if not found:
        sys.exit(f"coverage.py: {name} not found; install llvm-14")
    return found


def run_tests(build, profiles, tests):
    shutil.rmtree(profiles, ignore_errors=True)
    profiles.mkdir(parents=True)
    # %m: programs of one binary add up in one file, instead of one for each process.
    environment = dict(os.environ, LLVM_PROFILE_FILE=str(profiles / "%4m.profraw"))
    subprocess.run(["ctest", "--test-dir", build, "--output-on-failure", "-j2", *(["-R", tests] if tests else [])],
                   env=environment, check=False)


def programs(build):
    """Every program that counts; the first is llvm-cov's operand, the others its objects."""
    found = []
    for path in sorted(build.rglob("*")):
        if not path.is_file() or not os.access(path, os.X_OK) or "CMakeFiles" in path.parts or path.suffix:
            continue
        with open(path, "rb") as file:
            if file.read(4) == b"\x7fELF" and b"__llvm_covmap" in path.read_bytes():
                found.append(path)
    if not found:
        sys.exit(f"coverage.py: {build} has no program that counts: is it of the preset coverage?")
    return [str(found[0])] + [f"-object={path}" for path in found[1:]]


def summary(files, folders):
    """Covered and counted lines and branches of a part, and its files by name."""
    own = {name: data for name, data in files.items() if name.startswith(folders)}
    totals = [sum(data["summary"][kind][what] for data in own.values())
              for kind in ("lines", "branches") for what in ("covered", "count")]
    return own, totals


def percent(covered, count):
    return 100.0 * covered / count if count else 0.0


def missing(export, files):
    """name: lines that nothing reached; and conditions of which one outcome never came up."""
    lines, name = {}, None
    for line in export(["-format=lcov"]).splitlines():
        key, _, value = line.partition(":")
        if key == "SF":
            name = os.path.relpath(value, ROOT)
        elif key == "DA" and name in files and value.endswith(",0"):
            lines.setdefault(name, []).append(int(value.split(",")[0]))
    text = []
    for name, data in sorted(files.items()):
        outcomes = {}
        for start, column, _, _, true, false, *_ in data["branches"]:
            seen = outcomes.setdefault((start, column), [0, 0])
            seen[0] += true
            seen[1] += false
        one_sided = [f"{line}:{column} never {'true' if not true else 'false'}"
                     for (line, column), (true, false) in sorted(outcomes.items()) if bool(true) != bool(false)]
        if name in lines or one_sided:
            text.append(f"{name}\n  lines {' '.join(map(str, lines.get(name, [])))}\n  " + "\n  ".join(one_sided))
    return "\n".join(text) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ran", action="store_true")
    parser.add_argument("--tests", default="")
    parser.add_argument("--missing", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    given = parser.parse_args()
    build = given.build.resolve()
    profiles = build / "profiles"
    if not given.ran:
        run_tests(build, profiles, given.tests)
    raw = sorted(map(str, profiles.glob("*.profraw")))
    if not raw:
        sys.exit(f"coverage.py: no profile in {profiles}: nothing ran")
    profile = profiles / "all.profdata"
    subprocess.run([tool("llvm-profdata"), "merge", "-sparse", "-o", profile, *raw], check=True)
    objects = programs(build)

    def export(arguments):
        return subprocess.run([tool("llvm-cov"), "export", f"-instr-profile={profile}", *objects, *arguments],
                              check=True, stdout=subprocess.PIPE, text=True).stdout

    exported = json.loads(export([]))["data"][0]["files"]
    files = {os.path.relpath(data["filename"], ROOT): data for data in exported}
    if given.missing:
        given.missing.write_text(missing(export, {name: data for part in PARTS for name, data in summary(files, part[1])[0].items()}))
    short = 0
    for part, folders, least_lines, least_branches in PARTS:
        own, (lines, all_lines, branches, all_branches) = summary(files, folders)
        for name, data in sorted(own.items()):
            of = data["summary"]
            if any(of[kind]["covered"] < of[kind]["count"] for kind in ("lines", "branches")):
                print(f"  {name}: lines {of['lines']['covered']} of {of['lines']['count']}, "
                      f"branches {of['branches']['covered']} of {of['branches']['count']}")
        for kind, covered, count, least in (("lines", lines, all_lines, least_lines), ("branches", branches, all_branches, least_branches)):
            reached = percent(covered, count)
            print(f"{part}: {reached:.2f}% of {count} {kind}, at least {least}%{'' if reached >= least else ': too few'}")
            short += reached < least
    sys.exit(1 if short else 0)


if __name__ == "__main__":
    main()
