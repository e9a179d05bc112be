# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""What the scripts of these pages share: one run of the program, and a picture."""

import json
import os
import subprocess
import tempfile


def recover(program, *arguments):
    """The report of a run in the current directory, with its exit code and the factor that was found in W.npy."""
    done = subprocess.run([program, "recover", "--threads", "1", "--quiet", "--report", "report.json", "--factor-out", "W.npy",
                           *arguments], capture_output=True, text=True)
    if done.returncode not in (0, 3, 4):
        raise SystemExit(" ".join(arguments) + ": " + done.stderr)
    with open("report.json") as file:
        return json.load(file) | {"exit_code": done.returncode}


def scratch():
    """Makes an empty directory the current one until the object is gone."""
    class directory(tempfile.TemporaryDirectory):
        def __enter__(self):
            self.back = os.getcwd()
            os.chdir(super().__enter__())

        def __exit__(self, *error):
            os.chdir(self.back)
            super().__exit__(*error)
    return directory()


def plots():
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
                         "svg.hashsalt": "tinyrank", "figure.constrained_layout.use": True})
    return plt


def save(figure, path):
    figure.savefig(path, format="svg", metadata={"Date": None})
