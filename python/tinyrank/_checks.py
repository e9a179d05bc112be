# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""Arguments as the compiled module takes them, or a ValueError that names the argument."""

from __future__ import annotations

import operator
from typing import Any, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from . import _tinyrank

Array = npt.NDArray[Any]
Shape = Tuple[int, ...]

_MOST = 2**48
"""Above every size that a machine has memory for, and below what overflows on the way."""


def shown(value: Any) -> str:
    """What a refusal shows of a value: one line, not an array of thousands."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:77] + "..."


def count(value: Any, argument: str, least: int = 1) -> int:
    """A whole number of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{argument}: {shown(value)} is not a whole number") from None
    if not least <= number < _MOST:
        raise ValueError(f"{argument}: {number} is {f'below {least}' if number < least else 'too large'}")
    return number


def seed_of(value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"seed: {shown(value)} is not a whole number") from None
    if not 0 <= number < 2**64:
        raise ValueError(f"seed: {number} is not from 0 to 2**64 - 1")
    return number


def real(value: Any, argument: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{argument}: {shown(value)} is not a number") from None


def one_of(value: Any, argument: str, names: Sequence[str]) -> int:
    """The place of a text among names."""
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{argument}: {shown(value)} is not one of {', '.join(map(repr, names))}")
    return names.index(value)


def _plain(value: Any, argument: str) -> Array:
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{argument}: a masked array; leave out what is not known, or fill it")
    try:
        array = np.asarray(value)
    except ValueError as why:
        raise ValueError(f"{argument}: {why}") from None
    if array.dtype.kind not in "fiubc":
        raise ValueError(f"{argument}: dtype {array.dtype} is not one of numbers")
    return array


def _shape_text(shape: Sequence[Any]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def require_shape(array: Array, argument: str, *wanted: Sequence[Any]) -> None:
    """One of the shapes; a text stands for any number."""
    for shape in wanted:
        if array.ndim == len(shape) and all(isinstance(b, str) or a == b for a, b in zip(array.shape, shape)):
            return
    choices = " or ".join(_shape_text(shape) for shape in wanted)
    raise ValueError(f"{argument}: has the shape {_shape_text(array.shape)}, not {choices}")


def floats(value: Any, argument: str, *wanted: Sequence[Any], dtype: Any = None) -> Array:
    """A float32 or float64 array of the machine's byte order; whole numbers, and floats of other sizes, become
    float64, or `dtype`. No copy is made of what is one already."""
    array = _plain(value, argument)
    if array.dtype.kind == "c":
        raise ValueError(f"{argument}: has complex numbers, where real ones are taken")
    require_shape(array, argument, *wanted)
    if array.dtype.kind == "f" and array.dtype.itemsize in (4, 8):
        wide = np.dtype(f"f{array.dtype.itemsize}")
    else:
        wide = np.dtype(dtype or np.float64)
    return array.astype(wide, copy=False)


def complexes(value: Any, argument: str, *wanted: Sequence[Any]) -> Array:
    """A complex64 or complex128 array of the machine's byte order; float32 becomes complex64."""
    array = _plain(value, argument)
    require_shape(array, argument, *wanted)
    single = array.dtype in (np.dtype(np.complex64), np.dtype(np.float32))
    return array.astype(np.complex64 if single else np.complex128, copy=False)


def indices(value: Any, argument: str, *wanted: Sequence[Any]) -> Array:
    """Whole numbers from 0 on, as 32 bits."""
    array = _plain(value, argument)
    if array.size == 0 and array.dtype.kind == "f":
        array = array.astype(np.uint32)
    require_shape(array, argument, *wanted)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{argument}: dtype {array.dtype} is not one of whole numbers")
    if array.size and (array.min() < 0 or array.max() >= 2**32):
        raise ValueError(f"{argument}: an index is negative or does not fit 32 bits")
    return np.ascontiguousarray(array, dtype=np.uint32)


def require_finite(array: Array, argument: str) -> Array:
    finite = np.isfinite(array)
    if not finite.all():
        place = np.unravel_index(int(np.argmin(finite)), array.shape)
        raise ValueError(f"{argument}: not finite at index {', '.join(str(int(k)) for k in place)}")
    return array


def pairs_of_different(array: Array, n: int, argument: str) -> None:
    """Rows of two different indices below n."""
    bad = (array >= n).any(axis=1) | (array[:, 0] == array[:, 1])
    if bad.any():
        place = int(np.argmax(bad))
        one, other = array[place].tolist()
        why = "names one index twice" if one == other else f"has an index that is not below n = {n}"
        raise ValueError(f"{argument}: row {place}, ({one}, {other}), {why}")


def in_place(array: Array, dtype: Any) -> Array:
    """The same where it lies in memory as C has it, else a copy."""
    return np.require(array, dtype=dtype, requirements=["C", "A"])


def measurements(y: Any, m: int, dtype: Any, argument: str = "y") -> Array:
    """m finite numbers, of `dtype` where that is given: another dtype of an array is refused, not converted."""
    array = floats(y, argument, (m,), dtype=dtype)
    if getattr(y, "dtype", None) == np.dtype(bool):
        raise ValueError(f"{argument}: has truth values, where numbers are taken")
    if dtype is not None and array.dtype != dtype:
        if isinstance(y, np.ndarray):
            raise ValueError(f"{argument}: {array.dtype}, where the run is in {np.dtype(dtype)}; convert one of them")
        array = array.astype(dtype)
    return require_finite(in_place(array, array.dtype), argument)


def weights_of(weights: Any, m: int, dtype: Any) -> Array:
    """m finite weights, in the precision of the measurements, whatever theirs is."""
    return measurements(floats(weights, "weights", (m,)).astype(dtype, copy=False), m, dtype, "weights")


def precision(dtype: Any) -> Any:
    """float32 or float64, of what numpy takes for a dtype."""
    try:
        found: Any = np.dtype(dtype)
    except (TypeError, ValueError):
        found = None
    if isinstance(found, np.dtype) and found in (np.dtype(np.float32), np.dtype(np.float64)):
        return found
    raise ValueError(f"dtype: {shown(dtype)} is not float32 or float64")


def threads_of(value: Any) -> int:
    """None: OMP_NUM_THREADS, or as many as this process may use."""
    return _tinyrank.default_threads() if value is None else min(count(value, "threads", 0), 2**32 - 1)


def require_sizes(shape: Sequence[int], argument: str) -> None:
    if 0 in shape:
        raise ValueError(f"{argument}: has the shape {tuple(shape)}, with nothing in it")


def form_of_vectors(form: Any) -> int:
    return one_of(form, "form", ("plain", "debiased"))


def measurements_of_vectors(vectors: int, form: int) -> int:
    if form == 1 and vectors % 2:
        raise ValueError(f"vectors: {vectors} of them are no pairs, which form='debiased' takes")
    return vectors // 2 if form == 1 else vectors
