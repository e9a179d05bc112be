#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""The angles of apps/firmware/directions.cpp beside MUSIC of the full sample covariance of the same snapshots.

test_directions.py PROGRAM        PROGRAM: repeat_directions

MUSIC sees 8 complex numbers of a snapshot, the app one real one, |a^H x|^2. What that costs at the least is a matter of
the two laws and not of the program: the Cramer-Rao bounds of the angles, from the snapshots (Gaussian) and from the
energies (exponential, mean a^H C a), differ by about the number of antennas. Each is held to its own bound.
"""

import subprocess
import sys

import numpy as np

ANTENNAS, SETTINGS, SNAPSHOTS, SEEDS = 8, 192, 256, 100
ANGLES, NOISE = np.array([-12.3, 21.7]), 1.0
# The app's law has the sources' whole covariance, of rank 2, unknown, not two angles and two powers, and its squares are
# not weighted by what each energy is known to: 1.37 times the bound by theory.
APP_TO_BOUND, MUSIC_TO_BOUND = 1.45, 1.05
# A factor of 8, for the detector, and of 1.4.
APP_TO_MUSIC = 11.5


def steering(degrees):
    return np.exp(1j * np.pi * np.outer(np.arange(ANTENNAS), np.sin(np.deg2rad(degrees))))


def covariance(angles_powers_noise):
    a = steering(angles_powers_noise[:2])
    return (a * angles_powers_noise[2:4]) @ a.conj().T + angles_powers_noise[4] * np.eye(ANTENNAS)


def bounds(vectors):
    """Root-mean-square errors of the two angles that no unbiased estimate is below: of snapshots, of energies."""
    at = np.array([*ANGLES, 1, 1, NOISE])
    slopes = [(covariance(at + h) - covariance(at - h)) / 2e-4 for h in 1e-4 * np.eye(len(at))]
    exact = covariance(at)
    inverse = np.linalg.inv(exact)
    of_snapshots = [[SETTINGS * SNAPSHOTS * np.trace(inverse @ p @ inverse @ q).real for p in slopes] for q in slopes]

    def energies(c):
        return np.einsum("ij,jk,ik->i", vectors.conj(), c, vectors).real

    of_energies = [[SNAPSHOTS * np.sum(energies(p) * energies(q) / energies(exact) ** 2) for p in slopes] for q in slopes]
    return [np.sqrt(np.mean(np.diag(np.linalg.inv(f))[:2])) for f in (of_snapshots, of_energies)]


def music(snapshots):
    c = snapshots.T @ snapshots.conj() / len(snapshots)
    noise = np.linalg.eigh(c)[1][:, :-2]

    def energy(degrees):
        return np.sum(np.abs(noise.conj().T @ steering(degrees)) ** 2, axis=0)

    grid = np.arange(-90, 90.5, 0.5)
    e = energy(grid)
    lows = [i for i in range(1, len(grid) - 1) if e[i] < e[i - 1] and e[i] <= e[i + 1]]
    found = []
    for i in sorted(lows, key=lambda i: e[i])[:2]:
        centre, width = grid[i], 0.5
        while width > 1e-6:
            near = centre + width * np.linspace(-1, 1, 41)
            centre, width = near[np.argmin(energy(near))], width / 10
        found.append(centre)
    return sorted(found)


def settings():
    """Those of two_sources.hpp: its numbers, written anew."""
    mask64, mask32 = 2**64 - 1, 2**32 - 1

    def mix(x):
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9 & mask64
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb & mask64
        return x ^ (x >> 31)

    vectors = []
    for i in range(SETTINGS):
        key = mix(mix(1 + 0x9e3779b97f4a7c15 & mask64) ^ (i + (1 << 56)))
        x = key & mask32
        x = (x ^ (x >> 17)) * 0xed5ad4bb & mask32
        x = (x ^ (x >> 11)) + (key >> 32) & mask32
        x = x * 0xac4c1b51 & mask32
        x = (x ^ (x >> 15)) * 0x31848bab & mask32
        x ^= x >> 14
        vectors.append([1j ** (x >> 2 * j & 3) for j in range(ANTENNAS)])
    return np.array(vectors)


def main(program):
    numbers = SETTINGS * SNAPSHOTS * ANTENNAS
    record = np.dtype([("snapshots", "<c8", numbers), ("sources", "<f4"), ("directions", "<f4", 2)])
    app, full, sources = [], [], []
    with subprocess.Popen([program, str(SEEDS)], stdout=subprocess.PIPE) as runs:
        for written in iter(lambda: runs.stdout.read(record.itemsize), b""):
            run = np.frombuffer(written, record)[0]
            sources.append(run["sources"])
            app.append(run["directions"] - ANGLES)
            full.append(np.array(music(run["snapshots"].reshape(-1, ANTENNAS).astype(complex))) - ANGLES)
    if runs.returncode != 0 or len(app) != SEEDS:
        sys.exit(f"{program} ended with {runs.returncode} after {len(app)} runs of {SEEDS}")
    of_app, of_music = (np.sqrt(np.mean(np.square(errors))) for errors in (app, full))
    of_snapshots, of_energies = bounds(settings())
    print(f"angles, root-mean-square error in degrees, {SEEDS} seeds:\n"
          f"  MUSIC of 8 receivers   {of_music:.4f}, bound {of_snapshots:.4f}\n"
          f"  app, one detector      {of_app:.4f}, bound {of_energies:.4f}")
    faults = [f"{what} is {value:.3f}, at most {limit}" for what, value, limit in (
        ("app to its bound", of_app / of_energies, APP_TO_BOUND), ("MUSIC to its bound", of_music / of_snapshots, MUSIC_TO_BOUND),
        ("app to MUSIC", of_app / of_music, APP_TO_MUSIC)) if not value <= limit]
    wrong = [i + 1 for i, found in enumerate(sources) if found != 2]
    if wrong:
        faults.append(f"not two sources with the seeds {wrong}")
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
