# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""Recovers a low-rank matrix from linear measurements y_i = <A_i, X X^T>, with nothing told.

    import numpy as np, tinyrank as tr

    result = tr.recover(tr.Distances(pairs, n=21), y)
    result.verdict, result.rank, result.factor, result.matrix

Operators say what was measured: a class for each of the library's, and `Operator` for your own. `recover` finds the rank;
`gradient_descent` and the other methods of descent are told it; `ridge` is for noise. numpy in, numpy out, in float32 or
float64 by the dtype of the arrays; the bits of an answer are those of the C++ library on every processor.
"""

from ._estimators import MDS, MatrixCompletion, NotFittedError
from ._operators import (Dense, DenseBf16, DenseInt8, Distances, Entries, Gaussian, GeneratedRankOne, Hadamard, Rademacher,
                         RankOne, Sparse, Streamed)
from ._result import Certificate, Descent, Recovery, Result, Ridge
from ._runs import (Finding, OperatorReport, check_operator, factor_bits, gradient_descent, momentum, planted_truth,
                    quasi_newton, recover, ridge, scaled_gradient_descent)
from ._sensing import Operator, SensingOperator
from ._shaped_operators import (Bilinear, CodedDiffraction, ComplexRankOne, GeneratedBilinear, GeneratedComplexRankOne,
                                HermitianDense, Pauli, RectangularDense, RectangularEntries)
from ._tinyrank import __version__

__all__ = [
    "Bilinear", "Certificate", "CodedDiffraction", "ComplexRankOne", "Dense", "DenseBf16", "DenseInt8", "Descent",
    "Distances", "Entries", "Finding", "Gaussian", "GeneratedBilinear", "GeneratedComplexRankOne", "GeneratedRankOne",
    "Hadamard", "HermitianDense", "MDS", "MatrixCompletion", "NotFittedError", "Operator", "OperatorReport", "Pauli",
    "Rademacher", "RankOne", "Recovery", "RectangularDense", "RectangularEntries", "Result", "Ridge",
    "SensingOperator", "Sparse", "Streamed", "__version__", "check_operator", "factor_bits", "gradient_descent", "momentum",
    "planted_truth", "quasi_newton", "recover", "ridge", "scaled_gradient_descent",
]
