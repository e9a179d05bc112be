#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""What the library takes of a microcontroller: flash, RAM, stack, instructions.

report.py [--json FILE] [--page FILE] [--check BUDGETS] [--retighten BUDGETS] BUILD_DIRECTORY...

Reads the maps of the flash_* programs of each build directory (a preset cortex-* or rv32*), the archive, and the frames and
calls that the compiler wrote beside its objects (-fcallgraph-info), and runs firmware_numbers under qemu with
-icount shift=0. --check: exit code 1 when a number is above its budget, or when an operator's flash has none.
--retighten: writes the flash budget of every operator anew, one percent above what was measured.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
OPERATORS = re.findall(r"ROW\(([a-z0-9_]+)\)", (ROOT / "catalogue/operators.hpp").read_text())
# docs/firmware.md has the others; those here differ little from one of them, and are in the JSON file.
LEFT_OUT = {"rectangular_entries", "rectangular_dense", "generated_bilinear", "generated_complex_rank_one", "hermitian_dense"}
SHOWN = [operator for operator in OPERATORS if operator not in LEFT_OUT]
BOARDS = {"m0plus": "mps2-an385", "m3": "mps2-an385", "m4": "mps2-an386", "m7": "mps2-an500", "m7sp": "mps2-an500",
          "m33": "mps2-an505", "m55": "mps3-an547", "rv32imac": "virt", "rv32imafc": "virt"}
# Those of the second table of docs/firmware.md, and how it names them.
OTHERS = {"m33": "M33", "rv32imafc": "RV32IMAFC", "rv32imac": "RV32IMAC"}
FLASH = re.compile(r"flash\.(core|staircase)_plus_\w+_m4")
ALLOCATORS = re.compile(r" U (malloc|calloc|realloc|free|_malloc_r|_calloc_r|_realloc_r|_free_r|_sbrk|sbrk|_Zn[wa].*|_Zd[la].*)$")


def processor_of(build):
    text = (build / "CMakeCache.txt").read_text()
    return re.search(r"^TINYRANK_(?:CORTEX|RISCV):STRING=(\w+)$", text, re.M).group(1)


def library_sections(path, archive="libtinyrank.a"):
    """(section, bytes) of what a link map takes from an archive."""
    text = path.read_text().split("Linker script and memory map", 1)[1]
    # Long section names stand on a line of their own.
    text = re.sub(r"\n (\.\S+)\n\s+0x", r"\n \1 0x", text)
    for section, size in re.findall(r"^ (\.\S+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s+\S*" + re.escape(archive) + r"\(", text, re.M):
        yield section, int(size, 16)


def flash_of(path, archive="libtinyrank.a"):
    """Bytes of flash, and of .data and .bss."""
    sizes = {"text": 0, "rodata": 0, "data": 0, "bss": 0}
    for section, size in library_sections(path, archive):
        kind = section.split(".")[1]
        if kind in sizes:
            sizes[kind] += size
    return sizes["text"] + sizes["rodata"], sizes["data"] + sizes["bss"]


def flash(build, processor):
    numbers = {}
    for operator in OPERATORS:
        for image, solver in (("flash", "core"), ("flash_staircase", "staircase")):
            key = f"{solver}_plus_{operator}_{processor}"
            path = build / f"apps/firmware/{image}_{operator}.map"
            numbers[f"flash.{key}"], numbers[f"data_and_bss.{key}"] = flash_of(path)
            # What the processor does not have: double precision, 64-bit division and their like.
            numbers[f"flash_of_arithmetic.{key}"] = flash_of(path, "libgcc.a")[0] + flash_of(path, "libm.a")[0]
    return numbers


def heap(build, processor):
    nm = "riscv64-unknown-elf-nm" if processor.startswith("rv") else "arm-none-eabi-nm"
    listing = subprocess.run([nm, build / "lib/libtinyrank.a"], capture_output=True, text=True, check=True)
    return {f"heap.calls_{processor}": sum(bool(ALLOCATORS.search(line)) for line in listing.stdout.splitlines())}


def calls(build):
    """({function: frame in bytes, None if without bound}, {function: functions it calls by name}) of the library."""
    frames, called = {}, {}
    graphs = sorted((build / "lib").rglob("*.ci"))
    if not graphs:
        sys.exit(f"report.py: {build}/lib has no .ci files; was it built by gcc, and by this version of lib/CMakeLists.txt?")
    for path in graphs:
        text = path.read_text()
        # Local functions carry their file's path; objects of two instruction sets may have one of that name.
        name = lambda title: f"{path.parent.parent.name}/{title.rsplit('/', 1)[1]}" if "/" in title else title
        for title, label in re.findall(r'^node: \{ title: "([^"]*)" label: "([^"]*)"', text, re.M):
            usage = re.search(r"\\n(\d+) bytes \(([a-z,]+)\)", label)
            if usage:
                frames[name(title)] = None if usage[2] == "dynamic" else int(usage[1])
        for caller, callee in re.findall(r'^edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"', text, re.M):
            called.setdefault(name(caller), set()).add(name(callee))
    return frames, called


