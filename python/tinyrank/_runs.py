# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""The functions that recover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Tuple, Type, TypeVar

import numpy as np

from . import _checks, _tinyrank
from ._checks import Array
from ._result import Descent, Recovery, Result, Ridge
from ._sensing import SensingOperator

Progress = Callable[[int, float, int], Any]
"""progress(iteration, loss, rank), called at every factor; a run ends, 'stopped', where it returns False."""

_Some = TypeVar("_Some", bound=Result)


def _no_operator(given: Any) -> str:
    what = f"the class {given.__name__}, not one of its objects," if isinstance(given, type) else type(given).__name__
    return f"operator: {what} is no operator of tinyrank, nor of a subclass of tinyrank.Operator"


def _prepare(operator: Any, y: Any) -> Tuple[SensingOperator, Array]:
    if not isinstance(operator, SensingOperator):
        raise ValueError(_no_operator(operator))
    if not hasattr(operator, "m"):
        raise ValueError(f"operator: {type(operator).__name__} has not set m")
    measured = _checks.measurements(y, operator.m, operator.dtype)
    operator._refuse_measurements(measured)
    return operator, measured


def _refuse_zeros(y: Array) -> None:
    if not y.any():
        raise ValueError("y: every measurement is zero, which gives no scale to start from")


def _finish(made: Type[_Some], operator: SensingOperator, found: Dict[str, Any], on_interrupt: str) -> _Some:
    result = made(operator, found)
    if result.interrupted and on_interrupt == "raise":
        stopped = KeyboardInterrupt()
        stopped.result = result  # type: ignore[attr-defined]
        raise stopped
    return result


def _shared(threads: Optional[int], shards: int, instruction_set: Optional[str], seed: int,
            progress: Optional[Progress], on_interrupt: str) -> Dict[str, Any]:
    if progress is not None and not callable(progress):
        raise ValueError(f"progress: {_checks.shown(progress)} is not callable")
    _checks.one_of(on_interrupt, "on_interrupt", ("return", "raise"))
    if instruction_set is not None and not isinstance(instruction_set, str):
        raise ValueError(f"instruction_set: {_checks.shown(instruction_set)} is not a text")
    return {"threads": _checks.threads_of(threads), "shards": min(_checks.count(shards, "shards", 0), 2**32 - 1),
            "instruction_set": None if instruction_set in (None, "auto") else instruction_set,
            "seed": _checks.seed_of(seed), "progress": progress}


def _numbers(**given: Any) -> Dict[str, Any]:
    return {name: None if value is None else _checks.real(value, name) for name, value in given.items()}


def _counts(least: int, **given: Any) -> Dict[str, Any]:
    counts = {name: None if value is None else _checks.count(value, name, least) for name, value in given.items()}
    for name, value in counts.items():
        if value is not None and name in ("pass_limit", "iteration_limit", "history", "plateau_window"):
            counts[name] = min(value, 2**32 - 1)
    return counts


