# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""Operators of one's own, good and bad."""

import gc
import weakref

import numpy as np
import pytest
import tinyrank as tr
from conftest import Mirror, draw_factor


class Entries(tr.Operator):
    def __init__(self, rows, columns, n):
        self.rows_, self.columns_, self.n, self.m = rows, columns, n, len(rows)

    def measure(self, U):
        return (U[self.rows_] * U[self.columns_]).sum(axis=1)

    def adjoint_times(self, w, V):
        out = np.zeros_like(V)
        np.add.at(out, self.rows_, w[:, None] / 2 * V[self.columns_])
        np.add.at(out, self.columns_, w[:, None] / 2 * V[self.rows_])
        return out


def known_entries():
    rows, columns = np.tril_indices(8)
    keep = (3 * rows + columns) % 5 != 0
    return rows[keep], columns[keep]


def test_it_recovers_what_the_librarys_own_does(dtype):
    rows, columns = known_entries()
    mine, theirs = Entries(rows, columns, 8), tr.Entries(np.stack([rows, columns], axis=1), 8)
    assert tr.check_operator(mine, dtype=dtype).passed
    truth = np.arange(1.0, 9)[:, None].astype(dtype)
    y = mine.measure(truth)
    assert np.array_equal(y, theirs.measure(truth))
    for run in (tr.recover, lambda *to: tr.gradient_descent(*to, rank=1), lambda *to: tr.ridge(*to, ridge=1e-9, rank=1)):
        ours, other = run(mine, y), run(theirs, y)
        assert ours.factor.dtype == dtype and ours.verdict == other.verdict
        assert np.allclose(ours.matrix, other.matrix, rtol=1e-2)
        assert np.allclose(ours.matrix, truth @ truth.T, rtol=0.05, atol=0.5)


def test_arrays_are_the_callees_own():
    rows, columns = known_entries()
    kept = []

    class Keeps(Entries):
        def measure(self, U):
            assert U.flags.c_contiguous and U.flags.writeable and U.flags.owndata
            kept.append(U)
            y = super().measure(U)
            U[:] = np.nan
            return y

        def adjoint_times(self, w, V):
            kept.extend([w, V])
            out = super().adjoint_times(w, V)
            w[:] = np.nan
            V[:] = np.nan
            return out

    y = Entries(rows, columns, 8).measure(np.arange(1.0, 9)[:, None])
    assert tr.gradient_descent(Keeps(rows, columns, 8), y, rank=1).verdict == "recovered"
    gc.collect()
    assert all(np.isnan(array).all() for array in kept)


