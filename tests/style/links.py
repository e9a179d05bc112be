# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""links.py <nm> <program>...: each program, one_<operator>, holds the code of no other operator.

Read from the names of what is linked: descriptors (gaussian_sensing) and tables of kernels (gaussian_kernels).
"""

import re
import subprocess
import sys

import sources

# Kernels that the operators share: between the factor and its packed matrix, over packed rows, of vectors a_i.
FAMILIES = {
    "dense": {"factor", "packed"},
    "bf16": {"factor", "bf16"},
    "int8": {"factor", "int8"},
    "gaussian": {"factor", "packed", "gaussian"},
    "rademacher": {"factor", "rademacher"},
    "hadamard": {"factor", "hadamard"},
    "rank_one": {"rank_one"},
    "generated_rank_one": {"rank_one", "gaussian_vector"},
    "distances": {"distance"},
    "entries": {"entries"},
    "sparse": {"sparse"},
}

faults = []
for program in sys.argv[2:]:
    own = re.search(r"one_(\w+)$", program).group(1)
    names = subprocess.run([sys.argv[1], "-C", program], check=True, capture_output=True, text=True).stdout
    tables = set(re.findall(r"isa_tables<tinyrank::(\w+)_kernels<", names))
    if own not in FAMILIES:
        faults.append(f"{own}: in no row of tests/style/links.py")
        continue
    faults += [f"{own}: links the kernels {family}" for family in sorted(tables - FAMILIES[own])]
    # Without its own kernels, the program shows nothing.
    faults += [f"{own}: does not link the kernels {family}" for family in sorted(FAMILIES[own] - tables)]
    descriptors = set(re.findall(r"(\w+)_sensing<", names))
    if len(descriptors) > 1:
        faults.append(f"{own}: links the operators {', '.join(sorted(descriptors))}")
sys.exit(sources.verdict("links", faults))
