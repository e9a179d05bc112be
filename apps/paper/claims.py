# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""What the papers claim, beside what the tables say. A claim is (text, measured, criterion, holds): the criterion says in
words what `holds` was computed by, and whether it was chosen after a run had been seen."""

import math
from statistics import mean, median


def at(rows, **wanted):
    return [r for r in rows if all(r[k] == v for k, v in wanted.items())]


def slope(xs, ys):
    """Least squares slope and the squared correlation."""
    x, y = mean(xs), mean(ys)
    sxx = sum((a - x) ** 2 for a in xs)
    sxy = sum((a - x) * (b - y) for a, b in zip(xs, ys))
    syy = sum((b - y) ** 2 for b in ys)
    return sxy / sxx, sxy * sxy / (sxx * syy)


TURN_ALIKE = "below 1%, over 10 iterations or more"


def figure1(rows, facts):
    descent, power = at(rows, what="descent"), at(rows, what="power")
    small = [(d, p) for d, p in zip(descent, power) if d["norm"] < 0.05]
    apart = max(abs(d["value"] - p["value"]) / p["value"] for d, p in small)
    ratio = descent[-1]["norm"]
    return [("the angles to the spectral initialization coincide within 1% while ‖U‖ is small",
             "largest difference %.2g%% over the %d iterations with ‖U‖ < 0.05" % (100 * apart, len(small)), TURN_ALIKE,
             apart < 0.01 and len(small) >= 10),
            ("gradient descent goes on to a minimum, and the power method away", "‖U‖ ends at %.4g and %.3g (‖X‖ = 1)"
             % (ratio, power[-1]["norm"]), "within 0.05 of 1, and above 10", abs(ratio - 1) < 0.05 and power[-1]["norm"] > 10)]


def figure2(rows, facts):
    least = min(rows, key=lambda r: r["angle"])
    end = rows[-1]
    small = [r for r in rows if r["norm"] < 0.05]
    apart = max(abs(r["angle"] - r["power_angle"]) / r["power_angle"] for r in small)
    error = [r["test_error"] for r in rows if r["iteration"] == 120][0]
    growing = [r for r in rows if r["iteration"] > least["iteration"]]
    return [("phase I: the angle to the spectral subspace falls below 0.05",
             "%.3g at t = %d" % (least["angle"], least["iteration"]), "below 0.05", least["angle"] < 0.05),
            ("phase II: σ_r* grows while the test error is still near 1",
             "σ_r* from %.2g to %.2g until t = %d, test error %.3g" % (rows[0]["sigma"], least["sigma"], least["iteration"],
                                                                      least["test_error"]),
             "σ_r* more than 100 times what it was, test error above 0.9",
             least["sigma"] > 100 * rows[0]["sigma"] and least["test_error"] > 0.9),
            ("phase III: the angle rises to a plateau near 0.25, and U Uᵀ converges",
             "angle %.3f and %.3f at the last two tens, test error %.2g at t = 120"
             % (rows[-11]["angle"], end["angle"], error),
             "angle between 0.15 and 0.35, changed by less than 0.01 over the last ten; test error below 1e-4",
             0.15 < end["angle"] < 0.35 and abs(end["angle"] - rows[-11]["angle"]) < 0.01 and
             error < 1e-4 and max(r["angle"] for r in growing) > 0.15),
            ("2b: gradient descent and the power method turn alike, to 1%, in the spectral phase",
             "largest difference %.2g%% over the %d iterations with ‖U‖ < 0.05" % (100 * apart, len(small)), TURN_ALIKE,
             apart < 0.01 and len(small) >= 10)]


def figure3(rows, facts):
    ranks = sorted({r["rank"] for r in rows})
    angles = [at(rows, rank=rank, iteration=10)[0]["angle"] for rank in ranks]
    quick = facts["quick"]
    falls = all(b < a + 0.02 for a, b in zip(angles, angles[1:]))
    claims = [("larger r aligns sooner, also beyond n",
               "angle at t = 10 for r = %s: %s" % (", ".join("%d" % r for r in ranks), ", ".join("%.2f" % a for a in angles)),
               "none more than 0.02 above the one before; the last below the last but one, that below the second",
               falls and angles[-1] < angles[-2] < angles[1])]
    if not quick:
        numpy = (1.00, 0.93, 0.63, 0.48, 0.37, 0.16, 0.10)
        apart = max(abs(a - b) for a, b in zip(angles, numpy))
        claims.append(("an independent numpy run, other draws: %s" % ", ".join("%.2f" % a for a in numpy),
                       "largest difference %.2f" % apart, "below 0.2, chosen after a run had been seen", apart < 0.2))
    wide = [at(rows, rank=rank, iteration=120)[0]["test_error"] for rank in ranks if rank >= (8 if not quick else 4)]
    limit = 1e-3 if quick else 1e-4
    claims.append(("test error below %g at t = 120 for r ≥ %d" % (limit, 4 if quick else 8), "at most %.2g" % max(wide),
                   "below %g" % limit, max(wide) < limit))
    return claims


def figure4(rows, facts):
    runs = sorted(at(rows, ensemble="hadamard"), key=lambda r: r["alpha"])
    stopped = [r for r in runs if r["stopped"]]
    errors = [r["test_error"] for r in runs]
    # The relative residual at the loss where runs stop; f(0) = ||X X^T||_F^2 / 4 = r* / 4.
    floor = math.sqrt(facts["stop_loss"] * 4 / facts["truth_rank"])
    free = [r for r in runs if r["test_error"] > 2 * floor]
    power, fit = slope([math.log(r["alpha"]) for r in free], [math.log(r["test_error"]) for r in free])
    return [("relative test error falls as a power of alpha (the bound of theorem 3.3: 21/16 = 1.31)",
             "%.2g to %.2g; fitted exponent %.2f (r² %.3f) for alpha ≥ %.2g, below which the loss where runs stop leaves a "
             "residual of %.1g; %d of %d runs reached it"
             % (errors[-1], errors[0], power, fit, free[0]["alpha"], floor, len(stopped), len(runs)),
             "falls with every alpha, exponent between 0.8 and 2 and r² above 0.95 where the test error is above twice the "
             "residual (that rule chosen after a run had been seen), every run reaches the loss",
             all(a < b for a, b in zip(errors, errors[1:])) and len(free) >= 3 and 0.8 < power < 2 and fit > 0.95 and
             len(stopped) == len(runs))]


def figure5(rows, facts):
    claims = []
    for ensemble in ("gaussian", "hadamard"):
        small = [r for r in rows if r["ensemble"] == ensemble and r["alpha"] == 1e-3]
        large = [r for r in rows if r["ensemble"] == ensemble and r["alpha"] == 0.5]
        early = [r for r in small if r["iteration"] <= 150][-1]
        end = small[-1]
        fall_train, fall_test = (early["train"] / end["train"]) ** 0.5, early["test"] / end["test"]
        log_time = math.log(end["iteration"] / early["iteration"])
        claims.append(("%s, alpha = 1e-3: train and test both fall, test more slowly" % ensemble,
                       "from t = %d to %d: train by %.3g to %.2g (like t^-%.2f), test by %.3g to %.2g (like t^-%.2f)"
                       % (early["iteration"], end["iteration"], fall_train, end["train"] ** 0.5, math.log(fall_train) / log_time,
                          fall_test, end["test"], math.log(fall_test) / log_time),
                       "exponent of train above 1.15 times that of test (the 1.15 chosen after a run had been seen), test fallen "
                       "by a factor above 1.14 and below 1e-2",
                       math.log(fall_train) > 1.15 * math.log(fall_test) > 0.15 and end["test"] < 1e-2))
        first = [r for r in large if r["train"] < 1e-4][0]
        last = large[-1]
        flat = abs(last["test"] / first["test"] - 1)
        flatness = "test above 0.1 and changed by less than 2%"
        tested = "test %.3g, changed by %.2g%% since train 1e-2" % (last["test"], 100 * flat)
        if ensemble == "gaussian" and not facts["quick"]:
            # What fits is not enough to see a line: its slope is that of the smallest eigenvalues of A A^*, whose part of
            # the residual has yet to be all that is left. A power law would keep its exponent.
            def exponent(late):
                rows_of = [min(large, key=lambda r: abs(r["iteration"] - t)) for t in (late / 2, late)]
                return math.log(rows_of[0]["train"] / rows_of[1]["train"]) / math.log(
                    rows_of[1]["iteration"] / rows_of[0]["iteration"])
            before, now = exponent(last["iteration"] / 2), exponent(last["iteration"])
            claims.append(("gaussian, alpha = 0.5 (lazy): as far as it was run, train faster than any power of t, test flat",
                           "squared residual %.1g at t = %d, falling there like t^-%.1f, at half of that like t^-%.1f; %s"
                           % (last["train"], last["iteration"], now, before, tested),
                           "squared residual below 1e-5, exponent grown by 1.2, " + flatness + "; chosen after a run had been seen",
                           last["train"] < 1e-5 and now > 1.2 * before and flat < 0.02 and last["test"] > 0.1))
            continue
        linear = [r for r in large if 1e-24 < r["train"] < 1e-2]
        _, fit = slope([r["iteration"] for r in linear], [math.log(r["train"]) for r in linear])
        claims.append(("%s, alpha = 0.5 (lazy): train linear to machine precision, test flat" % ensemble,
                       "squared residual %.1g at t = %d, r² of its logarithm %.4f; %s"
                       % (last["train"], last["iteration"], fit, tested),
                       "squared residual at most 1e-28, r² above 0.98, " + flatness,
                       last["train"] <= 1e-28 and fit > 0.98 and flat < 0.02 and last["test"] > 0.1))
    return claims


def figure6(rows, facts):
    first = int(facts["truth_rank"])
    means = {rank: mean(r["iterations"] for r in at(rows, rank=rank)) for rank in sorted({r["rank"] for r in rows})}
    double = means[2 * first]
    flat = [m for rank, m in means.items() if rank >= 2 * first]
    fall, spread = means[first] - double, max(flat) - min(flat)
    return [("iterations fall from r = %d to %d, then stay flat" % (first, 2 * first),
             "mean %.1f at r = %d, %.1f at %d, then between %.1f and %.1f"
             % (means[first], first, double, 2 * first, min(flat), max(flat)),
             "falls by more than 2, then within 6%" + ("; r* = 2 of the quick size chosen after runs had been seen" if facts["quick"]
                                                       else ""),
             fall > 2 and spread < 0.06 * double)]


THEIR_TEST = (3.15, .408, .081, .0249, .00998, .0043, .0018)
THEIR_TRAIN = (.0064, .0118, .0110, .0072, .0044, .0025, .0012)


def list_of(values):
    return ", ".join("%.3g" % v for v in values)


def lmz1(rows, facts):
    made = []
    for d in sorted({r["d"] for r in rows}):
        for factor in sorted({r["factor"] for r in rows if r["d"] == d}, reverse=True):
            runs = at(rows, d=d, factor=factor)
            alphas = sorted({r["alpha"] for r in runs}, reverse=True)
            test = [mean(r["test"] for r in at(runs, alpha=a)) for a in alphas]
            train = [mean(r["train"] for r in at(runs, alpha=a)) for a in alphas]
            text = "step %g eta M, d = %d, %d draw(s): test %s; train %s" % (
                factor, d, len({r["draw"] for r in runs}), list_of(test), list_of(train))
            if d == 100:
                worst = max(abs(a / b - 1) for a, b in zip(test, THEIR_TEST))
                claim = "test error for alpha = 1, 10^-.5, ..., 10^-3: " + list_of(THEIR_TEST)
                if factor == 4:
                    made.append((claim + ", within 10%", text + "; at most %.0f%% off" % (100 * worst), "within 10%",
                                 worst < 0.1))
                    worst = max(abs(a / b - 1) for a, b in zip(train, THEIR_TRAIN))
                    made.append(("train error: " + list_of(THEIR_TRAIN) + ", within 20%", "at most %.0f%% off" % (100 * worst),
                                 "within 20%", worst < 0.2))
                else:
                    made.append(("the step M U of their section 1.1 does not land on their figure (appendix B drops the 1/2m "
                                 "of f for 1/m: 4 M U)",
                                 text + "; up to %.0f%% off" % (100 * worst), "one of them more than 10% off", worst > 0.1))
            elif factor == 4:
                made.append(("a smaller start generalizes better", text, "test error falls with every alpha",
                             all(a > b for a, b in zip(test, test[1:]))))
    return made


def lmz2(rows, facts):
    made = []
    theirs = {100: ((.89, .79, .67, .55, .36, .11, .02), (.047, .013, .008, .005, .004, .003, .003)),
              150: ((.93, .86, .79, .71, .63, .53, .42), (.092, .021, .011, .007, .005, .004, .004))}
    for d in sorted({r["d"] for r in rows}):
        factored, projected = [sorted(at(rows, d=d, method=m), key=lambda r: r["m_per_d"]) for m in ("factored", "projected")]
        few = [(f, p) for f, p in zip(factored, projected) if f["m_per_d"] <= 25 and p["test"] > 0.1]
        if d in theirs:
            # At their d = 150 projection does not get there with m = 35 d either; where it has left 0.3 behind, the draw decides.
            likewise = all(abs(p["test"] / q - 1) < 0.1 for p, q in zip(projected, theirs[d][0]) if q > 0.3)
            also = "projected within 10% of theirs where theirs is above 0.3, chosen after a run had been seen"
        else:
            likewise = projected[-1]["test"] < 0.3 * projected[0]["test"]
            also = "projected falls to 0.3 of its first"
        made.append(("d = %d: a small start recovers from far fewer measurements than projection%s" %
                     (d, " (theirs: projected %s, factored %s)" % tuple(map(list_of, theirs[d])) if d in theirs else ""),
                     "m/d = %s: projected %s; factored %s" % (", ".join("%d" % r["m_per_d"] for r in factored),
                                                             list_of(r["test"] for r in projected),
                                                             list_of(r["test"] for r in factored)),
                     "a tenth of projected or less wherever that is above 0.1 up to m = 25 d, at two m or more; " + also,
                     len(few) >= 2 and all(f["test"] < 0.1 * p["test"] for f, p in few) and likewise))
    return made


def lmz3(rows, facts):
    scanned = [r for r in rows if r["alpha"] == 1e-3]
    made = []
    for variant, name in (("neither", "plain gradient descent"), ("truncation", "truncation"), ("rescaling", "rescaling"),
                          ("both", "truncation and rescaling (their algorithm 1)"),
                          ("both_residuals", "the same without being told ‖U*‖_F²")):
        groups = {}
        for r in at(scanned, variant=variant):
            groups.setdefault((r["d"], r["truth_rank"]), []).append(r)
        groups = {k: sorted(g, key=lambda r: r["m_per_d"]) for k, g in groups.items()}
        last = [g[-1]["test"] for g in groups.values()]
        diverged = sum(not r["test"] < 1e3 for g in groups.values() for r in g)
        runs = sum(len(g) for g in groups.values())
        made.append(("%s: more measurements, less error" % name,
                     "test error at m = %d d: %s; %d of %d runs diverged"
                     % (max(r["m_per_d"] for r in scanned), list_of(last), diverged, runs),
                     "below 0.1, and below that at the fewest",
                     all(g[-1]["test"] < 0.1 and g[-1]["test"] < g[0]["test"] for g in groups.values())))

    def ratios(above, below, enough):
        error = {(r["variant"], r["d"], r["truth_rank"], r["m_per_d"]): r["test"] for r in scanned}
        return [error[(above, *k[1:])] / v for k, v in error.items() if k[0] == below and (k[3] >= 6 * k[2]) == enough]

    for above, below, claim, least, most in (
            ("neither", "rescaling", "rescaling that is told ‖U*‖_F² lowers the error", 1.5, math.inf),
            ("both_mean", "both", "mean(y) does not do for ‖U*‖_F² (they expect that it does, and leave it open)", 3, math.inf),
            ("both_residuals", "both", "the mean of the residuals does for ‖U‖_F² - ‖U*‖_F²", 0, 1.5)):
        factors = ratios(above, below, True)
        made.append(("from m = 6 d r* on, " + claim, "errors of %s over %s: %s" % (above, below, list_of(factors)),
                     "every one %s; this and the 6 chosen after runs had been seen"
                     % ("above %g" % least if least else "below %g" % most), all(least < f <= most for f in factors)))
    factors = ratios("neither", "rescaling", False)
    if factors:
        made.append(("with fewer measurements, rescaling is worse than plain gradient descent",
                     "errors of neither over rescaling: " + list_of(factors), "median below 1, chosen after runs had been seen",
                     median(factors) < 1))
    return made


def kappa(rows, facts):
    limit, first = int(facts["pass_limit"]), int(facts["truth_rank"])
    seen = "; chosen after runs had been seen"

    def runs(method, rank):
        return sorted(at(rows, method=method, rank=rank), key=lambda r: r["condition"])

    def passes(group):
        return ", ".join("%d" % r["passes"] if r["arrived"] else "not in %d (error %.1e)" % (r["passes"], r["test_error"])
                         for r in group)

    def steady(group):
        return all(r["arrived"] for r in group) and max(r["passes"] for r in group) <= 2 * min(r["passes"] for r in group)

    staircase = runs("staircase", 0)
    scaled = [runs("scaled gradient descent", rank) for rank in (first, 2 * first)]
    plain, momentum = runs("gradient descent", first), runs("momentum", first)
    wide = [r for method in ("gradient descent", "momentum") for r in runs(method, 2 * first)]
    others = [r for r in rows if r["method"] != "staircase"]
    arrived = [r for r in plain if r["arrived"]]
    at_kappa = "condition numbers " + ", ".join("%g" % r["condition"] for r in staircase)
    return [("the staircase, told nothing, does not feel the condition number", "%s: %s passes" % (at_kappa, passes(staircase)),
             "arrives at each, the most at most twice the least, at most 90" + seen,
             steady(staircase) and max(r["passes"] for r in staircase) <= 90),
            ("nor does ScaledGD(λ)", "; ".join("r = %d: %s" % (g[0]["rank"], passes(g)) for g in scaled),
             "for each r as the staircase, without the 90" + seen, all(steady(g) for g in scaled)),
            ("the staircase takes the fewest passes of all", "the fewest of the others: " + ", ".join(
                "%d" % min(r["passes"] for r in others if r["condition"] == s["condition"]) for s in staircase),
             "fewer than each of the others, at each condition number" + seen,
             all(s["passes"] < r["passes"] for s in staircase for r in others if r["condition"] == s["condition"])),
            ("gradient descent, r = r*: passes grow with the condition number", passes(plain),
             "from each condition number to the next more than 4 times as many, as far as it arrives; at the largest not within "
             "%d" % limit + seen,
             len(arrived) >= 2 and not plain[-1]["arrived"] and
             all(b["passes"] > 4 * a["passes"] for a, b in zip(arrived, arrived[1:]))),
            ("momentum, r = r*: more slowly", passes(momentum), "arrives at each, before gradient descent" + seen,
             all(m["arrived"] and m["passes"] < g["passes"] for m, g in zip(momentum, plain))),
            ("with r = 2 r* columns the small start of either, 1e-3 ‖X‖, leaves an error that takes far longer",
             "errors after %d passes: %s" % (limit, list_of(r["test_error"] for r in wide)),
             "none arrives, every error above 1e-5" + seen, all(not r["arrived"] and r["test_error"] > 1e-5 for r in wide))]


CLAIMS = {"figure1": figure1, "figure2": figure2, "figure3": figure3, "figure4": figure4, "figure5": figure5,
          "figure6": figure6, "lmz1": lmz1, "lmz2": lmz2, "lmz3": lmz3, "kappa": kappa}


def judge(name, rows, facts):
    return CLAIMS[name](rows, facts)
