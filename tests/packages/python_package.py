# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""python_package.py SOURCE SCRATCH [BUILD]: pip installs the package into a virtual environment, from a copy of the clone
with what BUILD has compiled, or from the wheel of the source distribution, where everything is compiled; then it works."""

import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

SMOKE = """
import importlib.metadata, subprocess, sys
import numpy as np, tinyrank as tr
assert importlib.metadata.version("tinyrank") == tr.__version__ == sys.argv[1], tr.__version__
assert tr.__file__.startswith(sys.prefix), tr.__file__
for dtype in (np.float32, np.float64):
    operator = tr.Gaussian(20, 400)
    result = tr.recover(operator, operator.measure(tr.planted_truth(20, 2, dtype=dtype)))
    assert (result.verdict, result.rank, result.factor.dtype) == ("recovered", 2, dtype), result
for command in ([sys.executable, "-m", "tinyrank"], [sys.prefix + "/bin/tinyrank"]):
    shown = subprocess.run([*command, "recover", "--sensing", "gaussian:n=20,m=400", "--planted", "rank=2"],
                           capture_output=True, text=True)
    assert shown.returncode == 0 and "recovered: rank 2" in shown.stdout, shown
"""


def run(*command, **options):
    print("$", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, **options)


def main(source, scratch, built=None):
    version = (source / "VERSION").read_text().strip()
    shutil.rmtree(scratch, ignore_errors=True)
    clone = scratch / "clone"
    shutil.copytree(source, clone, ignore=shutil.ignore_patterns("build", ".git", "__pycache__", "*.egg-info"))
    run(sys.executable, "-m", "venv", "--system-site-packages", scratch / "venv")
    python = scratch / "venv" / "bin" / "python"
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}
    environment.pop("PYTHONPATH", None)
    if built:
        run(python, "-m", "pip", "install", "--no-build-isolation", ".", cwd=clone,
            env={**environment, "TINYRANK_PREBUILT": str(built)})
    else:
        run(python, "setup.py", "-q", "sdist", "--formats", "gztar", "-d", scratch / "dist", cwd=clone, env=environment)
        archive = scratch / "dist" / f"tinyrank-{version}.tar.gz"
        with tarfile.open(archive) as held:
            names = [name.split("/", 1)[1] for name in held.getnames() if "/" in name]
        assert not [name for name in names if name.startswith(("build", "tests", "docs")) or name.endswith((".so", ".pyc"))]
        shutil.rmtree(clone)
        # A third of the time: what it holds is the question here, not how fast it is.
        run(python, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "-w", scratch / "dist", archive, cwd=scratch,
            env={**environment, "CMAKE_ARGS": "-DCMAKE_CXX_FLAGS_RELEASE=-O0 -DTINYRANK_PRECOMPILED_HEADERS=ON"})
        wheel, = (scratch / "dist").glob(f"tinyrank-{version}-*.whl")
        with zipfile.ZipFile(wheel) as held:
            names = held.namelist()
        for name in ("tinyrank/py.typed", "tinyrank/_tinyrank.pyi", "tinyrank/bin/tinyrank"):
            assert name in names, name
        assert any(name.endswith("/LICENSE") for name in names), names
        run(python, "-m", "pip", "install", "--no-deps", wheel, cwd=scratch, env=environment)
    run(python, "-c", SMOKE, version, cwd=scratch, env=environment)


if __name__ == "__main__":
    main(*(pathlib.Path(argument).resolve() for argument in sys.argv[1:]))
