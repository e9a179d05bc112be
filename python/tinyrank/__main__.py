# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""``python3 -m tinyrank``: the command line, a program that the package holds."""

import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "tinyrank")
    try:
        os.execv(program, ["tinyrank", *sys.argv[1:]])
    except OSError as why:
        sys.exit(f"tinyrank: {program}: {why.strerror}")


if __name__ == "__main__":
    main()
