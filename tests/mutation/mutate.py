#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""Whether the tests see a fault: one comparison, sign or constant is changed at a time, and some test has to fail.

mutate.py [--count N] [--seed S] [--minutes M] [--only REGEX] [--jobs J] SOURCE BUILD

SOURCE is a copy of the tree, which is changed and put right again; BUILD a build of it (make mutate makes both). A sample of N
mutants of the solver, the operators and the readers is drawn by the seed. Each builds the test programs of its layer and runs their
suites until one fails. A mutant is killed where a test fails or takes ten minutes; equivalent where the programs stay the same, byte
for byte; invalid where it does not compile. Exit code 1 when fewer than 90 in 100 of the others are killed; survivors are listed.
"""

import argparse
import collections
import hashlib
import pathlib
import random
import re
import subprocess
import sys
import time

Mutant = collections.namedtuple("Mutant", "path number column old new")

# Files, the programs that test them, and what CTest calls their suites: those nearest first.
LAYERS = [
    ("lib/solver/*.?pp", ["test_solver", "test_c_api"], [r"^solver\.", r"^c_api$"]),
    ("lib/dense_algebra/*.?pp", ["test_diagnostics", "test_solver", "test_operators"], [r"^diagnostics\.", r"^operators\.", r"^solver\."]),
    ("lib/operators/*.?pp", ["test_operators", "test_solver"], [r"^operators\.", r"^solver\."]),
] + [(f"apps/common/{reader}*.?pp", ["test_apps_common"], [r"^apps\.common$"]) for reader in (
    "csv", "npy", "npz", "inflate", "matrix_market", "coordinate_table", "distance_table", "pauli_table", "read_values", "rounded_file")]

SWAPS = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " == ": " != ", " != ": " == ", " && ": " || ", " || ": " && ",
         " + ": " - ", " - ": " + ", " += ": " -= ", " -= ": " += ", " * ": " / "}
OPERATOR = re.compile("|".join(re.escape(old) for old in sorted(SWAPS, key=len, reverse=True)))
CONSTANT = re.compile(r"(?<![\w.\"'])(\d+)(?![\w.'])")
# What is no code that runs, or changes nothing but a word.
SKIPPED = re.compile(r"^\s*(//|#|template|static_assert|using|return \"|case |extern)|^(?:[^\"]*\"[^\"]*\")+[^\"]*$")


def mutants_of(source, path):
    for number, line in enumerate((source / path).read_text().splitlines()):
        code = line.split("//")[0]
        if SKIPPED.search(code):
            continue
        for found in OPERATOR.finditer(code):
            yield Mutant(path, number, found.start(), found[0], SWAPS[found[0]])
        for found in CONSTANT.finditer(code):
            yield Mutant(path, number, found.start(), found[0], str(int(found[0]) + 1))


def changed(text, mutant):
    lines = text.split("\n")
    line = lines[mutant.number]
    lines[mutant.number] = line[:mutant.column] + mutant.new + line[mutant.column + len(mutant.old):]
    return "\n".join(lines)


class Judge:
    def __init__(self, source, build, jobs):
        self.source, self.build, self.jobs = source, build, jobs
        self.plain = {}

    def compile(self, programs):
        return subprocess.run(["cmake", "--build", self.build, f"-j{self.jobs}", "--target", *programs],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def digest(self, programs):
        found = {}
        for program in programs:
            path = next(path for path in self.build.rglob(program) if path.is_file())
            found[program] = hashlib.sha256(path.read_bytes()).digest()
        return found

    def prepare(self, programs):
        """The programs as they are, once: they build, and their bytes."""
        key = tuple(programs)
        if key not in self.plain:
            if not self.compile(programs):
                sys.exit(f"mutate.py: {' '.join(programs)} do not build as they are")
            self.plain[key] = self.digest(programs)
        return self.plain[key]

    def verdict(self, mutant, programs, suites):
        plain = self.prepare(programs)
        path = self.source / mutant.path
        text = path.read_text()
        try:
            path.write_text(changed(text, mutant))
            if not self.compile(programs):
                return "invalid"
            if self.digest(programs) == plain:
                return "equivalent"
            for suite in suites:
                ran = subprocess.run(["ctest", "--test-dir", self.build, "-R", suite, "--stop-on-failure", "--timeout", "600",
                                      f"-j{self.jobs}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                if ran.returncode != 0:
                    return "killed"
            return "survived"
        finally:
            path.write_text(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--only", default="", help="a regular expression of paths")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    given = parser.parse_args()
    source = given.source.resolve()

    # A file is of the first layer that names it.
    of_file, sites = {}, []
    for pattern, programs, suites in LAYERS:
        for path in sorted(source.glob(pattern)):
            name = str(path.relative_to(source))
            if name not in of_file and re.search(given.only, name):
                of_file[name] = (programs, suites)
                sites += mutants_of(source, name)
    if not sites:
        sys.exit("mutate.py: no place to change anything")
    sample = random.Random(given.seed).sample(sites, min(given.count, len(sites)))

    judge = Judge(source, given.build.resolve(), given.jobs)
    counts, end = collections.Counter(), time.time() + 60 * given.minutes
    for i, mutant in enumerate(sample):
        if time.time() > end:
            print(f"{given.minutes:g} minutes are over after {i} mutants")
            break
        found = judge.verdict(mutant, *of_file[mutant.path])
        counts[found] += 1
        line = (source / mutant.path).read_text().split("\n")[mutant.number].strip()
        print(f"{found}: {mutant.path}:{mutant.number + 1}:{mutant.column + 1}: '{mutant.old}' -> '{mutant.new}': {line}", flush=True)
    judged = counts["killed"] + counts["survived"]
    share = 100 * counts["killed"] / judged if judged else 0
    print(f"of {len(sites)} places {sum(counts.values())} were changed, seed {given.seed}: {counts['killed']} killed, {counts['survived']} "
          f"survived, {counts['equivalent']} equivalent, {counts['invalid']} invalid: {share:.1f}% killed, at least 90%")
    sys.exit(0 if share >= 90 else 1)


if __name__ == "__main__":
    main()