def recover(operator: SensingOperator, y: Any, *, rank: Optional[int] = None, tolerance: Optional[float] = None,
            relative_tolerance: Optional[float] = None, weights: Any = None, loss: str = "squared",
            huber_delta: Optional[float] = None, explore: str = "when_needed", explore_rank: Optional[int] = None,
            held_out_share: float = 0.1, spent: int = 0, pass_limit: int = 5000, history: int = 5,
            probes: Optional[int] = None, seed: int = 1, threads: Optional[int] = None, shards: int = 16,
            instruction_set: Optional[str] = None, progress: Optional[Progress] = None,
            on_interrupt: str = "return") -> Recovery:
    """Recovers a low-rank matrix with nothing told: finds its rank, and says what the measurements carry of the answer.

    Minimises f(U) = 1/(4m) sum_i w_i (<A_i, U U^T> - y_i)^2 by a staircase of ranks, quasi-Newton steps at each, and
    explores from a small random start where that leaves a doubt (include/tinyrank/staircase.hpp and recovery.hpp; the
    start: Stoger & Soltanolkotabi, NeurIPS 2021, arXiv 2106.15013). The same as ``tinyrank recover``, to the bit.

    Parameters
    ----------
    operator : SensingOperator
        One of the library's, or of your own.
    y : array (m,)
        The measurements, in any unit. float32 or float64, as the operator is; not copied when it is contiguous.
    rank : int, optional
        The most columns that U may take. None: 16, or as many as there are.
    tolerance, relative_tolerance : float, optional
        Recovered once f(U) <= max(tolerance, relative_tolerance f(0)). None: relative, 1e-12, in float32 1e-10. A
        tolerance takes the place of that.
    weights : array (m,), optional
        w_i >= 0, such as one over the variance of y_i. 0 leaves a measurement out.
    loss : {'squared', 'huber'}
        'huber' leaves wild measurements out, and names the farthest.
    huber_delta : float, optional
        What is not wild, in units of e_i sqrt(w_i). None: by the residuals.
    explore : {'when_needed', 'never', 'at_once'}
    explore_rank : int, optional
        Columns that explore. None: 64, or as many as there are.
    held_out_share : float
        Of the measurements, to judge a best fit; at most a half, 0 for none.
    spent : int
        Unknowns that were fitted to y before, and taken off it.
    pass_limit : int
        Passes over the measurements.
    history : int
        Pairs of steps of the quasi-Newton method, 1 to 64.
    probes : int, optional
        Columns of a look at the residual matrix; see staircase.hpp.
    seed : int
    threads : int, optional
        None: as many as this process may use. The bits do not depend on it.
    shards : int
        A power of two to 64, on which the bits depend.
    instruction_set : str, optional
        'scalar', 'avx2', ...; None: the widest.
    progress : callable, optional
        ``progress(iteration, loss, rank)``, at every pass; the run ends where it returns False.
    on_interrupt : {'return', 'raise'}
        Ctrl-C ends a run within one pass, or a millisecond. 'return': with what there is, the verdict 'interrupted',
        and no KeyboardInterrupt. 'raise': by a KeyboardInterrupt that has it as its `result`. Before the first factor
        there is nothing to return, and a KeyboardInterrupt.

    Returns
    -------
    Recovery

    Raises
    ------
    ValueError
        For an argument that cannot be used, which it names.

    Examples
    --------
    >>> import numpy as np, tinyrank as tr
    >>> operator = tr.Gaussian(20, 400)
    >>> result = tr.recover(operator, operator.measure(tr.planted_truth(20, 2)))
    >>> result.verdict, result.rank
    ('recovered', 2)
    """
    operator, y = _prepare(operator, y)
    options = _shared(threads, shards, instruction_set, seed, progress, on_interrupt)
    options.update(_numbers(tolerance=tolerance, relative_tolerance=relative_tolerance, huber_delta=huber_delta,
                            held_out_share=held_out_share))
    options.update(_counts(0, spent=spent, pass_limit=pass_limit, history=history))
    options.update(_counts(1, rank=rank, explore_rank=explore_rank, probes=probes), explore=explore, loss=loss)
    _refuse_zeros(y)
    most = min(operator.shape)
    for name in ("rank", "explore_rank"):
        if options[name] is not None and options[name] > most:
            raise ValueError(f"{name}: {options[name]} columns, where no rank is above {most}")
    _checks.one_of(explore, "explore", ("when_needed", "never", "at_once"))
    _checks.one_of(loss, "loss", ("squared", "huber"))
    if weights is not None:
        options["weights"] = _checks.weights_of(weights, operator.m, y.dtype)
    return _finish(Recovery, operator, operator._problem(y.dtype).recover(y, options), on_interrupt)


def _descend(method: str, operator: SensingOperator, y: Any, rank: Any, on_interrupt: str, shared: Dict[str, Any],
             numbers: Dict[str, Any], counts: Dict[str, Any], law: str, initial_factor: Any) -> Descent:
    operator, y = _prepare(operator, y)
    options = {**shared, **_numbers(**numbers), **_counts(0, **counts), "rank": _checks.count(rank, "rank"), "law": law}
    if options.get("step_size") is None or options.get("initial_scale") is None:
        _refuse_zeros(y)
    _checks.one_of(law, "law", ("gaussian", "orthonormal"))
    if initial_factor is not None:
        start = operator._factor(initial_factor, "initial_factor")
        if start.shape[1] != options["rank"] or start.shape[0] != operator._problem(y.dtype).n:
            raise ValueError(f"initial_factor: has the shape {np.shape(initial_factor)}, not ({operator.n}, {rank})")
        options["initial_factor"] = _checks.in_place(start, y.dtype)
    return _finish(Descent, operator, operator._problem(y.dtype).descend(y, method, options), on_interrupt)


