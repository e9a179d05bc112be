# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""The pictures of the two papers from their tables, in one style that can be read in grey."""

import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "tinyrank",
                     "figure.constrained_layout.use": True, "legend.frameon": False, "lines.linewidth": 1.3})

STYLES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
MARKERS = ("o", "s", "^", "D", "v", "x", "+")


def grey(k, count):
    return str(0.65 * k / max(1, count - 1))


def save(figure, directory, name):
    for ending in ("svg", "png"):
        path = os.path.join(directory, name + "." + ending)
        metadata = {"Date": None} if ending == "svg" else {"Software": None}
        figure.savefig(path + ".part", format=ending, dpi=150, metadata=metadata, bbox_inches="tight")
        os.replace(path + ".part", path)
    plt.close(figure)


def curves(axes, groups, x, y, label, log=True):
    draw = axes.semilogy if log else axes.plot
    for k, (key, rows) in enumerate(groups):
        draw([r[x] for r in rows], [r[y] for r in rows], linestyle=STYLES[k % len(STYLES)], color=grey(k, len(groups)),
             label=label(key))


def by(rows, *keys):
    """[(key, rows)] in order of appearance."""
    groups = {}
    for row in rows:
        key = tuple(row[k] for k in keys)
        groups.setdefault(key if len(keys) > 1 else key[0], []).append(row)
    return list(groups.items())


def figure1(rows, facts):
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6))
    grid = [r for r in rows if r["what"] == "loss"]
    xs = sorted({r["x"] for r in grid})
    ys = sorted({r["y"] for r in grid})
    value = {(r["x"], r["y"]): r["value"] for r in grid}
    levels = [0.002, 0.01, 0.03, 0.07, 0.13, 0.2, 0.25, 0.3, 0.5, 1, 2]
    left.contour(xs, ys, [[value[x, y] for x in xs] for y in ys], levels=levels, colors="0.75", linewidths=0.7)
    for what, style, color, name in (("descent", "-", "black", "gradient descent"), ("power", "--", "0.35", "power method")):
        path = [r for r in rows if r["what"] == what and r["norm"] < 1.6]
        left.plot([r["x"] for r in path], [r["y"] for r in path], style, color=color, label=name)
        turned = [r for r in rows if r["what"] == what]
        right.semilogy([r["iteration"] for r in turned], [r["value"] for r in turned], style, color=color, label=name)
    for r in rows:
        if r["what"] == "minimum":
            left.plot([r["x"], -r["x"]], [r["y"], -r["y"]], "k*", ms=8, label="minima")
    left.plot([0], [0], "kx", ms=7, label="saddle")
    left.set(xlabel="U, first entry", ylabel="U, second entry", aspect="equal", title="landscape of f")
    left.legend(loc="lower right", fontsize=7)
    right.set(xlabel="iteration", ylabel="sine of the angle to the spectral initialization")
    right.legend()
    return figure


def figure2(rows, facts):
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4))
    t = [r["iteration"] for r in rows]
    for key, name, style in (("angle", r"$\|V_{L^\perp}^T V_{L_t}\|$", "-"), ("sigma", r"$\sigma_{r^*}(U_t)$", "--"),
                             ("test_error", "relative test error", ":")):
        left.semilogy(t, [r[key] for r in rows], style, color="black", label=name)
    left.set(xlabel="iteration", ylabel="value", title="(a)")
    left.legend()
    right.semilogy(t, [r["angle"] for r in rows], "-", color="black", label="gradient descent $U_t$")
    right.semilogy(t, [r["power_angle"] for r in rows], "--", color="0.4", label=r"power method $\tilde U_t$")
    right.set(xlabel="iteration", ylabel="sine of the angle to the spectral subspace", title="(b)")
    right.legend()
    return figure


def figure3(rows, facts):
    figure, panels = plt.subplots(1, 3, figsize=(10.5, 3.4))
    groups = by(rows, "rank")
    for axes, key, name in zip(panels, ("angle", "sigma", "test_error"),
                               (r"$\|V_{L^\perp}^T V_{L_t}\|$", r"$\sigma_{r^*}(U_t)$", "relative test error")):
        curves(axes, groups, "iteration", key, lambda rank: "r = %d" % rank)
        axes.set(xlabel="iteration", ylabel=name)
    panels[0].legend(fontsize=7)
    return figure


