# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""The command line under mpirun: one report whatever the number of processes, memory that is shared, one line of an error,
and an end when one process is killed. Arguments: the program, then mpirun and its words."""

import json
import os
import pathlib
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

program, mpirun, directory = sys.argv[1], sys.argv[2:], pathlib.Path(tempfile.mkdtemp())


def write_npy(name, shape, *pieces):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(directory / name, "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for piece in pieces:
            out.write(piece)


def start(processes, *words, **how):
    launched = [*mpirun, str(processes), program] if processes else [program]
    return subprocess.Popen([*launched, "recover", *words], cwd=directory, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **how)


def recover(processes, *words):
    run = start(processes, *words)
    out, err = run.communicate(timeout=120)
    own = [line for line in err.split("\n") if line.startswith("tinyrank: ")]
    return run.returncode, out, own


def own_children(parent):
    """Processes of this program below mpirun, as /proc has them."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().rsplit(")", 1)
            if name.endswith("(tinyrank") and parent in ancestors(int(rest.split()[1])):
                found.append(int(stat.parent.name))
        except OSError:
            pass
    return sorted(found)


def ancestors(pid):
    while pid > 1:
        yield pid
        try:
            pid = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            return


class CommandLine(unittest.TestCase):
    n, m = 8, 90
    endless = ("--sensing", "gaussian:n=160,m=160000,stored=no", "--planted", "rank=8", "--tolerance", "0", "--threads", "1")

    @classmethod
    def setUpClass(cls):
        draw = random.Random(1)
        size = cls.n * (cls.n + 1) // 2
        rows = [[draw.gauss(0, 1) for _ in range(size)] for _ in range(cls.m)]
        x = [draw.gauss(0, 1) for _ in range(cls.n)]
        pairs = [(j, k) for j in range(cls.n) for k in range(j + 1)]
        y = [sum(a * x[j] * x[k] * (1 if j == k else 2) for a, (j, k) in zip(row, pairs)) for row in rows]
        pack = lambda numbers: struct.pack(f"<{len(numbers)}f", *numbers)
        write_npy("A.npy", (cls.m, size), b"".join(map(pack, rows)))
        write_npy("y.npy", (cls.m,), pack(y))
        rows[cls.m - 1][3] = float("nan")
        write_npy("bad.npy", (cls.m, size), b"".join(map(pack, rows)))
        with open(directory / "pairs.csv", "w") as out:
            for j, k in pairs:
                if (j * k) % 7 != 3:
                    out.write(f"{j},{k},{x[j] * x[k]}\n")
        points = [[draw.gauss(0, 1) for _ in range(2)] for _ in range(20)]
        square = lambda j, k: (points[j][0] - points[k][0]) ** 2 + (points[j][1] - points[k][1]) ** 2
        with open(directory / "far.csv", "w") as out:  # the tag's by one that is wild
            for j, k in ((j, k) for j in range(20) for k in range(j)):
                out.write(f"{j},tag {k},{square(j, k) + (40 if (j, k) == (11, 4) else 0)}\n".replace(f"{j},", f"tag {j},", 1))
        with open(directory / "few.csv", "w") as out:  # two distances of the last point
            for j, k in ((j, k) for j in range(20) for k in range(j)):
                if j != 19 or k in (3, 8):
                    out.write(f"{j},{k},{square(j, k) ** 0.5}\n")
        with open(directory / "table.csv", "w") as out:
            for j in range(24):
                out.write(",".join("" if (3 * j + 5 * k) % 7 == 2 else f"{points[j % 20][0] * points[k][1] + draw.gauss(0, .3)}"
                                   for k in range(15)) + "\n")
        with open(directory / "strings.csv", "w") as out:
            out.writelines("".join("IXYZ"[k >> 2 * q & 3] for q in range(4)) + "\n" for k in range(0, 256, 3))
        with open(directory / "sparse.csv", "w") as out:
            out.write("measurement,row,column,value\n")
            for i, row in enumerate(rows[:60]):
                for a, (j, k) in list(zip(row, pairs))[i % 3::3]:
                    out.write(f"{i},{j},{k},{a}\n")

    def test_the_same_report_from_any_number_of_processes(self):
        for words in (["--sensing", "dense:A.npy", "--measurements", "y.npy"],
                      ["--sensing", "dense:A.npy", "--measurements", "y.npy", "--rank", "2", "--precision", "f64"],
                      ["--sensing", "dense:A.npy", "--measurements", "y.npy", "--memory", "1K"],
                      ["--sensing", "bilinear:A.npy,A.npy", "--planted", "rank=1", "--rank", "2", "--iterations", "20", "--memory", "1K"],
                      ["--sensing", "entries:pairs.csv", "--rank", "3", "--iterations", "50"],
                      ["--sensing", "entries:pairs.csv", "--frobenius"],
                      ["--sensing", "distances:far.csv", "--squared", "--loss", "huber"],
                      ["--sensing", "distances:few.csv"],
                      ["--sensing", "rectangular:table.csv", "--center", "both", "--ridge", "auto"],
                      ["--sensing", "rectangular:table.csv", "--center", "rows"],
                      ["--sensing", "pauli:strings.csv", "--planted", "rank=1"],
                      ["--sensing", "sparse:sparse.csv", "--planted", "rank=1", "--shards", "64"],
                      ["--sensing", "phase:n=6,masks=5", "--planted", "rank=1", "--threads", "2"],
                      ["--sensing", "hadamard:n=9,m=40", "--planted", "rank=1"]):
            reports = []
            for processes in (0, 1, 2, 4):
                files = [f"--report=r{processes}.json", f"--factor-out=u{processes}.npy", f"--trace=t{processes}.csv"]
                code, out, errors = recover(processes, *words, *files)
                self.assertEqual((errors, code in (0, 3, 4)), ([], True), words)
                self.assertEqual(out.count("measurements"), reports[0][3] if reports else out.count("measurements"))
                report = json.loads((directory / f"r{processes}.json").read_text())
                self.assertEqual(report["processes"], max(processes, 1))
                texts = [(directory / f"{name}{processes}").with_suffix(end).read_bytes() for name, end in (("u", ".npy"), ("t", ".csv"))]
                reports.append((code, report["factor_bits"], texts, out.count("measurements")))
            for report in reports[1:]:
                self.assertEqual(report, reports[0], words)

    def test_a_run_goes_on_from_its_checkpoint(self):
        words = ["--sensing", "dense:A.npy", "--measurements", "y.npy", "--rank", "2", "--tolerance", "0"]
        self.assertEqual(recover(3, *words, "--iterations", "60", "--report=whole.json")[2], [])
        self.assertEqual(recover(3, *words, "--iterations", "20", "--checkpoint=kept")[2], [])
        self.assertEqual(recover(2, *words, "--iterations", "60", "--resume=kept", "--report=resumed.json")[2], [])
        bits = [json.loads((directory / name).read_text())["factor_bits"] for name in ("whole.json", "resumed.json")]
        self.assertEqual(bits[0], bits[1])
        code, _, errors = recover(1, *words, "--iterations", "60", "--resume=kept")
        self.assertEqual((code, len(errors)), (2, 1))
        self.assertIn("whose place of the sensing matrices is 'several processes', not 'memory'", errors[0])

    def test_one_line_of_an_error_and_exit_code_2(self):
        for words, said in ((["dense:none.npy"], "none.npy: cannot open"), (["dense:bad.npy"], "bad.npy: element [89, 3] is NaN"),
                            (["dense:A.npy", "--shards", "2"], "A.npy: 3 processes, of which some would have no measurement"),
                            (["dense:A.npy", "--shards", "3"], "--shards 3: shards: not a power of two")):
            code, out, errors = recover(3, "--sensing", words[0], "--measurements", "y.npy", *words[1:])
            self.assertEqual((code, len(errors), out), (2, 1, ""), (words, errors))
            self.assertIn(said, errors[0])

    def test_a_pipe_is_refused_and_not_waited_for(self):
        os.mkfifo(directory / "pipe")
        for words in (["dense:pipe", "--measurements", "y.npy"], ["dense:A.npy", "--measurements", "pipe"], ["entries:pipe"],
                      ["dense:/dev/null", "--measurements", "y.npy"]):
            code, out, errors = recover(3, "--sensing", *words)
            self.assertEqual((code, len(errors), out), (2, 1, ""), (words, errors))
            self.assertIn(" is a pipe or a device, which only one of 3 processes could read; give a file", errors[0])

    def test_memory_is_shared(self):
        n, m = 100, 4000
        size = n * (n + 1) // 2
        line = struct.pack(f"<{size}f", *[random.Random(2).gauss(0, 1) for _ in range(size)])
        # In pieces: a child's largest size is its parent's before it is another program.
        write_npy("large.npy", (m, size), *[line] * m)
        write_npy("many.npy", (m,), struct.pack(f"<{m}f", *[1.0] * m))
        most = {}
        for processes in (4, 1):  # of all children so far, the largest
            recover(processes, "--sensing", "dense:large.npy", "--measurements", "many.npy", "--rank", "1", "--iterations", "1",
                    "--threads", "1")
            most[processes] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        self.assertGreater(most[1] - most[4], 0.6 * 4 * size * m)

    def test_a_killed_process_ends_the_others(self):
        run = start(3, *self.endless)
        for _ in range(300):
            time.sleep(0.1)
            children = own_children(run.pid)
            if len(children) == 3:
                break
        time.sleep(1)
        os.kill(children[1], signal.SIGKILL)
        run.communicate(timeout=30)
        self.assertNotEqual(run.returncode, 0)
        self.assertEqual(own_children(run.pid), [])

    def test_an_interruption_writes_what_there_is(self):
        patient = os.environ | {"OMPI_MCA_odls_base_sigkill_timeout": "5"}
        run = start(2, *self.endless, "--report=stopped.json", "--factor-out=stopped.npy", env=patient, start_new_session=True)
        while not run.stderr.readline().startswith("recovering"):
            self.assertIsNone(run.poll())
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: whatever started mpirun is not the only one
        run.communicate(timeout=100)
        report = json.loads((directory / "stopped.json").read_text())
        self.assertEqual(report["processes"], 2)
        self.assertEqual(report["outcome"], "interrupted")
        self.assertTrue((directory / "stopped.npy").exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
