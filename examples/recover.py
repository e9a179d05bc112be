# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""A low-rank matrix from fewer measurements than it has numbers, with nothing told; and by the papers' gradient descent."""

import numpy as np

import tinyrank as tr

# A matrix of 60 x 60 and rank 3, measured with 700 random matrices and noise.
random = np.random.default_rng(2106)
truth = tr.planted_truth(60, 3, condition_number=4)
operator = tr.Dense(random.standard_normal((700, 60, 60)))
y = operator.measure(truth) + 0.05 * random.standard_normal(700)

result = tr.recover(operator, y)
print(result)
print(f"noise {result.noise_estimate:.3f}, least certain entry {result.freest_entry} to {result.standard_error:.4f}")


def relative_error(matrix):
    return np.linalg.norm(matrix - truth @ truth.T) / np.linalg.norm(truth @ truth.T)


print(f"error {relative_error(result.matrix):.3f}")

# Told twice the rank, and what loss to accept: a small start prefers low ranks (arXiv 2106.15013).
descent = tr.gradient_descent(operator, y, rank=6, initial_scale=1e-3, tolerance=1.05 * result.loss)
print(descent)
print(f"error {relative_error(descent.matrix):.3f}")
