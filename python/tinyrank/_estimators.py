# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""The habits of scikit-learn, which need not be there."""

from __future__ import annotations

import inspect
from typing import Any, Dict, List, Optional, Tuple, TypeVar, Union

import numpy as np

from . import _checks
from ._checks import Array
from ._operators import Distances
from ._result import Recovery, Ridge, principal_axes
from ._runs import recover, ridge
from ._shaped_operators import RectangularEntries

_Self = TypeVar("_Self", bound="_Estimator")


class NotFittedError(ValueError, AttributeError):
    """`fit` comes first."""


class _Estimator:
    """Parameters as scikit-learn asks for them, so that clone, pipelines and searches take it."""

    @classmethod
    def _names(cls) -> List[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> Dict[str, Any]:
        """The parameters of the constructor, by name."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self: _Self, **params: Any) -> _Self:
        """Sets parameters of the constructor. Returns the estimator."""
        for name, value in params.items():
            if name not in self._names():
                raise ValueError(f"{name}: is no parameter of {type(self).__name__}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        given = (f"{name}={value!r}" for name, value in self.get_params().items() if value is not defaults[name].default)
        return f"{type(self).__name__}({', '.join(given)})"


class MDS(_Estimator):
    """Multidimensional scaling: a map from some or all distances, in as many dimensions as they support.

    Minimises 1/(4m) sum (||x_j - x_k||^2 - d_jk^2)^2 over the known pairs by `recover`.

    Parameters
    ----------
    n_components : int, optional
        The most dimensions. None: to be found.
    loss : {'squared', 'huber'}
        'huber' leaves wild distances out.
    threads : int, optional
    random_state : int, optional
        The seed; None is 1, for the same map every time.

    Attributes
    ----------
    embedding_ : array (n, dimensions)
        Centred, along principal axes; the unit is that of the distances.
    result_ : Recovery
    n_features_in_ : int

    Examples
    --------
    >>> import numpy as np, tinyrank as tr
    >>> triangle = np.array([[0, 3, 5], [3, 0, 4], [5, 4, 0]])
    >>> tr.MDS(n_components=2).fit_transform(triangle).shape
    (3, 2)
    """

    embedding_: Array
    result_: Recovery
    n_features_in_: int

    def __init__(self, n_components: Optional[int] = None, *, loss: str = "squared", threads: Optional[int] = None,
                 random_state: Optional[int] = None) -> None:
        self.n_components = n_components
        self.loss = loss
        self.threads = threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> MDS:
        """Finds the map.

        Parameters
        ----------
        X : array (n, n)
            Distances, NaN where unknown; of mirror images that differ the mean, or the one that is known.
        y : ignored

        Returns
        -------
        The estimator.
        """
        table = _checks.floats(X, "X", ("n", "n"))
        n = table.shape[0]
        if table.shape[1] != n or n < 2:
            raise ValueError(f"X: has the shape {table.shape}, not (n, n) with n of 2 or more")
        rows, columns = np.triu_indices(n, 1)
        upper, lower = table[rows, columns], table[columns, rows]
        known = ~(np.isnan(upper) & np.isnan(lower))
        both = np.where(np.isnan(upper), lower, np.where(np.isnan(lower), upper, (upper + lower) / 2))[known]
        if not np.isfinite(both).all() or (both < 0).any():
            raise ValueError("X: a distance is negative or infinite")
        seed = 1 if self.random_state is None else self.random_state
        pairs = np.stack([rows[known], columns[known]], axis=1)
        self.result_ = recover(Distances(pairs, n), both * both, rank=self.n_components, loss=self.loss,
                               threads=self.threads, seed=seed)
        found = principal_axes(self.result_.factor)
        wide = found.shape[1] if self.n_components is None else int(self.n_components)
        self.embedding_ = np.zeros((n, wide), dtype=found.dtype)
        self.embedding_[:, : found.shape[1]] = found
        self.n_features_in_ = n
        return self

    def fit_transform(self, X: Any, y: Any = None) -> Array:
        """`fit`, and the map that it found."""
        return self.fit(X).embedding_


class MatrixCompletion(_Estimator):
    """A table with holes as a low-rank matrix M = L R^T, from some of its entries.

    Parameters
    ----------
    rank : int, optional
        The most columns. None: to be found; with a ridge 16.
    ridge : float or 'auto', optional
        A penalty on the factor, for noise that no rank explains (`tinyrank.ridge`); 'auto': chosen by what is held out.
        None: no penalty, by `recover`.
    threads : int, optional
    random_state : int, optional
        The seed; None is 1.

    Attributes
    ----------
    result_ : Recovery or Ridge
    shape_ : (int, int)

    Examples
    --------
    >>> import numpy as np, tinyrank as tr
    >>> rows, columns = np.divmod(np.delete(np.arange(20), [3, 11]), 5)
    >>> model = tr.MatrixCompletion().fit(rows, columns, (rows + 1.0) * (columns + 1))
    >>> model.predict([0], [3]).round(4)
    array([4.])
    """

    result_: Union[Recovery, Ridge]
    shape_: Tuple[int, int]

    def __init__(self, rank: Optional[int] = None, *, ridge: Union[float, str, None] = None,
                 threads: Optional[int] = None, random_state: Optional[int] = None) -> None:
        self.rank = rank
        self.ridge = ridge
        self.threads = threads
        self.random_state = random_state

    def fit(self, rows: Any, columns: Any, values: Any, shape: Optional[Tuple[int, int]] = None) -> MatrixCompletion:
        """Finds the matrix.

        Parameters
        ----------
        rows, columns : array (m,) of int
            From 0 on.
        values : array (m,)
        shape : (int, int), optional
            None: as far as the indices go.

        Returns
        -------
        The estimator.
        """
        row = _checks.indices(rows, "rows", ("m",))
        column = _checks.indices(columns, "columns", (row.shape[0],))
        if row.size == 0:
            raise ValueError("rows: there is no entry")
        self.shape_ = (int(row.max()) + 1, int(column.max()) + 1) if shape is None else shape
        operator = RectangularEntries(np.stack([row, column], axis=1), self.shape_)
        seed = 1 if self.random_state is None else self.random_state
        if self.ridge is None:
            self.result_ = recover(operator, values, rank=self.rank, threads=self.threads, seed=seed)
            return self
        if isinstance(self.ridge, str) and self.ridge != "auto":
            raise ValueError(f"ridge: {self.ridge!r} is not a number or 'auto'")
        penalty = None if isinstance(self.ridge, str) else self.ridge
        self.result_ = ridge(operator, values, ridge=penalty, rank=self.rank, threads=self.threads, seed=seed)
        return self

    def predict(self, rows: Any, columns: Any) -> Array:
        """Entries of the matrix.

        Parameters
        ----------
        rows, columns : array (k,) of int

        Returns
        -------
        array (k,)
        """
        if not hasattr(self, "result_"):
            raise NotFittedError("fit comes before predict")
        row = _checks.indices(rows, "rows", ("k",))
        column = _checks.indices(columns, "columns", (row.shape[0],))
        for index, side, name in ((row, self.shape_[0], "rows"), (column, self.shape_[1], "columns")):
            if index.size and index.max() >= side:
                raise ValueError(f"{name}: {int(index.max())} is not below {side}")
        left, right = self.result_.left[row], self.result_.right[column]
        return np.asarray((left * right).sum(axis=1))
