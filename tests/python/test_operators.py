# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""Every operator of the catalogue: its class, its verbs by their definition in numpy, its arrays of any layout."""

import numpy as np
import pytest
import tinyrank as tr
from conftest import GENERATED, Mirror, camel, draw_factor, samples, stored_samples
from tinyrank import _tinyrank
from tinyrank._sensing import CatalogueOperator

NAMES = [camel(name) for name in _tinyrank.operator_names()]


def test_every_row_of_the_catalogue_has_its_class():
    assert sorted(CatalogueOperator.catalogue) == sorted(_tinyrank.operator_names())
    for name in NAMES:
        assert issubclass(getattr(tr, name), CatalogueOperator) and name in tr.__all__
    assert sorted(samples()) == sorted(NAMES), "conftest.py has a sample of each"


@pytest.mark.parametrize("name", NAMES)
def test_verbs_keep_the_contract_and_recover(name, dtype):
    operator = samples(dtype)[name]()
    assert operator.dtype in (None, dtype)
    report = tr.check_operator(operator, dtype=dtype)
    assert report and report.first_failure is None, report
    u = draw_factor(operator, dtype=dtype)
    y = operator.measure(u)
    assert y.shape == (operator.m,) and y.dtype == dtype and repr(operator)
    w = np.random.default_rng(3).standard_normal(operator.m).astype(dtype)
    image = operator.adjoint_times(w, u)
    assert image.shape == u.shape and image.dtype == u.dtype
    assert np.isclose(w @ y, np.vdot(image, u).real, rtol=1e-3 if dtype == np.float32 else 1e-10)
    result = tr.recover(operator, y, rank=2)
    assert result.factor.dtype == u.dtype and result.matrix.shape == operator.shape
    assert result.loss < 1e-3 * result.zero_loss
    assert result.zero_loss == pytest.approx((y.astype(float) ** 2).mean() / 4, rel=1e-5)
    residual = operator.measure(result.factor) - y
    assert result.loss == pytest.approx((residual.astype(float) ** 2).mean() / 4, rel=0.1, abs=1e-9 * result.zero_loss)


def by_definition(name, operator, arguments, z):
    """y from Z, M or Z complex, in numpy's words."""
    sides = {
        "Dense": lambda a: np.einsum("mij,ij->m", a, z),
        "Streamed": lambda a: np.einsum("mij,ij->m", a, z),
        "RankOne": lambda a: np.einsum("mi,ij,mj->m", a, z, a),
        "Entries": lambda pairs, n: z[pairs[:, 0], pairs[:, 1]],
        "Distances": lambda pairs, n: np.array([z[i, i] + z[j, j] - 2 * z[i, j] for i, j in pairs]),
        "RectangularEntries": lambda pairs, shape: z[pairs[:, 0], pairs[:, 1]],
        "RectangularDense": lambda b: np.einsum("mij,ij->m", b, z),
        "Bilinear": lambda b, c: np.einsum("mi,ij,mj->m", b, z, c),
        "ComplexRankOne": lambda a: np.einsum("mi,ij,mj->m", a.conj(), z, a).real,
        "HermitianDense": lambda h: np.einsum("mij,ji->m", (h + h.conj().transpose(0, 2, 1)) / 2, z).real,
    }
    return sides[name](*arguments)


@pytest.mark.parametrize("seed", range(6))
def test_measurements_by_definition_of_random_shapes(seed, dtype):
    random = np.random.default_rng(seed)
    n, k, m, r = random.integers(1, 12), random.integers(1, 12), random.integers(1, 30), random.integers(1, 4)
    real = lambda *shape: random.standard_normal(shape).astype(dtype)
    complex_ = lambda *shape: (real(*shape) + 1j * real(*shape)).astype(np.result_type(dtype, np.complex64))
    pairs = random.integers(0, [n, k], (m, 2))
    inner = random.integers(0, n, (m, 2))
    points = random.integers(0, n + 1, m)
    different = np.stack([points, (points + random.integers(1, n + 1, m)) % (n + 1)], axis=1)
    for name, arguments in {
            "Dense": (real(m, n, n),), "Streamed": (real(m, n, n),), "RankOne": (real(m, n),), "Entries": (inner, n), "Distances": (different, n + 1),
            "RectangularEntries": (pairs, (n, k)), "RectangularDense": (real(m, n, k),),
            "Bilinear": (real(m, n), real(m, k)), "ComplexRankOne": (complex_(m, n),),
            "HermitianDense": (complex_(m, n, n),)}.items():
        operator = getattr(tr, name)(*arguments)
        u = draw_factor(operator, r, dtype, seed)
        rows = operator.shape[0]
        z = u[:rows] @ u[rows:].T if operator.kind == "rectangular" else u @ u.conj().T
        y = by_definition(name, operator, arguments, z.astype(np.result_type(z, np.float64)))
        scale = np.abs(y).max() + np.linalg.norm(z) + 1e-30
        assert np.abs(operator.measure(u) - y).max() / scale < (3e-5 if dtype == np.float32 else 1e-12), name