_DESCENT = """

    Parameters
    ----------
    operator : SensingOperator
    y : array (m,)
        As of `recover`.
    rank : int
        Columns r of U, which may be more than the rank of X, and than n.
    step_size : float, optional
        mu. {step} Where it is not given, a step by which the loss grows is taken back and halved.
    initial_scale : float, optional
        alpha in U_0 = alpha U. None: 1e-3 ||X||, estimated from y.{own}
    law : {{'gaussian', 'orthonormal'}}
        How U is drawn: entries N(0, 1/r), or orthonormal columns.
    initial_factor : array (n, rank), optional
        U_0 itself.
    tolerance, relative_tolerance : float, optional
        Recovered once f(U) <= max(tolerance, relative_tolerance f(0)). None: relative, 1e-6. A tolerance takes the
        place of that.
    plateau_window : int, optional
        Iterations, two such windows without a gain being a plateau; 0: never. None: {window}.
    plateau_tolerance : float, optional
        That gain, as a fraction.
    iteration_limit : int
    seed, threads, shards, instruction_set, progress, on_interrupt
        As of `recover`.

    Returns
    -------
    Descent

    Raises
    ------
    ValueError
        For an argument that cannot be used, which it names.
    """


def _documented(step: str, own: str = "", window: str = "250") -> Callable[[Callable[..., Descent]], Callable[..., Descent]]:
    """Adds what the methods of descent have in common to a docstring."""

    def add(function: Callable[..., Descent]) -> Callable[..., Descent]:
        function.__doc__ = (function.__doc__ or "").rstrip() + _DESCENT.format(step=step, own=own, window=window)
        return function

    return add


def gradient_descent(operator: SensingOperator, y: Any, *, rank: int, step_size: Optional[float] = None,
                     initial_scale: Optional[float] = None, law: str = "gaussian", initial_factor: Any = None,
                     tolerance: Optional[float] = None, relative_tolerance: Optional[float] = None,
                     plateau_window: Optional[int] = None, plateau_tolerance: Optional[float] = None,
                     iteration_limit: int = 10000, seed: int = 1, threads: Optional[int] = None, shards: int = 16,
                     instruction_set: Optional[str] = None, progress: Optional[Progress] = None,
                     on_interrupt: str = "return") -> Descent:
    """Gradient descent from a small random start, U := U - mu grad f(U) (arXiv 2106.15013, eq. (3))."""
    return _descend("gradient-descent", operator, y, rank, on_interrupt,
                    _shared(threads, shards, instruction_set, seed, progress, on_interrupt),
                    dict(step_size=step_size, initial_scale=initial_scale, tolerance=tolerance,
                         relative_tolerance=relative_tolerance, plateau_tolerance=plateau_tolerance),
                    dict(plateau_window=plateau_window, iteration_limit=iteration_limit), law, initial_factor)


def scaled_gradient_descent(operator: SensingOperator, y: Any, *, rank: int, step_size: Optional[float] = None,
                            initial_scale: Optional[float] = None, damping: Optional[float] = None,
                            damping_ratio: float = 0.5, law: str = "gaussian", initial_factor: Any = None,
                            tolerance: Optional[float] = None, relative_tolerance: Optional[float] = None,
                            plateau_window: Optional[int] = None, plateau_tolerance: Optional[float] = None,
                            iteration_limit: int = 10000, seed: int = 1, threads: Optional[int] = None,
                            shards: int = 16, instruction_set: Optional[str] = None,
                            progress: Optional[Progress] = None, on_interrupt: str = "return") -> Descent:
    """ScaledGD(lambda), U := U - mu grad f(U) (U^T U + lambda Id)^-1, which does not feel the condition number of X (Xu,
    Shen, Chi & Ma, arXiv 2302.01186, eq. (5))."""
    return _descend("scaled", operator, y, rank, on_interrupt,
                    _shared(threads, shards, instruction_set, seed, progress, on_interrupt),
                    dict(step_size=step_size, initial_scale=initial_scale, damping=damping, damping_ratio=damping_ratio,
                         tolerance=tolerance, relative_tolerance=relative_tolerance,
                         plateau_tolerance=plateau_tolerance),
                    dict(plateau_window=plateau_window, iteration_limit=iteration_limit), law, initial_factor)


