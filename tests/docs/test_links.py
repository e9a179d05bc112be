#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_links.py SITE: every link, picture and script of every page is there, and every anchor."""

import html.parser
import os
import pathlib
import sys
import urllib.parse


class Parsed(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.anchors, self.links = set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.anchors |= {told[key] for key in ("id", "name") if told.get(key)}
        self.links += [told[key] for key in ("href", "src") if told.get(key) is not None]


site = pathlib.Path(sys.argv[1])
pages = {path: Parsed(path) for path in sorted(site.rglob("*.html"))}
faults, counted = [], 0
for path, page in pages.items():
    for link in page.links:
        told = urllib.parse.urlsplit(link)
        if told.scheme in ("http", "https", "mailto", "data"):
            continue
        counted += 1
        target = path if not told.path else pathlib.Path(os.path.normpath(path.parent / urllib.parse.unquote(told.path)))
        if not target.is_file():
            faults.append("%s: %s is not there" % (path.relative_to(site), link))
        elif told.fragment and target in pages and urllib.parse.unquote(told.fragment) not in pages[target].anchors:
            faults.append("%s: %s has no such anchor" % (path.relative_to(site), link))
print(*sorted(set(faults)), sep="\n")
print("%d pages, %d links of them to the site, %d faults" % (len(pages), counted, len(faults)))
sys.exit(bool(faults) or len(pages) < 50 or counted < 5000)
