# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""A table with holes, filled by a low rank: with nothing told, and where noise is large by a penalty."""

import numpy as np

import tinyrank as tr

random = np.random.default_rng(3)
left, right = random.standard_normal((40, 1, 2)), random.standard_normal((30, 2))
table = (left * right).sum(axis=2)
known = random.random(table.shape) < 0.35
rows, columns = np.nonzero(known)
hidden = np.nonzero(~known)


def error(model):
    """Of the entries that were hidden, as a share of their size."""
    return np.linalg.norm(model.predict(*hidden) - table[hidden]) / np.linalg.norm(table[hidden])


exact = tr.MatrixCompletion().fit(rows, columns, table[known])
print(f"{exact.result_.verdict}: rank {exact.result_.rank}, error {error(exact):.0e}")

# Noise larger than what is sought.
noisy = table[known] + 1.5 * random.standard_normal(len(rows))
for model in (tr.MatrixCompletion(), tr.MatrixCompletion(ridge="auto")):
    model.fit(rows, columns, noisy)
    print(f"{model}: {model.result_.verdict}, rank {model.result_.rank}, error {error(model):.2f}")
