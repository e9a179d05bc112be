#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""The library as two files: tinyrank.hpp and tinyrank.cpp, and tinyrank.h for C.

amalgamate.py [DIRECTORY]     (build/amalgamated when not given)

tinyrank.cpp has the kernels of the instruction set that the compiler's target decides: NEON, SVE, Helium, RISC-V's vectors, or plain
C++. On x86-64 it has those of AVX2 and AVX-512 as well, each in a namespace of its own that pragmas compile for it whatever the
flags, and the processor decides. It is compiled like any file of a program; no definition, include path or library is needed.
What goes in is all of include/tinyrank and lib, in the order of the paths, so the same tree gives the same bytes.
"""

import os
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#include\s+(["<])([^">]+)[">].*$')
ANONYMOUS = re.compile(r"^namespace \{.*$", re.M)

LICENCE = """// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT
"""

NEEDS = """
#ifndef __cpp_concepts
#error "tinyrank needs C++20: compile with -std=gnu++20 or later, by gcc 10 or clang 14 or later"
#endif
"""

CPP_HEAD = """
// tinyrank {version} in one file, written by packaging/amalgamate.py of its repository: change it there.
""" + NEEDS + """
{arithmetic}

// No multiply-add but those that are written, nothing rearranged, whatever the command line says. clang's intrinsics are
// inline functions of sums and products, to which that applies; gcc's do not bear its pragma before them.
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wignored-pragmas"
#pragma float_control(precise, on)  // not known for every processor, before clang 16 to 20
#pragma clang diagnostic pop
#pragma clang fp contract(off) reassociate(off)
#if __clang_major__ >= 18
#pragma clang fp reciprocal(off)
#endif
#pragma clang diagnostic ignored "-Wunused-function"  // of other instruction sets, and their tuning
#pragma clang diagnostic ignored "-Wunused-const-variable"
#endif

#define TINYRANK_ONE_FILE
{instruction_set}

{includes}

#if !defined(__clang__)
#pragma GCC optimize("fp-contract=off", "no-associative-math")  // the last of which no macro tells alone
#endif

#include "tinyrank.hpp"
"""


TARGETS = "lib/kernels/targets.hpp"
ARITHMETIC = "lib/simd/arithmetic.hpp"
ROWS = re.findall(r"ROW\(with, (\w+), \w+, (TINYRANK_TARGET_\w+),", (ROOT / "include/tinyrank/detail/instruction_sets.def").read_text())
# What the kernels of a set need of the compiler beyond its target: by flags in lib/CMakeLists.txt, here by pragmas.
FEATURES = {name: ",".join(features) for name, flags in
            re.findall(r"set\(TINYRANK_FLAGS_(\w+) ([^)]*)\)", (ROOT / "lib/CMakeLists.txt").read_text())
            if (features := re.findall(r"(?<!\S)-m(\w+)", flags))}


def registers(name):
    return f"lib/simd/registers_{name}.hpp"


def included(name):
    """The files of lib that a file includes, and so on."""
    files = {name}
    for inner in re.findall(r'^#include "(lib/.*)"', (ROOT / name).read_text(), re.M):
        files |= included(inner)
    return files


XSIMD = "lib/simd/registers_xsimd.hpp"
# The registers of the sets that are compiled by pragmas, and what only they include.
ONLY_BY_PRAGMAS = {"lib/simd/short_rows_x86.hpp"}.union(*(included(registers(name)) for name in FEATURES))
ONLY_BY_PRAGMAS -= included("lib/simd/registers_scalar.hpp")


def choice_of_instruction_set():
    """Of the rows of instruction_sets.def that have a registers file and need no flags, that of the compiler's target. What
    the registers file includes comes before the pragmas, which gcc's intrinsics do not bear."""
    lines = []
    for name, target in ROWS:
        if name not in FEATURES and (ROOT / registers(name)).exists():
            lines += [f"#{'elif' if lines else 'if'} {target}", f"#define TINYRANK_ISA {name}", f"#define TINYRANK_ISA_{name}"]
            lines += [f"#include <{header}>" for header in re.findall(r"^#include <(.*?)>", (ROOT / registers(name)).read_text(), re.M)]
    lines.append("#endif")
    for name, target in ROWS:
        if name in FEATURES:
            headers = {found for part in included(registers(name)) - {XSIMD} for found in
                       re.findall(r"^#include <(.*?)>", (ROOT / part).read_text(), re.M)}
            lines += [f"#if {target}", *(f"#include <{header}>" for header in sorted(headers)), "#endif"]
    return "\n".join(lines)


