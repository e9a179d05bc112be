# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""format.py <clang-format>: every source file is as .clang-format says."""

import subprocess
import sys

import sources

paths = [str(path) for path in sources.files({".cpp", ".hpp", ".c", ".h"})]
sys.exit(subprocess.run([sys.argv[1], "--dry-run", "--Werror", "--ferror-limit=1", *paths], cwd=sources.root).returncode)
