#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""The numbers and the picture of docs/tomography.md.

tomography.py measure ghz|w|random QUBITS LABELS SHOTS DRAW NAME   writes NAME.csv (label,value) and NAME.npy (rho)
tomography.py table PROGRAM [FILE.svg]                             prints the tables, draws the picture

SHOTS 0: exact values. DRAW: the seed of the labels and of the shots.
"""

import os
import sys

import numpy as np

import common

STATES = {"ghz": "GHZ", "w": "W", "random": "random, rank 3"}
CASES = [(state, qubits, labels, shots)
         for state, qubits, labels in (("ghz", 3, 64), ("ghz", 3, 40), ("w", 3, 64), ("w", 3, 40), ("ghz", 6, 1228), ("w", 6, 1228),
                                       ("random", 6, 1228))
         for shots in (0, 10000)]
DRAWS = range(1, 4)
COUNTS = (16, 24, 32, 40, 48, 56)
MANY_DRAWS = range(1, 21)
WRONG = 0.01  # of the norm of rho, from exact values
COHERENCE = {"X" * 3, "XYY", "YXY", "YYX"}


def factor_of(state, qubits, draw):
    size = 1 << qubits
    if state == "random":
        random = np.random.RandomState(draw)
        w = random.randn(size, 3) + 1j * random.randn(size, 3)
    else:
        w = np.zeros((size, 1), complex)
        w[[0, size - 1] if state == "ghz" else [1 << k for k in range(qubits)]] = 1
    return w / np.linalg.norm(w)


def labels_of(qubits, count, draw):
    """The identity, whose value is the trace and known to be 1, and others at random."""
    drawn = np.random.RandomState(draw).permutation(4**qubits - 1)[:count - 1] + 1
    return ["".join("IXYZ"[code >> 2 * (qubits - 1 - k) & 3] for k in range(qubits)) for code in sorted([0, *drawn])]


def expectation(w, label):
    flips = int("".join("01"[letter in "XY"] for letter in label), 2)
    signs = np.ones(1)
    for letter in label:
        signs = np.kron(signs, [1, -1 if letter in "YZ" else 1])
    rows = np.arange(len(w))
    return (w[rows ^ flips].conj() * (1j**label.count("Y") * signs)[:, None] * w).sum().real


def measure(state, qubits, count, shots, draw, name):
    w = factor_of(state, qubits, draw)
    random = np.random.RandomState(1000 + draw)
    with open(name + ".csv", "w") as file:
        print("label,value", file=file)
        for label in labels_of(qubits, count, draw):
            value = expectation(w, label)
            if shots != 0:
                value = 2 * random.binomial(shots, np.clip((1 + value) / 2, 0, 1)) / shots - 1
            print("%s,%.10g" % (label, value), file=file)
    np.save(name + ".npy", w @ w.conj().T)


def solve(program, state, qubits, count, shots, draw):
    measure(state, qubits, count, shots, draw, "s")
    return common.recover(program, "--sensing", "pauli:s.csv", "--unit-trace", "--truth", "s.npy", "--estimate-out", "rho.npy")


def cases(program):
    """Of each case: what was found in the draw with the largest error, and the median time."""
    for case in CASES:
        runs = [solve(program, *case, draw) for draw in DRAWS]
        worst = max(runs, key=lambda run: run["relative_test_error"])
        yield case, worst, float(np.median([run["seconds"] for run in runs]))


def counted(program):
    """(state, labels, right, wrong and said to be recovered, not determined) over many draws, 3 qubits, exact values."""
    for state in ("ghz", "w"):
        for count in COUNTS:
            runs = [solve(program, state, 3, count, 0, draw) for draw in MANY_DRAWS]
            said = [run for run in runs if run["exit_code"] == 0]
            right = sum(run["relative_test_error"] < WRONG for run in said)
            yield state, count, right, len(said) - right, len(runs) - len(said)


def blind(program, seed):
    """All labels of 3 qubits but the four that tell GHZ from its two halves, mixed."""
    measure("ghz", 3, 64, 0, 1, "exact")
    with open("exact.csv") as file, open("blind.csv", "w") as out:
        out.writelines(line for line in file if line.split(",")[0] not in COHERENCE)
    return common.recover(program, "--sensing", "pauli:blind.csv", "--unit-trace", "--truth", "exact.npy", "--seed", str(seed),
                          "--estimate-out", "rho.npy")


def missed(program):
    """The runs of those of 200 draws of 32 labels that have none of the four."""
    return [solve(program, "ghz", 3, 32, 0, draw) for draw in range(1, 201) if not COHERENCE & {*labels_of(3, 32, draw)}]


def table(program, picture=None):
    found, rows = list(cases(program)), list(counted(program))
    if picture:
        draw(program, found, rows, picture)
    for (state, qubits, labels, shots), run, seconds in found:
        print("| %s | %d | %d of %d | %s | %s | %d | %.1e | %.1e | %.2g s |" % (
            STATES[state], qubits, labels, 4**qubits, shots or "exact", run["verdict"], run["rank_found"],
            1 - run["fidelity"], run["relative_test_error"], seconds))
    for state, *row in rows:
        print("| %s | %d | %d | %d | %d |" % (STATES[state], *row))
    runs = [blind(program, seed) for seed in MANY_DRAWS]
    said = [run for run in runs if run["exit_code"] == 0]
    conditions = ", of condition %.0f and more" % min(run["condition"] for run in said) if said else ""
    print("without the four, of %d seeds: %d not determined, %d recovered and wrong%s" % (
        len(runs), len(runs) - len(said), sum(run["relative_test_error"] > WRONG for run in said), conditions))
    runs = missed(program)
    said = [run["relative_test_error"] < WRONG for run in runs if run["exit_code"] == 0]
    print("none of the four in %d of 200 draws of 32: %d not determined, %d recovered and right, %d recovered and wrong" % (
        len(runs), len(runs) - len(said), sum(said), len(said) - sum(said)))


def draw(program, solved, rows, path):
    plt = common.plots()
    figure, panels = plt.subplots(1, 5, figsize=(13, 2.9), gridspec_kw={"width_ratios": (1, 1, 1, 1.5, 1.5)})
    run = solve(program, "ghz", 3, 64, 10000, 1)
    found = [(np.load("s.npy"), "GHZ, 3 qubits:\nthe truth"),
             (np.load("rho.npy"), "64 labels, 10⁴ shots:\n" + run["verdict"])]
    run = blind(program, 1)
    found.append((np.load("rho.npy"), "60 labels, exact:\n" + run["verdict"]))
    for axes, (matrix, title) in zip(panels, found):
        image = axes.imshow(matrix.real, cmap="gray_r", vmin=0, vmax=0.5)
        axes.set(xticks=[0, 7], yticks=[0, 7])
        axes.set_xticklabels(["000", "111"])
        axes.set_yticklabels(["000", "111"])
        axes.set_title(title, fontsize=9)
    figure.colorbar(image, ax=panels[2], shrink=0.7, label=r"Re $\rho$")
    for shift, state in ((-1.7, "ghz"), (1.7, "w")):
        places = np.array(COUNTS) + shift
        below = np.zeros(len(COUNTS))
        for column, face, name in ((2, "0.75", "right"), (4, "white", "not determined"), (3, "black", "wrong")):
            heights = np.array([row[column] for row in rows if row[0] == state])
            panels[3].bar(places, heights, 3, below, color=face, edgecolor="black", lw=0.6, label=name if state == "w" else None)
            below = below + heights
        for place in places:
            panels[3].text(place, 20.3, STATES[state], ha="center", fontsize=6)
    panels[3].set(xlabel="labels of 64, exact values", ylabel="draws of 20", xticks=COUNTS, ylim=(0, 30))
    panels[3].legend(loc="upper left", frameon=False, fontsize=7, ncol=3, columnspacing=0.8, handlelength=1)
    for (state, qubits, labels, shots), run, seconds in solved:
        if state == "random":
            panels[4].loglog(seconds, run["relative_test_error"], "o", color="black")
            panels[4].annotate("tinyrank, %s" % ("10⁴ shots" if shots else "exact"), (seconds, run["relative_test_error"]),
                               xytext=(0, -7), textcoords="offset points", ha="center", va="top", fontsize=8)
    for seconds, error, name in ((1.03, 0.00106, "Riemannian"), (3.85, 0.213, "momentum")):
        panels[4].loglog(seconds, error, "s", markerfacecolor="white", color="black")
        panels[4].annotate(name + ",\npublished", (seconds, error), xytext=(0, -7), textcoords="offset points",
                           ha="center", va="top", fontsize=8)
    panels[4].set(xlabel="seconds", ylabel="relative error", xlim=(0.003, 30), ylim=(1e-6, 1))
    panels[4].set_title("6 qubits, rank 3, 1,228 labels", fontsize=9)
    common.save(figure, path)


if __name__ == "__main__":
    command, *words = sys.argv[1:] or [""]
    if command == "measure" and len(words) == 6:
        measure(words[0], *map(int, words[1:5]), words[5])
    elif command == "table" and len(words) in (1, 2):
        words = [os.path.abspath(word) for word in words]
        with common.scratch():
            table(*words)
    else:
        sys.exit(__doc__)