class Text:
    """Files one after the other, each once, with what they include before them."""

    def __init__(self, done=(), conditional=False):
        self.done, self.conditional = set(done), conditional
        self.system, self.parts = set(), []

    def beginning(self, conditional=False):
        """An empty text that goes on where this one is."""
        return Text(self.done, conditional)

    def belongs(self, name):
        """Whether a file that is included under a condition may be needed."""
        return name not in ONLY_BY_PRAGMAS

    def add(self, name, content=None):
        if name in self.done:
            return
        self.done.add(name)
        text = (ROOT / name).read_text() if content is None else content
        lines, depth, continued = [f"// ---- {name}"], 0, False
        for line in text.splitlines():
            found = INCLUDE.match(line)
            if line.startswith("// SPDX-") or line.strip() == "#pragma once":
                continue
            if name.endswith(".cpp") and re.match(r"#define TINYRANK_ISA\w*$", line):
                continue  # chosen once, at the top
            if found and found[1] == '"':
                # What is included under a condition is needed there only, and has no other user.
                if depth == 0:
                    self.add(self.path(found[2]))
                elif self.belongs(self.path(found[2])):
                    inner = self.beginning(conditional=True)
                    inner.add(self.path(found[2]))
                    self.done |= inner.done
                    lines += inner.parts
                continue
            if found and depth == 0 and not self.conditional:
                self.system.add(found[2])
                continue
            if not continued:
                depth += bool(re.match(r"\s*#\s*if", line)) - bool(re.match(r"\s*#\s*endif", line))
            continued = line.endswith("\\")
            lines.append(line)
        if name.endswith(".cpp"):
            lines += [f"#undef {macro}" for macro in re.findall(r"^#define (\w+)", "\n".join(lines), re.M)]
        body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip("\n"))
        self.parts.append(body)

    @staticmethod
    def path(name):
        if name.startswith("lib/"):
            return name
        if name.startswith("tinyrank/"):
            return "include/" + name
        sys.exit(f"amalgamate.py: an include of {name}: neither lib/ nor tinyrank/")

    def includes(self):
        return "\n".join(f"#include <{name}>" for name in sorted(self.system))


class KernelText(Text):
    """The kernels once more, for a set that is compiled by pragmas: what of them stands in an unnamed namespace, in one that
    is named after the set as well. Without comments, which stand with the first kernels."""

    def __init__(self, isa, done, conditional=False):
        super().__init__(done, conditional)
        self.isa = isa

    def beginning(self, conditional=False):
        return KernelText(self.isa, self.done, conditional)

    def belongs(self, name):
        return name in ONLY_BY_PRAGMAS and name != XSIMD and name not in {registers(other) for other in FEATURES if other != self.isa}

    def add(self, name):
        if name not in self.done and not ANONYMOUS.search((ROOT / name).read_text()):
            sys.exit(f"amalgamate.py: {name}: kernels alone include it, and it has no unnamed namespace")
        super().add(name)

    def text(self):
        lines = []
        for line in "\n\n".join(self.parts).splitlines():
            if ANONYMOUS.match(line):
                lines.append(f"namespace kernels_{self.isa} {{")
            if not re.match(r"\s*//(?! ----)|#include <", line):
                lines.append(line)
            if line == "}  // namespace":
                lines.append(f"}}  // namespace kernels_{self.isa}")
        text = "\n".join(lines)
        macros = sorted(set(re.findall(r"^\s*#\s*define (\w+)", text, re.M)))
        names = ["TINYRANK_ISA", *(f"TINYRANK_ISA_{name}" for name, _ in ROWS), "TINYRANK_KERNELS", *macros]
        return f"""#if {dict(ROWS)[self.isa]}
{chr(10).join(f"#undef {name}" for name in names)}
#define TINYRANK_ISA {self.isa}
#define TINYRANK_ISA_{self.isa}
#define TINYRANK_KERNELS kernels_{self.isa}
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("{FEATURES[self.isa]}"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("{FEATURES[self.isa]}")
#pragma GCC diagnostic ignored "-Wuninitialized"  // gcc 12's own AVX-512 headers: GCC bug 105593
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

{text}

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif"""


