# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""The operators of the library on symmetric matrices. A class for each row of the catalogue, of the same name; a test
compares them."""

from __future__ import annotations

from typing import Any, Optional, Tuple

import numpy as np

from . import _checks
from ._checks import Array
from ._sensing import CatalogueOperator


def _symmetric_matrices(A: Any) -> Tuple[Array, int]:
    array = _checks.floats(A, "A", ("m", "n", "n"), ("m", "n(n+1)/2"))
    _checks.require_sizes(array.shape, "A")
    if array.ndim == 3:
        if array.shape[1] != array.shape[2]:
            raise ValueError(f"A: has the shape {array.shape}, not (m, n, n) or (m, n(n+1)/2)")
        return array, array.shape[1]
    n = int((np.sqrt(8.0 * array.shape[1] + 1) - 1) / 2 + 0.5)
    if n * (n + 1) // 2 != array.shape[1]:
        one = ": one matrix is A[None]" if array.shape[0] == array.shape[1] else ""
        raise ValueError(f"A: rows of {array.shape[1]} numbers are no lower triangles, n(n+1)/2 numbers{one}")
    return array, n


class Dense(CatalogueOperator):
    """Any symmetric matrices: y_i = <A_i, Z>, Z = U U^T (arXiv 2106.15013, section 2).

    Parameters
    ----------
    A : array (m, n, n) or (m, n(n+1)/2)
        Matrices, of which the symmetric part (A_i + A_i^T)/2 is kept, or their lower triangles row by row, as
        ``A[:, j, k]`` with ``j, k = np.tril_indices(n)``. float32 or float64, of any layout; whole numbers become float64. Packed once,
        into half the memory of the full matrices; the array itself is not kept.

    Notes
    -----
    A gradient is one pass over m n(n+1)/2 numbers.
    """

    def __init__(self, A: Any) -> None:
        array, self.n = _symmetric_matrices(A)
        self._make(array.shape[0], self.n, argument="A", arrays=[array], dtype=array.dtype)


class Streamed(CatalogueOperator):
    """Symmetric matrices that stay where they are, such as in a file that is larger than memory: y_i = <A_i, Z>, Z = U U^T,
    with the bits of `Dense`.

    Parameters
    ----------
    A : array (m, n, n) or (m, n(n+1)/2)
        As of `Dense`, such as ``numpy.load("A.npy", mmap_mode="r")``. It is kept, not copied, must not change, and is packed
        again at every pass; fastest in C order.
    """

    def __init__(self, A: Any) -> None:
        array, self.n = _symmetric_matrices(A)
        self._make(array.shape[0], self.n, argument="A", arrays=[array], dtype=array.dtype)


class DenseBf16(CatalogueOperator):
    """Symmetric matrices, each entry rounded to 16 bits (bfloat16) as it is stored, a quarter of the memory of
    float32 matrices in full: y_i = <R_i, Z>, Z = U U^T, ``|R_i - A_i|_jk <= 2^-8 |A_i|_jk``. To measurements of the A_i
    that is noise; ``dense_bf16.hpp`` says how much.

    Parameters
    ----------
    A : array (m, n, n) or (m, n(n+1)/2)
        As of `Dense`; its dtype is that of the runs.
    """

    def __init__(self, A: Any) -> None:
        array, self.n = _symmetric_matrices(A)
        self._make(array.shape[0], self.n, argument="A", arrays=[array], dtype=array.dtype)


class DenseInt8(CatalogueOperator):
    """Symmetric matrices, each rounded to 8 bits times a scale of its own as it is stored: y_i = <R_i, Z>, Z = U U^T,
    ``|R_i - A_i|_jk <= max_jk |A_i|_jk / 254``. ``dense_bf16.hpp`` says what rounding does to a recovery.

    Parameters
    ----------
    A : array (m, n, n) or (m, n(n+1)/2)
        As of `Dense`; its dtype is that of the runs.
    """

    def __init__(self, A: Any) -> None:
        array, self.n = _symmetric_matrices(A)
        self._make(array.shape[0], self.n, argument="A", arrays=[array], dtype=array.dtype)


class Gaussian(CatalogueOperator):
    """The Gaussian ensemble of arXiv 2106.15013, section 4, drawn again at every use, no stored matrix: y_i = <A_i, Z>,
    Z = U U^T, the entries of A_i normal and independent.

    Parameters
    ----------
    n, m : int
    seed : int, default 1
        The same A_i as ``tinyrank recover --sensing gaussian:n=..,m=..,seed=..``.
    ensemble : {'isotropic', 'as_printed'}
        Entries of variance 1 on the diagonal and 1/2 beside it, so that E <A, Z>^2 = ||Z||_F^2; or, as footnote 1
        of the paper has them, exchanged.
    """

    def __init__(self, n: int, m: int, *, seed: int = 1, ensemble: str = "isotropic") -> None:
        self.n = _checks.count(n, "n")
        form = _checks.one_of(ensemble, "ensemble", ("isotropic", "as_printed"))
        self._make(_checks.count(m, "m"), self.n, seed=seed, form=form)


class Rademacher(CatalogueOperator):
    """Random signs, +-1 on the diagonal and +-sqrt(1/2) beside it, drawn again at every use: y_i = <A_i, Z>, Z = U U^T, and
    E <A_i, Z>^2 = ||Z||_F^2.

    Parameters
    ----------
    n, m : int
    seed : int, default 1

    Notes
    -----
    A gradient is two additions for each of m n(n+1)/2 signs, which need a 32nd of the random bits of `Gaussian`.
    """

    def __init__(self, n: int, m: int, *, seed: int = 1) -> None:
        self.n = _checks.count(n, "n")
        self._make(_checks.count(m, "m"), self.n, seed=seed)


class Hadamard(CatalogueOperator):
    """Rows of a scattered, sign-flipped Walsh-Hadamard transform of the packed matrix, y = R H S D w(Z), Z = U U^T, with D signs,
    S places and R rows that are drawn: the cheapest of those that are isotropic, O(n^2 r + n^2 log n) for a gradient
    whatever m (Oymak, Recht, Soltanolkotabi, Information and Inference 7(4), 2018).

    Parameters
    ----------
    n, m : int
        m at most P, the smallest power of two that is not below n(n+1)/2.
    seed : int, default 1
    rows : array (m,) of int, optional
        Rows of the transform, each below P; None: drawn from the seed, all different.
    """

    def __init__(self, n: int, m: Optional[int] = None, *, seed: int = 1, rows: Any = None) -> None:
        self.n = _checks.count(n, "n")
        most = 1 << (self.n * (self.n + 1) // 2 - 1).bit_length()
        if rows is None:
            count = _checks.count(m, "m")
            if count > most:
                raise ValueError(f"m: {count} measurements, where the transform has {most} rows")
            self._make(count, self.n, seed=seed, argument="rows")
            return
        given = _checks.indices(rows, "rows", ("m",))
        if m is not None and m != given.shape[0]:
            raise ValueError(f"rows: {given.shape[0]} of them, where m is {m}")
        self._make(given.shape[0], self.n, seed=seed, argument="rows", arrays=[given])


class RankOne(CatalogueOperator):
    """A_i = a_i a_i^T: y_i = ||U^T a_i||^2 (phase retrieval, covariance sketches, quadratic networks); or the debiased
    a_i a_i^T - b_i b_i^T (Chen, Chi & Goldsmith, IEEE Trans. Inf. Theory 61, 2015, arXiv 1310.0807).

    Parameters
    ----------
    vectors : array (m, n), or (2 m, n) for form='debiased': a, b, a, b, ...
        Used where they are, without a copy, when they lie one after another from a multiple of 64 bytes on and a
        vector is a multiple of 64 bytes long; else copied once, each filled up with zeros. A vector that is changed
        afterwards changes what is measured in the first case alone.
    form : {'plain', 'debiased'}

    Notes
    -----
    A gradient is 4 n r flops for each vector.
    """

    def __init__(self, vectors: Any, *, form: str = "plain") -> None:
        array = _checks.floats(vectors, "vectors", ("m", "n"))
        _checks.require_sizes(array.shape, "vectors")
        self.n = array.shape[1]
        which = _checks.form_of_vectors(form)
        self._make(_checks.measurements_of_vectors(array.shape[0], which), self.n, form=which, argument="vectors", arrays=[array],
                   dtype=array.dtype)


class GeneratedRankOne(CatalogueOperator):
    """`RankOne` with standard normal vectors, drawn again at every use: y_i = ||U^T a_i||^2, or with b_i drawn too
    ||U^T a_i||^2 - ||U^T b_i||^2 (Chen, Chi & Goldsmith, arXiv 1310.0807).

    Parameters
    ----------
    n, m : int
    seed : int, default 1
    form : {'plain', 'debiased'}
    """

    def __init__(self, n: int, m: int, *, seed: int = 1, form: str = "plain") -> None:
        self.n = _checks.count(n, "n")
        self._make(_checks.count(m, "m"), self.n, seed=seed, form=_checks.form_of_vectors(form))


class Entries(CatalogueOperator):
    """Entries of a symmetric matrix: y_i = Z_jk for (j, k) = pairs[i] (matrix completion; Candes & Recht, Found.
    Comput. Math. 9, 2009).

    Parameters
    ----------
    pairs : array (m, 2) of int
        From 0 on, in either triangle; repetitions count. Copied.
    n : int
        The side of the matrix.
    """

    def __init__(self, pairs: Any, n: int) -> None:
        array = _checks.indices(pairs, "pairs", ("m", 2))
        self.n = _checks.count(n, "n")
        self._make(array.shape[0], self.n, argument="pairs", arrays=[array])


class Sparse(CatalogueOperator):
    """Sparse symmetric matrices, as lists of entries: y_i = <A_i, Z>, Z = U U^T.

    Parameters
    ----------
    measurements, rows, columns : array (k,) of int
        Entry k belongs to A_i, i = measurements[k], and stands for (row, column) and (column, row) alike: one off the
        diagonal is listed once.
    values : array (k,) of float
        Their dtype is that of the runs.
    n : int
        The side of the matrices.
    m : int, optional
        None: one more than the largest of `measurements`.

    Notes
    -----
    Copied, in the order of the measurements; entries of one place add up. O(k r) for a gradient.
    """

    def __init__(self, measurements: Any, rows: Any, columns: Any, values: Any, n: int, m: Optional[int] = None) -> None:
        number = _checks.indices(measurements, "measurements", ("k",))
        size = number.shape[0]
        places = np.stack([_checks.indices(rows, "rows", (size,)), _checks.indices(columns, "columns", (size,))], axis=1)
        array = _checks.floats(values, "values", (size,))
        _checks.require_finite(array, "values")
        self.n = _checks.count(n, "n")
        most = int(number.max()) + 1 if size else 0
        count = most if m is None else _checks.count(m, "m")
        if count < most:
            raise ValueError(f"measurements: one is {most - 1}, where m is {count}")
        order = np.argsort(number, kind="stable")
        offsets = np.searchsorted(number[order], np.arange(count + 1)).astype(np.uint64)
        self._make(count, self.n, argument="rows, columns", arrays=[offsets, places[order], array[order]],
                   dtype=array.dtype)


class Distances(CatalogueOperator):
    """Squared distances between points: y_i = ||U_j - U_k||^2 for (j, k) = pairs[i], U_j the row j of U: a map
    (multidimensional scaling, sensor network localization).

    Parameters
    ----------
    pairs : array (m, 2) of int
        Two different points each, from 0 on. Copied.
    n : int
        Points.

    Notes
    -----
    y are the squares of the distances, in the square of their unit. No distance tells where the map lies: U comes
    centred, turned and mirrored as chance has it.
    """

    def __init__(self, pairs: Any, n: int) -> None:
        array = _checks.indices(pairs, "pairs", ("m", 2))
        self.n = _checks.count(n, "n", 2)
        _checks.pairs_of_different(array, self.n, "pairs")
        self._make(array.shape[0], self.n, argument="pairs", arrays=[array])

    def _refuse_measurements(self, y: Array) -> None:
        if (y < 0).any():
            place = int(np.argmax(y < 0))
            raise ValueError(f"y: the square of a distance is negative at index {place}: {y[place]:g}")