def recursive(called):
    """Functions that reach themselves."""
    def reaches(start):
        seen, front = set(), [start]
        while front:
            for callee in called.get(front.pop(), ()):
                if callee == start:
                    return True
                if callee not in seen:
                    seen.add(callee)
                    front.append(callee)
        return False
    return [function for function in called if reaches(function)]


def stack_of_code(build, processor):
    """A call through an operator's or a kernels' table has no name, so no path through one is followed: the painted
    stack measures those. Operators do not call the solver, nor kernels an operator."""
    frames, called = calls(build)
    unbounded = [f for f, size in frames.items() if size is None]
    loops = recursive(called)
    for what, functions in (("a frame without bound", unbounded), ("recursion", loops)):
        if functions:
            print(f"{processor}: {what}: {', '.join(sorted(functions))}", file=sys.stderr)
    bounded = {f: size for f, size in sorted(frames.items()) if size is not None}
    return {f"stack.largest_frame_{processor}": max(bounded.values()), f"stack.frames_{processor}": bounded,
            f"stack.unbounded_frames_{processor}": len(unbounded), f"calls.recursive_{processor}": len(loops)}


def measured(build, processor):
    qemu = ["qemu-system-riscv32", "-bios", "none"] if processor.startswith("rv") else ["qemu-system-arm"]
    command = ["timeout", "--foreground", "--kill-after=5", "600", *qemu, "-M", BOARDS[processor], "-icount",
               "shift=0", "-nographic", "-monitor", "none", "-serial", "null", "-semihosting-config",
               "enable=on,target=native", "-kernel", str(build / "apps/firmware/firmware_numbers")]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"report.py: firmware_numbers of {build} ended with {result.returncode}: {result.stdout[-300:]}{result.stderr[-300:]}")
    numbers, arenas = {}, {}
    for line in result.stdout.splitlines():
        key, value = line.split()
        if key.startswith("arena_bytes."):
            arenas[key] = int(value)
        elif not key.startswith("problem."):
            numbers[f"{key}_{processor}"] = int(value) if value.isdigit() else float(value)
    return numbers, arenas


def derived(numbers, processor):
    """Keys as the budgets name them."""
    result = {f"stack.max_{processor}": max(v for k, v in numbers.items() if k.startswith("stack."))}
    result[f"stack.max_c_api_{processor}"] = max(v for k, v in numbers.items() if k.startswith("stack.c_api."))
    result[f"staircase.stack_max_{processor}"] = max(v for k, v in numbers.items() if k.startswith("staircase.stack_"))
    result[f"flash_of_arithmetic.staircase_max_{processor}"] = max(
        numbers[f"flash_of_arithmetic.staircase_plus_{operator}_{processor}"] for operator in OPERATORS)
    entry = "instructions_per_packed_entry.dense_f32"
    result[f"{entry}_{processor}"] = numbers[f"{entry}.scalar_{processor}"]
    if f"{entry}.helium_{processor}" in numbers:
        result[f"{entry}_{processor}_helium"] = numbers[f"{entry}.helium_{processor}"]
        for operator in ("dense", "rank_one", "hadamard"):
            ratio = (numbers[f"instructions.step.{operator}_{processor}"]
                     / numbers[f"instructions.step_scalar.{operator}_{processor}"])
            result[f"helium.instruction_ratio_vs_scalar.{operator}"] = round(ratio, 3)
    return result


def collect(builds):
    numbers, arenas = {}, {}
    for build in builds:
        processor = processor_of(build)
        of_build, arenas = measured(build, processor)
        of_build.update(flash(build, processor))
        of_build.update(heap(build, processor))
        of_build.update(derived(of_build, processor))
        of_build.update(stack_of_code(build, processor))
        if processor == "m4":
            of_build["flash.core_plus_generated_m4"] = of_build["flash.core_plus_gaussian_m4"]
        numbers.update(of_build)
    return {"instructions are": "instructions under qemu -icount shift=0, not cycles",
            "problem": "f32, n = 64, r = 4, m = 128 (512 for hadamard, coded_diffraction, distances, sparse, entries and rectangular_entries)", **numbers, **arenas}


