# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""What every operator has, the library's and one's own."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Dict, List, Optional, Sequence, Tuple, Type

import numpy as np

from . import _checks, _tinyrank
from ._checks import Array

KINDS = ("symmetric", "rectangular", "complex")


class SensingOperator:
    """What all operators have: sizes, and the two verbs of a linear map that is given by its A_i.

    Attributes
    ----------
    n : int
        Rows of a factor U. Of a symmetric or complex matrix its side, of a rectangular one L R^T, whose factor is
        U = [L; R], rows and columns together.
    m : int
        Measurements.
    shape : tuple of int
        Of the matrix that is measured.
    kind : {'symmetric', 'rectangular', 'complex'}
        Whether that is U U^T, L R^T or W W^H.
    dtype : numpy.dtype or None
        float32 or float64, of the arrays that the operator stores; None where it stores none, and takes both.
    """

    n: int
    m: int
    kind: str = "symmetric"
    dtype: Optional[np.dtype[Any]] = None

    @property
    def shape(self) -> Tuple[int, int]:
        return (self.n, self.n)

    def _problem(self, dtype: Any) -> _tinyrank._Problem:
        raise NotImplementedError

    def _refuse_measurements(self, y: Array) -> None:
        """Of finite numbers those that no matrix has."""

    def _factor(self, value: Any, argument: str) -> Array:
        """A factor as the library has it: real, a complex W as [Re W; Im W]."""
        if self.kind == "complex":
            given = _checks.complexes(value, argument, (self.n, "r"))
            real = np.concatenate([given.real, given.imag])
        else:
            real = _checks.floats(value, argument, (self.n, "r"), dtype=self.dtype)
        if real.shape[1] == 0:
            raise ValueError(f"{argument}: has no column")
        if self.dtype is not None and real.dtype != self.dtype:
            raise ValueError(f"{argument}: {real.dtype}, where the operator is of {self.dtype}; convert one of them")
        return _checks.in_place(real, real.dtype)

    def _answer(self, factor: Array) -> Array:
        """The inverse of `_factor`."""
        if self.kind != "complex":
            return factor
        joined: Array = np.empty((self.n, factor.shape[1]), np.complex64 if factor.dtype == np.float32 else np.complex128)
        joined.real, joined.imag = factor[: self.n], factor[self.n:]
        return joined

    def __repr__(self) -> str:
        of = "" if self.dtype is None else f", {self.dtype}"
        return f"<{type(self).__name__}: {self.m} measurements of a {self.kind} {self.shape[0]} x {self.shape[1]} matrix{of}>"


class CatalogueOperator(SensingOperator):
    """An operator of the library itself."""

    catalogue: ClassVar[Dict[str, Type["CatalogueOperator"]]] = {}
    """The classes by their names in the library."""

    _argument: str = "operator"
    _sizes: Tuple[int, int] = (0, 0)
    _seed: int = 0
    _form: int = 0
    _arrays: List[Array]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        CatalogueOperator.catalogue[name] = cls
        cls._name = name

    _name: ClassVar[str] = ""

    def _make(self, m: int, n: int, columns: int = 0, *, seed: Any = 0, form: int = 0, argument: str = "operator",
              arrays: Sequence[Array] = (), dtype: Any = None) -> None:
        """Makes the operator, at once where the arrays say the precision, so that what is wrong is said at once."""
        self.m = m
        self._sizes = (n, columns)
        self._seed = _checks.seed_of(seed)
        self._form = form
        self._argument = argument
        self._arrays = list(arrays)
        self._made: Dict[Any, _tinyrank._Problem] = {}
        if dtype is None:
            self._problem(np.dtype(np.float64))
        else:
            self.dtype = np.dtype(dtype)
            self._problem(self.dtype)
            self._arrays = []

    def _problem(self, dtype: Any) -> _tinyrank._Problem:
        dtype = np.dtype(dtype)
        if dtype not in self._made:
            make = _tinyrank.Problem32 if dtype == np.float32 else _tinyrank.Problem64
            self._made[dtype] = make(self._name, *self._sizes, self.m, self._seed, self._form, self._arrays,
                                     self._argument)
        return self._made[dtype]

    def measure(self, U: Any, *, threads: Optional[int] = None) -> Array:
        """y_i = <A_i, U U^T>, with a rectangular matrix <B_i, L R^T>, with a complex one tr(H_i W W^H).

        Parameters
        ----------
        U : array (n, r)
            The factor; [L; R] of a rectangular matrix, the complex W of a complex one.
        threads : int, optional
            None: all that this process may use.

        Returns
        -------
        array (m,)
            Of the dtype of U. The same bits for any number of threads.
        """
        factor = self._factor(U, "U")
        return self._problem(factor.dtype).measure(factor, factor.shape[1], _checks.threads_of(threads))

    def adjoint_times(self, w: Any, V: Any, *, threads: Optional[int] = None) -> Array:
        """A^*(w) V = (sum_i w_i A_i) V, the other verb of a linear map: <w, measure(U)> = <adjoint_times(w, U), U>.

        Parameters
        ----------
        w : array (m,)
        V : array (n, r)
            As U of `measure`.
        threads : int, optional

        Returns
        -------
        array (n, r)
        """
        factor = self._factor(V, "V")
        weights = _checks.measurements(w, self.m, factor.dtype, "w")
        return self._answer(self._problem(factor.dtype).adjoint_times(weights, factor, factor.shape[1],
                                                                      _checks.threads_of(threads)))


