#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_pages.py tomography|phase PROGRAM DOCS SCRATCH"""

import contextlib
import io
import os
import shutil
import subprocess
import sys

import transcripts


def fail(text):
    sys.exit("failed: " + text)


def without_times(text):
    return "\n".join(transcripts.without_times(text.split("\n")))


def run_commands(page, program, docs):
    path = os.path.dirname(program) + os.pathsep + os.environ["PATH"]
    count = 0
    for command, expected in transcripts.commands(page):
        words = command
        if command.startswith("docs/pages/"):
            words = f"'{sys.executable}' '{docs}'/{command.removeprefix('docs/')}"
        done = subprocess.run(words, shell=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              env={**os.environ, "PATH": path})
        if done.returncode not in (0, 4) or without_times(done.stdout.rstrip("\n")) != without_times("\n".join(expected)):
            fail("%s\nends with %d and prints\n%s\nthe page has\n%s" % (command, done.returncode, done.stdout, "\n".join(expected)))
        count += 1
    return count


def check_printed(page, call):
    """Every line that is printed is one of the page. Returns the lines."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        call()
    lines = text.getvalue().rstrip("\n").split("\n")
    known = [without_times(line.strip()) for line in page.split("\n")]
    for line in lines:
        if without_times(line) not in known:
            fail("not on the page: " + line)
    return lines


def tomography(page, program):
    import tomography as script
    lines = check_printed(page, lambda: script.table(program, "picture.svg"))
    if os.path.getsize("picture.svg") < 1000:
        fail("no picture")
    # What is published for six qubits, rank 3, 1,228 labels.
    beaten = 0
    for line in lines:
        cells = [cell.strip() for cell in line.split("|")]
        if "rank 3" in line:
            seconds, error = float(cells[-2].split()[0]), float(cells[-3])
            at_most, within = (0.00106, 1.03) if cells[4] == "exact" else (0.213, 3.85)
            if not (error < at_most and seconds < within):
                fail("not better than published: " + line)
            beaten += 1
    if beaten != 2:
        fail("the published figures were compared %d times" % beaten)


def phase(page, program):
    import phase as script
    table = os.path.join(os.path.dirname(script.__file__), "phase.csv")
    check_printed(page, lambda: script.table(table))
    rows = {(int(row["masks"]), int(row["seed"]), row["method"]): row for row in script.read(table)}
    if len(rows) != len(script.COUNTS) * len(script.SEEDS) * (len(script.METHODS) + 1):
        fail("phase.csv is not whole")
    # Some of its runs once more. The transforms of another numpy may differ in the last bit.
    for count, seed, method, said, error, _ in script.runs(program, (6, 10), (1, 2)):
        row = rows[count, seed, method]
        if said != row["said"] or not 1 / 3 < error / float(row["error"]) < 3:
            fail("%d masks, seed %d, %s: %s, error %.3e; phase.csv has %s" % (count, seed, method, said, error, row))
    script.draw(program, table, "picture.svg")
    if os.path.getsize("picture.svg") < 1000:
        fail("no picture")


if __name__ == "__main__":
    name, program, docs, scratch = sys.argv[1:]
    with open(os.path.join(docs, name + ".md"), encoding="utf-8") as file:
        text = file.read()
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    os.chdir(scratch)
    sys.path.insert(0, os.path.join(docs, "pages"))
    if run_commands(text, program, docs) < 4:
        fail("the page shows fewer commands than it had")
    {"tomography": tomography, "phase": phase}[name](text, program)
