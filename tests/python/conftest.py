# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""What the tests of the package share."""

import json
import os
import pathlib
import re
import signal
import subprocess

# The products are small; threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import numpy as np
import pytest
import tinyrank as tr
from tinyrank import _tinyrank

# A shell that starts this in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(tr.__file__).parent / "bin" / "tinyrank"


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def golden(row, which="golden"):
    """The bits of f32 and f64 that a row of the catalogue holds."""
    text = (ROOT / "catalogue" / f"{row}.hpp").read_text()
    same = re.search(r"golden_bits " + which + r" = (\w+)_row::", text)
    if same:
        return golden(same[1], which)
    found = re.search(r"golden_bits " + which + r"\{(0x[0-9a-f]+)u, (0x[0-9a-f]+)u\}", text)
    return int(found[1], 16), int(found[2], 16)


def stored_samples(dtype=np.float64, seed=1):
    """A small operator of each class that stores arrays, as (class name, constructor, m)."""
    random = np.random.default_rng(seed)
    real = lambda *shape: random.standard_normal(shape).astype(dtype)
    complex_ = lambda *shape: (real(*shape) + 1j * real(*shape)).astype(np.result_type(dtype, np.complex64))
    n, m = 6, 40
    whole = lambda top, count: random.integers(0, top, count)
    pairs = np.stack([whole(n, m), whole(n, m)], axis=1)
    different = np.stack([pairs[:, 0], (pairs[:, 0] + 1 + pairs[:, 1] % (n - 1)) % n], axis=1)
    labels = ["".join(random.choice(list("IXYZ"), 3)) for _ in range(m)]
    return {
        "Dense": lambda: tr.Dense(real(m, n, n)),
        "Streamed": lambda: tr.Streamed(real(m, n, n)),
        "DenseBf16": lambda: tr.DenseBf16(real(m, n, n)),
        "DenseInt8": lambda: tr.DenseInt8(real(m, n, n)),
        "RankOne": lambda: tr.RankOne(real(m, n)),
        "Entries": lambda: tr.Entries(pairs, n),
        "Sparse": lambda: tr.Sparse(whole(m, 99), whole(n, 99), whole(n, 99), real(99), n, m),
        "Distances": lambda: tr.Distances(different, n),
        "RectangularEntries": lambda: tr.RectangularEntries(pairs, (n, n + 1)),
        "RectangularDense": lambda: tr.RectangularDense(real(m, 4, 5)),
        "Bilinear": lambda: tr.Bilinear(real(m, 4), real(m, 5)),
        "ComplexRankOne": lambda: tr.ComplexRankOne(complex_(m, n)),
        "Pauli": lambda: tr.Pauli(labels),
        "HermitianDense": lambda: tr.HermitianDense(complex_(m, n, n)),
    }


GENERATED = {
    "Gaussian": lambda: tr.Gaussian(6, 40),
    "Rademacher": lambda: tr.Rademacher(6, 40),
    "Hadamard": lambda: tr.Hadamard(6, 25),
    "GeneratedRankOne": lambda: tr.GeneratedRankOne(6, 40, form="debiased"),
    "GeneratedBilinear": lambda: tr.GeneratedBilinear((4, 5), 40),
    "GeneratedComplexRankOne": lambda: tr.GeneratedComplexRankOne(6, 60),
    "CodedDiffraction": lambda: tr.CodedDiffraction(6, masks=6),
}


def samples(dtype=np.float64):
    return {**stored_samples(dtype), **GENERATED}


def draw_factor(operator, rank=2, dtype=np.float64, seed=2):
    """Of the shape that the operator measures."""
    random = np.random.default_rng(seed)
    factor = random.standard_normal((operator.n, rank)).astype(dtype)
    if operator.kind != "complex":
        return factor
    return (factor + 1j * random.standard_normal((operator.n, rank))).astype(np.result_type(dtype, np.complex64))


def run_program(*arguments, cwd):
    """`tinyrank recover` and its report."""
    report = pathlib.Path(cwd) / "report.json"
    subprocess.run([PROGRAM, "recover", *map(str, arguments), "--report", report, "--quiet"], cwd=cwd, check=False,
                   env={**os.environ, "OMP_WAIT_POLICY": "passive"})
    return json.loads(report.read_text())


@pytest.fixture(params=[np.float32, np.float64], ids=["f32", "f64"])
def dtype(request):
    return request.param


class Mirror(tr.Operator):
    """An operator of the library by its own verbs, which numpy hands over: as good, and another path."""

    def __init__(self, inner):
        self.inner, self.n, self.m, self.kind, self.dtype = inner, inner.n, inner.m, inner.kind, inner.dtype
        self.rows = inner.shape[0]
        self.calls = 0
        if isinstance(inner, tr.Distances):
            self.project = lambda U: U - U.mean(axis=0)

    def measure(self, U):
        self.calls += 1
        return self.inner.measure(U, threads=1)

    def adjoint_times(self, w, V):
        self.calls += 1
        return self.inner.adjoint_times(w, V, threads=1)
