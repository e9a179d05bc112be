# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""tinyrank.h for doxygen: whose each comment is.

A comment speaks of what follows it up to an empty line: of the struct among that, else of the first declaration, to which the
others refer. What packaging/c_header.py writes for each operator refers to the first, and what is double to its twin.
"""

import re

# The section before the first that the header names.
BEGINNING = "What calls return"
# What means the same in every struct.
MEMBERS = {
    "struct_size": "sizeof the struct, set by the caller",
    "n": "rows of the matrix", "dimension": "rows of the complex matrix", "qubits": "of a matrix with 2^qubits rows",
    "rows": "rows of the matrix", "columns": "columns of the matrix", "measurement_count": "m, the number of A_i",
    "seed": "of what is drawn", "ensemble": "TINYRANK_ISOTROPIC or TINYRANK_AS_PRINTED",
    "form": "TINYRANK_PLAIN or TINYRANK_DEBIASED", "transform": "TINYRANK_FOURIER or TINYRANK_WALSH_HADAMARD",
    "* rows": "the A_i", "* vectors": "the a_i", "* matrices": "the B_i", "* left": "the b_i", "* right": "the c_i",
    "* scales": "one for each A_i", "* pairs": "one for each measurement", "* strings": "one for each measurement",
    "* offsets": "where the entries of each A_i begin", "* entries": "of all A_i, one after the other",
    "first": "an index", "second": "the other index", "row": "an index", "column": "the other index", "value": "the entry there",
    "x": "the bits of X and Y", "z": "the bits of Z and Y", "bytes": "of one line",
    "outcome": "TINYRANK_RUNNING, or how it ended", "iteration": "updates so far", "step_size": "that led there",
    "pass": "that found it", "passes": "through all A_i so far", "rank": "columns of the factor", "loss": "f of the factor",
    "trace_capacity": "entries that trace has room for", "entries": "lines of the trace so far",
    "reserved": "0", "reserved_number": "0", "* reserved_pointer": "null",
}
DIRECTIVE = re.compile(r"[ \t]*#(?:[^\n]*\\\n)*[^\n]*\n")


def parts_of(text):
    """(kind, text) of a header: comment, directive, empty line, statement, space."""
    at = 0
    while at < len(text):
        begin, kind = at, "space"
        if text.startswith("/*", at):
            kind, at = "comment", text.index("*/", at) + 2
        elif (found := DIRECTIVE.match(text, at)) and text[:at].endswith("\n"):
            kind, at = "directive", found.end()
        elif found := re.compile(r"\n[ \t]*(?=\n)").match(text, at):
            kind, at = "empty", found.end()
        elif text[at].isspace():
            at += 1
        elif text.startswith('extern "C" {', at):
            at += len('extern "C" {')
        else:
            kind, depth = "statement", 0
            while True:
                if text.startswith("/*", at):
                    at = text.index("*/", at) + 2
                    continue
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
                # A function's body ends it; a struct goes on to its semicolon. An unpaired brace is extern "C"'s.
                if depth <= 0 and (text[at - 1] == ";" or text[at - 1] == "}" and text[at:at + 1] == "\n"):
                    break
        yield kind, text[begin:at]


def lines_of(comment):
    """The text of /* */, without the stars at the left."""
    inner = comment[2:-2].strip("\n")
    return [re.sub(r"^\s*\* ?", "", line).rstrip() for line in inner.strip().split("\n")]


def block(documentation, lines):
    return "\n/**\n" + "\n".join(documentation(lines)) + "\n*/\n"


def name_of(statement):
    """What a statement or a #define declares; None where that is nothing of its own."""
    plain = re.sub(r"/\*.*?\*/", "", statement, flags=re.S)
    if plain.lstrip().startswith("#") and not plain.lstrip().startswith("#define"):
        return None
    for pattern in (r"^\s*#\s*define (\w+)", r"^typedef struct (\w+)", r"^typedef .*?(\w+);", r"^enum", r"(\w+)\("):
        if found := re.search(pattern, plain):
            return found[1] if found.groups() else "enum"
    return None


def with_members(statement, documentation, known):
    """Comments behind members and enumerators become theirs; members without one get what they mean everywhere, or what
    the same member of `known` says."""
    statement = re.sub(r"[ ]*/\*(.*?)\*/", lambda found: " /**< " + " ".join(documentation([" ".join(found[1].split())])) + " */",
                       statement, flags=re.S)
    said = {}

    def member(found):
        declared, name, size, comment = found.groups()
        if comment is None:
            text = known.get(name) or MEMBERS.get("* " * declared.endswith("* ") + name)
            comment = " /**< %s */" % text if text else ""
        said[name] = comment.strip()[5:-3]
        return "%s%s%s;%s" % (declared, name, size or "", comment)

    if statement.startswith("typedef struct") and "{" in statement:
        head, body, tail = re.fullmatch(r"(.*?\{)(.*)(\}.*)", statement, re.S).groups()
        statement = head + re.sub(r"(\n\s+[\w ]+?[ *]+)\b(\w+)(\[\w+\])?;( */\*\*<.*?\*/)?", member, body, flags=re.S) + tail
    return statement, said


def documented(text, documentation):
    out, pending, main, said_of = [], None, None, {}
    mode, sections = "people", 0
    parts = list(parts_of(text))
    for at, (kind, content) in enumerate(parts):
        if kind == "comment":
            lines = lines_of(content)
            if "SPDX" in content:
                continue
            if found := re.match(r"begin (\w+), written", lines[0]):
                mode, first = found[1], None
                continue
            if lines == ["end"]:
                mode, pending, main = "people", None, None
                continue
            if found := re.match(r"---- (.*?) ----$", lines[0]):
                out.append("\n/** @} */\n")
                sections += 1
                out.append("\n/** @defgroup c_%d %s\n" % (sections, re.split(r"[.:]", found[1])[0]))
                out.append("\n".join(documentation(lines[1:])) + "\n@{ */\n")
                pending = main = None
                continue
            if lines[0].startswith("tinyrank for C99"):
                out.append("\n/** @defgroup c_0 %s\n\n%s\n@{ */\n" % (BEGINNING, "\n".join(documentation(lines))))
                continue
            pending, main = lines, None
            # The struct of the block, if there is one, is what the comment speaks of.
            for later_kind, later in parts[at + 1:]:
                if later_kind in ("empty", "comment"):
                    break
                if later_kind == "statement" and later.startswith("typedef struct"):
                    main = name_of(later)
                    break
            continue
        if kind == "empty" and mode == "people":
            pending = main = None
        if kind not in ("statement", "directive") or not (name := name_of(content)):
            out.append(content)
            continue
        if name.endswith("_") or (kind == "directive" and "(" not in content):
            out.append(content)  # the header's own
            continue
        known = {}
        if mode == "f64":
            twin = name.replace("f64", "f32")
            known = said_of.get(twin, {})
            out.append("\n/** As %s, in double. */\n" % twin)
        elif pending is not None and main in (None, name):
            out.append(block(documentation, pending))
            main = name
        elif pending is not None:
            out.append("\n/** See %s. */\n" % main)
        else:
            operator = re.match(r"TINYRANK_(\w+)_(BYTES|STRIDE)$", name)
            if operator and operator[2] == "BYTES":
                out.append("\n/** Exact bytes of a run with default options, a constant expression; see tinyrank_%s. */\n" % operator[1].lower())
        statement, said_of[name] = with_members(content, documentation, known)
        out.append(statement)
    out.append("\n/** @} */\n")
    return "".join(out)
