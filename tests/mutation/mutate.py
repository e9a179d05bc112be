#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""Whether the tests see a fault: one comparison, sign or constant is changed at a time, and some test has to fail.

mutate.py [--count N] [--seed S] [--minutes M] [--only REGEX] [--jobs J] [--again FILE] SOURCE SCRATCH

Each of J copies of SOURCE, its build beside it, is in SCRATCH: one mutant at a time is made there, compiled, and put right again. A
sample of N mutants of the solver, the operators and the readers is drawn by the seed; --again takes those that a list of verdicts,
as this script prints it, calls survived, and looks for them by the text of their lines. The test programs of a mutant's layer are
built one after the other, and the suites of each run, those first that have most words of the file's name and then the shortest,
until one fails. A mutant is killed where a test fails, crashes, or takes ten seconds of processor time more than five times what it
takes otherwise; equivalent where every program stays the same, byte for byte; invalid where it does not compile. Exit code 1 when
fewer than 90 in 100 of the others are killed. Survivors that have been looked at are in left.md; they count as survivors here.

The library is compiled at -O1, the kernels and their bits as always. ccache saves compiling what is put right once more:
CMAKE_CXX_COMPILER_LAUNCHER=ccache in the environment.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time

Mutant = collections.namedtuple("Mutant", "path number column old new")

# Files, and the programs that test them, the nearest first; the suites of a program are CTest's.
LAYERS = [
    ("lib/solver/*.?pp", ["test_solver", "test_c_api"]),
    ("lib/dense_algebra/*.?pp", ["test_diagnostics", "test_operators", "test_solver"]),
    ("lib/operators/*.?pp", ["test_operators", "test_solver", "test_c_api"]),
] + [(f"apps/common/{reader}*.?pp", ["test_apps_common"]) for reader in (
    "csv", "npy", "npz", "inflate", "matrix_market", "coordinate_table", "distance_table", "pauli_table", "read_values", "rounded_file")]

SWAPS = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " == ": " != ", " != ": " == ", " && ": " || ", " || ": " && ",
         " + ": " - ", " - ": " + ", " += ": " -= ", " -= ": " += ", " * ": " / "}
OPERATOR = re.compile("|".join(re.escape(old) for old in sorted(SWAPS, key=len, reverse=True)))
CONSTANT = re.compile(r"(?<![\w.\"'])(\d+)(?![\w.'])")
# What is no code that runs, or changes nothing but a word.
SKIPPED = re.compile(r"^\s*(//|#|template|static_assert|using|return \"|case |extern)|^(?:[^\"]*\"[^\"]*\")+[^\"]*$")
VERDICT = re.compile(r"^survived: (?P<path>[^:]+):(?P<number>\d+):(?P<column>\d+): '(?P<old>[^']*)' -> '(?P<new>[^']*)': (?P<line>.*)$")

CONFIGURED = ["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -w", "-DTINYRANK_WARNINGS_AS_ERRORS=OFF",
              "-DTINYRANK_MPI=OFF", "-DTINYRANK_BUILD_PYTHON=OFF", "-DTINYRANK_BUILD_BENCH=OFF", "-DCMAKE_UNITY_BUILD=OFF"]
# A program may take this many bytes: no mutant takes the machine's memory.
MOST_MEMORY = 8 << 30
MOST_SECONDS = 600


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


def survivors(source, listed):
    """The mutants that a list calls survived, where their lines are now."""
    for verdict in filter(None, map(VERDICT.match, listed.read_text().splitlines())):
        lines = (source / verdict["path"]).read_text().split("\n")
        number = int(verdict["number"]) - 1
        places = sorted((at for at, line in enumerate(lines) if line.strip() == verdict["line"]), key=lambda at: abs(at - number))
        column = int(verdict["column"]) - 1
        if not places or lines[places[0]][column:column + len(verdict["old"])] != verdict["old"]:
            print(f"gone: {verdict['path']}: {verdict['line']}")
            continue
        yield Mutant(verdict["path"], places[0], column, verdict["old"], verdict["new"])


def words_of(name):
    return set(re.split(r"[/._ -]", name))