def momentum(operator: SensingOperator, y: Any, *, rank: int, step_size: Optional[float] = None,
             initial_scale: Optional[float] = None, momentum: float = 0.9, law: str = "gaussian",
             initial_factor: Any = None, tolerance: Optional[float] = None,
             relative_tolerance: Optional[float] = None, plateau_window: Optional[int] = None,
             plateau_tolerance: Optional[float] = None, iteration_limit: int = 10000, seed: int = 1,
             threads: Optional[int] = None, shards: int = 16, instruction_set: Optional[str] = None,
             progress: Optional[Progress] = None, on_interrupt: str = "return") -> Descent:
    """Gradient descent with momentum, U+ = Z - mu grad f(Z), Z+ = U+ + theta (U+ - U) (Ajayi et al., arXiv 1806.00534)."""
    return _descend("momentum", operator, y, rank, on_interrupt,
                    _shared(threads, shards, instruction_set, seed, progress, on_interrupt),
                    dict(step_size=step_size, initial_scale=initial_scale, momentum=momentum, tolerance=tolerance,
                         relative_tolerance=relative_tolerance, plateau_tolerance=plateau_tolerance),
                    dict(plateau_window=plateau_window, iteration_limit=iteration_limit), law, initial_factor)


def quasi_newton(operator: SensingOperator, y: Any, *, rank: int, step_size: Optional[float] = None,
                 initial_scale: Optional[float] = None, history: int = 5, damping_ratio: float = 0.0,
                 law: str = "gaussian", initial_factor: Any = None, tolerance: Optional[float] = None,
                 relative_tolerance: Optional[float] = None, plateau_window: Optional[int] = None,
                 plateau_tolerance: Optional[float] = None, iteration_limit: int = 10000, seed: int = 1,
                 threads: Optional[int] = None, shards: int = 16, instruction_set: Optional[str] = None,
                 progress: Optional[Progress] = None, on_interrupt: str = "return") -> Descent:
    """L-BFGS on the factor (Nocedal 1980), the fastest of those that are told the rank: 20 to 100 passes."""
    return _descend("quasi-newton", operator, y, rank, on_interrupt,
                    _shared(threads, shards, instruction_set, seed, progress, on_interrupt),
                    dict(step_size=step_size, initial_scale=initial_scale, damping_ratio=damping_ratio,
                         tolerance=tolerance, relative_tolerance=relative_tolerance,
                         plateau_tolerance=plateau_tolerance),
                    dict(history=history, plateau_window=plateau_window, iteration_limit=iteration_limit), law,
                    initial_factor)


_documented("None: 1/(4 lambda_1), lambda_1 the largest eigenvalue of A^*(y).")(gradient_descent)
_documented("None: 1/(2 gamma), gamma in f(U) ~ gamma/4 ||U U^T - X X^T||_F^2.", """
    damping : float, optional
        lambda. None: c sqrt(4 f(U) / gamma), by the loss.
    damping_ratio : float
        c.""")(scaled_gradient_descent)
_documented("None: 1/(4 lambda_1), lambda_1 the largest eigenvalue of A^*(y).", """
    momentum : float
        theta, from 0 and below 1.""")(momentum)
_documented("None: 1/(4 lambda_1), with damping_ratio 1/(2 gamma).", """
    history : int
        Pairs of steps that it looks back on, 1 to 64.
    damping_ratio : float
        c of the preconditioner; 0: none, for a rank that may be too large; 0.25 is right for the rank itself.""",
            "20")(quasi_newton)

METHODS: Dict[str, Callable[..., Descent]] = {
    "gradient-descent": gradient_descent,
    "scaled": scaled_gradient_descent,
    "momentum": momentum,
    "quasi-newton": quasi_newton,
}
"""By the names of the library's catalogue of methods; a test compares them."""


def ridge(operator: SensingOperator, y: Any, *, ridge: Optional[float] = None, rank: Optional[int] = None,
          weights: Any = None, iteration_limit: int = 2000, seed: int = 1, threads: Optional[int] = None,
          shards: int = 16, instruction_set: Optional[str] = None, progress: Optional[Progress] = None,
          on_interrupt: str = "return") -> Ridge:
    """A fit with a penalty on the factor, for measurements so noisy that no rank is clearly the right one.

    Minimises 1/(4m) sum_i w_i e_i^2 + lambda ||U||_F^2, of a rectangular matrix half of that penalty (include/tinyrank/
    ridge.hpp; Srebro, Rennie & Jaakkola, NeurIPS 2004): with enough columns the fit with the nuclear norm as its penalty.
    The same as ``tinyrank recover --ridge``, to the bit.

    Parameters
    ----------
    operator : SensingOperator
    y : array (m,)
        As of `recover`; copied.
    ridge : float, optional
        lambda. None: the one that foretells a tenth of the measurements best, from the others.
    rank : int, optional
        Columns of U. None: 16, or as many as there are.
    weights : array (m,), optional
    iteration_limit : int
    seed, threads, shards, instruction_set, progress, on_interrupt
        As of `recover`.

    Returns
    -------
    Ridge

    Raises
    ------
    ValueError
        For an argument that cannot be used, which it names.
    """
    operator, y = _prepare(operator, y)
    options = _shared(threads, shards, instruction_set, seed, progress, on_interrupt)
    most = min(operator.shape)
    options.update(_counts(1, rank=min(16, most) if rank is None else rank, iteration_limit=iteration_limit))
    if options["rank"] > most:
        raise ValueError(f"rank: {rank} columns, where no rank is above {most}")
    options.update(_numbers(ridge=ridge))
    if ridge is not None and not (0 <= options["ridge"] < np.inf):
        raise ValueError(f"ridge: {_checks.shown(ridge)} is negative or not finite")
    if weights is not None:
        given = _checks.weights_of(weights, operator.m, y.dtype)
        if given.min() < 0 or given.max() == 0:
            raise ValueError("weights: one is negative, or all are zero")
        options["weights"] = given
    return _finish(Ridge, operator, operator._problem(y.dtype).ridge(y, options), on_interrupt)


