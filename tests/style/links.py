# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""links.py <nm> <program>...: each program, one_<operator>, holds the code of no other operator.

Read from the names of what is linked: descriptors (gaussian_sensing) and tables of kernels (gaussian_kernels).
"""

import re
import subprocess
import sys

import sources


def families(operator):
    """The kernels that the operator's row names: those of its own, and those it shares with others."""
    row = sources.text(f"catalogue/{operator}.hpp")
    return set(re.search(r'kernels = "([a-z0-9_ ]+)";', row).group(1).split())


faults = []
for program in sys.argv[2:]:
    own = re.search(r"one_(\w+)$", program).group(1)
    names = subprocess.run([sys.argv[1], "-C", program], check=True, capture_output=True, text=True).stdout
    # The rows that are asked for are those of another operator, by name alone.
    names = re.sub(r"\b(streamed_\w+|row_kernels)<(\w+, )?tinyrank::\w+_sensing<\w+> ?>", "streamed_sensing<>", names)
    tables = set(re.findall(r"isa_tables<tinyrank::(\w+)_kernels<", names))
    faults += [f"{own}: links the kernels {family}" for family in sorted(tables - families(own))]
    # Without its own kernels, the program shows nothing.
    faults += [f"{own}: does not link the kernels {family}" for family in sorted(families(own) - tables)]
    descriptors = set(re.findall(r"(\w+)_sensing<", names))
    if len(descriptors) > 1:
        faults.append(f"{own}: links the operators {', '.join(sorted(descriptors))}")
sys.exit(sources.verdict("links", faults))