class Judge:
    """One copy of the tree, and its build."""

    seconds, measuring = {}, threading.Lock()  # What a suite takes as it is, in one copy as in the next.

    def __init__(self, tree, scratch):
        self.source, self.build = scratch / "source", scratch / "build"
        self.plain, self.suites = {}, {}
        self.copy(tree)
        done = subprocess.run(["cmake", "-G", "Ninja", "-S", self.source, "-B", self.build, *CONFIGURED], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)

    def copy(self, tree):
        """Only what differs is written, so that its time is new: a file put right after a mutant is newer than the mutant's object."""
        names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=tree,
                               stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
        for gone in {path for path in self.source.rglob("*") if path.is_file()} - {self.source / name for name in names}:
            gone.unlink()
        for name in filter(None, names):
            old, new = tree / name, self.source / name
            if not old.is_file() or (new.is_file() and new.read_bytes() == old.read_bytes()):
                continue
            new.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(old.read_bytes())
            new.chmod(old.stat().st_mode)

    def compile(self, program):
        return subprocess.run(["cmake", "--build", self.build, "-j1", "--target", program], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    def suites_of(self, program):
        """CTest knows the command of a program that is there."""
        tests = json.loads(subprocess.run(["ctest", "--test-dir", self.build, "--show-only=json-v1"], stdout=subprocess.PIPE,
                                          check=True).stdout)["tests"]
        # One under an emulator or of a script is not of these.
        return [test for test in tests if pathlib.Path(test.get("command", [""])[0]).name == program]

    def digest(self, program):
        return hashlib.sha256(pathlib.Path(self.suites[program][0]["command"][0]).read_bytes()).digest()

    def run(self, suite, limit):
        """Whether it passes in so many seconds of processor time, and what it takes."""
        properties = {entry["name"]: entry["value"] for entry in suite.get("properties", [])}
        environment = os.environ | dict(entry.split("=", 1) for entry in properties.get("ENVIRONMENT", []))
        command = suite["command"] + ([] if "c_api" in suite["name"] else ["--abort-after=1"])
        limited = ["timeout", "--kill-after=5", str(MOST_SECONDS), "sh", "-c",
                   f"ulimit -c 0; ulimit -t {limit:.0f}; ulimit -v {MOST_MEMORY >> 10}; exec \"$@\"", "sh", *command]
        child = subprocess.Popen(limited, cwd=properties.get("WORKING_DIRECTORY", self.build), env=environment,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, ended, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(ended)
        return child.returncode == 0, used.ru_utime + used.ru_stime

    def prepare(self, program):
        """A program as it is, once: it builds, its bytes, and its suites, which pass."""
        if program in self.plain:
            return
        if not self.compile(program):
            sys.exit(f"mutate.py: {program} does not build as it is")
        self.suites[program] = self.suites_of(program)
        self.plain[program] = self.digest(program)
        with self.measuring:
            for suite in self.suites[program]:
                if suite["name"] in self.seconds:
                    continue
                passed, self.seconds[suite["name"]] = self.run(suite, MOST_SECONDS)
                if not passed:
                    sys.exit(f"mutate.py: {suite['name']} fails as it is")

    def verdict(self, mutant, programs):
        """The word, and the suite that fails."""
        for program in programs:
            self.prepare(program)
        path = self.source / mutant.path
        text = path.read_text()
        near = words_of(mutant.path)
        differs = False
        try:
            path.write_text(changed(text, mutant))
            for program in programs:
                if not self.compile(program):
                    return "invalid", ""
                if self.digest(program) == self.plain[program]:
                    continue
                differs = True
                for suite in sorted(self.suites[program],
                                    key=lambda one: (-len(near & words_of(one["name"])), self.seconds[one["name"]])):
                    if not self.run(suite, 10 + 5 * self.seconds[suite["name"]])[0]:
                        return "killed", suite["name"]
            return ("survived" if differs else "equivalent"), ""
        finally:
            path.write_text(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--only", default="", help="a regular expression of paths")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--again", type=pathlib.Path, help="a list of verdicts, whose survivors are judged once more")
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("scratch", type=pathlib.Path)
    given = parser.parse_args()
    source, scratch = given.source.resolve(), given.scratch.resolve()

    # A file is of the first layer that names it.
    of_file, sites = {}, []
    for pattern, programs in LAYERS:
        for path in sorted(source.glob(pattern)):
            name = str(path.relative_to(source))
            if name not in of_file and re.search(given.only, name):
                of_file[name] = programs
                sites += mutants_of(source, name)
    if not sites:
        sys.exit("mutate.py: no place to change anything")
    if given.again:
        sample = [mutant for mutant in survivors(source, given.again) if mutant.path in of_file]
    else:
        sample = random.Random(given.seed).sample(sites, min(given.count, len(sites)))

    counts, end = collections.Counter(), time.time() + 60 * given.minutes
    waiting, turn = collections.deque(sample), threading.Lock()

    def work(number):
        judge = Judge(source, scratch / str(number))
        while time.time() < end:
            with turn:
                if not waiting:
                    return
                mutant = waiting.popleft()
            found, by = judge.verdict(mutant, of_file[mutant.path])
            line = (source / mutant.path).read_text().split("\n")[mutant.number].strip()
            with turn:
                counts[found] += 1
                print(f"{found}{' by ' + by if by else ''}: {mutant.path}:{mutant.number + 1}:{mutant.column + 1}: "
                      f"'{mutant.old}' -> '{mutant.new}': {line}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for done in [pool.submit(work, number) for number in range(1, given.jobs + 1)]:
            done.result()
    if waiting:
        print(f"{given.minutes:g} minutes are over before {len(waiting)} mutants")
    judged = counts["killed"] + counts["survived"]
    share = 100 * counts["killed"] / judged if judged else 0
    print(f"of {len(sites)} places {sum(counts.values())} were changed, seed {given.seed}: {counts['killed']} killed, {counts['survived']} "
          f"survived, {counts['equivalent']} equivalent, {counts['invalid']} invalid: {share:.1f}% killed, at least 90%")
    sys.exit(0 if share >= 90 else 1)


if __name__ == "__main__":
    main()
