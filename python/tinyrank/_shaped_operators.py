# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""The operators of the library on rectangular and complex matrices."""

from __future__ import annotations

from typing import Any, Optional, Sequence, Tuple

import numpy as np

from . import _checks
from ._sensing import CatalogueOperator, SensingOperator


class _Rectangular(SensingOperator):
    kind = "rectangular"
    _shape: Tuple[int, int]

    @property
    def shape(self) -> Tuple[int, int]:
        return self._shape

    def _take_shape(self, rows: Any, columns: Any) -> Tuple[int, int]:
        self._shape = (_checks.count(rows, "rows"), _checks.count(columns, "columns"))
        self.n = sum(self._shape)
        return self._shape


class RectangularEntries(_Rectangular, CatalogueOperator):
    """Entries of a matrix M = L R^T of any shape (ratings, tables with holes): y_i = M_jk for (j, k) = pairs[i].

    Parameters
    ----------
    pairs : array (m, 2) of int
        Row and column, from 0 on each; repetitions count. Copied.
    shape : (int, int)
        Rows and columns of M. A factor is U = [L; R], (rows + columns, r).
    """

    def __init__(self, pairs: Any, shape: Tuple[int, int]) -> None:
        array = _checks.indices(pairs, "pairs", ("m", 2))
        try:
            rows, columns = shape
        except (TypeError, ValueError):
            raise ValueError(f"shape: {_checks.shown(shape)} is not a pair of whole numbers") from None
        self._make(array.shape[0], *self._take_shape(rows, columns), argument="pairs", arrays=[array])


class RectangularDense(_Rectangular, CatalogueOperator):
    """Any matrices of any shape: y_i = <B_i, M>, M = L R^T.

    Parameters
    ----------
    B : array (m, rows, columns)
        Packed once: copied, each filled up to a multiple of 64 bytes.
    """

    def __init__(self, B: Any) -> None:
        array = _checks.floats(B, "B", ("m", "rows", "columns"))
        _checks.require_sizes(array.shape, "B")
        self._make(array.shape[0], *self._take_shape(*array.shape[1:]), argument="B", arrays=[array], dtype=array.dtype)


class Bilinear(_Rectangular, CatalogueOperator):
    """y_i = b_i^T M c_i, M = L R^T (blind deconvolution, bilinear regression).

    Parameters
    ----------
    B : array (m, rows)
    C : array (m, columns)
        Of one dtype. Used where they are under the conditions of `RankOne`, else copied once.
    """

    def __init__(self, B: Any, C: Any) -> None:
        left = _checks.floats(B, "B", ("m", "rows"))
        right = _checks.floats(C, "C", (left.shape[0], "columns"))
        _checks.require_sizes(left.shape, "B")
        _checks.require_sizes(right.shape, "C")
        if left.dtype != right.dtype:
            raise ValueError(f"C: {right.dtype}, where B is of {left.dtype}; convert one of them")
        self._make(left.shape[0], *self._take_shape(left.shape[1], right.shape[1]), argument="B, C",
                   arrays=[left, right], dtype=left.dtype)


class GeneratedBilinear(_Rectangular, CatalogueOperator):
    """`Bilinear` with standard normal vectors, drawn again at every use: y_i = b_i^T M c_i, M = L R^T.

    Parameters
    ----------
    shape : (int, int)
    m : int
    seed : int, default 1
    """

    def __init__(self, shape: Tuple[int, int], m: int, *, seed: int = 1) -> None:
        try:
            rows, columns = shape
        except (TypeError, ValueError):
            raise ValueError(f"shape: {_checks.shown(shape)} is not a pair of whole numbers") from None
        self._make(_checks.count(m, "m"), *self._take_shape(rows, columns), seed=seed)


class ComplexRankOne(CatalogueOperator):
    """y_i = ||a_i^H W||^2, Z = W W^H, a_i complex (phase retrieval; Candes, Strohmer & Voroninski, Comm. Pure Appl. Math. 66,
    2013), or differences ||a_i^H W||^2 - ||b_i^H W||^2.

    Parameters
    ----------
    vectors : complex array (m, n), or (2 m, n) for form='debiased': a, b, a, b, ...
        complex64 for runs in float32, complex128 for float64. Copied once.
    form : {'plain', 'debiased'}
    """

    kind = "complex"

    def __init__(self, vectors: Any, *, form: str = "plain") -> None:
        array = _checks.complexes(vectors, "vectors", ("m", "n"))
        _checks.require_sizes(array.shape, "vectors")
        self.n = array.shape[1]
        which = _checks.form_of_vectors(form)
        self._make(_checks.measurements_of_vectors(array.shape[0], which), self.n, form=which, argument="vectors", arrays=[array],
                   dtype=array.real.dtype)


