# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""pip install . compiles by CMake. CMAKE_ARGS has more arguments for it; TINYRANK_PREBUILT is a build directory of CMake
whose module and command line are taken as they are (`make python` makes build/host)."""

import os
import pathlib
import shlex
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = pathlib.Path(__file__).resolve().parent


class BuildWithCMake(build_ext):
    def build_extension(self, extension):
        built = os.environ.get("TINYRANK_PREBUILT") or self.compile()
        module = pathlib.Path(self.get_ext_fullpath(extension.name))
        package = pathlib.Path(built) / "python" / "tinyrank"
        (module.parent / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy2(package / module.name, module)
        shutil.copy2(package / "bin" / "tinyrank", module.parent / "bin" / "tinyrank")

    def compile(self):
        build = pathlib.Path(self.build_temp).resolve() / "cmake"
        subprocess.run(["cmake", "-S", ROOT, "-B", build, "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_UNITY_BUILD=ON",
                        "-DTINYRANK_BUILD_PYTHON=ON", "-DTINYRANK_BUILD_TESTS=OFF", "-DTINYRANK_BUILD_BENCH=OFF", "-DTINYRANK_INSTALL=OFF",
                        f"-DPython3_EXECUTABLE={sys.executable}", *shlex.split(os.environ.get("CMAKE_ARGS", ""))], check=True)
        jobs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        subprocess.run(["cmake", "--build", build, "--target", "python", "--parallel", str(jobs)], check=True)
        return build


setup(ext_modules=[Extension("tinyrank._tinyrank", sources=[])], cmdclass={"build_ext": BuildWithCMake})
