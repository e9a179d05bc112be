#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""What docs/room.md shows: a made room of radio devices, and how well tinyrank (on the PATH) maps it.

room.py table FILE.csv [RANGES]  the ranges of draw 1, 118 or fewer
room.py errors MAP.csv           the map of draw 1, after alignment, in cm
room.py draws                    20 draws for each number of devices
room.py picture FILE.svg         the map of draw 1, and errors
"""

import csv
import json
import os
import subprocess
import sys
import tempfile

# The products are small; threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

# In metres, in a room of 6 x 8 x 3: anchors A to H in its corners, I to P on people, shelves and carts.
PLACES = np.array([
    [0.1, 0.2, 0.3], [5.9, 0.1, 2.8], [0.1, 7.8, 2.9], [5.9, 7.8, 0.2], [0.3, 0.2, 2.4], [5.8, 0.3, 0.1],
    [0.2, 7.9, 0.1], [5.8, 7.7, 2.9], [2.5, 3.0, 1.1], [4.0, 5.5, 1.2], [1.2, 6.0, 0.8], [4.8, 2.2, 1.6],
    [3.1, 4.2, 0.1], [2.0, 1.0, 1.5], [3.0, 7.0, 2.0], [5.0, 4.0, 0.4]])
NAMES = "ABCDEFGHIJKLMNOP"
NOISE = 0.03
DRAWS = 20
SIZES = (8, 10, 12, 14, 16)


def draw(count, seed, holes=2):
    """Ranges in both directions, some holes, one reflection; and the pair that it is of."""
    random = np.random.default_rng(seed)
    places = PLACES[:count]
    ranges = np.linalg.norm(places[:, None] - places, axis=2) + NOISE * random.standard_normal((count, count))
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    bad, *unknown = (pairs[k] for k in random.choice(len(pairs), 1 + holes, replace=False))
    longer = random.uniform(1, 3)
    for i, j in (bad, bad[::-1]):
        ranges[i, j] += longer
    for i, j in unknown:
        ranges[i, j] = ranges[j, i] = np.nan
    np.fill_diagonal(ranges, 0)
    return np.round(ranges, 2), bad


def write(path, ranges):
    with open(path, "w") as file:
        print("", *NAMES[:len(ranges)], sep=",", file=file)
        for name, row in zip(NAMES, ranges):
            print(name, *("" if np.isnan(value) else f"{value:.2f}" for value in row), sep=",", file=file)


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])


def classical_scaling(distances):
    """Torgerson's, in three dimensions."""
    centre = np.eye(len(distances)) - 1 / len(distances)
    values, vectors = np.linalg.eigh(-centre @ distances ** 2 @ centre / 2)
    return vectors[:, -3:] * np.sqrt(np.maximum(values[-3:], 0))


def fill_holes(ranges):
    """By shortest paths, from the mean of both directions."""
    distances = (ranges + ranges.T) / 2
    distances[np.isnan(distances)] = np.inf
    for k in range(len(distances)):
        distances = np.minimum(distances, distances[:, [k]] + distances[k])
    return distances


def align(points, places):
    """Moved, turned and mirrored onto the places (Procrustes)."""
    middle = places.mean(0)
    points = points - points.mean(0)
    left, _, right = np.linalg.svd(points.T @ (places - middle))
    return points @ left @ right + middle


def error(distances):
    """Of the map that a whole table of distances gives: root of the mean square over devices, in cm."""
    places = PLACES[:len(distances)]
    apart = align(classical_scaling(distances), places) - places
    return 100 * np.sqrt((apart ** 2).sum() / len(places))


def recover(ranges, directory, *options):
    """The table of distances that tinyrank finds, and its report."""
    at = {name: os.path.join(directory, name) for name in ("room.csv", "map.csv", "report.json")}
    write(at["room.csv"], ranges)
    ended = subprocess.run(["tinyrank", "recover", "--sensing", "distances:" + at["room.csv"], "--loss", "huber",
                            "--precision", "f64", "--estimate-out", at["map.csv"], "--report", at["report.json"],
                            "--threads", "1", "--quiet", *options], stderr=subprocess.PIPE, text=True)
    if ended.returncode not in (0, 4):
        sys.exit("room.py: " + ended.stderr)
    with open(at["report.json"]) as file:
        return read(at["map.csv"]), json.load(file)


def names_bad(report, ranges, bad):
    """Is the pair of the reflection that farthest off? The known pairs count row by row."""
    pairs = [(i, j) for i in range(len(ranges)) for j in range(i + 1, len(ranges)) if not np.isnan(ranges[i, j])]
    return bool(report["outliers"]) and pairs[report["worst_outlier"]] == bad


