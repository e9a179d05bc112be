#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_demo.py PROGRAM EURODIST SCRATCH: what the demo prints, against its tables and against values of its own: classical scaling by
power iterations, and the best rotation by its angle."""

import csv
import math
import os
import re
import shutil
import subprocess
import sys
import unittest

program, eurodist, scratch = sys.argv[1:]


def demo(table, directory):
    return subprocess.run([program, "--quick", "--eurodist", table, "--output", directory], capture_output=True, text=True,
                          timeout=120)


def rows_of(name):
    with open(os.path.join(scratch, name), newline="") as file:
        return list(csv.DictReader(file))


def classical_scaling(distances):
    """Coordinates in the plane, from the two leading eigenvectors of -1/2 J D^2 J."""
    n = len(distances)
    squared = [[d * d for d in row] for row in distances]
    means = [sum(row) / n for row in squared]
    grand = sum(means) / n
    centred = [[-0.5 * (squared[j][k] - means[j] - means[k] + grand) for k in range(n)] for j in range(n)]
    axes = []
    for _ in range(2):
        v = [math.sin(1 + k) for k in range(n)]
        for _ in range(2000):
            v = [sum(a * x for a, x in zip(row, v)) for row in centred]
            size = math.sqrt(sum(x * x for x in v))
            v = [x / size for x in v]
        axes.append([x * math.sqrt(size) for x in v])
        centred = [[centred[j][k] - size * v[j] * v[k] for k in range(n)] for j in range(n)]
    return list(zip(*axes))


def difference(one, other):
    return math.sqrt(sum((a - c) ** 2 + (b - d) ** 2 for (a, b), (c, d) in zip(one, other)) / len(one))


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(scratch)
        cls.run_of_it = demo(eurodist, scratch)
        cls.out = cls.run_of_it.stdout

    def found(self, pattern):
        match = re.search(pattern, self.out)
        self.assertIsNotNone(match, pattern + " in\n" + self.out)
        return match.groups()

    def test_it_ends_well(self):
        self.assertEqual(self.run_of_it.returncode, 0, self.run_of_it.stderr)
        self.assertEqual(sorted(os.listdir(scratch)), ["map.csv", "phases.csv", "staircase.csv"])

    def test_the_instance_is_told(self):
        self.found(r"section 4, at a quick size\n   n = 60, r\* = 2, m = 1200 Gaussian measurements\n")
        self.found(r"a factor of r = 8 columns,\n")

    def test_gradient_descent_goes_through_its_phases(self):
        rows = rows_of("phases.csv")
        passes, error = self.found(r"\n   gradient descent +(\d+) .* told at most 8 +(\S+)\n")
        self.assertEqual([int(row["iteration"]) for row in rows], list(range(int(passes))))
        self.assertEqual(error, rows[-1]["relative_test_error"])
        self.assertLess(float(error), 1e-4)
        # A start of 1/(70 n^2) tells nothing of the truth: that much is left of it.
        self.assertAlmostEqual(float(rows[0]["relative_test_error"]), 1, places=3)
        phases = [int(row["phase"]) for row in rows]
        self.assertEqual(sorted(set(phases)), [1, 2, 3])
        self.assertEqual(phases, sorted(phases))
        told = re.findall(r"phase (I+), (\w+): iteration (\d+),", self.run_of_it.stderr)
        self.assertEqual(told, [(name, what, str(phases.index(k))) for k, (name, what) in
                                enumerate([("I", "spectral"), ("II", "growth"), ("III", "refinement")], 1)])

    def test_the_staircase_finds_the_rank_by_itself(self):
        rows = rows_of("staircase.csv")
        passes, rank, error = self.found(r"\n   staircase +(\d+) .* found (\d+) +(\S+)\n")
        self.assertEqual(rank, "2")
        self.assertEqual(max(int(row["rank"]) for row in rows), 2)
        self.assertLessEqual(int(rows[-1]["pass"]), int(passes))
        self.assertLess(float(error), 1e-4)
        self.found(r"answer: recovered; both errors are below 1e-4\.\n")

    def test_the_yardstick_is_classical_scaling(self):
        with open(eurodist, newline="") as file:
            table = list(csv.reader(file))
        names, distances = table[0][1:], [[float(cell or 0) for cell in row[1:]] for row in table[1:]]
        own, rows = classical_scaling(distances), rows_of("map.csv")
        self.assertEqual([row["city"] for row in rows], names)
        for axis, name in enumerate(["mds_x_km", "mds_y_km"]):
            values = [float(row[name]) for row in rows]
            sign = math.copysign(1, sum(a[axis] * b for a, b in zip(own, values)))
            for city, a, b in zip(names, own, values):
                self.assertAlmostEqual(sign * a[axis], b, delta=1e-3, msg=city)
        place = {row["city"]: row for row in rows}
        self.assertLess(float(place["Lisbon"]["mds_x_km"]), 0)
        self.assertGreater(float(place["Stockholm"]["mds_y_km"]), 0)

    def test_the_maps_lie_on_it_as_well_as_they_can(self):
        rows = rows_of("map.csv")
        plane = {way: [(float(row[way + "_x_km"]), float(row[way + "_y_km"])) for row in rows]
                 for way in ("mds", "r2", "rn", "staircase")}
        for way, label in (("r2", "gradient descent, r = 2"), ("rn", "gradient descent, r = 21"), ("staircase", "staircase")):
            unused, apart = self.found(r"\n   %s +\d+ .* ms (?:told|found) \d+ +\S+ +(\d+) km +(\d+) km\n" % label)
            least = difference(plane[way], plane["mds"])
            self.assertEqual("%.0f" % least, apart)
            # No turn by a small angle and no shift brings it nearer.
            for angle, shift in ((1e-3, 0), (-1e-3, 0), (0, 1), (0, -1)):
                moved = [(x * math.cos(angle) - y * math.sin(angle) + shift, x * math.sin(angle) + y * math.cos(angle) + shift)
                         for x, y in plane[way]]
                self.assertGreater(difference(moved, plane["mds"]), least)
            # The printed draw is one of the twenty.
            median, low, high = self.found(r"\n   %s +(\d+) km \((\d+) to (\d+)\)" % label)
            self.assertTrue(int(low) <= int(apart) <= int(high) and int(low) <= int(median) <= int(high))
            self.assertTrue(20 < int(unused) < 400)
        self.found(r"\n   147 of the 210 distances, drawn at random, are used\n")
        ranks = self.found(r"; rank 2 in (\d+) draws of 20((?:, \d+ in \d+)*)\n")
        self.assertEqual(int(ranks[0]) + sum(map(int, re.findall(r" in (\d+)", ranks[1]))), 20)

    def test_what_cannot_be_read_or_written_is_one_line(self):
        unnamed = os.path.join(scratch, "..", "unnamed.csv")
        with open(unnamed, "w") as file:
            file.write("0,1,2\n1,0,1\n2,1,0\n")
        for table, directory, line in (
                (unnamed, scratch, unnamed + ": the cities have no names"),
                (unnamed + ".not", scratch, unnamed + ".not: cannot open: No such file or directory"),
                (eurodist, os.path.join(scratch, "none"), os.path.join(scratch, "none", "phases.csv") +
                 ": cannot write: its directory: No such file or directory")):
            refused = demo(table, directory)
            self.assertEqual(refused.returncode, 2)
            self.assertEqual(refused.stderr.splitlines()[-1], "tinyrank-demo: " + line)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
