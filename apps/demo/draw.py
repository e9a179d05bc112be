#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""Draws phases.csv, staircase.csv and map.csv of a directory as SVG and PNG: draw.py DIRECTORY"""

import csv
import os
import sys

try:
    import matplotlib
except ImportError:
    sys.exit("draw.py: needs matplotlib (Debian: python3-matplotlib)")
matplotlib.use("Agg")
import matplotlib.pyplot as plt

plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
                     "svg.hashsalt": "tinyrank", "figure.constrained_layout.use": True})


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def save(figure, directory, name):
    for ending in ("svg", "png"):
        path = os.path.join(directory, name + "." + ending)
        metadata = {"Date": None} if ending == "svg" else {"Software": None}
        figure.savefig(path + ".part", format=ending, dpi=150, metadata=metadata)
        os.replace(path + ".part", path)
        print("   drawn: " + path)
    plt.close(figure)


def draw_phases(directory):
    rows = read(os.path.join(directory, "phases.csv"))
    steps = read(os.path.join(directory, "staircase.csv"))
    t = [int(row["iteration"]) for row in rows]
    passes = [int(row["pass"]) for row in steps]
    # A pass is as wide in one panel as in the other.
    figure, (axes, beside) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True,
                                          gridspec_kw={"width_ratios": (t[-1], 1.6 * passes[-1])})
    for key, label, style in (("relative_test_error", "relative test error", "-"),
                              ("sigma_rank", r"$\sigma_{r^*}(U_t)$", "--"),
                              ("principal_angle_sine", "sine of the angle to the column space of X", ":"),
                              ("loss", "loss", "-.")):
        axes.semilogy(t, [float(row[key]) for row in rows], style, color="black", lw=1.3, label=label)
    starts = [next((i for i, row in zip(t, rows) if int(row["phase"]) == p), None) for p in (1, 2, 3)]
    ends = starts[1:] + [t[-1]]
    for start, end, name, shade in zip(starts, ends, ("I spectral", "II growth", "III refinement"), (0.94, 0.86, 0.94)):
        if start is not None and end is not None:
            axes.axvspan(start, end, color=str(shade), zorder=0)
            axes.text((start + end) / 2, 3, name, ha="center", va="bottom")
    axes.set(xlabel="iteration, a pass over the measurements each", ylabel="value", xlim=(0, t[-1]))
    axes.set_title("gradient descent, r = 20 columns, from a small random start", pad=16, fontsize=9)
    axes.legend(loc="lower left", frameon=False)
    for key, style in (("relative_test_error", "-"), ("loss", "-.")):
        beside.semilogy(passes, [float(row[key]) for row in steps], style, color="black", lw=1.3, marker=".", ms=3)
    rank = 0
    for step in steps:
        if int(step["rank"]) != rank:
            rank = int(step["rank"])
            beside.axvspan(int(step["pass"]), 1.6 * passes[-1], color=str(0.86 if rank % 2 else 0.94), zorder=0)
            beside.text(int(step["pass"]) + 1, 3, "rank %d" % rank, ha="left", va="bottom")
    beside.set(xlabel="pass", xlim=(0, 1.6 * passes[-1]))
    beside.set_title("staircase, told nothing", pad=16, fontsize=9)
    figure.suptitle("Gaussian sensing, n = 200, r* = 5, m = 10,000", fontsize=10)
    save(figure, directory, "phases")


def place_names(figure, axes, names, places, points):
    """Puts each name beside its place, where it covers the fewest points and names."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    dots = [axes.transData.transform(point) for point in points]
    taken = []
    sides = [(6, 0, "left", "center"), (-6, 0, "right", "center"), (0, 6, "center", "bottom"), (0, -6, "center", "top"),
             (5, 5, "left", "bottom"), (5, -5, "left", "top"), (-5, 5, "right", "bottom"), (-5, -5, "right", "top")]
    for name, place in zip(names, places):
        tries = []
        for dx, dy, ha, va in sides:
            text = axes.annotate(name, place, xytext=(dx, dy), textcoords="offset points", fontsize=8, ha=ha, va=va)
            box = text.get_window_extent(renderer)
            tries.append((sum(box.overlaps(other) for other in taken) * 3 + sum(box.contains(*dot) for dot in dots), text, box))
        best = min(tries, key=lambda one: one[0])
        for one in tries:
            if one is not best:
                one[1].remove()
        taken.append(best[2])


def draw_map(directory):
    rows = read(os.path.join(directory, "map.csv"))
    def places(key):
        return [(float(row[key + "_x_km"]), float(row[key + "_y_km"])) for row in rows]
    figure, panels = plt.subplots(1, 2, figsize=(11.5, 4.6), sharex=True, sharey=True)
    mds = places("mds")
    scaling = (mds, "s", "white", "classical scaling of the full table")
    descent = [scaling, (places("r2"), "o", "black", "70% of the distances, r = 2"),
               (places("rn"), "^", "0.6", "70% of the distances, r = n = 21")]
    staircase = [scaling, (places("staircase"), "o", "black", "70% of the distances, nothing else told")]
    for axes, title, drawn in zip(panels, ("gradient descent", "staircase"), (descent, staircase)):
        for points, *_ in drawn[1:]:
            for (x, y), (u, v) in zip(mds, points):
                axes.plot((x, u), (y, v), color="0.7", lw=0.8, zorder=1)
        for points, marker, face, label in drawn:
            axes.scatter(*zip(*points), s=20, marker=marker, facecolor=face, edgecolor="black", lw=0.8, label=label, zorder=2)
        axes.set(xlabel="west to east, km", aspect="equal", title="21 cities from road distances: " + title)
        axes.margins(x=0.14)
        axes.legend(loc="upper left", frameon=False, fontsize=7.5)
    panels[0].set_ylabel("south to north, km")
    for axes, drawn in zip(panels, (descent, staircase)):
        place_names(figure, axes, [row["city"] for row in rows], drawn[1][0], [p for points, *_ in drawn for p in points])
    save(figure, directory, "map")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    draw_phases(sys.argv[1])
    draw_map(sys.argv[1])
