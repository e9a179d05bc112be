#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_search.py SITE: the search finds names of the interfaces and words of the pages, from files and from a server."""

import functools
import http.server
import pathlib
import sys
import threading

import browser

site = pathlib.Path(sys.argv[1]).resolve()
FOUND = [("staircase_options", "api/staircase.html"), ("tinyrank_gaussian_create_f32", "api/c.html"),
         ("scaled_gradient_descent", "api/scaled_gradient_descent.html"), ("microcontroller", "firmware.html")]


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=site))
threading.Thread(target=server.serve_forever, daemon=True).start()
faults = []
with browser.Browser() as chromium:
    for own in (site.as_uri(), "http://127.0.0.1:%d" % server.server_port):
        page = browser.Page(chromium, own)
        for width in (360, 1280):
            page.size(width)
            for words, expected in FOUND:
                page.open("%s/search.html?q=%s" % (own, words))
                page.wait_for("/finished|did not match|Search finished/i.test(document.querySelector('#search-results')?.textContent)", 30)
                addresses = page.ask("[...document.querySelectorAll('#search-results li a')].map((a) => a.href)")
                if not any(expected in address for address in addresses):
                    faults.append("%s: %s is not found in %s, but in %s" % (own, words, expected, addresses[:5]))
                faults += ["%s: %s: %s" % (own, words, fault) for fault in page.faults]
        page.open("%s/search.html?q=%s" % (own, "nosuchwordatall"))
        page.wait_for("/did not match/i.test(document.querySelector('#search-results')?.textContent)", 30)
server.shutdown()
print(*faults, sep="\n")
print("%d searches, %d faults" % (4 * len(FOUND), len(faults)))
sys.exit(bool(faults))