class GeneratedComplexRankOne(CatalogueOperator):
    """`ComplexRankOne` with complex standard normal vectors, drawn again at every use: y_i = ||a_i^H W||^2, Z = W W^H.

    Parameters
    ----------
    n, m : int
    seed : int, default 1
    form : {'plain', 'debiased'}
    """

    kind = "complex"

    def __init__(self, n: int, m: int, *, seed: int = 1, form: str = "plain") -> None:
        self.n = _checks.count(n, "n")
        self._make(_checks.count(m, "m"), self.n, seed=seed, form=_checks.form_of_vectors(form))


class CodedDiffraction(CatalogueOperator):
    """Squared moduli of a transform of masked signals (Candes, Li & Soltanolkotabi, Appl. Comput. Harmon. Anal. 39,
    2015, arXiv 1310.3240): y_{lN+k} = sum over columns w of W of |(F D_l w)_k|^2, masks D_l of 1, i, -1, -i.

    Parameters
    ----------
    n : int
        The side of Z = W W^H; N is the smallest power of two that is not below it.
    m : int, optional
        Measurements, N for each mask; or
    masks : int, optional
        as many masks.
    seed : int, default 1
    transform : {'fourier', 'hadamard'}
    """

    kind = "complex"

    def __init__(self, n: int, m: Optional[int] = None, *, masks: Optional[int] = None, seed: int = 1,
                 transform: str = "fourier") -> None:
        self.n = _checks.count(n, "n")
        if (m is None) == (masks is None):
            raise ValueError("m: give either m or masks")
        length = 1 << (self.n - 1).bit_length()
        if m is not None and 0 < _checks.count(m, "m") < length:
            raise ValueError(f"m: {m} is below {length}, the measurements of one mask; masks= counts masks")
        count = _checks.count(m, "m") if masks is None else _checks.count(_checks.count(masks, "masks") * length, "masks")
        self._make(count, self.n, seed=seed, form=_checks.one_of(transform, "transform", ("fourier", "hadamard")))


class Pauli(CatalogueOperator):
    """Expectation values of Pauli strings, y_i = tr(P_i Z), of a state on q qubits (quantum state tomography; Gross et
    al., Phys. Rev. Lett. 105, 150401, 2010).

    Parameters
    ----------
    labels : sequence of str
        Such as ``['XIZ', 'YYI']``: a letter of I, X, Y, Z for each qubit, the first the most significant bit of a
        row's index, as numpy.kron orders them. Sort them by where they have an X or a Y when the order is free.
    """

    kind = "complex"

    def __init__(self, labels: Sequence[str]) -> None:
        if isinstance(labels, str):
            raise ValueError("labels: one text, where a sequence of them is taken")
        try:
            given = [str(label) for label in labels]
        except TypeError:
            raise ValueError(f"labels: {_checks.shown(labels)} is no sequence of texts") from None
        if not given:
            raise ValueError("m: measurement_count: there is no measurement")
        qubits = len(given[0])
        for i, label in enumerate(given):
            if len(label) != qubits or qubits == 0 or label.strip("IXYZ"):
                raise ValueError(f"labels: {label!r}, at index {i}, is not {qubits or 'some'} letters of I, X, Y, Z")
        if qubits > 15:
            raise ValueError(f"labels: {qubits} qubits, at most 15")
        masks = [(int("".join("01"[c in "XY"] for c in label), 2), int("".join("01"[c in "YZ"] for c in label), 2))
                 for label in given]
        self.n = 1 << qubits
        self.qubits = qubits
        self._make(len(given), qubits, argument="labels", arrays=[np.array(masks, dtype=np.uint32)])


class HermitianDense(CatalogueOperator):
    """Any Hermitian matrices: y_i = tr(H_i Z), Z = W W^H.

    Parameters
    ----------
    H : complex array (m, n, n)
        Of which the Hermitian part is kept; packed once. complex64 for runs in float32, complex128 for float64.
    """

    kind = "complex"

    def __init__(self, H: Any) -> None:
        array = _checks.complexes(H, "H", ("m", "n", "n"))
        _checks.require_sizes(array.shape, "H")
        if array.shape[1] != array.shape[2]:
            raise ValueError(f"H: has the shape {array.shape}, not (m, n, n)")
        self.n = array.shape[1]
        self._make(array.shape[0], self.n, argument="H", arrays=[array], dtype=array.real.dtype)