def show_errors(path):
    ranges, _ = draw(len(PLACES), 1)
    print(f"tinyrank           {error(read(path)):6.1f} cm")
    print(f"classical scaling  {error(fill_holes(ranges)):6.1f} cm")


def try_draws(count, holes, options=()):
    """Of 20 draws: errors of the maps, and by classical scaling; ranks of best fits; how many named the reflection."""
    errors, scaled, noise, found, named = [], [], [], [], 0
    with tempfile.TemporaryDirectory() as directory:
        for seed in range(1, DRAWS + 1):
            ranges, bad = draw(count, seed, holes)
            distances, report = recover(ranges, directory, *options)
            errors.append(error(distances))
            scaled.append(error(fill_holes(ranges)))
            noise.append(report["noise_estimate"] or np.nan)
            found.append(report["rank_found"] if report["verdict"] == "best fit" else None)
            named += names_bad(report, ranges, bad)
    return errors, scaled, noise, found, named


def show_line(count, holes, options=()):
    errors, scaled, noise, found, named = try_draws(count, holes, options)
    ranks = " ".join(f"{found.count(rank):3}" for rank in (2, 3, 4, None))
    fits = [(off, estimate) for off, estimate, rank in zip(errors, noise, found) if rank is not None]
    good = [estimate for off, estimate in fits if off <= 10]
    bad = [estimate for off, estimate in fits if off > 10]
    print(f"{count:7} {count * (count - 1) // 2 - holes:7}  {'rank 3' if options else 'nothing':7} {ranks}  {named:5}"
          f"  {np.median(errors):6.1f} {max(errors):6.1f} {np.median(scaled):6.1f}"
          f"  {len(good):4} {f'{max(good):5.2f}' if good else '    -'}"
          f"  {len(bad):4} {f'{min(bad):5.2f}' if bad else '    -'}")


def show_draws():
    print("                         best fit, rank  not             error in cm class.   to 10 cm    beyond it")
    print("devices  ranges  told      2   3   4 det.  named  median  worst scaling  maps noise  maps noise")
    for options in ((), ("--method", "staircase", "--rank", "3")):
        for count in SIZES:
            show_line(count, 2, options)
    for ranges in (100, 80, 60, 50, 40):
        show_line(16, 120 - ranges)


def draw_picture(path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
                         "svg.hashsalt": "tinyrank", "figure.constrained_layout.use": True})
    ranges, _ = draw(len(PLACES), 1)
    with tempfile.TemporaryDirectory() as directory:
        distances, _ = recover(ranges, directory)
    figure, (plan, beside) = plt.subplots(1, 2, figsize=(9, 4.4), gridspec_kw={"width_ratios": (0.8, 1)})
    plan.plot(*PLACES[:, :2].T, "o", ms=9, mfc="none", color="black", label="where they are")
    for name, place in zip(NAMES, PLACES):
        plan.annotate(name, place[:2], xytext=(7, 5), textcoords="offset points")
    for table, style, label in ((fill_holes(ranges), "x", "classical scaling"), (distances, ".", "tinyrank")):
        color = "0.45" if style == "x" else "black"
        plan.plot(*align(classical_scaling(table), PLACES)[:, :2].T, style, color=color, label=label)
    plan.set(aspect="equal", xlabel="m", ylabel="m", title="the room from above, draw 1")
    plan.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3, frameon=False)
    for shift, style, of in ((-0.25, ".", 0), (0.25, "x", 1)):
        for count in SIZES:
            values = try_draws(count, 2)[of]
            beside.semilogy(np.full(DRAWS, count + shift), values, style, color="0.45" if of else "black", ms=5)
    beside.set(xlabel="devices", ylabel="error of the map in cm", xticks=SIZES,
               title="20 draws each, two holes, one reflection")
    figure.savefig(path, format="svg", metadata={"Date": None})


if __name__ == "__main__":
    command, *arguments = sys.argv[1:] or [""]
    if command == "table" and len(arguments) in (1, 2):
        write(arguments[0], draw(len(PLACES), 1, 120 - int(arguments[1]) if arguments[1:] else 2)[0])
    elif command == "errors" and len(arguments) == 1:
        show_errors(arguments[0])
    elif command == "draws" and not arguments:
        show_draws()
    elif command == "picture" and len(arguments) == 1:
        draw_picture(arguments[0])
    else:
        sys.exit(__doc__)