class Operator(SensingOperator):
    """A sensing operator of your own: a subclass that sets `n` and `m` and has the two verbs, in numpy.

    ::

        class Diagonal(tr.Operator):
            n, m = 8, 8
            def measure(self, U):             # y_i = <A_i, U U^T>,  A_i = e_i e_i^T
                return (U * U).sum(axis=1)
            def adjoint_times(self, w, V):    # (sum_i w_i A_i) V
                return w[:, None] * V

        tr.check_operator(Diagonal())

    `U`, `w` and `V` are arrays of the run's dtype that the verbs may keep and change: copies, C-contiguous. What they
    return is converted to that dtype. They are called from the thread of the run, with the interpreter's lock; an
    exception ends the run and is raised from it.

    A subclass may have ``project(self, U)``, the nearest factor that is orthogonal to what the measurements cannot see of
    every one: of distances ``U - U.mean(axis=0)``.

    For M = L R^T set ``kind = 'rectangular'``, `rows`, the rows of L, and n, rows and columns together: U is [L; R] and
    A_i = [0, B_i; B_i^T, 0] / 2. For Z = W W^H set ``kind = 'complex'``, and n to the side of Z: U and V are complex.

    Attributes
    ----------
    n : int
        Rows of U.
    m : int
        Measurements.
    dtype : optional
        Set it where the operator works in one precision alone.
    """

    rows: int = 0

    @property
    def shape(self) -> Tuple[int, int]:
        return (self.rows, self.n - self.rows) if self.kind == "rectangular" else (self.n, self.n)

    def measure(self, U: Array) -> Array:
        """y_i = <A_i, U U^T>, shape (m,), of U, shape (n, r)."""
        raise NotImplementedError(f"{type(self).__name__} has no measure(self, U)")

    def adjoint_times(self, w: Array, V: Array) -> Array:
        """(sum_i w_i A_i) V, shape (n, r), of w, shape (m,), and V, shape (n, r)."""
        raise NotImplementedError(f"{type(self).__name__} has no adjoint_times(self, w, V)")

    def _problem(self, dtype: Any) -> _tinyrank._Problem:
        for name in ("n", "m"):
            if not hasattr(self, name):
                raise ValueError(f"operator: {type(self).__name__} has not set {name}")
        n, m = _checks.count(self.n, "n"), _checks.count(self.m, "m")
        kind = _checks.one_of(self.kind, "kind", KINDS)
        rows = _checks.count(self.rows, "rows") if kind == 1 else 0
        if rows >= n and kind == 1:
            raise ValueError(f"rows: {rows}, which leaves of n = {n} no columns")
        # Each run has one of its own, which keeps what the verbs raised.
        make: Type[_tinyrank._Problem] = _tinyrank.Problem32 if np.dtype(dtype) == np.float32 else _tinyrank.Problem64
        return make(self, 2 * n if kind == 2 else n, m, kind, rows)
