#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_names.py XML SITE: every public name of tinyrank.h is documented, and in the page of C; every figure of `make paper` and every
picture of the pages is in the gallery."""

import ast
import pathlib
import re
import sys
import xml.etree.ElementTree

root = pathlib.Path(__file__).resolve().parents[2]
xml_directory, site = map(pathlib.Path, sys.argv[1:])
faults = []

header = (root / "include/tinyrank/tinyrank.h").read_text()
code = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
public = set(re.findall(r"\b(tinyrank_\w+)\(", code)) | set(re.findall(r"^typedef struct (tinyrank_\w+)", code, re.M))
public |= set(re.findall(r"^#define (TINYRANK_\w*[A-Z0-9])\(", code, re.M)) | set(re.findall(r"\b(TINYRANK_\w+) =\s", code))
said = {}
for path in [*xml_directory.glob("group__c__*.xml"), *xml_directory.glob("structtinyrank__*.xml")]:
    tree = xml.etree.ElementTree.parse(path)
    for found in tree.iter():
        if found.tag in ("memberdef", "enumvalue", "compounddef"):
            name = found.findtext("name") or found.findtext("compoundname")
            text = "".join("".join(part.itertext()) for tag in ("briefdescription", "detaileddescription") for part in found.findall(tag))
            said[name] = said.get(name, "") + text.strip()
# The values of an enumeration whose comment speaks of all of them.
together = {name for body in re.findall(r"enum \{(.*?)\}", header, re.S) if "TINYRANK_STATUS" not in body
            for name in re.findall(r"TINYRANK_\w+", body)} | {"TINYRANK_OK"} | {
                "TINYRANK_STATUS_" + name for name in ("WEIGHTS", "ROBUST_LOSS", "HELD_OUT")}
faults += ["not documented: " + name for name in sorted(public - together) if not said.get(name)]
page = (site / "api/c.html").read_text(encoding="utf-8")
faults += ["not in the page of C: " + name for name in sorted(public) if name not in page]
faults += ["%s shows the strokes of a comment" % path.name for path in (site / "api").rglob("*.html")
           if re.search(r"<pre>(<span></span>)?///|^\s*///", path.read_text(encoding="utf-8"), re.M)]
faults += ["not in the page of C: what the header begins with"] * ("Nothing here allocates, prints" not in page)

gallery = (site / "gallery.html").read_text(encoding="utf-8")
for statement in ast.parse((root / "apps/paper/figures.py").read_text()).body:
    if isinstance(statement, ast.Assign) and statement.targets[0].id == "TITLES":
        titles = ast.literal_eval(statement.value)
faults += ["not in the gallery: figure " + name for name in titles if not re.search(r'src="_images/%s\d*\.svg"' % name, gallery)]
faults += ["not in the gallery: " + path.name for path in (root / "docs").glob("*.svg") if "_images/" + path.name not in gallery]

print(*faults, sep="\n")
print("%d names of C, %d figures, %d faults" % (len(public), len(titles), len(faults)))
sys.exit(bool(faults) or len(public) < 250)
