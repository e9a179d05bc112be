#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""test_ratings.py commands|table PROGRAM SOURCE: docs/ratings.md says what is so."""

import os
import re
import subprocess
import sys
import tempfile

import numpy as np

part, program, source = sys.argv[1:]
sys.path.insert(0, os.path.join(source, "examples"))
import ratings

data = os.path.join(source, "examples", "data", "bfi.csv")
with open(os.path.join(source, "docs", "ratings.md"), encoding="utf-8") as page_file:
    page = page_file.read()
faults = []


def without_times(text):
    return re.sub(r"\b\d+(\.\d+)? s:", "some s:", text).strip()


def check_commands():
    """Blocks of the language console: commands after "$ ", which may go on behind a backslash, and what they print."""
    blocks = re.findall(r"```console\n(.*?)```", page, flags=re.S)
    commands = [each for block in blocks for each in re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", block, flags=re.M)]
    if len(commands) < 4:
        faults.append(f"{len(commands)} commands were found on the page")
    with tempfile.TemporaryDirectory() as scratch:
        os.symlink(data, os.path.join(scratch, "bfi.csv"))
        environment = {**os.environ, "PATH": os.path.dirname(program) + ":" + os.environ["PATH"], "OMP_NUM_THREADS": "1"}
        for command, shown in commands:
            run = subprocess.run(["sh", "-c", command], cwd=scratch, env=environment, capture_output=True, text=True)
            if without_times(run.stdout) != without_times(shown):
                faults.append(f"$ {command}\nprints\n{run.stdout}{run.stderr}\nand the page says\n{shown}")


def check_minimum():
    """With all columns the penalised fit is soft-impute's of the threshold 2 m lambda."""
    questions, people, answers = ratings.read_table(data)
    known, ridge = ~np.isnan(answers), 2.4e-4
    with tempfile.TemporaryDirectory() as scratch:
        ratings.write_table(os.path.join(scratch, "known.csv"), questions, people, answers)
        ours, _ = ratings.recover(program, scratch, ["--center", "columns", "--ridge", str(ridge), "--rank", "25"])
    threshold = 2 * known.sum() * ridge
    theirs = np.clip(list(ratings.soft_impute(answers, [threshold]))[0], ratings.LOW, ratings.HIGH)
    apart = np.sqrt(np.mean((ours - theirs) ** 2))
    if not apart < 0.002:
        faults.append(f"25 columns and soft-impute are {apart} apart")


def check_table():
    """Two of the page's five seeds, within what the five spanned and 0.005."""
    rows = {cells[0]: [float(cell) for cell in cells[1:4]] for cells in re.findall(
        r"^\| ([^|]+?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| [^|]*\|$", page, flags=re.M)}
    errors, ranks = ratings.compare(program, data, 2)
    print(ratings.as_table(errors, ranks))
    if sorted(rows) != sorted(errors):
        faults.append(f"the page has rows {sorted(rows)}, and there are {sorted(errors)}")
        return
    slack = 0.005
    for way, each in errors.items():
        mean, least, most = rows[way]
        if not least <= mean <= most:
            faults.append(f"{way}: the page's mean is outside its bounds")
        faults.extend(f"{way}: {error:.4f} is outside the page's {least} to {most}" for error in each
                      if not least - slack <= error <= most + slack)
    check_minimum()
    ours, theirs = errors["`--ridge auto`, centred by columns"], errors["soft-impute in numpy"]
    means = errors["mean of the question"]
    for ridge, imputed, mean in zip(ours, theirs, means):
        if not ridge <= imputed + slack:
            faults.append(f"soft-impute is better: {imputed:.4f}, and --ridge auto {ridge:.4f}")
        if not ridge <= 0.86 * mean:
            faults.append(f"the means are nearly as good: {mean:.4f}, and --ridge auto {ridge:.4f}")


{"commands": check_commands, "table": check_table}[part]()
print("\n".join(faults))
sys.exit(1 if faults else 0)
