#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_live.py SITE: the live page recovers, its bits are the golden ones of this repository, and its sliders work by the keyboard."""

import pathlib
import re
import sys

import browser

root = pathlib.Path(__file__).resolve().parents[2]
site = pathlib.Path(sys.argv[1]).resolve()
faults = []
# Seconds. A run takes two or so, but not where the machine has much else to do.
PATIENCE = 300


def expect(holds, what):
    if not holds:
        faults.append(what)


def golden():
    """The hashes, read from where the tests of the other machines have them."""
    text = (root / "tests/common/golden.hpp").read_text() + (root / "catalogue/gaussian.hpp").read_text()
    text += (root / "docs/live/recovery.hpp").read_text()
    return set(re.findall(r"0x([0-9a-f]{16})u", text))


with browser.Browser() as chromium:
    page = browser.Page(chromium, site.as_uri())
    page.size(360)
    page.scheme("dark")
    state = "document.getElementById('live').dataset"
    faults += page.open((site / "live.html").as_uri())
    page.wait_for(state + ".state === 'ended'", PATIENCE)
    said = page.ask("document.querySelector('.live-said').textContent")
    expect("The staircase: recovered, rank 3," in said, "the first run says: " + said)
    expect("Gradient descent: recovered" in said, "the first run says: " + said)
    page.wait_for(state + ".bits", PATIENCE)
    rows = page.ask("[...document.querySelectorAll('.live-bits tbody tr')].map((r) => [...r.cells].map((c) => c.textContent))")
    known = golden()
    expect(len(rows) == 18, "%d runs are compared" % len(rows))
    for name, here, expected in rows:
        expect(here == expected, "%s: %s here, golden are %s" % (name, here, expected))
        expect(here in known, "%s: %s is no golden hash" % (name, here))
    for name in ("descent", "stairs", "truth", "estimate", "found", "spectrum"):
        colours = page.ask("""(() => { const c = document.querySelector('canvas[name=%s]');
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, seen = new Set();
            for (let i = 0; i < d.length; i += 4) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return seen.size; })()""" % name)
        expect(colours > 3, "the picture %s has %d colours" % (name, colours))

    page.scheme("light")
    page.size(1280)
    names = page.ask("[...document.querySelectorAll('#live input')].map((e) => e.name)")
    expect(len(names) == 6, "sliders: %s" % names)
    before = page.ask(state + ".stairsBits")
    for name in names:
        field = "document.querySelector('#live input[name=%s]')" % name
        value = float(page.ask("%s.focus(), %s.value" % (field, field)))
        page.press("ArrowRight", "ArrowRight", 39)
        expect(float(page.ask(field + ".value")) > value, "an arrow key does not move the slider " + name)
        page.wait_for(state + ".state === 'running'", PATIENCE)
        page.wait_for(state + ".state === 'ended'", PATIENCE)
        expect(page.ask(field + ".parentElement.querySelector('output').textContent"), "no value beside " + name)
        after = page.ask(state + ".stairsBits")
        # The columns of gradient descent are nothing to the staircase.
        expect((after != before) == (name != "columns"), "the slider %s: bits %s and then %s" % (name, before, after))
        before = after
    said = page.ask("document.querySelector('.live-said').textContent")
    expect("rank 4" in said, "a truth of rank 4: " + said)

    page.ask("document.querySelector('#live button[name=again]').click(), document.querySelector('#live button[name=pause]').click()")
    expect(page.ask(state + ".state") == "running", "a run that is paused has not ended")
    text = "document.querySelector('.live-said').textContent"
    stands = page.ask("new Promise((go) => setTimeout(() => { const a = %s; setTimeout(() => go(a === %s), 300); }, 100))" % (text, text))
    expect(stands, "a run that is paused goes on")
    page.ask("document.querySelector('#live button[name=pause]').click()")
    page.wait_for(state + ".state === 'ended'", PATIENCE)
    faults += page.faults
    expect(page.ask("WebAssembly.Module.imports(new WebAssembly.Module(Uint8Array.from(atob(tinyrankProgram), (c) => c.charCodeAt(0)))).length") == 0,
           "the program imports something")

print(*faults, sep="\n")
print("%d golden runs, %d faults" % (len(rows), len(faults)))
sys.exit(bool(faults))
