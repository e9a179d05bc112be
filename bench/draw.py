#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""Draws roofline and cost of bench.json beside it, as SVG and PNG: draw.py FILE"""

import json
import os
import re
import sys

try:
    import matplotlib
except ImportError:
    print("draw.py: no pictures without matplotlib (Debian: python3-matplotlib)")
    sys.exit(0)
matplotlib.use("Agg")
import matplotlib.pyplot as plt

plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
                     "svg.hashsalt": "tinyrank", "figure.constrained_layout.use": True})


def save(figure, directory, name):
    for ending in ("svg", "png"):
        path = os.path.join(directory, name + "." + ending)
        metadata = {"Date": None} if ending == "svg" else {"Software": None}
        try:
            figure.savefig(path + ".new", format=ending, dpi=150, metadata=metadata)
            os.replace(path + ".new", path)
        finally:
            if os.path.exists(path + ".new"):
                os.remove(path + ".new")
        print("drawn: " + path)
    plt.close(figure)


def place_labels(figure, axes, points):
    """Puts each name where it covers the fewest points and names; with a line to its point when it is far."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    dots = [axes.transData.transform(point) for point in points.values()]
    taken = [text.get_window_extent(renderer).expanded(1, 1.2) for text in axes.texts]
    for name, point in sorted(points.items(), key=lambda one: -one[1][1]):
        tries = []
        for away in (6, 14, 26, 40):
            for dx, dy, ha, va in ((1, 0, "left", "center"), (-1, 0, "right", "center"), (0, 1, "center", "bottom"),
                                   (0, -1, "center", "top"), (.8, .8, "left", "bottom"), (.8, -.8, "left", "top"),
                                   (-.8, .8, "right", "bottom"), (-.8, -.8, "right", "top")):
                line = {"arrowstyle": "-", "color": "0.6", "lw": 0.6} if away > 6 else None
                text = axes.annotate(name, point, xytext=(dx * away, dy * away), textcoords="offset points", ha=ha, va=va,
                                     fontsize=7.5, arrowprops=line)
                text.update_positions(renderer)
                box = matplotlib.text.Text.get_window_extent(text, renderer)
                inside = axes.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 and axes.bbox.y0 <= box.y0
                cost = (3 * sum(box.overlaps(other) for other in taken) + 2 * sum(box.contains(*dot) for dot in dots)
                        + away / 30 + 10 * (not inside))
                tries.append((cost, text, box))
        best = min(tries, key=lambda one: one[0])
        for one in tries:
            if one is not best:
                one[1].remove()
        taken.append(best[2].expanded(1.05, 1.2))


def draw_roofline(keys, directory):
    points = {key[:-len(".flops_per_byte")]: value for key, value in keys.items() if key.endswith(".flops_per_byte")}
    roofs = [keys.get(key) for key in ("read_bandwidth_gbs", "fma_peak_f32_gflops", "fma_peak_f64_gflops")]
    if not points:
        return
    if None in roofs:
        print("roofline: not drawn; it needs the operators and the limits of one run, so a run without FILTER")
        return
    bandwidth, peak, peak_f64 = roofs
    figure, axes = plt.subplots(figsize=(9, 6))
    low, high = min(points.values()) / 2, max(points.values()) * 4
    for top, style, label in ((peak, "-", "f32"), (peak_f64, "--", "f64")):
        axes.plot([low, top / bandwidth, high], [low * bandwidth, top, top], style, color="black", lw=1.2)
        axes.text((low * high) ** 0.5, top * 1.04, f"fused multiply-adds, {label}: {top:.0f} GFLOP/s", ha="center", va="bottom")
    slope = (low * peak / bandwidth) ** 0.5
    axes.annotate(f"reads: {bandwidth:.0f} GB/s", (slope, slope * bandwidth), (low * 1.2, peak), ha="left", va="center",
                  arrowprops={"arrowstyle": "-", "color": "0.6", "lw": 0.6})
    places = {}
    for name, intensity in points.items():
        double = name.endswith("_f64")
        rate = keys[name + ".gflops"]
        places[re.sub(r"_f32$", "", name).replace("_", " ")] = (intensity, rate)
        axes.plot(intensity, rate, "s" if double else "o", ms=5, mfc="white" if double else "black", mec="black")
    axes.set(xscale="log", yscale="log", xlim=(low, high), xlabel="floating-point operations per byte from memory",
             ylabel="GFLOP/s", ylim=(min(keys[name + ".gflops"] for name in points) / 3, peak * 2))
    axes.set_title("Gradients of one run under the limits measured in it\n"
                   "filled: single precision; open: double", fontsize=9)
    place_labels(figure, axes, places)
    save(figure, directory, "roofline")


def draw_cost(keys, directory):
    times = {}
    for key, value in keys.items():
        found = re.fullmatch(r"cost\.(\w+)\.([nm])_(\d+)\.seconds", key)
        if found and not found[1].endswith("_f64"):
            times.setdefault(found[2], {}).setdefault(found[1], []).append((int(found[3]), value))
    if not times:
        return
    figure, both = plt.subplots(1, 2, figsize=(10, 5.2), sharey=True)
    markers, styles = "osv^D<>Ph*Xpd", ("-", "--", ":", "-.")
    for axes, grows in zip(both, "nm"):
        for i, (name, series) in enumerate(sorted(times[grows].items(), key=lambda one: -max(one[1])[1])):
            series.sort()
            # One look for one operator in both halves.
            look = sorted(times["n"]).index(name)
            exponent = keys[f"cost.{name}.exponent_{grows}"]
            label = f"{re.sub('_f32$', '', name).replace('_', ' ')}: ${grows}^{{{exponent:.2f}}}$"
            axes.plot(*zip(*series), marker=markers[look % len(markers)], ls=styles[look % len(styles)], ms=5, lw=1.1,
                      mfc="white" if look % 2 else "0.25", color="0.25", label=label)
        axes.set(xscale="log", yscale="log", xlabel=f"{grows}")
        sizes = sorted({size for series in times[grows].values() for size, _ in series})
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.minorticks_off()
        fixed = "m = 1000" if grows == "n" else "n = 128"
        axes.set_title(f"growing {grows}, {fixed}", fontsize=9)
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.14), ncols=2, frameon=False, fontsize=8)
    both[0].set_ylabel("seconds per gradient, one thread, r = 8")
    save(figure, directory, "cost")


def main(path):
    with open(path) as file:
        keys = json.load(file)
    directory = os.path.dirname(path) or "."
    draw_roofline(keys, directory)
    draw_cost(keys, directory)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
