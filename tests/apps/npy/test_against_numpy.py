#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""test_against_numpy.py READ_NPY DIRECTORY: what READ_NPY reads of generated files is what numpy does.

Whole files have to be read where the types, shapes and layouts are those that npy.hpp names, and refused else.
Of files that were cut or changed, what is read has to be what numpy reads; more may be refused.
"""

import io
import pathlib
import random
import shutil
import subprocess
import sys
import warnings
import zipfile

import numpy as np

program, directory = sys.argv[1], pathlib.Path(sys.argv[2])
draw = random.Random(2106)
warnings.simplefilter("ignore")  # of headers of python 2, and of signalling NaNs

REAL = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
COMPLEX = ["c8", "c16"]
OTHER = ["?", "U3", "S5", "f16", "c32", "M8[s]", "V4"]
SHAPES = [(1,), (7,), (1, 9), (9, 1), (3, 4), (2, 3, 3), (5, 2, 2), (1, 1, 1, 1), (2, 1, 3, 1, 2), (1,) * 32, (0,), (3, 0), ()]


def values_of(dtype, shape):
    """Of all sizes; of floats also what is not finite."""
    count = int(np.prod(shape))
    kind = np.dtype(dtype)
    if kind.kind in "iu":
        ends = np.iinfo(kind)
        flat = np.array([draw.choice([ends.min, ends.max, 0, draw.randint(ends.min, ends.max)]) for _ in range(count)], kind)
    elif kind.kind == "f":
        special = [0.0, -0.0, float("inf"), float("nan"), 1e-310, 65504, 6e-8]
        flat = np.array([draw.choice(special) if draw.random() < 0.2 else draw.gauss(0, 10) for _ in range(count)]).astype(kind)
    elif kind.kind == "c":
        flat = np.array([complex(draw.gauss(0, 10), draw.gauss(0, 1)) for _ in range(count)]).astype(kind)
    else:
        flat = np.zeros(count, kind)
    return flat.reshape(shape)


def saved(array, version):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version)
    return out.getvalue()


def changed(content):
    """Cut, lengthened, or with some bytes of the first 140 written anew."""
    how = draw.randrange(4)
    if how == 0:
        return content[: draw.randrange(len(content))]
    if how == 1:
        return content + bytes(draw.randrange(1, 9))
    bytes_ = bytearray(content)
    for _ in range(draw.randrange(1, 3)):
        at = draw.randrange(min(len(bytes_), 140))
        bytes_[at] = draw.choice([draw.randrange(256), ord("0"), ord("9"), ord(","), ord("<"), ord(" "), bytes_[at] ^ 1])
    return bytes(bytes_)


def load(path):
    """As the program is to read it, or None."""
    name, colon, member = str(path).partition(".npz:")
    try:
        if not colon:
            return np.load(name, allow_pickle=False)
        # numpy.load wants an archive to begin with its first member, and members to have the right checksum, which stored
        # ones here need not.
        with zipfile.ZipFile(name + ".npz") as archive, archive.open(member + ".npy") as content:
            if archive.getinfo(member + ".npy").compress_type == zipfile.ZIP_STORED:
                content._expected_crc = None
            return np.lib.format.read_array(content, allow_pickle=False)
    except Exception:
        return None


def as_read(array):
    shape = ",".join(str(extent) for extent in array.shape)
    if array.dtype.kind == "c":
        return "complex," + shape, np.ascontiguousarray(array, np.complex128).reshape(-1).view(np.float64)
    return shape, array.astype(np.float64).reshape(-1)


def is_supported(array):
    code = array.dtype.kind + str(array.dtype.itemsize)
    return code in REAL + COMPLEX and 1 <= array.ndim <= 32 and array.size > 0


shutil.rmtree(directory, ignore_errors=True)
directory.mkdir(parents=True)
cases = []  # path, whether whole


def put(name, content, is_whole):
    (directory / name).write_bytes(content)
    cases.append((str(directory / name), is_whole))
    return name


for dtype in REAL + COMPLEX + OTHER:
    for order in "<>":
        for number, shape in enumerate(SHAPES):
            array = values_of(dtype, shape)
            try:
                array = array.astype(array.dtype.newbyteorder(order))
            except TypeError:
                continue
            if draw.random() < 0.5:
                array = np.asfortranarray(array)
            content = saved(array, draw.choice([(1, 0), (2, 0), (3, 0)]))
            name = f"{dtype.strip('?[]') or 'bool'}_{'little' if order == '<' else 'big'}_{number}"
            put(f"{name}.npy", content, True)
            put(f"{name}_changed.npy", changed(content), False)

for number in range(60):
    arrays = {f"m{k}": values_of(draw.choice(REAL + COMPLEX), draw.choice(SHAPES)) for k in range(3)}
    out = io.BytesIO()
    (np.savez if number % 2 else np.savez_compressed)(out, **arrays)
    for name, content, is_whole in ((f"{number}.npz", out.getvalue(), True), (f"{number}_changed.npz", changed(out.getvalue()), False)):
        (directory / name).write_bytes(content)
        cases += [(f"{directory / name}:m{k}", is_whole) for k in range(4)]

run = subprocess.run([program], input="".join(path + "\n" for path, _ in cases), capture_output=True, text=True, timeout=250)
assert run.returncode == 0, run
lines = run.stdout.split("\n")[:-1]
assert len(lines) == len(cases), (len(lines), len(cases), run.stderr)

faults, read, refused = [], 0, 0
for (path, is_whole), line in zip(cases, lines):
    word, _, rest = line.partition(" ")
    array = load(path)
    if word == "refused":
        refused += 1
        named = path.partition(".npz:")[0] if ".npz:" in path else path
        if not rest.startswith(named):
            faults.append(f"{path}: refused without its name: {rest}")
        if is_whole and array is not None and is_supported(array):
            faults.append(f"{path}: {rest}, but numpy reads it")
        continue
    read += 1
    if array is None or not is_supported(array):
        faults.append(f"{path}: read, but not by numpy")
        continue
    shape, text = rest.split(" ")
    wanted_shape, wanted = as_read(array)
    found = np.frombuffer(bytes.fromhex(text), ">f8").astype(np.float64)
    if shape != wanted_shape or not np.array_equal(found, wanted, equal_nan=True):
        faults.append(f"{path}: {shape} {found}, of numpy {wanted_shape} {wanted}")

for fault in faults[:20]:
    print(fault)
print(f"{read} files read, {refused} refused, {len(faults)} faults")
if read < 300 or refused < 300:
    sys.exit("too few of either to say anything")
sys.exit(1 if faults else 0)
