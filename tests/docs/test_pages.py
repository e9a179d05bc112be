#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_pages.py SITE: every page loads without an error or a request to the outside, is no wider than the window at 360 and
1,280 pixels, and can be read in light and in dark: a contrast of 4.5 for all text that is shown (WCAG 2, level AA)."""

import pathlib
import sys

import browser

WIDTHS = (360, 1280)
# The least contrast of an element's text with the nearest background that is not transparent.
CONTRAST = """(() => {
  const parts = (c) => c.match(/[\\d.]+/g).map(Number);
  const luminance = (c) => parts(c).slice(0, 3).map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  let worst = [99, ""];
  for (const element of document.querySelectorAll("article p, article li, article td, article th, article h1, article h2, article dt, " +
      "article dd, article code, article pre, article label, article output, article figcaption, article button, .sidebar-tree a")) {
    if (!element.checkVisibility || !element.checkVisibility() || !element.textContent.trim()) continue;
    let under = element;
    while (under && (parts(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0) under = under.parentElement;
    const a = luminance(getComputedStyle(element).color), b = luminance(under ? getComputedStyle(under).backgroundColor : "rgb(255,255,255)");
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < worst[0]) worst = [contrast, element.tagName + " " + element.className + ": " + element.textContent.trim().slice(0, 40)];
  }
  return worst;
})()"""
# What reaches out of the window, but for tables and code that scroll by themselves.
WIDER = """(() => {
  const most = document.documentElement.clientWidth;
  const scrolls = (e) => e.tagName !== "ARTICLE" && e.parentElement && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
  const wide = [...document.querySelectorAll("article *")].filter((e) => e.getBoundingClientRect().right > most + 1 && !scrolls(e.parentElement));
  const whole = document.documentElement.scrollWidth;
  if (whole <= most && wide.length === 0) return "";
  return [whole + " pixels", ...wide.slice(0, 2).map((e) => e.tagName + "." + e.className)].join(", ");
})()"""

site = pathlib.Path(sys.argv[1]).resolve()
pages = sorted(site.rglob("*.html"))
faults, shades = [], {}
with browser.Browser() as chromium:
    page = browser.Page(chromium, site.as_uri())
    for path in pages:
        name = str(path.relative_to(site))
        for width in WIDTHS:
            page.size(width)
            if width == WIDTHS[0]:
                faults += ["%s: %s" % (name, fault) for fault in page.open(path.as_uri())]
            if wider := page.ask(WIDER):
                faults.append("%s: at %d pixels it is %s wide" % (name, width, wider))
        for scheme in ("light", "dark"):
            page.scheme(scheme)
            contrast, where = page.ask(CONTRAST)
            if contrast < 4.5:
                faults.append("%s, %s: a contrast of %.2f: %s" % (name, scheme, contrast, where))
            shades.setdefault(scheme, page.ask("getComputedStyle(document.body).backgroundColor"))
        page.read_events()
        faults += ["%s: %s" % (name, fault) for fault in page.faults if "%s: %s" % (name, fault) not in faults]
if shades["light"] == shades["dark"]:
    faults.append("light and dark are the same")
print(*faults, sep="\n")
print("%d pages, %d faults" % (len(pages), len(faults)))
sys.exit(bool(faults) or len(pages) < 50)
