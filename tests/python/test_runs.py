# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""What runs give back, and how they are watched, stopped and shared."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import tinyrank as tr
from conftest import Mirror, draw_factor


def problem(n=20, m=400, rank=2, noise=0.0, dtype=np.float64):
    operator = tr.Gaussian(n, m)
    y = operator.measure(tr.planted_truth(n, rank, dtype=dtype))
    return operator, (y + noise * np.random.default_rng(1).standard_normal(m)).astype(dtype)


def test_a_result_has_what_was_found():
    operator, y = problem()
    truth = tr.planted_truth(20, 2)
    result = tr.recover(operator, y)
    assert (result.verdict, result.outcome, result.rank) == ("recovered", "recovered", 2)
    assert np.linalg.norm(result.matrix - truth @ truth.T) < 1e-5
    assert np.allclose(result.singular_values, 1, rtol=1e-5) and result.singular_values.shape == (2,)
    assert result.left is result.factor and result.right is result.factor
    assert result.trace.dtype.names == ("iteration", "rank", "loss", "step_size")
    assert result.trace["loss"][0] == pytest.approx(result.zero_loss) and result.trace["loss"][-1] < 1e-9
    assert result.trace["rank"].max() == 2 and (np.diff(result.trace["iteration"].astype(int)) > 0).all()
    assert result.certificate.unknowns == 39 and 1 <= result.certificate.condition < 3
    assert 0 <= result.certificate.gap < 1e-3 and result.standard_error is None and result.error_bars is None
    assert repr(result).startswith("<Recovery: recovered, rank 2, loss ") and "passes; 20 x 20 float64>" in repr(result)


def test_error_bars_of_a_noisy_fit():
    operator, y = problem(noise=0.1)
    result = tr.recover(operator, y)
    assert (result.verdict, result.rank) == ("best fit", 2)
    assert result.noise_estimate == pytest.approx(0.1, rel=0.15)
    assert result.held_out > 20 and 0 < result.held_out_error < 0.2
    bars = result.error_bars
    assert bars.shape == (20, 20) and np.allclose(bars, bars.T)
    assert bars.max() == pytest.approx(result.standard_error) and bars[result.freest_entry] == bars.max()
    truth = tr.planted_truth(20, 2)
    assert bars.max() < np.abs(result.matrix - truth @ truth.T).max() * 5


def test_too_few_measurements_are_not_determined():
    operator, y = problem(m=30)
    result = tr.recover(operator, y)
    assert result.verdict == "not determined" and result.freest_entry is not None and result.standard_error is None


def test_wild_measurements_are_left_out():
    operator, y = problem(noise=0.01)
    y[17] += 50
    result = tr.recover(operator, y, loss="huber")
    assert (result.outliers, result.worst_outlier, result.rank) == (1, 17, 2)


def test_the_methods_of_descent():
    operator, y = problem()
    truth = tr.planted_truth(20, 2)
    for run in (tr.gradient_descent, tr.scaled_gradient_descent, tr.momentum, tr.quasi_newton):
        result = run(operator, y, rank=4)
        assert result.verdict == result.outcome == "recovered" and result.factor.shape == (20, 4)
        assert np.linalg.norm(result.matrix - truth @ truth.T) < 1e-2
        assert result.trace.size == result.iterations + 1 and result.step_size > 0 and result.initial_scale > 0
        assert run.__doc__.count("initial_scale : float") == 1 and "{step" not in run.__doc__
    start = tr.planted_truth(20, 2, seed=9) * 0.1
    kept = tr.gradient_descent(operator, y, rank=2, initial_factor=start, iteration_limit=1, step_size=1e-30)
    assert np.allclose(kept.factor, start) and kept.initial_scale == 0
    given = tr.gradient_descent(operator, y, rank=20, initial_scale=1e-3, step_size=0.25)
    assert (given.step_size, given.initial_scale, given.verdict) == (0.25, 1e-3, "recovered")
    orthonormal = tr.gradient_descent(operator, y, rank=3, law="orthonormal", initial_scale=0.5, step_size=1e-30,
                                      iteration_limit=1)
    assert np.allclose(orthonormal.factor.T @ orthonormal.factor, 0.25 * np.eye(3))
    assert tr.gradient_descent(operator, y, rank=2, step_size=1e6).verdict == "diverged"
    assert tr.gradient_descent(operator, y, rank=2, tolerance=1e-3).loss > 1e-6 * y @ y / 1600