@dataclass(frozen=True)
class Finding:
    """One property of an operator: `what` says what is wrong where it has not `passed`."""

    what: str
    discrepancy: float
    tolerance: float
    passed: bool


@dataclass(frozen=True)
class OperatorReport:
    """What `check_operator` found; true where all has passed."""

    findings: Tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return all(each.passed for each in self.findings)

    @property
    def first_failure(self) -> Optional[Finding]:
        """Mend it first: it often brings those below it."""
        return next((each for each in self.findings if not each.passed), None)

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        failure = self.first_failure
        if failure is None:
            return f"<OperatorReport: all {len(self.findings)} properties hold>"
        return f"<OperatorReport: {failure.what}: {failure.discrepancy:.3g}, at most {failure.tolerance:.3g}>"


def check_operator(operator: SensingOperator, *, rank: int = 2, tolerance: Optional[float] = None, seed: int = 1,
                   dtype: Any = None, threads: Optional[int] = None) -> OperatorReport:
    """Tests an operator, usually your own, on random factors and weights: that its verbs belong together,
    <w, measure(U)> = <adjoint_times(w, U), U>, are linear where they should be, and write all that they should.

    Parameters
    ----------
    operator : SensingOperator
    rank : int
        Columns of the factors.
    tolerance : float, optional
        The largest discrepancy. None: 256 times the machine epsilon.
    seed : int
    dtype : optional
        None: the operator's own, else float64.
    threads : int, optional

    Returns
    -------
    OperatorReport

    Examples
    --------
    >>> import tinyrank as tr
    >>> tr.check_operator(tr.Gaussian(8, 20))
    <OperatorReport: all 14 properties hold>
    """
    if not isinstance(operator, SensingOperator):
        raise ValueError(_no_operator(operator))
    chosen = _checks.precision((operator.dtype or np.float64) if dtype is None else dtype)
    options = {"rank": _checks.count(rank, "rank"), "seed": _checks.seed_of(seed), "threads": _checks.threads_of(threads),
               **_numbers(tolerance=tolerance)}
    found = operator._problem(chosen).check(options)
    return OperatorReport(tuple(Finding(*each) for each in found))


def planted_truth(n: int, rank: int, *, condition_number: float = 1.0, seed: int = 1, dtype: Any = np.float64) -> Array:
    """A truth X, n x rank, to measure and recover: orthonormal columns times singular values from 1 down to
    1/condition_number in equal steps.

    Parameters
    ----------
    n, rank : int
    condition_number : float
    seed : int
    dtype : float32 or float64

    Returns
    -------
    array (n, rank)
    """
    arguments = (_checks.count(n, "n"), _checks.count(rank, "rank"), _checks.real(condition_number, "condition_number"),
                 _checks.seed_of(seed))
    if _checks.precision(dtype) == np.float32:
        return _tinyrank.planted_truth32(*arguments)
    return _tinyrank.planted_truth64(*arguments)


def factor_bits(factor: Any) -> int:
    """The fingerprint of a real factor: 64-bit FNV-1a of its elements, row by row, the same on every machine.

    Parameters
    ----------
    factor : array (n, r)

    Returns
    -------
    int
    """
    array = _checks.floats(factor, "factor", ("n", "r"))
    if 0 in array.shape:
        raise ValueError(f"factor: has the shape {array.shape}, with nothing in it")
    return _tinyrank.factor_bits(_checks.in_place(array, array.dtype))