BAD = {
    "measure returns too few": (lambda self, U: np.ones(3), None, ValueError, r"measure: returned an array of shape \(3,\), not \(29,\)"),
    "measure returns a column": (lambda self, U: np.ones((29, 1)), None, ValueError, "measure: returned an array of shape"),
    "measure returns nothing": (lambda self, U: None, None, ValueError, "measure: returned an array of object"),
    "measure returns complex": (lambda self, U: np.ones(29) + 1j, None, ValueError, "complex"),
    "measure returns texts": (lambda self, U: ["a"] * 29, None, ValueError, "measure: returned an array of <U1"),
    "measure raises": (lambda self, U: 1 / 0, None, ZeroDivisionError, "division"),
    "adjoint_times returns its transpose": (None, lambda self, w, V: V.T, ValueError, "adjoint_times: returned an array of shape"),
    "adjoint_times returns nothing": (None, lambda self, w, V: None, ValueError, "adjoint_times"),
    "adjoint_times raises": (None, lambda self, w, V: {}["x"], KeyError, "x"),
    "adjoint_times exits": (None, lambda self, w, V: exit(3), SystemExit, "3"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_a_verb_raises_or_returns_wrongly_is_raised(name):
    measure, adjoint_times, kind, text = BAD[name]
    rows, columns = known_entries()
    members = {name: verb for name, verb in (("measure", measure), ("adjoint_times", adjoint_times)) if verb}
    bad = type("Bad", (Entries,), members)(rows, columns, 8)
    y = Entries(rows, columns, 8).measure(np.arange(1.0, 9)[:, None])
    for run in (tr.recover, lambda *to: tr.gradient_descent(*to, rank=1), lambda *to: tr.ridge(*to, rank=1, ridge=1),
                lambda op, y: tr.check_operator(op)):
        with pytest.raises(kind, match=text):
            run(bad, y)


def test_nan_diverges_and_is_not_recovered():
    rows, columns = known_entries()
    nan = type("Nan", (Entries,), {"measure": lambda self, U: np.full(self.m, np.nan)})(rows, columns, 8)
    y = Entries(rows, columns, 8).measure(np.arange(1.0, 9)[:, None])
    assert tr.gradient_descent(nan, y, rank=1, step_size=0.1, initial_scale=0.1).verdict == "diverged"
    assert tr.recover(nan, y).verdict != "recovered"
    assert "finite" in repr(tr.check_operator(nan))


def test_check_operator_names_what_is_wrong():
    rows, columns = known_entries()
    double = type("Double", (Entries,), {"adjoint_times": lambda self, w, V: 2 * Entries.adjoint_times(self, w, V)})
    report = tr.check_operator(double(rows, columns, 8))
    assert not report and not report.passed and "adjoint" in report.first_failure.what
    assert report.first_failure.discrepancy > report.first_failure.tolerance and "OperatorReport: " in repr(report)
    random = np.random.default_rng(1)
    noisy = type("Noisy", (Entries,), {"measure": lambda self, U: Entries.measure(self, U) + random.standard_normal(self.m)})
    assert not tr.check_operator(noisy(rows, columns, 8))


def test_what_is_not_set_is_said():
    class Empty(tr.Operator):
        pass

    with pytest.raises(ValueError, match="Empty has not set n"):
        tr.check_operator(Empty())
    with pytest.raises(ValueError, match="Empty has not set m"):
        tr.recover(Empty(), [1.0])
    empty = Empty()
    empty.n = empty.m = 3
    with pytest.raises(NotImplementedError, match=r"Empty has no (measure|adjoint_times)"):
        tr.recover(empty, [1.0, 2, 3])
    for name, value, text in (("n", 0, "n: 0"), ("m", -1, "m: -1"), ("n", 1.5, "n: 1.5"), ("kind", "round", "kind: 'round'")):
        broken = Empty()
        broken.n = broken.m = 3
        setattr(broken, name, value)
        with pytest.raises(ValueError, match=text):
            tr.check_operator(broken)


def test_other_shapes_of_ones_own():
    for inner in (tr.GeneratedBilinear((4, 5), 60), tr.GeneratedComplexRankOne(5, 80, form="debiased")):
        y = inner.measure(draw_factor(inner, 1))
        ours, theirs = tr.recover(Mirror(inner), y), tr.recover(inner, y)
        assert ours.verdict == theirs.verdict == "recovered" and ours.matrix.shape == inner.shape
        assert np.allclose(ours.matrix, theirs.matrix, atol=1e-4)


def test_nothing_is_kept_alive():
    rows, columns = known_entries()
    mine = Entries(rows, columns, 8)
    y = mine.measure(np.arange(1.0, 9)[:, None])
    tr.recover(mine, y)
    tr.check_operator(mine)
    gone = weakref.ref(mine)
    del mine
    gc.collect()
    assert gone() is None


def test_runs_within_a_verb():
    rows, columns = known_entries()
    inner = tr.Gaussian(6, 60)
    z = inner.measure(tr.planted_truth(6, 1))

    class Nested(Entries):
        def measure(self, U):
            assert tr.recover(inner, z).rank == 1
            return super().measure(U)

    y = Entries(rows, columns, 8).measure(np.arange(1.0, 9)[:, None])
    assert tr.gradient_descent(Nested(rows, columns, 8), y, rank=1).verdict == "recovered"