def version_header(version):
    text = (ROOT / "cmake/version.hpp.in").read_text()
    major, minor, patch = version.split(".")
    for key, value in (("PROJECT_VERSION_MAJOR", major), ("PROJECT_VERSION_MINOR", minor),
                       ("PROJECT_VERSION_PATCH", patch), ("PROJECT_VERSION", version)):
        text = text.replace(f"@{key}@", value)
    return text


def amalgamated(keep=lambda path: True):
    """The three files: {name: text}; of the sources those that keep(path) wants."""
    version = (ROOT / "VERSION").read_text().strip()
    header = Text()
    header.add("include/tinyrank/version.hpp", version_header(version))
    header.add("include/tinyrank/tinyrank.hpp")
    for path in sorted((ROOT / "include/tinyrank").rglob("*.hpp")):
        if path.name == "mpi.hpp":
            continue
        if str(path.relative_to(ROOT)) not in header.done:
            sys.exit(f"amalgamate.py: {path.relative_to(ROOT)} is not in tinyrank/tinyrank.hpp")
    arithmetic = Text(header.done)
    arithmetic.add(ARITHMETIC)
    targets = Text(arithmetic.done)
    targets.add(TARGETS)
    source = Text(targets.done)
    for path in sorted((ROOT / "lib").rglob("*.cpp")):
        if path.parent.name == "mpi":  # a library of its own
            continue
        if not keep(path.relative_to(ROOT)):
            continue
        source.add(str(path.relative_to(ROOT)))
    once = {name for name in source.done
            if not name.startswith(("lib/simd/", "lib/kernels/")) or not ANONYMOUS.search((ROOT / name).read_text())}
    kernels = []
    for isa in FEATURES:
        kernels.append(KernelText(isa, once))
        for path in sorted((ROOT / "lib").rglob("*.isa.cpp")):
            if keep(path.relative_to(ROOT)):
                kernels[-1].add(str(path.relative_to(ROOT)))
    about = f"\n// tinyrank {version}, every public header, written by packaging/amalgamate.py of its repository.\n"
    return {
        "tinyrank.hpp": LICENCE + about + "\n#pragma once\n" + NEEDS + "\n" + header.includes() + "\n\n" + "\n\n".join(header.parts) + "\n",
        "tinyrank.cpp": LICENCE + CPP_HEAD.replace("{version}", version).replace("{includes}", source.includes())
                        .replace("{arithmetic}", "\n\n".join(arithmetic.parts))
                        .replace("{instruction_set}", "\n\n".join([*targets.parts, choice_of_instruction_set()])) + "\n" +
                        "\n\n".join([*source.parts, *(of_set.text() for of_set in kernels)]) + "\n",
        "tinyrank.h": (ROOT / "include/tinyrank/tinyrank.h").read_text(),
    }


def write(path, text):
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    try:
        with os.fdopen(handle, "w") as out:
            out.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def main():
    if len(sys.argv) > 2 or (len(sys.argv) == 2 and sys.argv[1].startswith("-")):
        sys.exit("usage: amalgamate.py [DIRECTORY]")
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else ROOT / "build/amalgamated")
    files = amalgamated()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write(directory / name, text)
    except OSError as error:
        sys.exit(f"amalgamate.py: {directory}: {error.strerror}")
    print(f"{directory}: " + ", ".join(f"{name} ({len(text.splitlines())} lines)" for name, text in files.items()))


if __name__ == "__main__":
    main()
