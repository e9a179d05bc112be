#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""build.py --output DIR --live DIR --paper DIR... [--python DIR]: the site, into DIR/html.

live: what docs/live built; paper: where `make paper` wrote, the first that is there;
python: a directory with the module, of which there is a page then.
"""

import argparse
import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import stage

HERE = pathlib.Path(__file__).resolve().parent


def run_doxygen(output):
    output.mkdir(parents=True, exist_ok=True)
    settings = (HERE / "Doxyfile").read_text() + "\nOUTPUT_DIRECTORY = %s\nINPUT_FILTER = \"%s %s\"\n" % (
        output, sys.executable, HERE / "comments.py")
    done = subprocess.run(["doxygen", "-"], input=settings, cwd=stage.ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode or done.stdout.strip():
        sys.exit("build.py: doxygen warns:\n" + done.stdout)


def make_whole(static):
    """Debian's furo leaves two of its parts where a web server of Debian's would have them, the style that it begins with and
    the script that follows the reader; and has lost the rule that a reader whose machine is set to dark gets the dark colours."""
    styles, scripts = static / "styles/furo.css", static / "scripts"
    text = styles.read_text()
    for found in re.findall(r"@import url\((/javascript/[\w./]+)\);", text):
        text = text.replace("@import url(%s);" % found, pathlib.Path("/usr/share" + found).read_text())
    dark = re.search(r'body\[data-theme="dark"\] (\{[^}]*--color-background-primary[^}]*\})', text)[1]
    if "prefers-color-scheme: dark" not in text:
        text += '\n@media not print { @media (prefers-color-scheme: dark) { body:not([data-theme="light"]) %s } }\n' % dark
    styles.write_text(text)
    follows = "import Gumshoe from \"./gumshoe-patched.js\";"
    text = (scripts / "furo.js").read_text()
    if follows in text:
        (scripts / "furo.js").write_text((scripts / "gumshoe-patched.js").read_text() + text.replace(follows, ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("output", "live"):
        parser.add_argument("--" + name, required=True, type=pathlib.Path)
    parser.add_argument("--paper", required=True, type=pathlib.Path, nargs="+")
    parser.add_argument("--python", type=pathlib.Path)
    told = parser.parse_args()
    output = told.output.resolve()
    if told.python:
        sys.path.insert(0, str(told.python.resolve()))
    has_python = importlib.util.find_spec("tinyrank") is not None

    run_doxygen(output / "doxygen")
    source = stage.Stage(output / "source")
    source.copy_pages()
    source.api(has_python)
    papers = [directory for directory in told.paper if (directory / "report.md").is_file()]
    if not papers:
        sys.exit("build.py: no figures of the papers: run `make paper`, or `make paper QUICK=1`, which takes seconds")
    source.gallery(papers[0])
    source.live()
    environment = dict(os.environ, TINYRANK_DOXYGEN=str(output / "doxygen/xml"), TINYRANK_LIVE=str(told.live.resolve()),
                       TINYRANK_HAS_PYTHON="1" if has_python else "", PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    done = subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-j", "auto", "-c", str(HERE),
                           "-d", str(output / "doctrees"), str(source.output), str(output / "html")], env=environment)
    if done.returncode == 0:
        make_whole(output / "html/_static")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
