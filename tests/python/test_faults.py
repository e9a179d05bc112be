# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""Every allocation of the package's C++ fails once: a MemoryError, after which all is as before.

Not those of pybind11 while it makes an object, where it ends the process itself.
"""

import os
import pathlib
import subprocess
import sys

import pytest

LIBRARY = pathlib.Path(os.environ.get("TINYRANK_FAULTS", ""))

SCRIPT = """
import ctypes
import numpy as np
import tinyrank as tr

fault = ctypes.CDLL(None).tinyrank_fault
fault.argtypes = [ctypes.c_int, ctypes.c_long]
OBJECT = 6


def break_each(run, least):
    wanted, failed = run(), 0
    for number in range(1, 3000):
        fault(OBJECT, number)
        try:
            found = run()
        except MemoryError:
            found = None
        if not fault(0, 0):
            break
        failed += 1
        assert found is None or np.array_equal(found, wanted), number
        assert np.array_equal(run(), wanted), number
    assert number == failed + 1 and failed >= least, (number, failed)
    print(failed, "allocations failed")


gaussian = tr.Gaussian(6, 40)
y = gaussian.measure(tr.planted_truth(6, 1))
weights = np.linspace(0.5, 1, 40)
truth = tr.planted_truth(6, 1)
break_each(lambda: gaussian.measure(truth), 1)
break_each(lambda: tr.recover(gaussian, y).matrix, 5)
break_each(lambda: tr.recover(gaussian, y, weights=weights, loss="huber").matrix, 5)
"""


@pytest.mark.skipif(not LIBRARY.is_file(), reason="the library of tests/apps/faults is not built")
def test_memory_that_is_refused_is_an_exception():
    environment = {**os.environ, "LD_PRELOAD": str(LIBRARY), "OMP_NUM_THREADS": "1"}
    run = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=200)
    assert run.returncode == 0 and run.stdout.count("failed") == 3, (run.returncode, run.stdout, run.stderr)
