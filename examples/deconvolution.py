#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""What docs/deconvolution.md shows: a heartbeat through an unknown echo, found again by tinyrank (on the PATH).

deconvolution.py measure M DECIBELS   B.npy, C.npy and y.npy: M values of draw 1, with noise unless DECIBELS is inf
deconvolution.py errors M.npy         of draw 1, up to scale
deconvolution.py draws                20 draws for each number of measurements and each noise
deconvolution.py picture FILE.svg     draw 1, and errors
"""

import json
import os
import subprocess
import sys
import tempfile

# The products are small; threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

# n1 taps of the echo: what comes directly, three times late and weaker, the first time upside down.
ECHO = np.zeros(16)
ECHO[[0, 4, 9, 13]] = 1, -0.5, 0.35, 0.2
SENT = 48  # n2 coefficients
DRAWS = 20
RATIOS = (1, 1.5, 2, 3, 4, 5, 6)
NOISES = (np.inf, 40, 30, 20)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ecg.csv")) as file:
    HEARTBEAT = np.array([float(line) for line in file.readlines()[1:]])
# The lowest frequencies of the orthonormal DCT-II, a row each.
COSINES = np.cos(np.pi * np.outer(np.arange(SENT), np.arange(HEARTBEAT.size) + 0.5) / HEARTBEAT.size)
COSINES *= np.sqrt((2 - (np.arange(SENT) == 0)) / HEARTBEAT.size)[:, None]
COEFFICIENTS = COSINES @ HEARTBEAT


def draw(count, seed, decibels):
    """Vectors b and c, and y: tone k = 1, 2, ... is sent with amplitude c^T x in the cosine and received as cosine and
    sine, for the echo h multiplies it by sum_s h_s exp(-2 pi i k s / period). Rounded, so that no processor's last
    digit matters."""
    random = np.random.default_rng(seed)
    tones = count // 2
    angles = 2 * np.pi * np.outer(np.arange(1, tones + 1), np.arange(ECHO.size)) / (2 * (tones + 1))
    b = np.round(np.stack([np.cos(angles), -np.sin(angles)], axis=1).reshape(count, ECHO.size), 9)
    c = np.repeat(random.choice([-1.0, 1.0], (tones, SENT)), 2, axis=0)
    y = (b @ ECHO) * (c @ COEFFICIENTS)
    deviation = np.sqrt(np.mean(y ** 2)) * 10 ** (-decibels / 20)
    return b, c, np.round(y + deviation * random.standard_normal(count), 9), deviation


def write(arrays, directory):
    for name, values in zip(("B.npy", "C.npy", "y.npy"), arrays):
        np.save(os.path.join(directory, name), values)


def factors(matrix):
    """h and x of the best h x^T."""
    left, _, right = np.linalg.svd(matrix)
    return left[:, 0], right[0]


def error(found, truth):
    """Relative, after the best scale."""
    return np.linalg.norm(truth - found * (found @ truth) / (found @ found)) / np.linalg.norm(truth)


def bound(b, c, deviation):
    """What no unbiased estimate of x beats in the mean (Cramer and Rao), h and x known up to a scale."""
    slopes = np.hstack([(c @ COEFFICIENTS)[:, None] * b, (b @ ECHO)[:, None] * c])
    variances = np.diag(np.linalg.pinv(slopes.T @ slopes, rcond=1e-10, hermitian=True))
    return deviation * np.sqrt(variances[ECHO.size:].sum()) / np.linalg.norm(COEFFICIENTS)


def recover(arrays, directory):
    """The matrix h x^T that tinyrank finds, and its report."""
    write(arrays, directory)
    at = {name: os.path.join(directory, name) for name in ("B.npy", "C.npy", "y.npy", "M.npy", "report.json")}
    ended = subprocess.run(["tinyrank", "recover", "--sensing", f"bilinear:{at['B.npy']},{at['C.npy']}",
                            "--measurements", at["y.npy"], "--precision", "f64", "--estimate-out", at["M.npy"],
                            "--report", at["report.json"], "--threads", "1", "--quiet"], stderr=subprocess.PIPE, text=True)
    if ended.returncode not in (0, 4):
        sys.exit("deconvolution.py: " + ended.stderr)
    with open(at["report.json"]) as file:
        return np.load(at["M.npy"]), json.load(file)


def count_of(ratio):
    return int(ratio * (ECHO.size + SENT))


def try_draws(ratio, decibels):
    """Of 20 draws: errors of x and h, the bound, verdicts, ranks."""
    results = []
    with tempfile.TemporaryDirectory() as directory:
        for seed in range(1, DRAWS + 1):
            b, c, y, deviation = draw(count_of(ratio), seed, decibels)
            matrix, report = recover((b, c, y), directory)
            echo, coefficients = factors(matrix)
            results.append((error(coefficients, COEFFICIENTS), error(echo, ECHO), bound(b, c, deviation),
                            report["verdict"], report["rank_found"]))
    return tuple(zip(*results))


def show_errors(path):
    echo, coefficients = factors(np.load(path))
    print(f"h: {error(echo, ECHO):.2e}")
    print(f"x: {error(coefficients, COEFFICIENTS):.2e}")


def show_draws():
    print("                      rank 1       not         error of x       error of h")
    print("m/(n1+n2)  noise  recov.  best fit det.   median    worst   median    worst   bound, x")
    for decibels in NOISES:
        for ratio in RATIOS:
            of_x, of_h, least, verdicts, ranks = try_draws(ratio, decibels)
            counts = [sum(v == verdict and r == 1 for v, r in zip(verdicts, ranks)) for verdict in
                      ("recovered", "best fit")] + [verdicts.count("not determined")]
            assert sum(counts) == DRAWS, (verdicts, ranks)
            noise = "none" if decibels == np.inf else f"{decibels} dB"
            print(f"{ratio:9}  {noise:5} {counts[0]:7} {counts[1]:9} {counts[2]:4}  {np.median(of_x):.1e}  "
                  f"{max(of_x):.1e}  {np.median(of_h):.1e}  {max(of_h):.1e}    "
                  + (f"{np.median(least):.1e}" if least[0] else "-"))


def draw_picture(path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
                         "svg.hashsalt": "tinyrank", "figure.constrained_layout.use": True})
    figure, ((beat, echoes), (of_x, of_h)) = plt.subplots(2, 2, figsize=(9, 6))
    with tempfile.TemporaryDirectory() as directory:
        matrix, _ = recover(draw(count_of(4), 1, 30)[:3], directory)
    echo, coefficients = factors(matrix)
    scale = echo @ ECHO
    milliseconds = np.arange(HEARTBEAT.size) / 0.36
    beat.plot(milliseconds, HEARTBEAT, color="0.7", lw=3, label="as recorded")
    beat.plot(milliseconds, COSINES.T @ (coefficients * (coefficients @ COEFFICIENTS)), color="black", lw=1,
              label="found, m = 256, 30 dB")
    beat.set(xlabel="ms", ylabel="mV", title="x: heartbeats by 48 coefficients")
    beat.legend(loc="upper center", frameon=False)
    echoes.bar(np.arange(ECHO.size), ECHO, color="0.8", label="as it was")
    echoes.plot(np.arange(ECHO.size), echo * scale, ".", color="black", label="found")
    echoes.set(xlabel="samples late", title="h: an echo of 16 taps")
    echoes.legend(loc="upper right", frameon=False)
    for decibels, style in zip(NOISES, ("-", "--", "-.", ":")):
        results = [try_draws(ratio, decibels) for ratio in RATIOS]
        label = "no noise" if decibels == np.inf else f"{decibels} dB"
        for axes, of in ((of_x, 0), (of_h, 1)):
            axes.semilogy(RATIOS, [np.median(result[of]) for result in results], style, color="black", marker=".",
                          label=label)
    for axes, name in ((of_x, "x"), (of_h, "h")):
        axes.set(xlabel="m / (n1 + n2)", ylabel="relative error of " + name, title="median of 20 draws")
    of_x.legend(loc="center right", bbox_to_anchor=(1, 0.36), frameon=False)
    figure.savefig(path, format="svg", metadata={"Date": None})


if __name__ == "__main__":
    command, *arguments = sys.argv[1:] or [""]
    if command == "measure" and len(arguments) == 2:
        *arrays, deviation = draw(int(arguments[0]), 1, float(arguments[1]))
        write(arrays, ".")
        print(f"{SENT} coefficients miss {error(COSINES.T @ COEFFICIENTS, HEARTBEAT):.1%} of {HEARTBEAT.size} samples; "
              f"noise {deviation:.3f}")
    elif command == "errors" and len(arguments) == 1:
        show_errors(arguments[0])
    elif command == "draws" and not arguments:
        show_draws()
    elif command == "picture" and len(arguments) == 1:
        draw_picture(arguments[0])
    else:
        sys.exit(__doc__)