def figure4(rows, facts):
    figure, axes = plt.subplots(figsize=(5, 3.6))
    for k, (ensemble, group) in enumerate(by(rows, "ensemble")):
        group = sorted(group, key=lambda r: r["alpha"])
        axes.loglog([r["alpha"] for r in group], [r["test_error"] for r in group], STYLES[k], marker=MARKERS[k],
                    color=grey(k, 2), label=ensemble + (", stopped at the loss" if all(r["stopped"] for r in group)
                                                        else ", after %d iterations" % max(r["iterations"] for r in group)))
    axes.set(xlabel=r"scale of the start, $\alpha$", ylabel="relative test error")
    axes.legend()
    return figure


def figure5(rows, facts):
    figure, panels = plt.subplots(1, 2, figsize=(8.4, 3.6), sharey=True)
    for axes, (alpha, group) in zip(panels, by(rows, "alpha")):
        for k, (ensemble, runs) in enumerate(by(group, "ensemble")):
            t = [r["iteration"] + 1 for r in runs]
            plot = axes.loglog if alpha < 0.1 else axes.semilogy
            plot(t, [r["train"] ** 0.5 for r in runs], "-", color=grey(k, 2), label="train, " + ensemble)
            plot(t, [r["test"] for r in runs], "--", color=grey(k, 2), label="test, " + ensemble)
        axes.set(xlabel="iteration + 1", title=r"$\alpha$ = %g" % alpha)
    panels[0].set_ylabel("relative error (not squared)")
    panels[0].legend(fontsize=7)
    return figure


def figure6(rows, facts):
    figure, axes = plt.subplots(figsize=(5, 3.4))
    groups = sorted(by(rows, "rank"))
    axes.plot([r["rank"] for r in rows], [r["iterations"] for r in rows], ".", color="0.6", ms=4, label="one trial")
    axes.plot([rank for rank, _ in groups], [sum(r["iterations"] for r in g) / len(g) for _, g in groups], "-o",
              color="black", ms=3, label="mean")
    axes.set(xlabel="columns r of the factor", ylabel=r"iterations to $\|UU^T-XX^T\|_F^2 < 10^{-4}$")
    axes.legend()
    return figure


def lmz1(rows, facts):
    groups = by(rows, "d", "factor")
    figure, panels = plt.subplots(1, 2, figsize=(8.4, 3.6))
    for axes, key in zip(panels, ("test", "train")):
        for k, ((d, factor), group) in enumerate(groups):
            alphas = sorted({r["alpha"] for r in group})
            means = [sum(r[key] for r in group if r["alpha"] == a) / sum(r["alpha"] == a for r in group) for a in alphas]
            axes.loglog(alphas, means, linestyle=STYLES[k], marker=MARKERS[k], ms=4, color=grey(k, len(groups)),
                        label=r"d = %d, step %g $\eta M$" % (d, factor))
        axes.set(xlabel=r"scale of the start, $\alpha$", ylabel="relative %s error" % key)
    panels[0].legend()
    return figure


def lmz2(rows, facts):
    figure, axes = plt.subplots(figsize=(5.4, 3.6))
    for k, ((method, d), group) in enumerate(sorted(by(rows, "method", "d"))):
        group = sorted(group, key=lambda r: r["m_per_d"])
        axes.semilogy([r["m_per_d"] for r in group], [r["test"] for r in group], linestyle=STYLES[k], marker=MARKERS[k],
                      ms=4, color=grey(k % 2, 3), label="%s, d = %d" % (method, d))
    axes.set(xlabel="measurements m / d", ylabel="relative test error")
    axes.legend()
    return figure


VARIANTS = {"both_mean": r"both, mean(y) for $\|U^*\|_F^2$", "both_residuals": r"both, not told $\|U^*\|_F^2$"}


