# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""What runs give back."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

import numpy as np

from ._checks import Array
from ._operators import Distances
from ._sensing import SensingOperator


@dataclass(frozen=True)
class Certificate:
    """What the measurements say of the answer of `recover`; include/tinyrank/staircase.hpp has the mathematics.

    Attributes
    ----------
    gap : float
        <G U, U>/2 + max(0, -lambda_min(G))/2 tr(U U^T), G = (1/m) sum_i e_i A_i: no positive semidefinite Z with
        tr Z <= tr(U U^T) has a loss that is smaller by more than this.
    smallest_eigenvalue : float
        lambda_min(G), as far as a look finds it, from above.
    unknowns : int
        Directions in which the matrix can move within its rank: n r - r(r - 1)/2, less a null space's.
    condition : float
        Of the measurements as a map of these directions: its largest over its least singular value. Large, or
        infinite, where the measurements leave the answer free to move. NaN for rank 0.
    """

    gap: float
    smallest_eigenvalue: float
    unknowns: int
    condition: float


class Result:
    """A factor, the matrix it stands for, and how the run went.

    Attributes
    ----------
    factor : array (n, r)
        U of U U^T; [L; R] of L R^T; the complex W of W W^H. Of the run's dtype.
    rank : int
        Columns of the factor; of `ridge` the singular values of the matrix above a thousandth of the largest.
    verdict : str
        'recovered' and what else the function says that made it; 'interrupted' by Ctrl-C.
    outcome : str
        How the run ended: 'recovered', 'plateau', 'iteration_limit', 'diverged', 'stopped'; of `ridge` 'minimum'.
    loss, zero_loss : float
        f(U) = 1/(4m) sum_i e_i^2, e_i = <A_i, U U^T> - y_i, at the factor, and at U = 0.
    iterations : int
        Updates; of `recover` passes over the measurements.
    trace : structured array
        A line for each factor on the way: 'iteration', 'rank', 'loss', 'step_size' (0 where there is none; of `ridge`
        the penalty).
    singular_values : array (min(n, r),)
        Of U; those of U U^T are their squares. float64.
    factor_bits : int
        The fingerprint of U, the same from C++, the command line and every processor.
    seconds : float
        Of the iterations.
    interrupted : bool
        Whether Ctrl-C was pressed.
    instruction_set : str
    arena_bytes : int
    """

    factor: Array
    rank: int
    verdict: str
    outcome: str
    loss: float
    zero_loss: float
    iterations: int
    trace: Array
    singular_values: Array
    factor_bits: int
    seconds: float
    interrupted: bool
    instruction_set: str
    arena_bytes: int

    _counted_in = "iterations"

    def __init__(self, operator: SensingOperator, found: Dict[str, Any]) -> None:
        self._kind = operator.kind
        self._shape = operator.shape
        self._of_distances = isinstance(operator, Distances)
        self._real_factor: Array = found["factor"]
        self.factor = operator._answer(self._real_factor)
        for name in ("rank", "outcome", "loss", "zero_loss", "iterations", "trace", "singular_values", "factor_bits",
                     "seconds", "interrupted", "instruction_set", "arena_bytes"):
            setattr(self, name, found[name])
        said = found.get("verdict", self.outcome)
        self.verdict = "interrupted" if self.interrupted and self.outcome == "stopped" else (
            self.outcome if said == "none" else said)

    @property
    def left(self) -> Array:
        """L of M = L R^T, (rows, r)."""
        return self.factor[: self._shape[0]] if self._kind == "rectangular" else self.factor

    @property
    def right(self) -> Array:
        """R of M = L R^T, (columns, r)."""
        return self.factor[self._shape[0]:] if self._kind == "rectangular" else self.factor

    @property
    def matrix(self) -> Array:
        """U U^T, L R^T or W W^H: made anew at every access, rows x columns numbers."""
        return np.asarray(self.left @ self.right.conj().T)

    @property
    def distances(self) -> Array:
        """Of a map, (n, n): the distances between all points, in the unit of the root of y."""
        if self._kind != "symmetric":
            raise AttributeError("distances: only a symmetric matrix has them")
        square = np.diag(self.matrix)
        return np.asarray(np.sqrt(np.maximum(square[:, None] + square - 2 * self.matrix, 0)))

    def __repr__(self) -> str:
        rows, columns = self._shape
        return (f"<{type(self).__name__}: {self.verdict}, rank {self.rank}, loss {self.loss:.3g} after "
                f"{self.iterations} {self._counted_in}; {rows} x {columns} {self.factor.dtype}>")

    def plot(self, axes: Any = None) -> Any:
        """Draws the loss on the way, the spectrum of the matrix, and the matrix, or of distances the map.

        Parameters
        ----------
        axes : three matplotlib axes, optional
            None: a new figure.

        Returns
        -------
        The axes.

        Raises
        ------
        ImportError
            Where there is no matplotlib.
        """
        if axes is None:
            try:
                plt = importlib.import_module("matplotlib.pyplot")
            except ImportError:
                raise ImportError("plot: needs matplotlib (Debian's python3-matplotlib)") from None
            axes = plt.subplots(1, 3, figsize=(11, 3.4), constrained_layout=True)[1]
        loss, spectrum, picture = axes
        seen = self.trace["loss"] > 0
        loss.semilogy(self.trace["iteration"][seen], self.trace["loss"][seen], ".-")
        loss.set(xlabel=self._counted_in, ylabel="loss", title=f"{self.verdict}, rank {self.rank}")
        values = self.singular_values ** 2
        spectrum.plot(np.arange(1, values.size + 1), values, "o")
        spectrum.set(xlabel="number", ylabel="singular value of the matrix", title="spectrum", ylim=(0, None))
        if self._of_distances and self.rank > 0:
            points = np.zeros((self._shape[0], 2))
            axes_of_map = principal_axes(self.factor)[:, :2]
            points[:, : axes_of_map.shape[1]] = axes_of_map
            picture.plot(*points.T, "o")
            picture.set(aspect="equal", title="map")
        else:
            picture.imshow(np.abs(self.matrix), aspect="equal" if self._kind != "rectangular" else "auto")
            picture.set(title="|matrix|")
        return axes


