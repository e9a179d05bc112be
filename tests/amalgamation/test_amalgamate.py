# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""The same tree gives the same bytes; every source is in; what cannot be written is told in one line."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def amalgamate(*arguments):
    return subprocess.run([sys.executable, ROOT / "packaging/amalgamate.py", *arguments], capture_output=True, text=True)


class Amalgamate(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def test_same_bytes(self):
        for name in ("one", "deep/two"):
            self.assertEqual(amalgamate(self.directory / name).returncode, 0)
        one, two = (sorted((self.directory / name).iterdir()) for name in ("one", "deep/two"))
        self.assertEqual([path.name for path in one], ["tinyrank.cpp", "tinyrank.h", "tinyrank.hpp"])
        self.assertEqual([path.read_bytes() for path in one], [path.read_bytes() for path in two])

    def test_everything_is_in(self):
        amalgamate(self.directory)
        source = (self.directory / "tinyrank.cpp").read_text()
        header = (self.directory / "tinyrank.hpp").read_text()
        # lib/mpi is a library of its own.
        for path in (ROOT / "lib").rglob("*.?pp"):
            if path.parent.name != "mpi" and path.name != "registers_xsimd.hpp":
                self.assertIn(f"// ---- {path.relative_to(ROOT)}\n", source)
        self.assertNotIn("#include <xsimd", source)
        # Of x86-64 there is a set more than once: each unit for each of them, and no other file twice.
        self.assertEqual({source.count(f"// ---- {path.relative_to(ROOT)}\n") for path in (ROOT / "lib/kernels").glob("*.isa.cpp")}, {3})
        self.assertEqual({source.count(f"// ---- {path.relative_to(ROOT)}\n") for path in (ROOT / "lib/operators").iterdir()}, {1})
        for path in (ROOT / "include/tinyrank").rglob("*.hpp"):
            if path.name == "mpi.hpp":
                continue
            self.assertIn(f"// ---- {path.relative_to(ROOT)}\n", header)
        version = (ROOT / "VERSION").read_text().strip()
        self.assertIn(f'#define TINYRANK_VERSION_STRING "{version}"', header)
        self.assertNotIn('#include "lib/', source + header)
        self.assertNotIn('#include "tinyrank/', source + header)

    def test_refusals(self):
        taken = self.directory / "file"
        taken.write_text("here first")
        for arguments in ((taken,), (taken / "below",), ("--help-me",), ("a", "b")):
            result = amalgamate(*arguments)
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertEqual(taken.read_text(), "here first")
        self.assertEqual([path.name for path in self.directory.iterdir()], ["file"])


if __name__ == "__main__":
    unittest.main()
