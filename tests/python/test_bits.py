# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""The same bits as the runs of C++, whose fingerprints the catalogue holds, and as the command line."""

import numpy as np
import pytest
import tinyrank as tr
from conftest import ROOT, golden, run_program, stored_samples

import re

SEED, N, M = 2106, 20, 100


def random_bits(seed, purpose, stream, index):
    """random.hpp."""
    def mix64(x):
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 % 2**64
        x = (x ^ x >> 27) * 0x94d049bb133111eb % 2**64
        return x ^ x >> 31
    key = mix64(mix64((seed + 0x9e3779b97f4a7c15) % 2**64) ^ stream + (purpose << 56))
    x = (index + key) % 2**32
    x = ((x ^ x >> 17) * 0xed5ad4bb + 0) % 2**32
    x = ((x ^ x >> 11) + (key >> 32)) % 2**32
    x = x * 0xac4c1b51 % 2**32
    x = (x ^ x >> 15) * 0x31848bab % 2**32
    return x ^ x >> 14


def drawn_pair(n, i):
    """catalogue/row.hpp."""
    return random_bits(SEED, 5, 1, 2 * i) % n, random_bits(SEED, 5, 1, 2 * i + 1) % n


def drawn_different_pair(n, i):
    first = random_bits(SEED, 5, 1, 2 * i) % n
    return first, (first + 1 + random_bits(SEED, 5, 1, 2 * i + 1) % (n - 1)) % n


def drawn_matrices(dtype):
    """Those of the Gaussian ensemble: A_i is what the adjoint makes of the i-th unit vector and the identity."""
    gaussian, identity = tr.Gaussian(N, M, seed=SEED), np.eye(N, dtype=dtype)
    return np.stack([gaussian.adjoint_times(unit, identity) for unit in np.eye(M, dtype=dtype)])