def principal_axes(points: Array) -> Array:
    """The same points, centred and turned: columns by falling variance, each with its largest entry positive."""
    if points.shape[1] == 0:
        return points
    centred = points - points.mean(axis=0)
    turned: Array = centred @ np.linalg.svd(centred, full_matrices=False)[2].T
    largest = turned[np.abs(turned).argmax(axis=0), np.arange(turned.shape[1])]
    return np.asarray(turned * np.where(largest < 0, -1, 1).astype(turned.dtype))


class Recovery(Result):
    """What `recover` found, and what the measurements say of it.

    Attributes
    ----------
    verdict : {'recovered', 'best fit', 'not determined', 'interrupted', ...}
        'recovered': the loss is at the tolerance, and near the answer nothing else of its rank fits as well.
        'best fit': of the rank that the measurements support, or the highest allowed; the loss is above the
        tolerance. 'not determined': the measurements leave the answer free to move, or are too few to tell. Where the
        run was ended before it could say, how that was: 'interrupted', 'stopped', 'iteration_limit', 'diverged'.
    certificate : Certificate or None
        None without one of the first three verdicts.
    noise_estimate : float or None
        sqrt(sum_i e_i^2 / (m - unknowns)): the standard deviation of the noise of a measurement, if the rest is noise.
    held_out : int
        Measurements that were held out to judge a best fit.
    held_out_error : float or None
        By how much those are missed, as a share of their norm, by a fit to the others.
    freest_entry : (int, int) or None
        Where the matrix is least certain; of distances, the two points.
    standard_error : float or None
        Of that entry, or squared distance: at least so large, one standard error. Of a best fit to noise.
    mirrored : int or None
        A point of which so few distances are known that its mirror image fits as well.
    explored : bool
        Whether the staircase alone left a doubt, and columns explored.
    ambiguous : bool
        Not determined, because exploring again led to another answer.
    outliers : int
        With ``loss='huber'``: measurements that are left out as wild.
    worst_outlier : int or None
        The one that is farthest off.
    """

    certificate: Optional[Certificate]
    noise_estimate: Optional[float]
    held_out: int
    held_out_error: Optional[float]
    freest_entry: Optional[Tuple[int, int]]
    standard_error: Optional[float]
    mirrored: Optional[int]
    explored: bool
    ambiguous: bool
    outliers: int
    worst_outlier: Optional[int]

    _counted_in = "passes"

    def __init__(self, operator: SensingOperator, found: Dict[str, Any]) -> None:
        super().__init__(operator, found)
        judged = found["verdict"] != "none"
        self.certificate = None
        if judged:
            self.certificate = Certificate(found["certificate_gap"], found["smallest_eigenvalue"], found["unknowns"],
                                           found["condition"] if self.rank else float("nan"))
        has_noise = judged and found["counted"] > found["unknowns"]
        self.noise_estimate = found["noise_estimate"] if has_noise else None
        self.held_out = found["held_out"]
        self.held_out_error = found["held_out_error"] if self.held_out else None
        self.mirrored = found["mirrored"]
        self.explored = found["explored"]
        self.ambiguous = found["ambiguous"]
        self.outliers = found["outliers"]
        self.worst_outlier = found["worst_outlier"] if self.outliers else None
        self._directions: Array = found["directions"]
        self._freedom: Array = found["freedom"]
        self._smallest_singular_value: float = found["smallest_singular_value"]
        self.freest_entry = self.standard_error = None
        if self.verdict not in ("best fit", "not determined") or self._freedom.shape[1] == 0:
            return
        change = self._change_of_distances() if self._of_distances else np.abs(self._direction())
        seen = change if self._kind == "rectangular" else np.triu(change)
        row, column = np.unravel_index(int(np.argmax(seen)), seen.shape)
        self.freest_entry = (int(row), int(column))
        if self._has_errors():
            self.standard_error = float(seen[row, column]) * self._noise_of_direction()

    def _has_errors(self) -> bool:
        """Nothing is certain where held-out measurements are missed as by the zero matrix."""
        foretells = self.held_out_error is None or self.held_out_error < 0.9
        return self.verdict == "best fit" and foretells and bool(self.noise_estimate) and self._freedom.shape[1] > 0

    def _noise_of_direction(self) -> float:
        noise = self.noise_estimate or 0.0
        return noise / self._smallest_singular_value if self._smallest_singular_value > 0 else float("inf")

    def _halves(self, factor: Array) -> Tuple[Array, Array]:
        wide = factor.astype(np.float64)
        if self._kind == "rectangular":
            return wide[: self._shape[0]], wide[self._shape[0]:]
        if self._kind == "complex":
            joined = wide[: self._shape[0]] + 1j * wide[self._shape[0]:]
            return joined, joined
        return wide, wide

    def _direction(self) -> Array:
        """Q D^T + D Q^T, or what it is of another shape: along it the measurements change least."""
        (q_left, q_right), (d_left, d_right) = self._halves(self._directions), self._halves(self._freedom)
        return np.asarray(q_left @ d_right.conj().T + d_left @ q_right.conj().T)

    def _change_of_distances(self) -> Array:
        product = self._directions.astype(np.float64) @ self._freedom.astype(np.float64).T
        own = np.diag(product)
        return np.asarray(np.abs(own[:, None] + own - product - product.T))

    @property
    def error_bars(self) -> Optional[Array]:
        """Of every entry of `matrix`, at least: one standard error along the direction that the measurements see least
        (noise_estimate over the least singular value of their map). None where `standard_error` is None."""
        return np.abs(self._direction()) * self._noise_of_direction() if self._has_errors() else None


