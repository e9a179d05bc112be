#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""The numbers and the picture of docs/phase.md.

phase.py measure MASKS SEED           writes y.npy, what the masks of that seed make of digit.csv
phase.py compare W.npy                prints how far the factor is from the digit
phase.py success PROGRAM FILE.csv     all runs of the table; minutes
phase.py table FILE.csv               prints the table
phase.py draw PROGRAM FILE.csv FILE.svg
"""

import csv
import os
import sys

import numpy as np

import common

COUNTS = (2, 3, 4, 5, 6, 8, 10)
SEEDS = range(1, 21)
SUCCESS = 0.01  # ||W W^H - x x^H|| / ||x x^H||
METHODS = {
    "staircase": (),
    "gradient descent, r = 1": ("--method", "gradient-descent", "--rank", "1"),
    "quasi-newton, r = 2": ("--method", "quasi-newton", "--rank", "2"),
}
FLOW = "Wirtinger flow, numpy"


def digit():
    return np.loadtxt(os.path.join(os.path.dirname(os.path.abspath(__file__)), "digit.csv"), delimiter=",").ravel() / 255


def random_bits(seed, stream, index):
    """include/tinyrank/random.hpp, purpose `sensing`."""
    def mix(x):
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 % 2**64
        x = (x ^ x >> 27) * 0x94d049bb133111eb % 2**64
        return x ^ x >> 31
    key = mix(mix((seed + 0x9e3779b97f4a7c15) % 2**64) ^ (stream + (1 << 56)))
    x = (index + key) % 2**32
    x = (x ^ x >> 17) * 0xed5ad4bb % 2**32
    x = ((x ^ x >> 11) + (key >> 32)) * 0xac4c1b51 % 2**32
    x = (x ^ x >> 15) * 0x31848bab % 2**32
    return x ^ x >> 14


def masks_of(size, count, seed):
    """include/tinyrank/operators/coded_diffraction.hpp: quarter turns, 16 of them from a word."""
    turns = np.array([[random_bits(seed, mask, j // 16) >> 2 * (j % 16) & 3 for j in range(size)] for mask in range(count)])
    return np.array([1, 1j, -1, -1j])[turns]


def measure(count, seed):
    x = digit()
    masks = masks_of(x.size, count, seed)
    return masks, (abs(np.fft.fft(masks * x, 1024, axis=1))**2).ravel()


def error_of(w):
    x = digit()
    w = w.reshape(x.size, -1).astype(complex)
    return float(np.linalg.norm(w @ w.conj().T - np.outer(x, x)) / (x @ x))


def wirtinger_flow(masks, y, seed):
    """Candes, Li and Soltanolkotabi (arXiv 1407.1065): 50 power iterations, then 2,500 steps as they choose them."""
    size, m = masks.shape[1], y.size
    forward = lambda z: np.fft.fft(masks * z, 1024, axis=1).ravel()
    back = lambda v: (masks.conj() * (1024 * np.fft.ifft(v.reshape(len(masks), 1024), axis=1))[:, :size]).sum(0)
    random = np.random.RandomState(seed)
    z = random.randn(size) + 1j * random.randn(size)
    for _ in range(50):
        z = back(y * forward(z))
        z /= np.linalg.norm(z)
    scale = y.sum() / m
    z *= np.sqrt(scale)
    for step in range(1, 2501):
        image = forward(z)
        residual = abs(image)**2 - y
        if np.linalg.norm(residual) < 1e-4 * np.linalg.norm(y):
            break
        z = z - min(1 - np.exp(-step / 330), 0.2) / scale * back(residual * image) / m
    return z


def runs(program, counts, seeds):
    """(masks, seed, method, what it said, error, seconds)"""
    for count in counts:
        for seed in seeds:
            masks, y = measure(count, seed)
            np.save("y.npy", y)
            for method, words in METHODS.items():
                run = common.recover(program, "--sensing", "phase:n=784,masks=%d,seed=%d" % (count, seed),
                                     "--measurements", "y.npy", "--seed", str(seed), *words)
                yield count, seed, method, run.get("verdict") or run["outcome"], error_of(np.load("W.npy")), run["seconds"]
            yield count, seed, FLOW, "", error_of(wirtinger_flow(masks, y, seed)), 0


def success(program, path):
    program, path = os.path.abspath(program), os.path.abspath(path)
    with open(path, "w", newline="") as file, common.scratch():
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["masks", "seed", "method", "said", "error", "seconds"])
        for *row, error, seconds in runs(program, COUNTS, SEEDS):
            out.writerow([*row, "%.3e" % error, "%.2g" % seconds])
            file.flush()


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def counted(rows, count, method):
    of = [row for row in rows if int(row["masks"]) == count and row["method"] == method]
    return sum(float(row["error"]) < SUCCESS for row in of)


def table(path):
    rows = read(path)
    for method in (*METHODS, FLOW):
        print("| %s | %s |" % (method, " | ".join(str(counted(rows, count, method)) for count in COUNTS)))
    of = [row for row in rows if row["method"] == "staircase"]
    said = [row["said"] == "recovered" for row in of]
    right = [float(row["error"]) < SUCCESS for row in of]
    print("%d answers of the staircase: %d recovered, of which %d are right; %d not, of which %d are right" % (
        len(of), sum(said), sum(map(min, said, right)), len(of) - sum(said), sum(r and not s for s, r in zip(said, right))))


def draw(program, path, picture):
    rows, program, picture = read(path), os.path.abspath(program), os.path.abspath(picture)
    plt = common.plots()
    x = digit()
    figure, panels = plt.subplots(1, 5, figsize=(13, 3.1), gridspec_kw={"width_ratios": (1, 1, 1, 1, 2)})
    with common.scratch():
        images = [(x.reshape(28, 28), "the digit")]
        for count in (2, 4):
            masks, y = measure(count, 1)
            np.save("y.npy", y)
            run = common.recover(program, "--sensing", "phase:n=784,masks=%d,seed=1" % count, "--measurements", "y.npy")
            w = np.load("W.npy")
            w = w[:, :1] * (w[:, :1].conj().T @ x / abs(w[:, :1].conj().T @ x))
            if count == 2:
                images.append((np.log10(y[:1024].reshape(32, 32) + 1e-3), "one of the masked patterns,\nrows of 32, logarithm"))
            images.append((w.real.reshape(28, 28), "from %d of them:\n%s" % (count, run["verdict"])))
    for axes, (image, title) in zip(panels, images):
        axes.imshow(image, cmap="gray_r", **({} if "logarithm" in title else {"vmin": 0, "vmax": 1}))
        axes.set(xticks=[], yticks=[])
        axes.set_title(title, fontsize=9)
    for method, style in zip((*METHODS, FLOW), ("o-k", "s--k", "^:k", "x-.k")):
        panels[4].plot([count * 1024 / 784 for count in COUNTS], [counted(rows, count, method) for count in COUNTS], style,
                       ms=4, lw=1.2, label=method)
    panels[4].set(xlabel="m / n", ylabel="digits recovered, of 20", ylim=(-0.7, 21), xlim=(0, None),
                  yticks=range(0, 21, 5))
    panels[4].legend(loc="lower right", frameon=False, fontsize=8)
    common.save(figure, picture)


if __name__ == "__main__":
    command, *words = sys.argv[1:] or [""]
    if command == "measure" and len(words) == 2:
        np.save("y.npy", measure(*map(int, words))[1])
    elif command == "compare" and len(words) == 1:
        print("relative error %.1e" % error_of(np.load(words[0])))
    elif command in ("success", "table", "draw") and len(words) == {"success": 2, "table": 1, "draw": 3}[command]:
        {"success": success, "table": table, "draw": draw}[command](*words)
    else:
        sys.exit(__doc__)
