#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""What the tests of this machine reach, by llvm-cov: lines and branches of lib and of apps.

coverage.py [--ran] [--tests REGEX] [--missing FILE] BUILD

BUILD is that of the preset `coverage`. Runs its tests, or with --ran takes what an earlier run left; prints a line for each part and
for each file that is not whole; --missing writes, for each file, the lines that nothing reached and the outcomes of conditions that
never came up. Exit code 1 below the thresholds. Headers of include/tinyrank are of lib. What is left, and why: tests/coverage/left.md.

A line and an outcome count once, and are reached when any program reached them, in any type of a template and under any flags. Each
program is exported by itself for that: of functions that have one name in several programs and differ by their flags (threads or
none, the kernels of an instruction set) llvm-cov looks at the first alone, and all that the others reached would be lost.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Part, its folders, and the least of lines and of branches in percent.
PARTS = [("lib", ("lib/", "include/tinyrank/"), 99.5, 97.0), ("apps", ("apps/",), 99.0, 95.0)]


# What the compiler evaluates and nothing calls at run time: such functions leave nothing that could count. See left.md.
EVALUATED = re.compile(r"\d(table_of|replacement|piece_of|residual_block|names_every_field|reserved_bytes|count_bytes"
                       r"|crc_table|every_file_has_a_loader|settings_table)(I|clI|Ev|Em|C[12]Ev)")


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
    """Every program that counts, once, of however many copies."""
    found, seen = [], set()
    for path in sorted(build.rglob("*")):
        if not path.is_file() or not os.access(path, os.X_OK) or "CMakeFiles" in path.parts or path.suffix:
            continue
        with open(path, "rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).digest()
        if b"__llvm_covmap" in content and digest not in seen:
            seen.add(digest)
            found.append(path)
    if not found:
        sys.exit(f"coverage.py: {build} has no program that counts: is it of the preset coverage?")
    return found


def name_of(file):
    """Within the tree, or None."""
    name = os.path.relpath(file, ROOT)
    return name if any(name.startswith(folders) for _, folders, _, _ in PARTS) else None


class Lines:
    """How often each line was reached. Of a function that a program has and never calls, its lines are those of the programs that do
    call it: without a call llvm-cov takes all that stands between its braces for code, comments and the other side of an #if too.
    """

    def __init__(self):
        self.counts = {}
        self.called = set()
        self.idle = {}

    def add(self, lcov, functions):
        """Of one program."""
        spans = {}
        for function in functions:
            first, column, last, *_ = function["regions"][0]
            name = name_of(function["filenames"][0])
            if name is not None:
                span = spans.setdefault((name, first, column), [0, last])
                span[0] += function["count"]
                span[1] = max(span[1], last)
        idle = {}
        for (name, first, column), (count, last) in spans.items():
            if count:
                self.called.add((name, first, column))
            else:
                idle.setdefault(name, []).append((first, last, (name, first, column)))
        name = None
        for line in lcov.splitlines():
            key, _, value = line.partition(":")
            if key == "SF":
                name = name_of(value)
            elif key == "DA" and name is not None:
                number, count = map(int, value.split(",")[:2])
                within = [] if count else [of for first, last, of in idle.get(name, []) if first <= number <= last]
                for of in within:
                    self.idle.setdefault(of, set()).add(number)
                if not within:
                    own = self.counts.setdefault(name, {})
                    own[number] = own.get(number, 0) + count

    def all(self):
        """lines[file][number]"""
        for of, numbers in self.idle.items():
            if of not in self.called:
                for number in numbers:
                    self.counts.setdefault(of[0], {}).setdefault(number, 0)
        return self.counts


def outcomes_of(functions, outcomes):
    """Adds to outcomes[file][place] how often a program's conditions were true, false, and reached as constants.

    A place is a line and a column, of a macro's condition behind those of where it stands.
    """
    for function in functions:
        files, expanded = function["filenames"], {}
        for line, column, _, _, _, file, into, kind in function["regions"]:
            if kind == 1:
                expanded[into] = (file, line, column)
        for line, column, _, _, true, false, file, *_ in function["branches"]:
            place, within = (line, column), file
            while within in expanded:
                within, *stands = expanded[within]
                place = (*stands, *place)
            name = name_of(files[within])
            if name is None:
                continue
            seen = outcomes.setdefault(name, {}).setdefault(place, [0, 0, False])
            seen[0] += true
            seen[1] += false
            if not true and not false:
                # A constant counts nothing, and is known from a condition that nothing reached by what it stands in.
                around = [region for region in function["regions"] if region[5] == file and region[7] == 0
                          and (region[0], region[1]) <= (line, column) < (region[2], region[3])]
                seen[2] |= bool(around) and max(around, key=lambda region: (region[0], region[1]))[4] > 0


def evaluated_of(functions, evaluated):
    """Adds to evaluated[file] the lines of functions that only the compiler calls."""
    for function in functions:
        if EVALUATED.search(function["name"]) and not function["count"]:
            name = name_of(function["filenames"][0])
            first, _, last, *_ = function["regions"][0]
            if name is not None:
                evaluated.setdefault(name, set()).update(range(first, last + 1))


def without_evaluated(lines, outcomes, evaluated):
    """Takes them off, but for those that something called all the same; returns how many lines."""
    taken = 0
    for name, numbers in evaluated.items():
        for number in sorted(numbers):
            if lines.get(name, {}).get(number) == 0:
                del lines[name][number]
                taken += 1
        for place, (true, false, _) in list(outcomes.get(name, {}).items()):
            if place[0] in numbers and not true and not false:
                del outcomes[name][place]
    return taken


def reached_by(program, profile):
    """(lcov, functions) of one program."""
    def export(*arguments):
        return subprocess.run([tool("llvm-cov"), "export", f"-instr-profile={profile}", program, *arguments],
                              check=True, stdout=subprocess.PIPE, text=True).stdout

    return export("-format=lcov"), json.loads(export())["data"][0]["functions"]


def summary(name, lines, outcomes):
    """Reached and counted lines and outcomes of a file."""
    own = lines.get(name, {}).values()
    conditions = [seen for seen in outcomes.get(name, {}).values() if seen[0] or seen[1] or not seen[2]]
    return (sum(count > 0 for count in own), len(own),
            sum(bool(true) + bool(false) for true, false, _ in conditions), 2 * len(conditions))


def missing(name, lines, outcomes):
    """The lines that nothing reached, and the outcomes that never came up."""
    text = [f"{name}\n  lines {' '.join(str(number) for number, count in sorted(lines.get(name, {}).items()) if not count)}"]
    for place, (true, false, constant) in sorted(outcomes.get(name, {}).items()):
        if (true and false) or (constant and not true and not false):
            continue
        never = "reached" if not true and not false else "true" if not true else "false"
        text.append(f"{':'.join(map(str, place))} never {never}")
    return "\n  ".join(text) + "\n"


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
    reached, outcomes, evaluated = Lines(), {}, {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for lcov, functions in pool.map(lambda program: reached_by(program, profile), programs(build)):
            reached.add(lcov, functions)
            outcomes_of(functions, outcomes)
            evaluated_of(functions, evaluated)
    lines = reached.all()
    print(f"not counted: {without_evaluated(lines, outcomes, evaluated)} lines of functions that the compiler alone evaluates")
    files = {name: summary(name, lines, outcomes) for name in sorted(lines.keys() | outcomes.keys())}
    holes = {name: of for name, of in files.items() if of[0] < of[1] or of[2] < of[3]}
    if given.missing:
        given.missing.write_text("".join(missing(name, lines, outcomes) for name in holes))
    short = 0
    for part, folders, least_lines, least_branches in PARTS:
        for name, (hit, count, up, most) in holes.items():
            if name.startswith(folders):
                print(f"  {name}: lines {hit} of {count}, branches {up} of {most}")
        hit, count, up, most = map(sum, zip(*(of for name, of in files.items() if name.startswith(folders))))
        for kind, covered, of, least in (("lines", hit, count, least_lines), ("branches", up, most, least_branches)):
            share = 100.0 * covered / of
            print(f"{part}: {share:.2f}% of {of} {kind}, at least {least}%{'' if share >= least else ': too few'}")
            short += share < least
    sys.exit(1 if short else 0)


if __name__ == "__main__":
    main()