def sparse(dtype):
    from_rows = [drawn_pair(N, e) for e in range(entries_per_matrix() * M)]
    values = np.array([1 if e % 3 == 0 else -0.5 for e in range(len(from_rows))], dtype)
    places = np.array(from_rows)
    return tr.Sparse(np.arange(len(values)) // entries_per_matrix(), places[:, 0], places[:, 1], values, N)


def entries_per_matrix():
    return int(re.search(r"entries_per_matrix = (\d+)", (ROOT / "catalogue/sparse.hpp").read_text())[1])


ROWS = {
    "dense": lambda dtype: tr.Dense(drawn_matrices(dtype)),
    "streamed": lambda dtype: tr.Streamed(drawn_matrices(dtype)),
    "dense_bf16": lambda dtype: tr.DenseBf16(drawn_matrices(dtype)),
    "dense_int8": lambda dtype: tr.DenseInt8(drawn_matrices(dtype)),
    "gaussian": lambda dtype: tr.Gaussian(N, M, seed=SEED),
    "rademacher": lambda dtype: tr.Rademacher(N, M, seed=SEED),
    "hadamard": lambda dtype: tr.Hadamard(N, M, seed=SEED),
    "generated_rank_one": lambda dtype: tr.GeneratedRankOne(N, M, seed=SEED),
    "entries": lambda dtype: tr.Entries([drawn_pair(N, i) for i in range(M)], N),
    "sparse": sparse,
    "distances": lambda dtype: tr.Distances([drawn_different_pair(N, i) for i in range(M)], N),
    "rectangular_entries": lambda dtype: tr.RectangularEntries(
        [(drawn_pair(N // 2, i)[0], drawn_pair(N // 2, i)[1]) for i in range(M)], (N // 2, N // 2)),
    "generated_bilinear": lambda dtype: tr.GeneratedBilinear((N // 2, N // 2), M, seed=SEED),
    "generated_complex_rank_one": lambda dtype: tr.GeneratedComplexRankOne(N // 2, M, seed=SEED),
    "coded_diffraction": lambda dtype: tr.CodedDiffraction(N // 2, M, seed=SEED),
}


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("row", ROWS)
def test_golden_bits_of_the_catalogue(row, dtype, threads):
    operator = ROWS[row](dtype)
    truth = tr.planted_truth(N, 2, condition_number=2, seed=15013, dtype=dtype)
    if operator.kind == "complex":
        truth = truth[:N // 2] + np.complex64(1j) * truth[N // 2:]
    y = operator.measure(truth.astype(np.result_type(truth, dtype)))
    result = tr.gradient_descent(operator, y, rank=4, seed=1712, relative_tolerance=0, plateau_window=0,
                                 iteration_limit=20, threads=threads)
    assert result.outcome == "iteration_limit"
    assert result.factor_bits == golden(row)[dtype == np.float64]
    if operator.kind != "complex":
        assert tr.factor_bits(result.factor) == result.factor_bits


@pytest.mark.parametrize("method, own", [("gradient-descent", {}), ("scaled", {}), ("momentum", {}),
                                         ("quasi-newton", {"damping_ratio": 0.25})])
def test_golden_bits_of_the_methods(method, own, dtype):
    operator = tr.Gaussian(12, 120, seed=2302)
    y = operator.measure(tr.planted_truth(12, 2, condition_number=3.25, seed=15013, dtype=dtype))
    text = (ROOT / "catalogue/methods.hpp").read_text()
    found = re.search(r'name = "' + method + r'";\s*static constexpr golden_bits golden\{(0x\w+)u, (0x\w+)u\}', text)
    from tinyrank._runs import METHODS
    result = METHODS[method](operator, y, rank=4, seed=2104, relative_tolerance=0, plateau_window=0, iteration_limit=25,
                             **own)
    assert result.factor_bits == int(found[2 if dtype == np.float64 else 1], 16)


def test_every_method_of_the_catalogue_has_its_function():
    from tinyrank import _tinyrank
    from tinyrank._runs import METHODS
    assert list(METHODS) == _tinyrank.method_names()


def sensing_argument(name, cwd, dtype, seed):
    """What the command line takes for an operator, its measurements to be in y.npy; and the operator."""
    random = np.random.default_rng(seed)
    real = lambda *shape: random.standard_normal(shape).astype(dtype)
    complex_ = lambda *shape: (real(*shape) + 1j * real(*shape)).astype(np.result_type(dtype, np.complex64))
    save = lambda file, array: np.save(cwd / file, array)
    n, m = 10, 120
    if name == "dense":
        a = real(m, n, n)
        a = a + a.transpose(0, 2, 1)
        save("A.npy", a)
        return "dense:A.npy", tr.Dense(a)
    if name == "rank-one-pairs":
        a = real(2 * m, n)
        save("A.npy", a)
        return "rank-one-pairs:A.npy", tr.RankOne(a, form="debiased")
    if name == "bilinear":
        b, c = real(m, n), real(m, n - 3)
        save("B.npy", b), save("C.npy", c)
        return "bilinear:B.npy,C.npy", tr.Bilinear(b, c)
    if name == "rectangular-dense":
        b = real(m, 7, 8)
        save("B.npy", b)
        return "rectangular-dense:B.npy", tr.RectangularDense(b)
    if name == "hermitian":
        h = complex_(m, 6, 6)
        h = h + h.conj().transpose(0, 2, 1)
        save("H.npy", h)
        return "hermitian:H.npy", tr.HermitianDense(h)
    if name == "complex-rank-one":
        a = complex_(m, 6)
        save("A.npy", a)
        return "complex-rank-one:A.npy", tr.ComplexRankOne(a)
    if name == "pauli":
        labels = ["".join(label) for label in np.array(list("IXYZ"))[random.integers(0, 4, (m, 3))]]
        return labels, tr.Pauli(labels)
    return {"gaussian": ("gaussian:n=10,m=120,stored=no", tr.Gaussian(10, 120)),
            "phase": ("phase:n=6,masks=10", tr.CodedDiffraction(6, masks=10))}[name]


@pytest.mark.parametrize("noise", [0, 0.1, 1000])
@pytest.mark.parametrize("name", ["dense", "rank-one-pairs", "bilinear", "rectangular-dense", "hermitian",
                                  "complex-rank-one", "gaussian", "phase"])
def test_recover_is_the_command_line(name, noise, dtype, tmp_path):
    argument, operator = sensing_argument(name, tmp_path, dtype, 1)
    random = np.random.default_rng(7)
    u = random.standard_normal((operator.n, 2))
    if operator.kind == "complex":
        u = u + 1j * random.standard_normal(u.shape)
    y = operator.measure(u.astype(np.result_type(dtype, np.complex64) if operator.kind == "complex" else dtype))
    y = (y + noise * random.standard_normal(operator.m)).astype(dtype)
    np.save(tmp_path / "y.npy", y)
    report = run_program("--sensing", argument, "--measurements", "y.npy", "--precision",
                         "f32" if dtype == np.float32 else "f64", cwd=tmp_path)
    compare(tr.recover(operator, y), report)


def compare(result, report):
    assert f"{result.factor_bits:016x}" == report["factor_bits"]
    assert (result.verdict, result.outcome) == (report["verdict"], report["outcome"])
    assert (result.rank, result.iterations) == (report["rank_found"], report["passes"])
    assert result.singular_values.tolist() == report["sigma"]
    assert (result.loss, result.zero_loss) == (report["loss"], report["loss_at_zero"])
    assert result.noise_estimate == report["noise_estimate"]
    assert result.held_out_error == report["held_out_error"]
    assert result.explored == report["explored"]
    assert result.arena_bytes == report["arena_bytes"]
    certificate = result.certificate
    assert [certificate.gap, certificate.smallest_eigenvalue, certificate.unknowns, certificate.condition] == [
        report[key] for key in ("certificate_gap", "smallest_eigenvalue", "unknowns", "condition")]
    # Of a Hermitian matrix the two entries of a pair move by the same, but for rounding.
    freest = sorted if result.factor.dtype.kind == "c" else list
    assert freest(result.freest_entry or ()) == freest(report["freest_entry"] or ())
    assert (result.standard_error is None) == (report["standard_error"] is None)
    if result.standard_error is not None:
        assert result.standard_error == pytest.approx(report["standard_error"], rel=1e-4)
    assert (result.error_bars is None) == (result.standard_error is None)


def eurodist():
    with open(ROOT / "examples/eurodist.csv", encoding="utf-8") as file:
        rows = [line.strip().split(",") for line in file][1:]
    return np.array([[float(cell or 0) for cell in row[1:]] for row in rows])


@pytest.mark.parametrize("options, told", [((), {}), (("--loss", "huber"), {"loss": "huber"}),
                                           (("--method", "staircase", "--rank", "2", "--seed", "3"), {"rank": 2, "seed": 3}),
                                           (("--method", "explore"), {"explore": "at_once"})])
def test_a_map_is_the_command_lines(options, told, tmp_path):
    table = eurodist()
    report = run_program("--sensing", f"distances:{ROOT}/examples/eurodist.csv", "--precision", "f64", *options,
                         cwd=tmp_path)
    i, j = np.triu_indices(21, 1)
    result = tr.recover(tr.Distances(np.stack([i, j], axis=1), n=21), table[i, j] ** 2, **told)
    compare(result, report)
    assert (result.outliers if told.get("loss") else None) == report["outliers"]
    assert result.distances.shape == (21, 21) and np.allclose(np.diag(result.distances), 0)


def test_a_mirrored_point_is_not_determined(tmp_path):
    """Point 5 knows two others alone: in the plane its mirror image fits as well."""
    points = np.random.default_rng(2).standard_normal((6, 2))
    pairs = [(i, j) for i in range(6) for j in range(i + 1, 6) if j < 5 or i < 2]
    squares = [((points[i] - points[j]) ** 2).sum() for i, j in pairs]
    (tmp_path / "d.csv").write_text("".join(f"{i},{j},{s!r}\n" for (i, j), s in zip(pairs, map(float, squares))))
    report = run_program("--sensing", "distances:d.csv", "--squared", "--precision", "f64", cwd=tmp_path)
    result = tr.recover(tr.Distances(pairs, 6), squares)
    assert (result.mirrored, result.verdict) == (5, "not determined")
    assert (f"{result.factor_bits:016x}", result.verdict) == (report["factor_bits"], report["verdict"])


def test_descents_and_ridges_are_the_command_lines(dtype, tmp_path):
    argument, operator = sensing_argument("dense", tmp_path, dtype, 1)
    random = np.random.default_rng(7)
    y = operator.measure(random.standard_normal((10, 2)).astype(dtype))
    y = (y + random.standard_normal(operator.m)).astype(dtype)
    np.save(tmp_path / "y.npy", y)
    common = ("--sensing", argument, "--measurements", "y.npy", "--precision", "f32" if dtype == np.float32 else "f64")
    for method, run, options, told in (
            ("gradient-descent", tr.gradient_descent, ("--init-scale", "0.001"), dict(initial_scale=0.001)),
            ("scaled", tr.scaled_gradient_descent, ("--damping", "0.5"), dict(damping=0.5)),
            ("momentum", tr.momentum, ("--momentum", "0.8"), dict(momentum=0.8)),
            ("quasi-newton", tr.quasi_newton, ("--history", "7", "--seed", "5"), dict(history=7, seed=5))):
        report = run_program(*common, "--method", method, "--rank", "4", *options, cwd=tmp_path)
        result = run(operator, y, rank=4, **told)
        assert f"{result.factor_bits:016x}" == report["factor_bits"], method
        assert (result.outcome, result.iterations, result.loss, result.step_size, result.initial_scale) == tuple(
            report[key] for key in ("outcome", "iterations", "loss", "step_size", "initial_scale")), method
    for options, told in ((("--ridge", "0.1", "--rank", "6"), dict(ridge=0.1, rank=6)), (("--ridge", "auto"), {})):
        report = run_program(*common, *options, cwd=tmp_path)
        result = tr.ridge(operator, y, **told)
        assert f"{result.factor_bits:016x}" == report["factor_bits"], options
        assert (result.outcome, result.ridge, result.largest_ridge, result.held_out_rms, result.rank) == tuple(
            report[key] for key in ("outcome", "ridge", "largest_ridge", "held_out_rms", "numerical_rank")), options


def test_weights_are_the_command_lines(tmp_path):
    argument, operator = sensing_argument("dense", tmp_path, np.float64, 1)
    random = np.random.default_rng(7)
    y = operator.measure(random.standard_normal((10, 2))) + random.standard_normal(operator.m)
    weights = random.uniform(0, 2, operator.m)
    weights[:9] = 0
    np.save(tmp_path / "y.npy", y), np.save(tmp_path / "w.npy", weights)
    report = run_program("--sensing", argument, "--measurements", "y.npy", "--precision", "f64", "--weights", "w.npy",
                         cwd=tmp_path)
    compare(tr.recover(operator, y, weights=weights), report)
