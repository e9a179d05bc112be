# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""Sphinx's settings. build.py stages the sources and runs it."""

import os
import pathlib

root = pathlib.Path(__file__).resolve().parents[2]

project = "tinyrank"
author = "The tinyrank authors"
copyright = "2026 The tinyrank authors"
version = release = (root / "VERSION").read_text().strip()

extensions = ["myst_parser", "breathe"]
if os.environ.get("TINYRANK_HAS_PYTHON"):
    extensions += ["sphinx.ext.autodoc", "numpydoc"]
    numpydoc_show_class_members = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
highlight_language = "text"

breathe_projects = {"tinyrank": os.environ["TINYRANK_DOXYGEN"]}
breathe_default_project = "tinyrank"
breathe_domain_by_extension = {"h": "c", "hpp": "cpp"}
breathe_show_include = False
cpp_id_attributes = ["TINYRANK_API", "TINYRANK_LOCAL"]

html_theme = "furo"
html_title = "tinyrank " + release
html_static_path = [str(root / "docs/site/static"), os.environ["TINYRANK_LIVE"]]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_favicon = str(root / "docs/site/static/icon.svg")
html_copy_source = False
html_show_sphinx = False


def escape_norms(app, what, name, object_, options, lines):
    """A norm, ||U||, is no substitution of reStructuredText; in a literal block, which is indented, it stays as it is."""
    for number, line in enumerate(lines):
        if "|" in line and not line.startswith("    ") and "`" not in line:
            lines[number] = line.replace("|", "\\|")


def setup(app):
    if os.environ.get("TINYRANK_HAS_PYTHON"):
        app.connect("autodoc-process-docstring", escape_norms, priority=900)