def lmz3(rows, facts):
    scanned = [r for r in rows if r["alpha"] == 1e-3]
    sizes = sorted({(r["d"], r["truth_rank"]) for r in scanned if len({q["m_per_d"] for q in scanned if (
        q["d"], q["truth_rank"]) == (r["d"], r["truth_rank"])}) > 1})
    figure, panels = plt.subplots(1, len(sizes) + 1, figsize=(2.1 * (len(sizes) + 1) + 2, 3.6), sharey=True)
    middle = [r for r in rows if r["alpha"] != 1e-3][0]
    same = [r for r in rows if all(r[k] == middle[k] for k in ("d", "truth_rank", "m_per_d"))]
    for axes, where in zip(panels, sizes + [None]):
        x = "m_per_d" if where else "alpha"
        chosen = [r for r in scanned if (r["d"], r["truth_rank"]) == where] if where else same
        for k, (variant, group) in enumerate(by(chosen, "variant")):
            group = sorted((r for r in group if r["test"] < 1e3), key=lambda r: r[x])
            axes.loglog([r[x] for r in group], [r["test"] for r in group], linestyle=STYLES[k], marker=MARKERS[k], ms=4,
                        color=grey(k, 6), label=VARIANTS.get(variant, variant))
        axes.set(xlabel="m / d" if where else r"$\alpha$", title="d = %d, r = %d%s" % (
            (where or (middle["d"], middle["truth_rank"])) + ("" if where else ", m = %d d" % middle["m_per_d"],)))
        if where:
            ticks = sorted({r[x] for r in chosen})
            axes.set_xticks(ticks, ["%d" % tick for tick in ticks])
            axes.minorticks_off()
        axes.title.set_fontsize(8)
    panels[0].set_ylabel("relative test error (diverged runs left out)")
    panels[0].legend(fontsize=7)
    return figure


def kappa(rows, facts):
    figure, panels = plt.subplots(1, 2, figsize=(8.4, 3.8), sharey=True)
    first, limit = int(facts["truth_rank"]), facts["pass_limit"]
    for axes, rank, name in zip(panels, (first, 2 * first), ("r = r* = %d", "r = 2 r* = %d")):
        chosen = [r for r in rows if r["rank"] in (rank, 0)]
        for k, (method, group) in enumerate(by(chosen, "method")):
            group = sorted(group, key=lambda r: r["condition"])
            axes.loglog([r["condition"] for r in group], [r["passes"] for r in group], linestyle=STYLES[k],
                        marker=MARKERS[k], ms=4, color=grey(3 - k, 5), label=method + ("" if k < 3 else ", told nothing"))
            late = [r for r in group if not r["arrived"]]
            axes.plot([r["condition"] for r in late], [r["passes"] for r in late], linestyle="", marker=MARKERS[k], ms=13 - 4 * k,
                      markerfacecolor="none", color=grey(3 - k, 5))
        axes.axhline(limit, color="0.7", lw=0.8, zorder=0)
        axes.text(0.9, 1.55 * limit, "large and open: not within %d" % limit, fontsize=7, color="0.3")
        ticks = sorted({r["condition"] for r in rows})
        axes.set_xticks(ticks, ["%g" % tick for tick in ticks])
        axes.minorticks_off()
        axes.set(xlabel="condition number of $XX^T$", title=name % rank, ylim=(10, 3 * limit))
    panels[0].set_ylabel("passes to a relative test error of $10^{-6}$")
    panels[0].legend(fontsize=7, loc="upper left", bbox_to_anchor=(0, 0.9))
    return figure


TITLES = {
    "figure1": "Stöger & Soltanolkotabi, figure 1: landscape and power method",
    "figure2": "Stöger & Soltanolkotabi, figure 2: three phases",
    "figure3": "Stöger & Soltanolkotabi, figure 3: more columns align sooner",
    "figure4": "Stöger & Soltanolkotabi, figure 4: test error against the scale of the start",
    "figure5": "Stöger & Soltanolkotabi, figure 5: small and large start",
    "figure6": "Stöger & Soltanolkotabi, figure 6: iterations against r",
    "lmz1": "Li, Ma & Zhang, figure 1: full overparameterization from a small start",
    "lmz2": "Li, Ma & Zhang, figure 4: small start against projected gradient descent",
    "lmz3": "Li, Ma & Zhang, algorithm 1: networks with quadratic activations",
    "kappa": "Beyond the papers: passes against the condition number of X Xᵀ",
}

DRAW = {"figure1": figure1, "figure2": figure2, "figure3": figure3, "figure4": figure4, "figure5": figure5,
        "figure6": figure6, "lmz1": lmz1, "lmz2": lmz2, "lmz3": lmz3, "kappa": kappa}


def draw(name, rows, facts, directory):
    figure = DRAW[name](rows, facts)
    figure.suptitle(TITLES[name], fontsize=10)
    save(figure, directory, name)
