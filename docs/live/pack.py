# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""pack.py PROGRAM SOURCE DIRECTORY: what the live page loads. The program is in a script, for a page that is opened from a
file may not read another one."""

import base64
import pathlib
import shutil
import sys

program, source, directory = map(pathlib.Path, sys.argv[1:])
directory.mkdir(parents=True, exist_ok=True)
text = "// SPDX-FileCopyrightText: 2026 The tinyrank authors\n// SPDX-License-Identifier: MIT\n\nconst tinyrankProgram = \"%s\";\n"
(directory / "live_program.js").write_text(text % base64.b64encode(program.read_bytes()).decode())
for name in ("live.js", "live.css"):
    shutil.copy(source / name, directory / name)
bytes_in_all = sum(path.stat().st_size for path in directory.iterdir()) + (source / "live.html").stat().st_size
print("the live page: %d bytes, %d of them program" % (bytes_in_all, program.stat().st_size))
if bytes_in_all > 300_000:
    sys.exit("pack.py: a page of more than 300 KB")
