#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""Writes what repeats itself in include/tinyrank/tinyrank.h: each operator's functions, and all that is double.

c_header.py [--check]     (--check: writes nothing, exit code 1 when the header is not what it would write)

People write the rest of the header. An operator is a struct tinyrank_<operator> that begins with struct_size; the
blocks of FUNCTIONS, `begin bytes` and so on, get its functions for float. The block `begin f64` gets, of everything that is
named ..._f32, the twin in double, without the comments.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = ROOT / "include/tinyrank/tinyrank.h"
COLUMNS = 110
FUNCTIONS = {
    "bytes": "size_t tinyrank_{0}_bytes_f32(const tinyrank_{0}* sensing, const tinyrank_options_f32* options);",
    "create": "int32_t tinyrank_{0}_create_f32(tinyrank_run_f32** run, const tinyrank_{0}* sensing, const float* y, "
              "const tinyrank_options_f32* options, void* memory, size_t bytes);",
    "measure_bytes": "size_t tinyrank_{0}_measure_bytes_f32(const tinyrank_{0}* sensing, size_t rank);",
    "measure": "int32_t tinyrank_{0}_measure_f32(const tinyrank_{0}* sensing, const float* factor, size_t rank, float* y, "
               "void* memory, size_t bytes);",
    "matrix_entry": "int32_t tinyrank_{0}_matrix_entry_f32(const tinyrank_{0}* sensing, size_t measurement, size_t row, "
                    "size_t column, float* value, void* memory, size_t bytes);",
    "staircase_bytes": "size_t tinyrank_{0}_staircase_bytes_f32(const tinyrank_{0}* sensing, "
                       "const tinyrank_staircase_options_f32* options);",
    "staircase_create": "int32_t tinyrank_{0}_staircase_create_f32(tinyrank_staircase_f32** run, "
                        "const tinyrank_{0}* sensing, const float* y, "
                        "const tinyrank_staircase_options_f32* options, void* memory, size_t bytes);",
}


def wrapped(declaration):
    """One declaration of a function as clang-format breaks it: parameters below the first, or if one does not fit there,
    all in lines of their own."""
    head, parameters = re.fullmatch(r"([^(]*\()(.*)", declaration).groups()
    parameters = re.findall(r"[^,]+(?:,|$)", parameters.lstrip())
    lines, indent = [head], len(head)
    if any(indent + len(parameter.strip()) > COLUMNS for parameter in parameters):
        indent = 4
        lines.append(" " * indent)
    for parameter in parameters:
        if len(lines[-1]) + len(parameter) > COLUMNS:
            lines.append(" " * indent)
            parameter = parameter.strip()
        lines[-1] += parameter
    return "\n".join(lines) + "\n"


def statements(text):
    """Declarations and definitions of a C header, each in one line, without comments and preprocessor."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.M).replace('extern "C" {', "")
    # A function's body ends it; a struct goes on to its semicolon.
    for found in re.finditer(r"\s*((?:[^;{}]*\)\s*\{[^}]*\}|(?:[^;{}]|\{[^}]*\})*;))", text):
        yield re.sub(r"\s+", " ", found[1])


def written(statement):
    """A statement in the format of this project."""
    if "{" not in statement:
        return wrapped(statement) if "(" in statement else statement + "\n"
    head, body, tail = re.fullmatch(r"([^{]*\{)(.*)\}(.*)", statement).groups()
    return head + "\n" + "".join(f"  {line.strip()};\n" for line in body.split(";") if line.strip()) + "}" + tail + "\n"


def double(statement):
    return re.sub(r"\bfloat\b", "double", statement.replace("_f32", "_f64"))


def filled(text, name, content):
    begin, end = f"/* begin {name}, written by packaging/c_header.py */\n", "/* end */\n"
    if text.count(begin) != 1:
        sys.exit(f"c_header.py: tinyrank.h has no one place for {name}: {begin.strip()}")
    before, after = text.split(begin)
    return before + begin + content + end + after.split(end, 1)[1]


def complete(operators, text):
    """What people write for each operator is there."""
    faults = [f"include/tinyrank/operators/{path.name} has no struct tinyrank_{path.stem} in tinyrank.h"
              for path in sorted((ROOT / "include/tinyrank/operators").glob("*.hpp")) if path.stem not in operators]
    for name in operators:
        if not re.search(rf"#define TINYRANK_{name.upper()}_BYTES\(size, (n|rows, columns), m, rank\)", text):
            faults.append(f"tinyrank.h has no TINYRANK_{name.upper()}_BYTES(size, n, m, rank), or (.., rows, columns, ..)")
        if not (ROOT / f"lib/c_api/{name}.cpp").is_file():
            faults.append(f"tinyrank_{name} has no lib/c_api/{name}.cpp")
    if faults:
        sys.exit("c_header.py: " + "\n".join(faults))


def made(text):
    operators = re.findall(r"typedef struct tinyrank_(?!\w+_f32\b)(?!\w+_f64\b)(\w+) \{\n  uint32_t struct_size;", text)
    complete(operators, text)
    for name, function in FUNCTIONS.items():
        text = filled(text, name, "".join(wrapped(function.format(operator)) for operator in operators))
    single = [statement for statement in statements(filled(text, "f64", "")) if "_f32" in statement]
    return filled(text, "f64", "".join(written(double(statement)) for statement in single))


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit("usage: c_header.py [--check]")
    text = HEADER.read_text()
    new = made(text)
    if sys.argv[1:] and new != text:
        sys.exit("include/tinyrank/tinyrank.h is not what packaging/c_header.py makes of it: run `make c_header`")
    if new != text:
        HEADER.write_text(new)


if __name__ == "__main__":
    main()
