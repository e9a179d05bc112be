# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""The sources of the site: the repository's own pages, with their links turned to where things are on the site."""

import html
import json
import os
import pathlib
import re
import shutil

import c_comments

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = "include/tinyrank/"
FRONT = {"README.md": "index", "CONTRIBUTING.md": "contributing", "CHANGELOG.md": "changelog", "SECURITY.md": "security"}
LANGUAGES = {".cpp": "cpp", ".hpp": "cpp", ".h": "c", ".c": "c", ".py": "python", ".json": "json", ".sh": "sh", ".txt": "text"}
# What nobody reads in a page: 26 KB of numbers.
MOST_LINES = 200

# The public headers by what one looks for; those of operators follow by themselves, and what is not named is of the last group.
GROUPS = {
    "Nothing told": ["staircase", "recovery"],
    "Descent": ["descent", "gradient_descent", "scaled_gradient_descent", "momentum", "quasi_newton", "quadratic_network",
                "ridge", "batch"],
    "Operators": ["sensing", "check_operator", "factor_shape"],
    "Diagnostics": ["diagnostics", "estimate", "subspaces", "phases", "theory", "spectral", "restricted_isometry"],
    "All of it shares": [],
}


def link(target, text):
    return "[%s](%s)" % (text, target)


class Stage:
    def __init__(self, output):
        self.output = output
        self.files = {}  # what has a page of its own under files/, and that page's name
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir(parents=True)

    def write(self, name, text):
        path = self.output / (name + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def page_of(self, path):
        """The page of the site that shows a file or directory of the repository."""
        if path in FRONT:
            return FRONT[path]
        if re.fullmatch(r"docs/\w+\.md", path):
            return path[5:-3]
        if path == HEADERS + "tinyrank.h":
            return "api/c"
        if path.rstrip("/") in (HEADERS.rstrip("/"), HEADERS + "operators"):
            return "api/cpp"
        if path.startswith(HEADERS) and path.endswith(".hpp") and "/detail/" not in path:
            return "api/" + path[len(HEADERS):-4]
        return self.page_of_file(path)

    def page_of_file(self, path):
        if path in self.files:
            return self.files[path]
        place = ROOT / path
        if not place.exists():
            raise FileNotFoundError("a link to %s, which is not there" % path)
        page = self.files[path] = "files/" + path + ("/contents" if place.is_dir() else "")
        title = "# `%s`\n\n" % path
        if place.is_dir():
            names = sorted(entry.name for entry in place.iterdir() if not entry.name.startswith((".", "__pycache__")))
            self.write(page, "---\norphan: true\n---\n" + title + "".join(
                "- %s\n" % link(self.relative(page, self.page_of(path + "/" + name)), "`%s`" % name) for name in names))
        elif place.suffix == ".md":
            self.write(page, "---\norphan: true\n---\n" + self.turned(path, page))
        else:
            lines = place.read_text(encoding="utf-8", errors="replace").rstrip("\n").split("\n")
            shown = lines if place.suffix in LANGUAGES else lines[:MOST_LINES]
            self.write(page, "---\norphan: true\n---\n%s``````{code-block} %s\n%s\n``````\n%s" % (
                title, LANGUAGES.get(place.suffix, "text"), "\n".join(shown),
                "\nand so on, %d lines in all.\n" % len(lines) if len(shown) < len(lines) else ""))
        return page

    @staticmethod
    def relative(page, target):
        return os.path.relpath(target, os.path.dirname(page) or ".") + ".md"

    def turned(self, path, page):
        """A page of the repository, as the page of the site that it becomes."""
        folder = os.path.dirname(path)
        fenced = False

        def target(found):
            address, _, anchor = found[1].partition("#")
            if re.match(r"\w+:", address) or not address:
                return found[0]
            place = os.path.normpath(os.path.join(folder, address))
            if place.endswith(".svg"):
                shutil.copy(ROOT / place, self.output / os.path.basename(place))
                return "](%s)" % os.path.relpath(os.path.basename(place), os.path.dirname(page) or ".")
            return "](%s%s)" % (self.relative(page, self.page_of(place)), "#" + anchor if anchor else "")

        lines = []
        for line in (ROOT / path).read_text(encoding="utf-8").split("\n"):
            fenced ^= line.startswith("```")
            lines.append(line if fenced or line.startswith("    ") else re.sub(r"\]\(([^)\s]+)\)", target, line))
        return "\n".join(lines)

    def copy_pages(self):
        contents = (ROOT / "docs/site/contents.md").read_text(encoding="utf-8")
        named = set(re.findall(r"^[\w/]+$", contents, re.M))
        others = sorted(page.stem for page in (ROOT / "docs").glob("*.md") if page.stem not in named)
        for path in [*FRONT, *sorted("docs/" + page.name for page in (ROOT / "docs").glob("*.md"))]:
            page = self.page_of(path)
            text = self.turned(path, page)
            if page == "index":
                text += "\n" + contents.replace("@OTHERS@\n", "".join(name + "\n" for name in others))
            self.write(page, text)

    def api(self, python):
        groups = {group: list(names) for group, names in GROUPS.items()}
        groups["Operators"] += ["operators/" + path.stem for path in sorted((ROOT / HEADERS / "operators").glob("*.hpp"))]
        named = set(sum(groups.values(), []))
        groups["All of it shares"] += [path.stem for path in sorted((ROOT / HEADERS).glob("*.hpp")) if path.stem not in named]
        parts = ["# C++\n\nThe public headers; `tinyrank/tinyrank.hpp` has all of them. [C++ and C](../cpp.md) shows how they are used.\n"]
        for group, names in groups.items():
            parts.append("\n## %s\n\n```{toctree}\n:maxdepth: 1\n\n%s\n```\n" % (group, "\n".join(names)))
            for name in names:
                header = HEADERS + name + ".hpp"
                self.write("api/" + name, "# `tinyrank/%s.hpp`\n\nIn the namespace `tinyrank`.\n\n```{doxygenfile} %s\n```\n" % (name, header))
        self.write("api/cpp", "".join(parts))
        header = (ROOT / HEADERS / "tinyrank.h").read_text(encoding="utf-8")
        sections = [c_comments.BEGINNING, *re.findall(r"^/\* ---- (.*?) ----", header, re.M)]
        parts = ["# C\n\n`tinyrank/tinyrank.h`, for C99. [C++ and C](../cpp.md#c) shows how it is used.\n"]
        for number, section in enumerate(sections):
            parts.append("\n## %s\n\n" % re.split(r"[.:]", section)[0])
            for part in (":desc-only:", ":content-only:\n:members:"):
                parts.append("```{doxygengroup} c_%d\n%s\n```\n\n" % (number, part))
        self.write("api/c", "".join(parts))
        languages = ["cpp", "c"] + ["python"] * python
        self.write("api/index", "# Interfaces\n\n```{toctree}\n:maxdepth: 3\n\n%s\n```\n" % "\n".join(languages))
        if python:
            self.write("api/python", "# Python\n\n```{eval-rst}\n.. automodule:: tinyrank\n   :members:\n   :imported-members:\n"
                       "   :show-inheritance:\n```\n")

    def gallery(self, paper):
        parts = ["# Gallery\n\nEvery picture is drawn from what a run measured, and each page says by which command.\n\n## From the pages\n"]
        shown = set()
        for path in ["README.md", *sorted("docs/" + page.name for page in (ROOT / "docs").glob("*.md"))]:
            text = (ROOT / path).read_text(encoding="utf-8")
            title = re.search(r"^# (.*)", text, re.M)[1]
            for caption, name in re.findall(r"^!\[([^]]*)\]\(([\w/.]+\.svg)\)", text, re.M):
                name = os.path.basename(name)
                if name not in shown:
                    shown.add(name)
                    parts.append("\n```{figure} %s\n:alt: %s\n\n%s. From %s\n```\n" % (
                        name, json.dumps(caption, ensure_ascii=False), caption.rstrip("."), link(self.page_of(path) + ".md", title)))
        parts.append("\n## Every figure of the papers\n\nWritten by `make paper`. [The papers](papers.md) say what they show.\n\n")
        report = (paper / "report.md").read_text(encoding="utf-8").split("\n")
        (self.output / "paper").mkdir()
        for picture in paper.glob("*.svg"):
            shutil.copy(picture, self.output / "paper" / picture.name)
        for line in report[1:]:
            parts.append(re.sub(r"\]\((\w+\.svg)\)", r"](paper/\1)", re.sub(r"^## ", "### ", line)) + "\n")
        self.write("gallery", "".join(parts))

    def live(self):
        fragment = (ROOT / "docs/live/live.html").read_text(encoding="utf-8")
        version = html.escape((ROOT / "VERSION").read_text().strip())
        self.write("live", (ROOT / "docs/site/live.md").read_text(encoding="utf-8").replace(
            "@LIVE@", fragment.replace("@VERSION@", version)))
