#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""test_paper.py verdicts|continued|kept PROGRAM APPS_PAPER SCRATCH"""

import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time


def fail(text):
    sys.exit("failed: " + text)


def run(program, directory, *more):
    subprocess.run([program, "--quick", "--quiet", "--threads", "1", "--output", directory, *more], check=True)


def fnv1a(data):
    found = 0xCBF29CE484222325
    for byte in data:
        found = (found ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return found


def tables(directory):
    found = {}
    for name in sorted(os.listdir(directory)):
        if name.endswith(".csv"):
            with open(os.path.join(directory, name), "rb") as file:
                found[name] = file.read()
    return found


def verdicts(program, apps, scratch):
    run(program, scratch)
    report = subprocess.run([sys.executable, os.path.join(apps, "report.py"), scratch], capture_output=True, text=True)
    print(report.stdout, report.stderr, sep="")
    if report.returncode != 0:
        fail("a claim was not reproduced, or the report failed")
    names = [name[:-4] for name in tables(scratch)]
    sys.path.insert(0, apps)
    import claims
    if sorted(names) != sorted(claims.CLAIMS):
        fail("not every figure was made: " + " ".join(names))
    made = report.stdout.count("REPRODUCED")
    for name in names:
        for ending in (".svg", ".png", ".json"):
            if os.path.getsize(os.path.join(scratch, name + ending)) < 100:
                fail(name + ending)
        if os.path.exists(os.path.join(scratch, name + ".checkpoint")):
            fail("a finished figure left its checkpoint")
    for name in ("report.md", "report.html"):
        with open(os.path.join(scratch, name)) as file:
            text = file.read()
        if text.count("REPRODUCED") != made:
            fail(name + " does not hold every verdict")
        if text.count("chosen after") != 13:
            fail(name + " does not say which criteria were chosen after a run")

    # The verdicts follow the tables: an angle that never falls cannot pass, nor can a staircase that takes long or runs
    # that did not arrive.
    spoil(apps, scratch, "figure2", lambda cells: cells[:2] + ["0.9"] + cells[3:])
    spoil(apps, scratch, "kappa", lambda cells: cells[:3] + ["91"] + cells[4:] if cells[0] == "staircase" else cells)
    spoil(apps, scratch, "kappa", lambda cells: cells[:4] + ["0"] + cells[5:] if "scaled" in cells[0] else cells)


def spoil(apps, scratch, name, change):
    """In a directory of its own: all the other figures need not be drawn again."""
    alone = os.path.join(scratch, "spoilt", name)
    os.makedirs(alone, exist_ok=True)
    for ending in (".csv", ".json"):
        shutil.copy(os.path.join(scratch, name + ending), alone)
    path = os.path.join(alone, name + ".csv")
    with open(path) as file:
        lines = file.read().splitlines()
    spoilt = "\n".join(lines[:1] + [",".join(change(line.split(","))) for line in lines[1:]]) + "\n"
    with open(path, "w") as file:
        file.write(spoilt)
    judge = lambda: subprocess.run([sys.executable, os.path.join(apps, "report.py"), alone], capture_output=True, text=True)
    unknown = judge()
    if unknown.returncode != 1 or "%s.csv in %s is not the table" % (name, alone) not in unknown.stderr:
        fail("a table of %s that was changed by hand was judged" % name)
    facts = os.path.join(alone, name + ".json")
    with open(facts) as file:
        before = file.read()
    with open(facts, "w") as file:
        file.write(before.replace(json.loads(before)["csv_fnv1a"], "%016x" % fnv1a(spoilt.encode())))
    worse = judge()
    if worse.returncode != 4 or "NOT        " + name not in worse.stdout:
        fail("a spoilt table of %s was not told" % name)


def position(path):
    """Offset of the iteration in a checkpoint, and the stage and iteration it says; None while there is none."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None
    start = 8 + struct.unpack_from("<Q", data)[0]
    _, stage, iteration = struct.unpack_from("<QQQ", data, start)
    return start + 16, stage, iteration


def continued_within(program, scratch, figure, stage, iteration, seconds):
    """Kills the figure inside of a stage, where its checkpoint says `iteration` or more."""
    whole, parts, moved = [os.path.join(scratch, figure + name) for name in ("-whole", "-parts", "-moved")]
    run(program, whole, "--figure", figure)
    path = os.path.join(parts, figure + ".checkpoint")
    process = subprocess.Popen([program, "--quick", "--quiet", "--threads", "1", "--output", parts, "--figure", figure,
                                "--checkpoint-seconds", seconds])
    while process.poll() is None and not ((at := position(path)) and at[1] == stage and at[2] >= iteration):
        time.sleep(0.0005)
    process.kill()
    process.wait()
    at = position(path)
    if not at or at[1] != stage or at[2] < iteration:
        fail("%s was not stopped within stage %d: %s" % (figure, stage, at))
    shutil.copytree(parts, moved)
    run(program, parts, "--figure", figure, "--checkpoint-seconds", "0.05")
    if tables(parts) != tables(whole):
        fail("%s, continued at iteration %d of stage %d, has other rows" % (figure, at[2], stage))
    # It went on from there: from a later iteration, the rows are others.
    path, flipped = os.path.join(moved, figure + ".checkpoint"), moved + "-flipped"
    shutil.copytree(moved, flipped)
    with open(path, "rb") as file:
        data = bytearray(file.read())
    struct.pack_into("<Q", data, at[0], at[2] + 100)
    struct.pack_into("<Q", data, len(data) - 8, fnv1a(data[:-8]))
    with open(path, "wb") as file:
        file.write(data)
    run(program, moved, "--figure", figure)
    if tables(moved) == tables(whole):
        fail("%s began stage %d again" % (figure, stage))
    # A bit that has changed anywhere is noticed: the figure begins again, and is the same.
    path = os.path.join(flipped, figure + ".checkpoint")
    with open(path, "r+b") as file:
        file.seek(len(data) - 20)
        last = file.read(1)[0]
        file.seek(len(data) - 20)
        file.write(bytes([last ^ 4]))
    run(program, flipped, "--figure", figure)
    if tables(flipped) != tables(whole):
        fail("%s went on from a damaged checkpoint" % figure)
    print("%s: continued at iteration %d of stage %d" % (figure, at[2], stage))


def continued(program, apps, scratch):
    continued_within(program, scratch, "lmz2", 3, 50, "0.001")
    continued_within(program, scratch, "lmz3", 1, 50, "0")
    whole, parts = os.path.join(scratch, "whole"), os.path.join(scratch, "parts")
    chosen = ("3", "4", "5", "6")
    for figure in chosen:
        run(program, whole, "--figure", figure)
    expected = tables(whole)
    pauses = random.Random(1)
    kills = 0
    for figure in chosen:
        while not os.path.exists(os.path.join(parts, "figure%s.json" % figure)):
            command = [program, "--quick", "--quiet", "--threads", "1", "--output", parts, "--figure", figure,
                       "--checkpoint-seconds", "0.02"]
            process = subprocess.Popen(command)
            try:
                process.wait(timeout=pauses.uniform(0.15, 0.6) + 0.05 * kills)
                if process.returncode != 0:
                    fail("figure %s ended with %d" % (figure, process.returncode))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL if kills % 2 else signal.SIGTERM)
                process.wait()
                kills += 1
                # Whole lines up to the moment of the kill, and each of them one of the uninterrupted run's.
                name = "figure%s.csv" % figure
                if os.path.exists(os.path.join(parts, name)):
                    so_far = tables(parts)[name]
                    if not expected[name].startswith(so_far) or (so_far and not so_far.endswith(b"\n")):
                        fail("%s after a kill is no beginning of the whole table" % name)
    if kills < 4:
        fail("only %d kills: nothing was tested" % kills)
    if tables(parts) != expected:
        fail("a continued run has other rows")
    print("%d kills, the same tables" % kills)

    # What is complete is kept; a table cut behind the checkpoint's back is made again.
    path = os.path.join(parts, "figure3.csv")
    before = os.stat(path).st_mtime_ns
    time.sleep(0.02)
    run(program, parts, "--figure", "3")
    if os.stat(path).st_mtime_ns != before:
        fail("a complete figure was made again")
    with open(path, "r+b") as file:
        file.seek(-3, os.SEEK_END)
        file.write(b"7")
    run(program, parts, "--figure", "3")
    if tables(parts) != expected:
        fail("a complete table that was changed was not made again")
    os.remove(os.path.join(parts, "figure3.json"))
    with open(path, "wb") as file:
        file.write(b"rank")
    run(program, parts, "--figure", "3")
    if tables(parts) != expected:
        fail("a damaged table was not made again")
    wrong = subprocess.run([program, "--output", parts, "--figure", "7"], capture_output=True, text=True)
    if wrong.returncode != 2 or "no figure '7'" not in wrong.stderr:
        fail("an unknown figure: " + wrong.stderr)


# The sizes of the papers, as each figure's facts have them.
PRINTED = {
    "figure1": "n 2; m 60; seeds 3 5 7; alpha 1e-3",
    "figure2": "n 200; r* 5; seeds 1 1 1; r 20",
    "figure3": "n 200; r* 5; seeds 1 1 1",
    "figure4": "n 200; r* 5; seeds 1 1 1; r 180; iterations 1000000 2500",
    "figure5": "n 200; r* 5; seeds 1 1 1; r 180; iterations 400000 4000",
    "figure6": "n 200; r* 5; seeds 1 1 1; trials 10",
    "lmz1": "r 5; iterations 10000",
    "lmz2": "rank 1; limit 10000",
    "lmz3": "iterations 1000; tau as told",
    "kappa": 'Hadamard; geometric; error 1e-6; "n": 200, "truth_rank": 5, "m": 10000, "pass_limit": 20000',
}
HEADERS = {
    "figure1": "what,iteration,x,y,value,norm",
    "figure2": "iteration,norm,angle,sigma,test_error,loss,power_angle",
    "figure3": "rank,iteration,angle,sigma,test_error",
    "figure4": "ensemble,alpha,iterations,loss,stopped,test_error",
    "figure5": "ensemble,alpha,iteration,train,test",
    "figure6": "trial,rank,iterations,squared_error",
    "lmz1": "d,draw,factor,alpha,iterations,test,train",
    "lmz2": "method,d,m_per_d,iterations,test,train",
    "lmz3": "d,truth_rank,m_per_d,alpha,variant,iterations,test,train",
    "kappa": "method,rank,condition,passes,arrived,test_error",
}


def kept(program, apps, scratch):
    """What is complete at its size is kept, and nothing else is."""
    subprocess.run([program, "--quick", "--quiet", "--threads", "0", "--output", scratch, "--figure", "1"], check=True)
    with open(os.path.join(scratch, "figure1.json")) as file:
        facts = json.load(file)
    whole = tables(scratch)["figure1.csv"]
    surroundings = facts["setting"][len(PRINTED["figure1"]):-len(HEADERS["figure1"])]
    if facts["setting"] != PRINTED["figure1"] + surroundings + HEADERS["figure1"]:
        fail("another setting of figure 1: " + facts["setting"])
    for figure, setting in PRINTED.items():
        with open(os.path.join(scratch, figure + ".csv"), "w") as file:
            file.write("a table\n")
        with open(os.path.join(scratch, figure + ".json"), "w") as file:
            file.write('{"setting": %s, "csv_fnv1a": "%016x"}' % (json.dumps(setting + surroundings + HEADERS[figure]),
                                                                  fnv1a(b"a table\n")))
    # All at once, or it would take half an hour.
    subprocess.run([program, "--quiet", "--output", scratch], check=True, timeout=20)
    if set(tables(scratch).values()) != {b"a table\n"}:
        fail("a complete figure was made again")
    # A table of one size is not one of another, of the figures that have two.
    run(program, scratch, "--figure", "lmz2")
    if tables(scratch)["lmz2.csv"] == b"a table\n":
        fail("a quick figure was taken from the whole one")

    setting = facts["setting"].encode()
    words = lambda *values: struct.pack("<%dQ" % len(values), *values)
    head = words(len(setting)) + setting
    for content in (b"", b"\5", words(100) + b"ab", words(3) + b"abc" + words(0, 0, 0, 0, 0, 0), head + words(0, 0, 0),
                    head + words(0, 0, 0, 0, 0, 1), head + words(0, 0, 0, 0, 0, 1, 9) + b"ab", head + words(0, 0, 0, 0, 0, 0) + b"x",
                    head + words(40, 0, 0, 0, fnv1a(b"another table"), 0)):
        for name in os.listdir(scratch):
            os.remove(os.path.join(scratch, name))
        with open(os.path.join(scratch, "figure1.checkpoint"), "wb") as file:
            file.write(content + words(fnv1a(content)))
        run(program, scratch, "--figure", "1")
        if tables(scratch) != {"figure1.csv": whole}:
            fail("a checkpoint that says nothing of this run changed it: %r" % content)

    def refused(what, *more):
        wrong = subprocess.run([program, "--quick", "--quiet", *more], capture_output=True, text=True)
        if wrong.returncode != 2 or wrong.stderr != "tinyrank-paper: %s\n" % what:
            fail("not '%s', but %d: %s" % (what, wrong.returncode, wrong.stderr))

    path = os.path.join(scratch, "figure1.csv")
    refused(path + ": Not a directory", "--output", path, "--figure", "1")
    os.remove(path)
    os.mkdir(path)
    refused(path + ": Is a directory", "--output", scratch, "--figure", "1")
    os.rmdir(path)
    os.symlink("/dev/full", path)
    refused(path + ": Invalid argument", "--output", scratch, "--figure", "1")
    os.remove(path)

    # What has ended of a figure is not made again: the stages of kappa are kept.
    run(program, os.path.join(scratch, "whole"), "--figure", "kappa")
    parts = os.path.join(scratch, "parts")
    process = subprocess.Popen([program, "--quick", "--quiet", "--threads", "1", "--output", parts, "--figure", "kappa"])
    path = os.path.join(parts, "kappa.checkpoint")
    while process.poll() is None and not ((at := position(path)) and at[1] >= 2):
        time.sleep(0.0005)
    process.kill()
    process.wait()
    if not (at := position(path)) or at[1] < 2:
        fail("kappa was not stopped after its second stage: %s" % (at,))
    run(program, parts, "--figure", "kappa")
    if tables(parts) != tables(os.path.join(scratch, "whole")):
        fail("kappa, continued after stage %d, has other rows" % at[1])


if __name__ == "__main__":
    part, program, apps, scratch = sys.argv[1:]
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    {"verdicts": verdicts, "continued": continued, "kept": kept}[part](program, apps, scratch)
