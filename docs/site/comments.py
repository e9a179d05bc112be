#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""comments.py HEADER: the header with its comments as doxygen reads them, on standard output.

Comments of the headers are plain text: <A_i, Z> is no tag of HTML, and lines that are laid out stay as they are. In tinyrank.h
they stand in the C manner, in front of what they speak of, once for several declarations up to the next empty line.
"""

import pathlib
import re
import sys

import c_comments


def escaped(text):
    text = text.replace("/*", "/\0*").replace("*/", "*\0/")
    text = re.sub(r'[\\@<>&#%"]', lambda found: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(found[0], "\\" + found[0]), text)
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", text).replace("\0", "&zwj;")  # no end of a comment


def documentation(lines):
    """Lines of a comment as doxygen's: paragraphs, and what is indented word for word."""
    out, laid_out = [], False
    for number, line in enumerate(lines):
        # An empty line between two that are laid out belongs to them.
        following = next((later for later in lines[number:] if later.strip()), "")
        indented = following.startswith("  ") if line.strip() or laid_out else False
        if indented != laid_out:
            out.append("\\verbatim" if indented else "\\endverbatim")
            laid_out = indented
        out.append(line if indented else escaped(line))
    return out + ["\\endverbatim"] * laid_out


def instruction_sets():
    """Their names, which the headers take from the rows of a table."""
    rows = pathlib.Path(__file__).resolve().parents[2] / "include/tinyrank/detail/instruction_sets.def"
    return re.findall(r"^\s*ROW\(with, (\w+),", rows.read_text(), re.M)


def cpp(text):
    """Every run of /// lines, and ///< with what continues it, outside the one namespace, which every page names. What the
    header calls the solver's own is left out, and constants that are local to the library."""
    text = re.sub(r"^(namespace tinyrank \{|\}  // namespace tinyrank)$", "", text, flags=re.M)
    text = re.sub(r"(?:^///[^\n]*\n)*^template <class T>\nTINYRANK_LOCAL inline constexpr .*?;\n(?=\n)", "", text, flags=re.M | re.S)
    text = re.sub(r"(?:^///[^\n]*\n)*^///[^\n]*solver's own\.\nenum class .*?^};\n", "", text, flags=re.M | re.S)
    text = re.sub(r"^#(define|undef) TINYRANK_ROW.*\n", "", text, flags=re.M)
    text = text.replace(" = {TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )}", "")
    text = text.replace(" TINYRANK_INSTRUCTION_SETS(TINYRANK_ROW, )", "".join(", " + name for name in instruction_sets()))
    out, lines, at, own = [], text.split("\n"), 0, False
    while at < len(lines):
        found = re.match(r"(.*?)(\s*)///(<?) ?(.*)$", lines[at])
        if not found:
            if own and lines[at] == "};":
                out.append("/// \\endcond")
                own = False
            out.append(lines[at])
            if re.match(r"\s*// What follows is (?!for).*own\.$", lines[at]):
                out.append("/// \\cond")
                own = True
            at += 1
            continue
        code, indent, mark, first = found.groups()
        said = [first]
        while at + 1 < len(lines) and (more := re.match(r"\s*///" + mark + r"(?!<) ?(.*)$", lines[at + 1])):
            said.append(more[1])
            at += 1
        if mark:
            out.append("%s%s///< %s" % (code, indent, " ".join(documentation(said))))
        else:
            # Within /// what is word for word would keep these three strokes.
            out += [code + indent + "/**", *(re.sub(r"\*/|/\*", lambda found: " ".join(found[0]), line) for line in documentation(said)), "*/"]
        at += 1
    return "\n".join(out)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        content = file.read()
    sys.stdout.write(c_comments.documented(content, documentation) if sys.argv[1].endswith(".h") else cpp(content))
