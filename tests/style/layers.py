# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""An include that runs backwards: layers from left to right, each may include itself and what is before it."""

import os.path
import re
import sys

import sources

words = "status environment views arena random instruction_set version export".split()
runs = "descent gradient_descent scaled_gradient_descent momentum quadratic_network quasi_newton ridge staircase recovery batch checkpoint".split()
public = lambda names: [f"include/tinyrank/{name}.hpp" for name in names]
LAYERS = [
    public(words) + ["include/tinyrank/detail/instruction_sets.def", "lib/status.cpp"],
    ["lib/simd/", "lib/environment.cpp"],
    public(["sensing", "factor_shape"]) + ["include/tinyrank/detail/", "lib/kernels/", "lib/gaussian_table.", "lib/random.cpp"],
    ["lib/parallel.", "lib/helpers."],
    ["lib/dense_algebra/"],
    public(["check_operator"]) + ["include/tinyrank/operators/", "lib/operators/"],
    public(runs) + ["include/tinyrank/detail/staircase_memory.hpp", "include/tinyrank/detail/recovery_memory.hpp", "lib/solver/"],
    public(["spectral", "restricted_isometry"]) + ["lib/spectral/"],
    public(["diagnostics", "standstill", "examination", "estimate", "subspaces", "phases", "theory"]) + ["lib/diagnostics/"],
    public(["tinyrank"]),
    public(["mpi"]) + ["lib/mpi/"],
    ["include/tinyrank/tinyrank.h", "lib/c_api/"],
    ["catalogue/"],
    ["apps/", "examples/", "bench/"],
    ["python/"],
    ["docs/", "tests/"],
]


def layer(path):
    """The longest prefix decides; a file that has no layer is a fault of the table above."""
    places = [(len(prefix), place) for place, prefixes in enumerate(LAYERS) for prefix in prefixes if path.startswith(prefix)]
    return max(places)[1] if places else None


def included(path, name):
    """The file that the name is, when it is ours; one of the same folder is of the same layer."""
    for candidate in (f"include/{name}", name, os.path.normpath(path.parent / name)):
        if (sources.root / candidate).is_file():
            return candidate
    return "include/tinyrank/version.hpp" if name == "tinyrank/version.hpp" else None


faults = []
for path in sources.files(sources.code):
    own = layer(str(path))
    if own is None:
        faults.append(f"{path}: in no layer of tests/style/layers.py")
        continue
    for number, line in enumerate(sources.text(path).split("\n"), 1):
        found = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
        target = found and included(path, found.group(1))
        if target and layer(target) is not None and layer(target) > own:
            faults.append(f"{path}:{number}: includes {target}, a layer further up")
sys.exit(sources.verdict("layers", faults))