def test_a_ridge_is_the_nuclear_norm():
    rows, columns = np.divmod(np.arange(42), 7)
    table = np.random.default_rng(2).standard_normal((6, 7))
    operator = tr.RectangularEntries(np.stack([rows, columns], axis=1), (6, 7))
    penalty = 0.01
    result = tr.ridge(operator, table.ravel(), ridge=penalty, rank=6)
    left, values, right = np.linalg.svd(table)
    lowered = (left * np.maximum(values - 2 * 42 * penalty, 0)) @ right[:6]
    assert result.verdict == "minimum" and np.abs(result.matrix - lowered).max() < 1e-3
    assert result.left.shape == (6, 6) and result.right.shape == (7, 6)
    nothing = tr.ridge(operator, table.ravel(), ridge=2 * result.largest_ridge)
    assert nothing.rank == 0 and not nothing.matrix.any()


def test_complex_and_rectangular_factors():
    operator = tr.GeneratedComplexRankOne(6, 120)
    w = draw_factor(operator, 1)
    result = tr.recover(operator, operator.measure(w))
    assert result.factor.dtype == np.complex128 and result.factor.shape == (6, 1)
    assert np.allclose(result.matrix, w @ w.conj().T, atol=1e-4)
    again = tr.gradient_descent(operator, operator.measure(w), rank=1, initial_factor=result.factor, iteration_limit=1)
    assert np.allclose(again.factor, result.factor, atol=1e-3)
    operator = tr.GeneratedBilinear((4, 6), 120)
    u = draw_factor(operator, 1)
    result = tr.recover(operator, operator.measure(u))
    assert result.matrix.shape == (4, 6) and np.allclose(result.matrix, u[:4] @ u[4:].T, atol=1e-4)


def test_progress_sees_every_pass_and_ends_a_run():
    operator, y = problem()
    seen = []
    result = tr.recover(operator, y, progress=lambda *now: seen.append(now))
    assert [now[0] for now in seen] == list(range(result.iterations + 1))
    assert seen[0] == (0, pytest.approx(result.zero_loss), 0) and seen[-1][2] == 2
    stopped = tr.gradient_descent(operator, y, rank=4, progress=lambda iteration, loss, rank: iteration < 5)
    assert (stopped.verdict, stopped.iterations) == ("stopped", 5)
    assert tr.recover(operator, y, progress=lambda iteration, *_: iteration < 7).verdict == "stopped"
    assert tr.ridge(operator, y, ridge=1e-9, progress=lambda *_: False).verdict == "stopped"

    def fails(*_):
        raise RuntimeError("of its own")

    with pytest.raises(RuntimeError, match="of its own"):
        tr.recover(operator, y, progress=fails)


def slow_problem():
    """Thousands of iterations, each of milliseconds."""
    return problem(n=60, m=1500, rank=3, noise=0.5)


def interrupt(after=0.5):
    threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT)).start()


ENDLESS = dict(rank=3, relative_tolerance=0, plateau_window=0, iteration_limit=50000, threads=1)


def test_an_interrupted_run_gives_what_there_is():
    operator, y = slow_problem()
    interrupt()
    began = time.monotonic()
    result = tr.gradient_descent(operator, y, **ENDLESS)
    assert time.monotonic() - began < 5
    assert (result.verdict, result.outcome, result.interrupted) == ("interrupted", "stopped", True)
    assert result.iterations > 5 and result.loss < result.zero_loss and result.factor.shape == (60, 3)
    interrupt()
    with pytest.raises(KeyboardInterrupt) as raised:
        tr.gradient_descent(operator, y, on_interrupt="raise", **ENDLESS)
    assert raised.value.result.verdict == "interrupted"


def test_one_interrupted_in_an_iteration_ends_with_it():
    operator, y = problem()
    seen = []

    def press(iteration, loss, rank):
        seen.append(iteration)
        if iteration == 4:
            signal.raise_signal(signal.SIGINT)

    result = tr.recover(operator, y, progress=press)
    assert seen == [0, 1, 2, 3, 4] and (result.verdict, result.iterations) == ("interrupted", 4)
    assert tr.ridge(operator, y, progress=press).verdict == "interrupted"


def test_an_interruption_in_an_operator_of_ones_own():
    operator, y = problem()
    pressed = []

    class Pressed(Mirror):
        def measure(self, U):
            if self.calls >= 40 and not pressed:
                pressed.append(True)
                signal.raise_signal(signal.SIGINT)
            return super().measure(U)

    result = tr.gradient_descent(Pressed(operator), y, rank=4)
    assert result.verdict == "interrupted" and np.isfinite(result.factor).all() and result.loss < result.zero_loss


