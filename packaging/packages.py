#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""What a user of a package manager for microcontrollers downloads, a folder for each.

packages.py [DIRECTORY]     (build/packages when not given)

    arduino/tinyrank      a library, to be zipped for the library manager, or put into the sketchbook's `libraries`
    platformio/tinyrank   a library for `pio pkg publish`, or into a project's `lib`
    esp-idf/tinyrank      a component for the registry, or into a project's `components`
    cmsis-pack            the pack tinyrank.tinyrank.<version>.pack, and what is in it
    zephyr/tinyrank       a module: what it needs of this repository, which is one itself

All but the last have the library as two files, as amalgamate.py writes them, and the LICENSE. Where a manifest says
@VERSION@, the version of the file VERSION is put in.
"""

import pathlib
import shutil
import sys
import zipfile

import amalgamate

ROOT = amalgamate.ROOT
PACKAGING = ROOT / "packaging"
VERSION = (ROOT / "VERSION").read_text().strip()
# The tree of Zephyr's module; what its build reads.
MODULE = ("CMakeLists.txt", "VERSION", "LICENSE", "cmake", "include", "lib", "packaging/zephyr", "zephyr")


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        target.write_text(source.read_text().replace("@VERSION@", VERSION))


def package(directory, manifests, sources):
    """The files of packaging/<manifests>, LICENSE, and the library in the folder `sources`."""
    for path in sorted((PACKAGING / manifests).iterdir()):
        copy(path, directory / path.name)
    copy(ROOT / "LICENSE", directory / "LICENSE")
    (directory / sources).mkdir(exist_ok=True)
    for name, text in amalgamate.amalgamated().items():
        (directory / sources / name).write_text(text)


def zipped(directory, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(directory.rglob("*")):
            # A fixed date: the same tree gives the same bytes.
            archive.writestr(zipfile.ZipInfo(str(file.relative_to(directory))), file.read_bytes(), zipfile.ZIP_DEFLATED)


def main():
    if len(sys.argv) > 2 or (len(sys.argv) == 2 and sys.argv[1].startswith("-")):
        sys.exit("usage: packages.py [DIRECTORY]")
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) == 2 else ROOT / "build/packages")
    try:
        shutil.rmtree(directory, ignore_errors=True)
        package(directory / "arduino/tinyrank", "arduino", "src")
        package(directory / "platformio/tinyrank", "platformio", "src")
        package(directory / "esp-idf/tinyrank", "esp-idf", ".")
        package(directory / "cmsis-pack/content", "cmsis-pack", ".")
        zipped(directory / "cmsis-pack/content", directory / f"cmsis-pack/tinyrank.tinyrank.{VERSION}.pack")
        for name in MODULE:
            copy(ROOT / name, directory / "zephyr/tinyrank" / name)
    except OSError as error:
        sys.exit(f"packages.py: {directory}: {error.strerror}")
    print(f"{directory}: " + ", ".join(sorted(path.name for path in directory.iterdir())))


if __name__ == "__main__":
    main()
