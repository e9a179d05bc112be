# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""A map of 21 European cities from 70% of their road distances (R's eurodist), without the number of dimensions."""

import csv
import pathlib

import numpy as np

import tinyrank as tr

path = pathlib.Path(__file__).resolve().parent.parent / "examples" / "eurodist.csv"
with open(path, encoding="utf-8", newline="") as file:
    header, *rows = csv.reader(file)
table = np.array([[float(cell or 0) for cell in row[1:]] for row in rows])
names = [row[0] for row in rows]

# Three in ten are unknown.
pairs = np.stack(np.triu_indices(len(names), 1), axis=1)
order = np.random.default_rng(1).permutation(len(pairs))
known, unknown = pairs[order[:147]], pairs[order[147:]]
result = tr.recover(tr.Distances(known, n=len(names)), table[tuple(known.T)] ** 2)
print(result)
off = result.distances[tuple(unknown.T)] - table[tuple(unknown.T)]
print(f"distances that were not used are missed by {np.sqrt((off ** 2).mean()):.0f} km")
first, second = (names[k] for k in result.freest_entry)
print(f"least certain: {first} to {second}")

# The same with the habits of scikit-learn: NaN is unknown.
holes = table.copy()
holes[tuple(unknown.T)] = holes[tuple(unknown[:, ::-1].T)] = np.nan
places = tr.MDS(n_components=2).fit_transform(holes)
print("\n".join(f"{name:10} {x:7.0f} {y:7.0f} km" for name, (x, y) in list(zip(names, places))[:5]))