def test_an_interruption_before_the_first_factor_is_raised():
    operator, y = problem()

    class Pressed(Mirror):
        is_pressed = False

        def adjoint_times(self, w, V):
            if not self.is_pressed:
                self.is_pressed = True
                signal.raise_signal(signal.SIGINT)
            return super().adjoint_times(w, V)

    for method in (tr.gradient_descent, tr.quasi_newton, tr.ridge):
        pressed = Pressed(operator)
        with pytest.raises(KeyboardInterrupt):
            method(pressed, y, rank=4)
        assert pressed.is_pressed and pressed.calls <= 2  # of the ten and more before the first factor


def test_an_interruption_of_a_long_start_is_raised():
    operator = tr.Gaussian(100, 20000)  # a start of seconds
    y = np.ones(operator.m)
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        tr.ridge(operator, y, threads=1)
        time.sleep(60)


def test_another_handler_is_obeyed():
    operator, y = slow_problem()

    class Alarm(Exception):
        pass

    def ring(*_):
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(Alarm):
            tr.gradient_descent(operator, y, **ENDLESS)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_the_interpreter_goes_on_meanwhile():
    operator, y = slow_problem()
    counted = []
    done = threading.Event()

    def count():
        while not done.is_set():
            counted.append(1)
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    tr.gradient_descent(operator, y, **{**ENDLESS, "iteration_limit": 150})
    done.set()
    thread.join()
    assert len(counted) > 20


def test_runs_of_one_operator_at_the_same_time():
    operator, y = problem(n=30, m=600)
    alone = tr.recover(operator, y).factor_bits
    found = []
    threads = [threading.Thread(target=lambda: found.append(tr.recover(operator, y, threads=1).factor_bits))
               for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 6


def test_a_forked_process_recovers():
    operator, y = problem()
    here = tr.recover(operator, y, threads=2).factor_bits
    with multiprocessing.get_context("fork").Pool(2) as pool:
        there = [pool.apply_async(forked_bits, (threads,)) for threads in (None, 2)]
        assert [each.get(timeout=60) for each in there] == [here, here]


def forked_bits(threads):
    return tr.recover(*problem(), threads=threads).factor_bits


def test_threads_do_not_change_bits_and_shards_do():
    operator, y = problem(noise=0.1)
    bits = {tr.recover(operator, y, threads=threads, instruction_set=isa).factor_bits
            for threads in (None, 1, 2, 7) for isa in (None, "auto", "scalar")}
    assert len(bits) == 1
    assert tr.recover(operator, y, shards=1).factor_bits not in bits
    assert tr.recover(operator, y, seed=2).rank == 2


def test_plots():
    pytest.importorskip("matplotlib").use("Agg")
    operator, y = problem(noise=0.1)
    recovered = tr.recover(operator, y)
    pairs = [(i, j) for i in range(6) for j in range(i)]
    points = np.random.default_rng(3).standard_normal((6, 2))
    squares = [((points[i] - points[j]) ** 2).sum() for i, j in pairs]
    for result in (recovered, tr.gradient_descent(operator, y, rank=4), tr.ridge(operator, y, ridge=0.1),
                   tr.recover(tr.Distances(pairs, 6), squares), tr.recover(tr.Distances(pairs, 6), squares, pass_limit=0),
                   tr.ridge(tr.Distances([(0, 1), (1, 2), (0, 2)], 3), [1.0, 1, 4], ridge=0.001)):
        loss, spectrum, picture = result.plot()
        assert loss.lines[0].get_xdata().size == (result.trace["loss"] > 0).sum()
        assert np.allclose(spectrum.lines[0].get_ydata(), result.singular_values ** 2)
        assert picture.lines or picture.images
        assert result.plot([loss, spectrum, picture])[0] is loss


def test_without_matplotlib_a_plot_says_so():
    code = ("import sys; sys.modules['matplotlib'] = sys.modules['matplotlib.pyplot'] = None\n"
            "import tinyrank as tr\no = tr.Gaussian(4, 20)\nr = tr.recover(o, o.measure(tr.planted_truth(4, 1)))\n"
            "try: r.plot()\nexcept ImportError as why: print(why)")
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown == "plot: needs matplotlib (Debian's python3-matplotlib)\n"