class Descent(Result):
    """What a method of descent found that was told the rank.

    Attributes
    ----------
    verdict : {'recovered', 'plateau', 'iteration_limit', 'diverged', 'stopped', 'interrupted'}
        'recovered': the loss is at the tolerance, which is not yet to say that X is found; `recover` says more.
    step_size : float
        mu, the last one in use.
    step_reductions : int
        How often it was halved, or a trial taken back.
    initial_scale : float
        alpha; 0 with a given initial_factor.
    """

    step_size: float
    step_reductions: int
    initial_scale: float

    def __init__(self, operator: SensingOperator, found: Dict[str, Any]) -> None:
        super().__init__(operator, found)
        self.step_size = found["step_size"]
        self.step_reductions = found["step_reductions"]
        self.initial_scale = found["initial_scale"]


class Ridge(Result):
    """A penalised fit.

    Attributes
    ----------
    verdict : {'minimum', 'iteration_limit', 'interrupted', ...}
    loss : float
        The penalised one.
    ridge : float
        lambda, as given or found.
    largest_ridge : float
        From which on the answer is 0.
    rms : float
        Root of the mean square of the residuals.
    held_out : int
        Measurements by which lambda was chosen; 0 where it was given.
    held_out_rms : float or None
        By how much they were missed.
    is_path_end : bool
        The smallest lambda that was tried was the best.
    """

    ridge: float
    largest_ridge: float
    rms: float
    held_out: int
    held_out_rms: Optional[float]
    is_path_end: bool

    def __init__(self, operator: SensingOperator, found: Dict[str, Any]) -> None:
        super().__init__(operator, found)
        for name in ("ridge", "largest_ridge", "rms", "held_out", "held_out_rms", "is_path_end"):
            setattr(self, name, found[name])
