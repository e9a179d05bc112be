#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""ratings.py TINYRANK BFI.CSV [--seeds N] [--picture FILE.svg]: docs/ratings.md's table and its picture.

A tenth of the known answers is hidden, foretold from all others, and compared. Needs numpy; the picture matplotlib."""

import argparse
import csv
import json
import os
import subprocess
import tempfile

import numpy as np

LOW, HIGH = 1, 6
WAYS = {
    "staircase, centred by columns": ["--center", "columns"],
    "staircase, centred by both": ["--center"],
    "`--ridge auto`, centred by both": ["--center", "--ridge", "auto"],
    "`--ridge auto`, centred by columns": ["--center", "columns", "--ridge", "auto"],
    "the same with `--rank 8`": ["--center", "columns", "--ridge", "auto", "--rank", "8"],
}


def read_table(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    answers = [[float(cell) if cell else np.nan for cell in row[1:]] for row in rows[1:]]
    return rows[0][1:], [row[0] for row in rows[1:]], np.array(answers)


def write_table(path, questions, people, table):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["", *questions])
        for person, row in zip(people, table):
            out.writerow([person, *("" if np.isnan(value) else f"{value:g}" for value in row)])


def hide_a_tenth(table, random):
    """The table without them, and where they are."""
    known = np.argwhere(~np.isnan(table))
    hidden = known[random.permutation(len(known))[: len(known) // 10]]
    left = table.copy()
    left[tuple(hidden.T)] = np.nan
    return left, tuple(hidden.T)


def rms(foretold, table, places):
    return float(np.sqrt(np.mean((np.clip(foretold, LOW, HIGH)[places] - table[places]) ** 2)))


def soft_impute(table, thresholds):
    """Mazumder, Hastie & Tibshirani, JMLR 2010: for each threshold, from the largest on, fill the holes in, lower the
    singular values, again; on columns without their means."""
    means, known = np.nanmean(table, axis=0), ~np.isnan(table)
    values, filled = np.where(known, table - means, 0), np.zeros(table.shape)
    for threshold in thresholds:
        for _ in range(500):
            u, s, v = np.linalg.svd(np.where(known, values, filled), full_matrices=False)
            before, filled = filled, (u * np.maximum(s - threshold, 0)) @ v
            if np.linalg.norm(filled - before) <= 1e-4 * np.linalg.norm(filled):
                break
        yield means + filled


def best_soft_impute(table, random):
    """Its threshold by another hidden tenth, then fitted to all that is known."""
    left, hidden = hide_a_tenth(table, random)
    largest = np.linalg.norm(np.nan_to_num(left - np.nanmean(left, axis=0)), 2)
    thresholds = largest * 0.8 ** np.arange(1, 14)
    errors = [rms(foretold, table, hidden) for foretold in soft_impute(left, thresholds)]
    for foretold in soft_impute(table, thresholds[: int(np.argmin(errors)) + 1]):
        pass
    return foretold


def recover(program, scratch, arguments):
    """The table that it fills in, and its report."""
    estimate, report = os.path.join(scratch, "estimate.npy"), os.path.join(scratch, "report.json")
    subprocess.run([program, "recover", "--sensing", "rectangular:" + os.path.join(scratch, "known.csv"), "--range",
                    f"{LOW},{HIGH}", "--estimate-out", estimate, "--report", report, "--threads", "1", "--quiet", *arguments],
                   check=True)
    with open(report) as file:
        return np.load(estimate), json.load(file)


def compare(program, path, seeds):
    """By way a list of errors, one for each seed, and of ranks where it has one."""
    questions, people, table = read_table(path)
    errors, ranks = {}, {}
    for seed in range(1, seeds + 1):
        random = np.random.default_rng(seed)
        left, hidden = hide_a_tenth(table, random)
        foretold = {"mean of the question": np.broadcast_to(np.nanmean(left, axis=0), table.shape),
                    "soft-impute in numpy": best_soft_impute(left, random)}
        with tempfile.TemporaryDirectory() as scratch:
            write_table(os.path.join(scratch, "known.csv"), questions, people, left)
            for way, arguments in WAYS.items():
                foretold[way], report = recover(program, scratch, arguments)
                ranks.setdefault(way, []).append(report.get("rank_found", report.get("numerical_rank")))
        for way, values in foretold.items():
            errors.setdefault(way, []).append(rms(values, table, hidden))
    return errors, ranks


def as_table(errors, ranks):
    lines = ["| way | error, mean | least | most | rank |", "|---|---|---|---|---|"]
    for way, each in errors.items():
        found = sorted(set(ranks.get(way, [])))
        lines.append(f"| {way} | {np.mean(each):.3f} | {min(each):.3f} | {max(each):.3f} | {', '.join(map(str, found))} |")
    return "\n".join(lines)


def varimax(loadings):
    """Columns turned so that each is large in a few rows (Kaiser 1958)."""
    turn = np.eye(loadings.shape[1])
    for _ in range(200):
        turned = loadings @ turn
        u, _, v = np.linalg.svd(loadings.T @ (turned**3 - turned * np.mean(turned**2, axis=0)))
        turn = u @ v
    return loadings @ turn


def draw(program, path, errors, picture):
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "tinyrank", "font.size": 9})
    import matplotlib.pyplot as plt

    questions = read_table(path)[0]
    with tempfile.TemporaryDirectory() as scratch:
        factor = os.path.join(scratch, "U.npy")
        subprocess.run([program, "recover", "--sensing", "rectangular:" + path, "--center", "columns", "--ridge", "2.4e-4",
                        "--rank", "5", "--factor-out", factor, "--threads", "1", "--quiet"], check=True)
        right = varimax(np.load(factor)[-len(questions):].astype(float))
    right = right[:, np.argsort([np.argmax(np.abs(column).reshape(5, 5).sum(axis=1)) for column in right.T])]
    figure, (left, loadings) = plt.subplots(1, 2, figsize=(9, 4.2), gridspec_kw={"width_ratios": [1.5, 1]})
    for place, (way, each) in enumerate(reversed(errors.items())):
        left.plot([min(each), max(each)], [place, place], color="0.6", lw=4, solid_capstyle="round")
        left.plot(np.mean(each), place, "o", color="tab:blue")
    left.set_yticks(range(len(errors)), [way.replace("`", "") for way in reversed(errors)])
    left.set_xlabel("hidden answers are missed by (root mean square, of 1 to 6)")
    left.grid(axis="x", alpha=0.3)
    shown = loadings.imshow(right, cmap="RdBu", aspect="auto", vmin=-np.abs(right).max(), vmax=np.abs(right).max())
    loadings.set_yticks(range(len(questions)), questions, fontsize=6)
    loadings.set_xticks(range(5), range(1, 6))
    loadings.set_xlabel("column")
    loadings.set_title("R of five columns, turned (varimax)", fontsize=9)
    figure.colorbar(shown, ax=loadings)
    figure.tight_layout()
    figure.savefig(picture, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("table")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--picture")
    given = parser.parse_args()
    errors, ranks = compare(given.program, given.table, given.seeds)
    print(as_table(errors, ranks))
    if given.picture:
        draw(given.program, given.table, errors, given.picture)


if __name__ == "__main__":
    main()