def test_pauli_strings_are_kronecker_products():
    letters = {"I": np.eye(2), "X": np.array([[0, 1], [1, 0]]), "Y": np.array([[0, -1j], [1j, 0]]), "Z": np.diag([1, -1])}
    labels = ["XIZ", "YYI", "ZXY", "III"]
    operator = tr.Pauli(labels)
    w = draw_factor(operator)
    for label, value in zip(labels, operator.measure(w)):
        p = np.kron(np.kron(letters[label[0]], letters[label[1]]), letters[label[2]])
        assert value == pytest.approx(np.trace(p @ w @ w.conj().T).real)


def test_sparse_lists_each_entry_once():
    operator = tr.Sparse([1, 0, 1], [0, 2, 1], [1, 2, 1], [3.0, 2.0, -1.0], n=3)
    u = draw_factor(operator)
    z = u @ u.T
    assert operator.measure(u) == pytest.approx([2 * z[2, 2], 6 * z[0, 1] - z[1, 1]])


def test_arrays_of_any_layout_give_the_same_bits():
    random = np.random.default_rng(5)
    full = random.standard_normal((30, 7, 7))
    full = full + full.transpose(0, 2, 1)
    j, k = np.tril_indices(7)
    u = random.standard_normal((7, 2))
    bits = tr.Dense(full).measure(u).tobytes()
    wide = np.zeros((30, 7, 14))
    wide[:, :, ::2] = full
    odd = np.frombuffer(b"x" + full.tobytes(), np.uint8)[1:].view(np.float64).reshape(full.shape)
    layouts = [np.asfortranarray(full), wide[:, :, ::2], full[::-1][::-1], full[:, ::-1, ::-1][:, ::-1, ::-1],
               full.transpose(0, 2, 1), full[:, j, k], np.asfortranarray(full[:, j, k]), full.astype(">f8"), odd]
    frozen = full.copy()
    frozen.flags.writeable = False
    for layout in [*layouts, frozen]:
        assert tr.Dense(layout).measure(u).tobytes() == bits, layout.strides
    one = np.broadcast_to(full[:1], (30, 7, 7))
    assert len(set(tr.Dense(one).measure(u))) == 1
    vectors = random.standard_normal((20, 7))
    bits = tr.RankOne(vectors).measure(u).tobytes()
    assert tr.RankOne(np.asfortranarray(vectors)).measure(u).tobytes() == bits
    assert tr.RankOne(vectors[::-1]).measure(u)[::-1].tobytes() == bits


def test_vectors_that_lie_well_are_not_copied(dtype):
    n = 128 // np.dtype(dtype).itemsize
    memory = np.zeros(10 * 128 + 64, np.uint8)
    start = -memory.ctypes.data % 64
    aligned = memory[start:start + 10 * 128].view(dtype).reshape(10, n)
    aligned[:] = np.random.default_rng(1).standard_normal((10, n))
    u = draw_factor(tr.Gaussian(n, 1), dtype=dtype)
    for vectors, is_copied in ((aligned, False), (aligned[1:], False), (aligned[::-1], True), (aligned[:, 1:], True)):
        operator = tr.RankOne(vectors)
        assert operator._problem(dtype).is_borrowing != is_copied
        measured = operator.measure(u[-vectors.shape[1]:])
        assert np.allclose(measured, ((vectors @ u[-vectors.shape[1]:]) ** 2).sum(axis=1), rtol=1e-4)
    operator = tr.RankOne(aligned)
    before = operator.measure(u)
    del vectors
    aligned *= 2
    assert np.allclose(operator.measure(u), 4 * before, rtol=1e-4)


def test_pairs_are_copied():
    pairs = np.array([[0, 1], [1, 2]], dtype=np.uint32)
    operator = tr.Distances(pairs, 3)
    u = draw_factor(operator)
    before = operator.measure(u)
    pairs[:] = 2**32 - 1
    assert (operator.measure(u) == before).all()


@pytest.mark.parametrize("name", NAMES)
def test_an_operator_in_numpy_takes_the_same_way(name):
    inner = samples()[name]()
    y = inner.measure(draw_factor(inner))
    mine = Mirror(inner)
    assert tr.check_operator(mine)
    told = dict(rank=2, iteration_limit=30, plateau_window=0, relative_tolerance=0)
    ours, theirs = tr.gradient_descent(mine, y, **told), tr.gradient_descent(inner, y, **told)
    assert mine.calls > 60
    assert np.allclose(ours.matrix, theirs.matrix, rtol=1e-6, atol=1e-6 * np.abs(theirs.matrix).max())
