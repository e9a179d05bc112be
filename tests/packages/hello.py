#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""Builds a program from what a user downloads, with the flags that the tool would use.

hello.py arduino|platformio|cmsis-pack PACKAGES SCRATCH      (PACKAGES: written here, by packaging/packages.py)
"""

import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ARM = ["-mthumb", "-ffunction-sections", "-fdata-sections", "-Os", "-Wall"]
M4 = [*ARM, "-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"]
M33 = [*ARM, "-mcpu=cortex-m33", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"]
# Debian's compiler for RISC-V has no headers of C++; toolchains/riscv32.cmake says why these do.
HEADERS = sorted(pathlib.Path("/usr/include/newlib/c++").glob("*"))[-1:]
# Of the core esp32 3.2 for a C3; it gives the language twice, the second counts.
ESP32 = ["-march=rv32imc", "-mabi=ilp32", "-ffunction-sections", "-fdata-sections", "-Os", "-Wall", "--specs=picolibc.specs",
         "-std=gnu++2b", "-fexceptions", "-fno-rtti", "-fuse-cxa-atexit", "-std=gnu++2a",
         *[word for path in HEADERS for word in ("-isystem", str(path), "-isystem", str(path / "arm-none-eabi"))]]


def run(*words):
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(" ".join(map(str, words)) + "\n" + done.stdout)


def linked(prefix, flags, objects, program, *more):
    # As C: of C++ nothing is left to link.
    run(prefix + "gcc", *flags, *objects, "-Wl,--gc-sections", *more, "-o", program)
    sizes = subprocess.run([prefix + "size", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    flash = int(sizes.split("\n")[1].split()[0])
    print(f"{program.name}: {flash} bytes of text")
    if not 5000 < flash < 100000:
        sys.exit(f"{program}: of a whole library, or of nothing")


def arduino(packages, scratch):
    """A sketch becomes a C++ file that includes Arduino.h; src/ of a library is compiled and in the include path."""
    tree = packages / "arduino/tinyrank"
    properties = dict(line.split("=", 1) for line in (tree / "library.properties").read_text().splitlines())
    if properties["version"] != version() or properties["architectures"] != "esp32":
        sys.exit(f"library.properties: {properties}")
    (scratch / "Arduino.h").write_text("""#include <stdint.h>
struct serial { void begin(int); void println(const char*); };
extern serial Serial;
""")
    sketch = (tree / "examples/Triangle/Triangle.ino").read_text()
    (scratch / "sketch.cpp").write_text("#include <Arduino.h>\n" + sketch + """
extern "C" int __gxx_personality_v0() { return 0; }  // of the core's run-time library
serial Serial;
void serial::begin(int) {}
void serial::println(const char* text) { static volatile char sent; while (*text != 0) sent = *text++; }
int main() { setup(); for (;;) loop(); }
""")
    objects = []
    for source in (tree / "src/tinyrank.cpp", scratch / "sketch.cpp"):
        objects.append(scratch / (source.stem + ".o"))
        run("riscv64-unknown-elf-g++", *ESP32, "-I", tree / "src", "-I", scratch, "-c", source, "-o", objects[-1])
    linked("riscv64-unknown-elf-", ESP32, objects, scratch / "sketch.elf", "-nostdlib", "-lc", "-lgcc", "-Wl,-e,main")


def platformio(packages, scratch):
    """A library's own flags come to the project's, for its sources; unflags are taken from these."""
    tree = packages / "platformio/tinyrank"
    manifest = json.loads((tree / "library.json").read_text())
    if manifest["version"] != version() or not all((tree / "src" / name).is_file() for name in manifest["headers"]):
        sys.exit(f"library.json: {manifest}")
    of_project = [*M4, "-std=gnu++17"]
    flags = [flag for flag in of_project if flag not in manifest["build"]["unflags"]] + manifest["build"]["flags"]
    run("arm-none-eabi-g++", *flags, "-c", tree / "src/tinyrank.cpp", "-o", scratch / "tinyrank.o")
    run("arm-none-eabi-gcc", *M4, "-I", tree / "src", "-c", app(scratch), "-o", scratch / "app.o")
    linked("arm-none-eabi-", M4, [scratch / "app.o", scratch / "tinyrank.o"], scratch / "app.elf", "--specs=nosys.specs")


def cmsis_pack(packages, scratch):
    """The pack is unpacked; files are those that its component names."""
    name = f"tinyrank.tinyrank.{version()}.pack"
    with zipfile.ZipFile(packages / "cmsis-pack" / name) as archive:
        archive.extractall(scratch / "pack")
    description = xml.etree.ElementTree.parse(scratch / "pack/tinyrank.tinyrank.pdsc").getroot()
    tree, component = scratch / "pack", description.find("components/component")
    if f"{description.findtext('vendor')}.{description.findtext('name')}" != "tinyrank.tinyrank":
        sys.exit("the pack's description is not called vendor.name.pdsc")
    if not (tree / description.findtext("license")).is_file() or component.get("Cversion") != version():
        sys.exit("no licence where the pack says, or another version")
    if component.get("condition") not in [one.get("id") for one in description.findall("conditions/condition")]:
        sys.exit("the component's condition is not there")
    files = {file.get("category"): tree / file.get("name") for file in component.findall("files/file")}
    run("arm-none-eabi-g++", *M33, "-std=gnu++20", "-fno-exceptions", "-fno-rtti", "-fno-math-errno", "-c",
        files["sourceCpp"], "-o", scratch / "tinyrank.o")
    run("arm-none-eabi-gcc", *M33, "-I", files["header"].parent, "-c", app(scratch), "-o", scratch / "app.o")
    linked("arm-none-eabi-", M33, [scratch / "app.o", scratch / "tinyrank.o"], scratch / "app.elf", "--specs=nosys.specs")


def app(scratch):
    """The program of the tests, with the header where a package has it."""
    text = (HERE / "app.c").read_text().replace("<tinyrank/tinyrank.h>", '"tinyrank.h"')
    (scratch / "app.c").write_text(text)
    return scratch / "app.c"


def version():
    return (ROOT / "VERSION").read_text().strip()


def main():
    system, packages, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    scratch.mkdir(parents=True, exist_ok=True)
    run(sys.executable, ROOT / "packaging/packages.py", packages)
    left = [path for path in packages.rglob("*") if path.is_file() and re.search(rb"@VERSION@", path.read_bytes())]
    if left:
        sys.exit(f"no version put in: {left}")
    {"arduino": arduino, "platformio": platformio, "cmsis-pack": cmsis_pack}[system](packages, scratch)


if __name__ == "__main__":
    main()
