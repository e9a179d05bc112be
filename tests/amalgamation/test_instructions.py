# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_instructions.py NM OBJDUMP OBJECT SOURCE COMPILER...

tinyrank.cpp on x86-64, compiled for any of its processors: what only some can run stands in the kernels of their set, where the
dispatch keeps it from the others, and multiply-adds are instructions there. Without these kernels where one asks for that, or
where the target is another.
"""

import collections
import re
import subprocess
import sys


def output(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def instructions(objdump, path):
    """(function, instruction, operands) one after the other, without what all of x86-64 has."""
    function = None
    for line in output(objdump, "-d", "-C", "--no-show-raw-insn", path).splitlines():
        if found := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            function = found[1]
        elif found := re.match(r" *[0-9a-f]+:\s+(\w+)\s*(.*)$", line):
            if found[1].startswith("v") and found[1] not in ("verr", "verw"):
                yield function, found[1], found[2]


def main():
    nm, objdump, path, source, *compiler = sys.argv[1:]
    symbols = output(nm, "-C", path)
    faults = [f"libm's {name} is called" for name in ("fma", "fmaf") if re.search(rf"^ *U {name}$", symbols, re.M)]
    count = collections.Counter()
    for function, name, operands in instructions(objdump, path):
        here = re.search(r"tinyrank::kernels_(avx2|avx512)::", function)
        if not here:
            faults.append(f"{function}: {name} {operands}")
            continue
        count[here[1]] += 1
        count[here[1], "fma"] += bool(re.match(r"vfn?m(add|sub)", name))
        widest = "zmm" if "%zmm" in operands else "evex" if re.search(r"%[xy]mm(1[6-9]|2\d|3[01])|%k\d", operands) else "vex"
        count[here[1], widest] += 1
    faults += [f"kernels_avx2 have {count['avx2', kind]} instructions of AVX-512" for kind in ("zmm", "evex") if count["avx2", kind]]
    for isa, kind, least in (("avx2", "vex", 5000), ("avx2", "fma", 500), ("avx512", "zmm", 5000), ("avx512", "fma", 500)):
        if count[isa, kind] < least:
            faults.append(f"kernels_{isa}: {count[isa, kind]} instructions are {kind}, at least {least} expected")
    tables = lambda isa: len(re.findall(rf" tinyrank::isa_tables<tinyrank::\w+<(?:float|double)> ?>::{isa}$", symbols, re.M))
    if not tables("scalar") == tables("avx2") == tables("avx512") > 20:
        faults.append(f"tables: {tables('scalar')} scalar, {tables('avx2')} avx2, {tables('avx512')} avx512")
    for flags, there in (((), True), (("-DTINYRANK_ONLY_SCALAR",), False)):
        text = output(*compiler, "-std=c++20", *flags, "-E", "-P", source)
        if ("kernels_avx2" in text, "kernels_avx512" in text) != (there, there):
            faults.append(f"{' '.join(flags) or 'no flag'}: the kernels of AVX2 and AVX-512 are {'missing' if there else 'there'}")
    print(dict(count))
    sys.exit("\n".join(faults[:20]) or 0)


if __name__ == "__main__":
    main()
