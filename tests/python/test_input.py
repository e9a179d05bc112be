# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""What cannot be used is a ValueError that names the argument, and never a crash: under_valgrind.py looks closer."""

import gc
import itertools

import numpy as np
import pytest
import tinyrank as tr
from conftest import draw_factor, samples

A = np.random.default_rng(1).standard_normal((40, 6, 6))
OPERATOR = tr.Dense(A)
Y = OPERATOR.measure(draw_factor(OPERATOR))
PAIRS = [[0, 1], [1, 2], [0, 2]]


def with_value(array, value, *place):
    changed = np.array(array)
    changed[place] = value
    return changed


REFUSED = [
    # operators
    ("A", lambda: tr.Dense(A[0, :, :5])), ("A", lambda: tr.Dense(A[:, :, :5])), ("A", lambda: tr.Dense(A[:0])),
    ("A", lambda: tr.Dense(A[:, :0, :0])), ("A", lambda: tr.Dense(A.astype(object))), ("A", lambda: tr.Dense(None)),
    ("A", lambda: tr.Dense("text")), ("A", lambda: tr.Dense(A + 1j)), ("A", lambda: tr.Dense([[1, 2], [3]])),
    ("A", lambda: tr.Dense(with_value(A, np.nan, 3, 2, 1))), ("A", lambda: tr.Dense(with_value(A, np.inf, 39, 5, 5))),
    ("A", lambda: tr.Dense(np.ones((3, 4)))), ("A", lambda: tr.Dense(np.ma.masked_less(A, 0))),
    ("A", lambda: tr.DenseBf16(with_value(A, 1e300, 0, 0, 0))), ("A", lambda: tr.DenseInt8(with_value(A, np.nan, 0, 0, 0))),
    ("A", lambda: tr.DenseInt8(with_value(A, 1e300, 0, 0, 0))),
    ("n", lambda: tr.Gaussian(0, 5)), ("n", lambda: tr.Gaussian(-1, 5)), ("n", lambda: tr.Gaussian(2**40, 5)),
    ("n", lambda: tr.Gaussian(2**70, 5)), ("n", lambda: tr.Gaussian(2.5, 5)), ("m", lambda: tr.Gaussian(5, 0)),
    ("m", lambda: tr.Gaussian(5, None)), ("seed", lambda: tr.Gaussian(5, 5, seed=-1)),
    ("seed", lambda: tr.Gaussian(5, 5, seed=2**64)), ("seed", lambda: tr.Gaussian(5, 5, seed="1")),
    ("ensemble", lambda: tr.Gaussian(5, 5, ensemble="other")), ("m", lambda: tr.Hadamard(4, 17)),
    ("rows", lambda: tr.Hadamard(4, rows=[16])), ("rows", lambda: tr.Hadamard(4, 3, rows=[1])),
    ("form", lambda: tr.RankOne(np.ones((4, 3)), form="other")), ("vectors", lambda: tr.RankOne(np.ones((5, 3)), form="debiased")),
    ("vectors", lambda: tr.RankOne(np.ones(4))), ("vectors", lambda: tr.RankOne(np.full((4, 3), np.nan))),
    ("vectors", lambda: tr.RankOne(np.ones((0, 3)))), ("vectors", lambda: tr.RankOne(np.ones((3, 0)))),
    ("pairs", lambda: tr.Distances([[0, 3]], 3)), ("pairs", lambda: tr.Distances([[1, 1]], 3)),
    ("pairs", lambda: tr.Distances([[0, -1]], 3)), ("pairs", lambda: tr.Distances([[0, 2**32 + 1]], 3)),
    ("pairs", lambda: tr.Distances([[0.0, 1.0]], 3)), ("pairs", lambda: tr.Distances([0, 1], 3)),
    ("pairs", lambda: tr.Distances([[0, 1, 2]], 3)), ("m", lambda: tr.Distances(np.zeros((0, 2)), 3)),
    ("n", lambda: tr.Distances(PAIRS, 1)), ("pairs", lambda: tr.Entries([[0, 3]], 3)),
    ("pairs", lambda: tr.RectangularEntries([[2, 0]], (2, 5))), ("pairs", lambda: tr.RectangularEntries([[0, 5]], (2, 5))),
    ("shape", lambda: tr.RectangularEntries(PAIRS, 3)), ("rows", lambda: tr.RectangularEntries(PAIRS, (0, 3))),
    ("n", lambda: tr.RectangularEntries(PAIRS, (2**20, 2**20))),
    ("rows, columns", lambda: tr.Sparse([0], [3], [0], [1.0], 3)), ("values", lambda: tr.Sparse([0], [0], [0], [np.nan], 3)),
    ("values", lambda: tr.Sparse([0], [0], [0], [1.0, 2.0], 3)), ("measurements", lambda: tr.Sparse([4], [0], [0], [1.0], 3, 2)),
    ("m", lambda: tr.Sparse([], [], [], [], 3)), ("B", lambda: tr.RectangularDense(np.ones((2, 3)))),
    ("B", lambda: tr.RectangularDense(np.ones((2, 0, 3)))), ("C", lambda: tr.Bilinear(np.ones((4, 2)), np.ones((5, 2)))),
    ("C", lambda: tr.Bilinear(np.ones((4, 2)), np.ones((4, 2), np.float32))),
    ("B, C", lambda: tr.Bilinear(np.ones((4, 2)), np.full((4, 2), np.nan))),
    ("H", lambda: tr.HermitianDense(np.full((2, 3, 3), 1j * np.nan))), ("H", lambda: tr.HermitianDense(np.ones((2, 3, 4)))),
    ("vectors", lambda: tr.ComplexRankOne(np.full((2, 3), np.inf))), ("m", lambda: tr.CodedDiffraction(4)),
    ("m", lambda: tr.CodedDiffraction(4, 4, masks=1)), ("transform", lambda: tr.CodedDiffraction(4, 4, transform="sine")),
    ("labels", lambda: tr.Pauli(["XI", "X"])), ("labels", lambda: tr.Pauli(["XA"])), ("labels", lambda: tr.Pauli("XI")),
    ("labels", lambda: tr.Pauli([""])), ("labels", lambda: tr.Pauli(["X" * 16])), ("m", lambda: tr.Pauli([])),
    # verbs
    ("U", lambda: OPERATOR.measure(np.ones((5, 2)))), ("U", lambda: OPERATOR.measure(np.ones((6, 0)))),
    ("U", lambda: OPERATOR.measure(np.ones(6))), ("U", lambda: OPERATOR.measure(np.ones((6, 2), np.float32))),
    ("U", lambda: OPERATOR.measure(np.ones((6, 2)) + 1j)), ("w", lambda: OPERATOR.adjoint_times(Y[:-1], np.ones((6, 2)))),
    ("V", lambda: OPERATOR.adjoint_times(Y, np.ones((7, 2)))), ("threads", lambda: OPERATOR.measure(np.ones((6, 2)), threads=0)),
    ("threads", lambda: OPERATOR.measure(np.ones((6, 2)), threads=10**12)),
    # y and what goes with it
    ("y", lambda: tr.recover(OPERATOR, Y[:-1])), ("y", lambda: tr.recover(OPERATOR, Y[:, None])),
    ("y", lambda: tr.recover(OPERATOR, Y.astype(np.float32))), ("y", lambda: tr.recover(OPERATOR, Y + 1j)),
    ("y", lambda: tr.recover(OPERATOR, with_value(Y, np.nan, 7))), ("y", lambda: tr.recover(OPERATOR, with_value(Y, np.inf, 0))),
    ("y", lambda: tr.recover(OPERATOR, 0 * Y)), ("y", lambda: tr.recover(OPERATOR, Y.astype(object))),
    ("y", lambda: tr.recover(OPERATOR, Y > 0)), ("y", lambda: tr.recover(tr.Distances(PAIRS, 3), [1.0, -1.0, 2.0])),
    ("y", lambda: tr.momentum(OPERATOR, 0 * Y, rank=2)), ("m", lambda: tr.CodedDiffraction(6, 7)),
    ("y", lambda: tr.recover(OPERATOR, None)), ("y", lambda: tr.recover(OPERATOR, [])),
    ("y", lambda: tr.recover(tr.Distances(PAIRS, 3), ["a", "b", "c"])), ("y", lambda: tr.recover(OPERATOR, 1e-200 * Y)),
    ("operator", lambda: tr.recover(A, Y)), ("operator", lambda: tr.recover(tr.Dense, Y)), ("operator", lambda: tr.recover(None, Y)),
    ("weights", lambda: tr.recover(OPERATOR, Y, weights=-np.ones(40))), ("weights", lambda: tr.recover(OPERATOR, Y, weights=np.zeros(40))),
    ("weights", lambda: tr.recover(OPERATOR, Y, weights=np.ones(39))), ("weights", lambda: tr.recover(OPERATOR, Y, weights=np.full(40, np.nan))),
    # options
    ("rank", lambda: tr.recover(OPERATOR, Y, rank=0)), ("rank", lambda: tr.recover(OPERATOR, Y, rank=7)),
    ("rank", lambda: tr.recover(OPERATOR, Y, rank=2.0)), ("tolerance", lambda: tr.recover(OPERATOR, Y, tolerance=-1)),
    ("tolerance", lambda: tr.recover(OPERATOR, Y, relative_tolerance=np.nan)), ("tolerance", lambda: tr.recover(OPERATOR, Y, tolerance="a")),
    ("loss", lambda: tr.recover(OPERATOR, Y, loss="other")), ("loss", lambda: tr.recover(OPERATOR, Y, loss="huber", huber_delta=-1)),
    ("explore", lambda: tr.recover(OPERATOR, Y, explore="other")), ("explore_rank", lambda: tr.recover(OPERATOR, Y, explore_rank=7)),
    ("held_out_share", lambda: tr.recover(OPERATOR, Y, held_out_share=0.6)), ("m", lambda: tr.recover(OPERATOR, Y, spent=40)),
    ("history", lambda: tr.recover(OPERATOR, Y, history=65)), ("shards", lambda: tr.recover(OPERATOR, Y, shards=3)),
    ("shards", lambda: tr.recover(OPERATOR, Y, shards=0)), ("threads", lambda: tr.recover(OPERATOR, Y, threads=0)),
    ("threads", lambda: tr.recover(OPERATOR, Y, threads=2000)), ("instruction_set", lambda: tr.recover(OPERATOR, Y, instruction_set="mmx")),
    ("instruction_set", lambda: tr.recover(OPERATOR, Y, instruction_set=3)), ("progress", lambda: tr.recover(OPERATOR, Y, progress=3)),
    ("on_interrupt", lambda: tr.recover(OPERATOR, Y, on_interrupt="other")),
    ("rank", lambda: tr.gradient_descent(OPERATOR, Y, rank=0)), ("rank", lambda: tr.gradient_descent(OPERATOR, Y, rank=2**40)),
    ("step_size", lambda: tr.gradient_descent(OPERATOR, Y, rank=2, step_size=-1)),
    ("initial_scale", lambda: tr.gradient_descent(OPERATOR, Y, rank=2, initial_scale=np.inf)),
    ("law", lambda: tr.gradient_descent(OPERATOR, Y, rank=2, law="other")),
    ("rank", lambda: tr.gradient_descent(OPERATOR, Y, rank=8, law="orthonormal")),
    ("initial_factor", lambda: tr.gradient_descent(OPERATOR, Y, rank=2, initial_factor=np.ones((6, 3)))),
    ("initial_factor", lambda: tr.gradient_descent(OPERATOR, Y, rank=2, initial_factor=np.full((6, 2), np.nan))),
    ("damping", lambda: tr.scaled_gradient_descent(OPERATOR, Y, rank=2, damping=-1)),
    ("momentum", lambda: tr.momentum(OPERATOR, Y, rank=2, momentum=1)), ("history", lambda: tr.quasi_newton(OPERATOR, Y, rank=2, history=0)),
    ("ridge", lambda: tr.ridge(OPERATOR, Y, ridge=-1)), ("ridge", lambda: tr.ridge(OPERATOR, Y, ridge=np.nan)),
    ("rank", lambda: tr.ridge(OPERATOR, Y, rank=7)), ("weights", lambda: tr.ridge(OPERATOR, Y, ridge=1, weights=-np.ones(40))),
    ("n", lambda: tr.planted_truth(0, 1)), ("rank", lambda: tr.planted_truth(3, 4)),
    ("condition_number", lambda: tr.planted_truth(3, 2, condition_number=0.5)), ("factor", lambda: tr.factor_bits(np.ones(3))),
    ("operator", lambda: tr.check_operator(A)), ("dtype", lambda: tr.check_operator(OPERATOR, dtype=np.float16)),
    ("rank", lambda: tr.check_operator(OPERATOR, rank=0)), ("tolerance", lambda: tr.check_operator(OPERATOR, tolerance=-1)),
    # of no type that numpy could make something of
    ("labels", lambda: tr.Pauli(3)), ("weights", lambda: tr.recover(OPERATOR, Y, weights=object())),
    ("weights", lambda: tr.recover(OPERATOR, Y, weights=Y + 1j)), ("weights", lambda: tr.ridge(OPERATOR, Y, weights={})),
    ("weights", lambda: tr.recover(OPERATOR, Y, weights=[[1, 2], [3]])),
    ("initial_factor", lambda: tr.gradient_descent(OPERATOR, Y, rank=2, initial_factor=[[1, 2], [3]])),
    ("dtype", lambda: tr.check_operator(OPERATOR, dtype=3)), ("dtype", lambda: tr.check_operator(OPERATOR, dtype=Y)),
    ("dtype", lambda: tr.planted_truth(3, 2, dtype=np.float16)), ("dtype", lambda: tr.planted_truth(3, 2, dtype="x")),
    ("seed", lambda: tr.recover(OPERATOR, Y, seed=np.arange(2000.0))), ("progress", lambda: tr.recover(OPERATOR, Y, progress=A)),
    ("shape", lambda: tr.RectangularEntries(PAIRS, A)), ("tolerance", lambda: tr.recover(OPERATOR, Y, tolerance=A)),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_refused_with_the_name_of_the_argument(number):
    argument, call = REFUSED[number]
    with pytest.raises(ValueError) as refused:
        call()
    text = str(refused.value)
    assert text.split(":")[0].endswith(argument), text
    assert len(argument) + 8 < len(text) < 200 and "\n" not in text


def test_the_text_is_that_of_the_status():
    with pytest.raises(ValueError, match="^step_size: negative or not finite$"):
        tr.gradient_descent(OPERATOR, Y, rank=2, step_size=-1)
    with pytest.raises(ValueError, match="^pairs: entry_index: an entry names an index that is not below n$"):
        tr.Entries([[0, 3]], 3)


def test_no_text_names_an_option_of_the_command_line():
    few = tr.Gaussian(3, 9)
    with pytest.raises(ValueError, match="^ridge: a tenth of 9 measurements is too little to choose by; give a number$"):
        tr.ridge(few, np.ones(9))


def test_the_place_is_named():
    with pytest.raises(ValueError, match="^y: not finite at index 7$"):
        tr.recover(OPERATOR, with_value(Y, np.nan, 7))
    with pytest.raises(ValueError, match="^A: not finite, at index 3 of its first axis$"):
        tr.Dense(with_value(A, np.nan, 3, 2, 1))
    with pytest.raises(ValueError, match=r"^pairs: row 1, \(2, 3\), has an index that is not below n = 3$"):
        tr.Distances([[0, 1], [2, 3]], 3)
    with pytest.raises(ValueError, match=r"^pairs: row 0, \(1, 1\), names one index twice$"):
        tr.Distances([[1, 1]], 3)
    with pytest.raises(ValueError, match="^y: the square of a distance is negative at index 1: -1$"):
        tr.recover(tr.Distances(PAIRS, 3), [1.0, -1.0, 2.0])
    with pytest.raises(ValueError, match="^explore_rank: 7 columns, where no rank is above 6$"):
        tr.recover(OPERATOR, Y, explore_rank=7)
    with pytest.raises(ValueError, match="^pairs: an index is negative or does not fit 32 bits$"):
        tr.Entries([[0, -1]], 3)


def test_what_is_no_array_is_taken_too():
    operator = tr.Distances(PAIRS, 3)
    for y in ([9, 16, 25], (9.0, 16.0, 25.0), np.array([9, 16, 25]), np.array([9, 16, 25], np.uint8), range(9, 12)):
        assert tr.recover(operator, y, rank=2).factor.dtype == np.float64
    single = tr.Dense(A.astype(np.float32))
    assert tr.recover(single, Y.tolist()).factor.dtype == np.float32
    assert tr.recover(single, Y.astype(np.float32)).factor.dtype == np.float32


def test_y_of_any_layout_gives_the_same_bits():
    bits = tr.recover(OPERATOR, Y).factor_bits
    wide = np.zeros(80)
    wide[::2] = Y
    frozen = Y.copy()
    frozen.flags.writeable = False
    odd = np.frombuffer(b"x" + Y.tobytes(), np.uint8)[1:].view(np.float64)
    for y in (wide[::2], Y[::-1].copy()[::-1], frozen, odd, Y.astype(">f8")):
        assert tr.recover(OPERATOR, y).factor_bits == bits
    assert tr.gradient_descent(OPERATOR, frozen, rank=2, initial_factor=np.asfortranarray(np.ones((6, 2)))).loss >= 0


def test_hypothesis_of_shapes_never_crashes():
    """Every class with arrays of every small shape and kind: it is made, or refused."""
    kinds = [np.float64, np.float32, np.int64, np.complex64, np.bool_, object, "U1", "M8[s]", np.float16, np.longdouble]
    made = refused = 0
    for sides in itertools.chain(*(itertools.product((0, 1, 3), repeat=k) for k in range(4))):
        for kind in kinds:
            array = np.zeros(sides, kind)
            for make in (tr.Dense, tr.DenseBf16, tr.DenseInt8, tr.RankOne, tr.RectangularDense, tr.ComplexRankOne,
                         tr.HermitianDense, lambda a: tr.Bilinear(a, a), lambda a: tr.Distances(a, 3),
                         lambda a: tr.Entries(a, 3), lambda a: tr.RectangularEntries(a, (3, 3)),
                         lambda a: tr.Sparse(a, a, a, a, 3), lambda a: tr.Hadamard(3, rows=a)):
                try:
                    operator = make(array)
                    factor = np.ones((operator.n, 1), operator.dtype or float)
                    assert operator.measure(factor + (0j if operator.kind == "complex" else 0)).shape == (operator.m,)
                    made += 1
                except ValueError as why:
                    assert ":" in str(why)
                    refused += 1
    assert made > 100 and refused > 1000


def test_random_runs_never_crash():
    """Operators of random sizes with random options: an answer of the right shape, or a refusal."""
    random = np.random.default_rng(11)
    answers = 0
    for _ in range(150):
        n, m, r = (int(random.integers(1, top)) for top in (9, 30, 5))
        dtype = random.choice([np.float32, np.float64])
        operator = [lambda: tr.Gaussian(n, m), lambda: tr.RankOne(random.standard_normal((m, n)).astype(dtype)),
                    lambda: tr.GeneratedBilinear((n, r), m), lambda: tr.GeneratedComplexRankOne(n, m),
                    lambda: tr.Entries(random.integers(0, n, (m, 2)), n)][random.integers(5)]()
        y = (random.standard_normal(m) * 10.0 ** random.integers(-25, 25)).astype(dtype)
        run = [lambda: tr.recover(operator, y, rank=r, explore=str(random.choice(["never", "at_once", "when_needed"]))),
               lambda: tr.gradient_descent(operator, y, rank=r, iteration_limit=50),
               lambda: tr.quasi_newton(operator, y, rank=r, damping_ratio=0.25, iteration_limit=50),
               lambda: tr.ridge(operator, y, ridge=0.1, iteration_limit=20),
               lambda: tr.recover(operator, y, loss="huber", pass_limit=100)][random.integers(5)]
        try:
            result = run()
        except ValueError:
            continue
        assert result.matrix.shape == operator.shape and repr(result)
        answers += 1
    assert answers > 50
    gc.collect()


def test_sizes_beyond_memory_are_refused():
    for call in (lambda: tr.gradient_descent(tr.Gaussian(90000, 5), np.ones(5), rank=2**30),
                 lambda: tr.recover(tr.Gaussian(92681, 5), np.ones(5)),
                 lambda: tr.Dense(np.broadcast_to(np.zeros(1), (10**6, 3000, 3000)))):
        with pytest.raises(ValueError):
            call()