def page_table(numbers):
    """The tables between the firmware marks of docs/firmware.md; f32, Cortex-M4 unless said."""
    lines = ["| operator | flash | with the staircase | stack of a step | of init | instructions of a step, M4 | M55, scalar"
             " | M55, Helium |", "|---|---|---|---|---|---|---|---|"]
    for operator in SHOWN:
        cells = [numbers[f"flash.core_plus_{operator}_m4"], numbers[f"flash.staircase_plus_{operator}_m4"],
                 numbers[f"stack.step.{operator}_m4"],
                 numbers[f"stack.init.{operator}_m4"], numbers[f"instructions.step.{operator}_m4"],
                 numbers[f"instructions.step_scalar.{operator}_m55"], numbers[f"instructions.step.{operator}_m55"]]
        lines.append(f"| {operator} | " + " | ".join(f"{round(cell):,}" for cell in cells) + " |")
    lines += ["", "| nothing told, n = 32, m = 400 | passes | arena bytes | stack of a pass | of init | instructions in all, M4 | M55"
              " | of the longest pass, M4 | M55 |", "|---|---|---|---|---|---|---|---|---|"]
    for operator in ("hadamard", "generated_rank_one"):
        cells = [numbers[f"staircase.{what}.{operator}_{processor}"] for what, processor in (
            ("passes", "m4"), ("arena_bytes", "m4"), ("stack_run", "m4"), ("stack_init", "m4"), ("instructions", "m4"),
            ("instructions", "m55"), ("instructions_of_longest_pass", "m4"), ("instructions_of_longest_pass", "m55"))]
        lines.append(f"| {operator} | " + " | ".join(f"{round(cell):,}" for cell in cells) + " |")
    sides = [f"n{n}_r{r}" for n in (16, 32, 64) for r in (2, 4, 8)]
    lines += ["", "| arena bytes, n and r | " + " | ".join(side[1:].replace("_r", ", ") for side in sides) + " |",
              "|---|" + "---|" * len(sides)]
    for operator in SHOWN:
        cells = [numbers[f"arena_bytes.{operator}.{side}"] for side in sides]
        lines.append(f"| {operator} | " + " | ".join(f"{cell:,}" for cell in cells) + " |")
    return "\n".join(lines)


def others_table(numbers):
    """What the first table has, of the processors without budgets."""
    wanted = (("flash", "flash.core_plus_{}_{}"), ("stack of a step", "stack.step.{}_{}"),
              ("instructions of a step", "instructions.step.{}_{}"))
    heads = [f"{what if i == 0 else ''}{', ' if i == 0 else ''}{name}" for what, _ in wanted for i, name in enumerate(OTHERS.values())]
    lines = ["| operator | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for operator in SHOWN:
        cells = [numbers[key.format(operator, processor)] for _, key in wanted for processor in OTHERS]
        lines.append(f"| {operator} | " + " | ".join(f"{round(cell):,}" for cell in cells) + " |")
    return "\n".join(lines)


def write_page(path, numbers):
    """The tables whose processors were asked for."""
    text = path.read_text()
    tables = {"make firmware": (page_table, ("m4", "m55")), "make firmware, others": (others_table, OTHERS)}
    for mark, (table, processors) in tables.items():
        if not all(f"instructions.step.{OPERATORS[0]}_{processor}" in numbers for processor in processors):
            continue
        begin, end = f"<!-- {mark} -->\n", f"\n<!-- end of {mark} -->"
        if begin not in text or end not in text:
            sys.exit(f"report.py: {path} has no marks for the tables of {mark}")
        text = text.split(begin)[0] + begin + table(numbers) + end + text.split(end)[1]
    path.write_text(text)


def without_budget(numbers, budgets):
    """Flash of an operator on the processor that has budgets."""
    return [key for key in numbers if FLASH.fullmatch(key) and key not in budgets]


def retighten(numbers, path):
    keys = [f"flash.{solver}_plus_{name}_m4" for solver in ("core", "staircase") for name in OPERATORS]
    flash = {key: -(-numbers[key] * 101 // 1600) * 16 for key in keys}
    others = {key: limit for key, limit in json.loads(path.read_text()).items()
              if not FLASH.fullmatch(key) or key == "flash.core_plus_generated_m4"}
    path.write_text(json.dumps({**flash, **others}, indent=2) + "\n")


def check(numbers, budgets):
    failures = 0
    for key in without_budget(numbers, budgets):
        failures += 1
        print(f"{key:55} {numbers[key]:>12.6g} HAS NO BUDGET (--retighten gives it one)")
    for key, limit in budgets.items():
        if key not in numbers:
            continue  # of a processor that was not asked for
        verdict = "ok" if numbers[key] <= limit else "ABOVE ITS BUDGET"
        failures += verdict != "ok"
        print(f"{key:55} {numbers[key]:>12.6g} of {limit:<8g} {verdict}")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--page", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    parser.add_argument("--retighten", type=pathlib.Path)
    parser.add_argument("builds", type=pathlib.Path, nargs="+", metavar="BUILD_DIRECTORY")
    arguments = parser.parse_args()
    numbers = collect(arguments.builds)
    if arguments.json:
        arguments.json.write_text(json.dumps(numbers, indent=2) + "\n")
    if arguments.page:
        write_page(arguments.page, numbers)
    if arguments.retighten:
        retighten(numbers, arguments.retighten)
    if arguments.check:
        sys.exit(check(numbers, json.loads(arguments.check.read_text())) != 0)


if __name__ == "__main__":
    main()
