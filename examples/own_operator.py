# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""A sensing operator of one's own, in numpy: sums of blocks of a matrix, as a camera with coarse pixels takes them."""

import numpy as np

import tinyrank as tr


class BlockSums(tr.Operator):
    """y_i = sum of Z over rows a..b and columns a..b, so A_i = s s^T with ones from a to b in s."""

    def __init__(self, n, blocks):
        self.n, self.m = n, len(blocks)
        places = np.arange(n)
        self.indicators = ((blocks[:, :1] <= places) & (places < blocks[:, 1:])).astype(float)

    def measure(self, U):
        return ((self.indicators @ U) ** 2).sum(axis=1)

    def adjoint_times(self, w, V):
        return self.indicators.T @ (w[:, None] * (self.indicators @ V))


n = 12
blocks = np.array([(a, b) for a in range(n) for b in range(a + 1, n + 1)])
operator = BlockSums(n, blocks)
print(tr.check_operator(operator))

truth = np.stack([np.sin(np.arange(n) + 1.0), np.cos(0.7 * np.arange(n))], axis=1)
result = tr.recover(operator, operator.measure(truth))
print(f"{result.verdict}: rank {result.rank} from {operator.m} sums")
print("largest error of an entry below 1e-4:", np.abs(result.matrix - truth @ truth.T).max() < 1e-4)
