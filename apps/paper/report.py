#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""report.py DIRECTORY: draws every NAME.csv that has its NAME.json, and writes report.md and report.html. Exit code 4
when a claim was not reproduced; 1 is Python's own, for what went wrong."""

import csv
import html
import io
import json
import os
import sys

try:
    import figures
except ImportError as error:
    sys.exit("report.py: needs matplotlib (Debian: python3-matplotlib): %s" % error)
import claims


def value(text):
    try:
        return float(text)
    except ValueError:
        return text


def fnv1a(data):
    found = 0xCBF29CE484222325
    for byte in data:
        found = (found ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return "%016x" % found


def read(directory, name):
    with open(os.path.join(directory, name + ".json")) as file:
        facts = json.load(file)
    with open(os.path.join(directory, name + ".csv"), "rb") as file:
        table = file.read()
    if fnv1a(table) != facts["csv_fnv1a"]:
        sys.exit("report.py: %s.csv in %s is not the table that was made; make paper makes it again" % (name, directory))
    return [{k: value(v) for k, v in row.items()} for row in csv.DictReader(io.StringIO(table.decode()))], facts


def write(path, text):
    with open(path + ".part", "w") as file:
        file.write(text)
    os.replace(path + ".part", path)


def setting_of(facts):
    known = ("setting", "processor", "threads", "instruction_set", "version", "seconds", "quick", "csv_fnv1a")
    return ", ".join("%s = %s" % (k, v) for k, v in facts.items() if k not in known)


def markdown(sections, machine):
    lines = ["# The figures of the papers, measured", "", machine, ""]
    for name, facts, made in sections:
        lines += ["## " + figures.TITLES[name], "", "%s. %.0f s%s." % (setting_of(facts), facts["seconds"],
                                                                      ", quick sizes" if facts["quick"] else ""), "",
                  "| claim | measured | judged by | |", "|---|---|---|---|"]
        lines += ["| %s | %s |" % (" | ".join(t.replace("|", "\\|") for t in texts), verdict(h)) for *texts, h in made]
        lines += ["", "![%s](%s.svg)" % (figures.TITLES[name], name), ""]
    return "\n".join(lines)


def page(sections, machine):
    e = html.escape
    parts = ["<!DOCTYPE html><html lang=en><meta charset=utf-8><title>The figures of the papers, measured</title>",
             "<style>body{font:15px/1.45 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:"
             "collapse}td,th{border:1px solid #bbb;padding:.3rem .6rem;text-align:left;vertical-align:top}img{max-width:100%}"
             "</style><h1>The figures of the papers, measured</h1><p>", e(machine)]
    for name, facts, made in sections:
        parts += ["<h2>%s</h2><p>%s. %.0f s%s.<table><tr><th>claim<th>measured<th>judged by<th>" %
                  (e(figures.TITLES[name]), e(setting_of(facts)), facts["seconds"], ", quick sizes" if facts["quick"] else "")]
        parts += ["<tr><td>%s<td><b>%s</b>" % ("<td>".join(map(e, texts)), verdict(h)) for *texts, h in made]
        parts += ['</table><p><img src="%s.svg" alt="%s">' % (name, e(figures.TITLES[name]))]
    return "\n".join(parts) + "\n"


def verdict(holds):
    return "REPRODUCED" if holds else "NOT"


def main(directory):
    sections = []
    for name in figures.TITLES:
        if not os.path.exists(os.path.join(directory, name + ".json")):
            continue
        rows, facts = read(directory, name)
        figures.draw(name, rows, facts, directory)
        sections.append((name, facts, claims.judge(name, rows, facts)))
    if not sections:
        sys.exit("report.py: %s: no figure is there" % directory)
    facts = sections[-1][1]
    machine = "tinyrank %s, %s, %s kernels, %s threads." % (facts["version"], facts["processor"], facts["instruction_set"],
                                                           facts["threads"])
    write(os.path.join(directory, "report.md"), markdown(sections, machine))
    write(os.path.join(directory, "report.html"), page(sections, machine))
    failed = 0
    for name, facts, made in sections:
        for claim, measured, _, holds in made:
            failed += not holds
            print("%-10s %s: %s: %s" % (verdict(holds), name, claim, measured))
    print("written: " + os.path.join(directory, "report.md"))
    return 4 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
