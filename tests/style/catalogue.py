# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""An operator has a header, a source, a row, and its header is in the one header of all: none without the others."""

import re
import sys

import sources


def stems(pattern):
    return {path.stem for path in sources.root.glob(pattern)}


table = sources.text("catalogue/operators.hpp")
rows = set(re.findall(r"ROW\(([a-z0-9_]+)\)", table))
one_header = sources.text("include/tinyrank/tinyrank.hpp")
headers = stems("include/tinyrank/operators/*.hpp")
operators = {name for name in headers if "make_operator" in sources.text(f"include/tinyrank/operators/{name}.hpp")}

faults = []
for name in sorted(operators | rows):
    for path in (f"include/tinyrank/operators/{name}.hpp", f"lib/operators/{name}.cpp", f"catalogue/{name}.hpp"):
        if not (sources.root / path).is_file():
            faults.append(f"{name}: {path} is missing")
    if name not in rows:
        faults.append(f"{name}: catalogue/operators.hpp has no ROW({name})")
    if f'#include "catalogue/{name}.hpp"' not in table:
        faults.append(f"{name}: catalogue/operators.hpp does not include its row")
for name in sorted(headers):
    if f'#include "tinyrank/operators/{name}.hpp"' not in one_header:
        faults.append(f"{name}: include/tinyrank/tinyrank.hpp does not include its header")
sys.exit(sources.verdict("catalogue", faults))
