# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT

"""MDS and MatrixCompletion, by themselves and beside scikit-learn."""

import pickle

import numpy as np
import pytest
import tinyrank as tr


def placed(n=12, dimensions=2, seed=4):
    points = np.random.default_rng(seed).standard_normal((n, dimensions))
    return points, np.linalg.norm(points[:, None] - points, axis=2)


def aligned(found, points):
    """Turned and mirrored onto the points (Procrustes)."""
    points = points - points.mean(axis=0)
    left, _, right = np.linalg.svd(found.T @ points)
    return np.abs(found @ left @ right - points).max()


def test_mds_finds_the_map_and_its_dimensions():
    points, table = placed()
    model = tr.MDS().fit(table)
    assert model.embedding_.shape == (12, 2) and model.result_.verdict == "recovered" and model.n_features_in_ == 12
    assert aligned(model.embedding_, points) < 1e-4
    assert np.allclose(model.embedding_.mean(axis=0), 0)
    spread = model.embedding_.T @ model.embedding_
    assert abs(spread[0, 1]) < 1e-6 * spread[0, 0] and spread[0, 0] >= spread[1, 1]
    assert tr.MDS(n_components=4).fit_transform(table).shape == (12, 4)


def test_mds_takes_holes_and_halves():
    points, table = placed(16)
    holes = table.copy()
    holes[0, 5] = holes[5, 0] = holes[7, 9] = np.nan      # 7 to 9 is known from the other side
    holes[1, 2] *= 1.2
    holes[2, 1] *= 0.8                                      # the mean of both
    assert aligned(tr.MDS(n_components=2).fit_transform(holes), points) < 1e-3
    assert aligned(tr.MDS(n_components=2).fit_transform(np.triu(table) + np.tril(np.full_like(table, np.nan), -1)),
                   points) < 1e-4
    wild = table.copy()
    wild[3, 4] = wild[4, 3] = 40
    assert aligned(tr.MDS(loss="huber").fit_transform(wild), points) < 1e-2
    single = tr.MDS().fit_transform(table.astype(np.float32))
    assert single.dtype == np.float32 and aligned(single, points) < 1e-2


@pytest.mark.parametrize("table", [np.ones((3, 4)), np.ones(3), np.ones((1, 1)), -np.ones((3, 3)), np.full((3, 3), np.inf),
                                   np.full((3, 3), np.nan), np.zeros((3, 3)), None, [["a"]]])
def test_mds_refuses(table):
    with pytest.raises(ValueError):
        tr.MDS().fit(table)


def known_table(seed=3, noise=0.0):
    random = np.random.default_rng(seed)
    table = random.standard_normal((20, 2)) @ random.standard_normal((2, 15))
    known = random.random(table.shape) < 0.5
    rows, columns = np.nonzero(known)
    return table, known, rows, columns, table[known] + noise * random.standard_normal(len(rows))


def test_matrix_completion_predicts_what_it_has_not_seen():
    table, known, rows, columns, values = known_table()
    model = tr.MatrixCompletion().fit(rows, columns, values)
    assert model.result_.verdict == "recovered" and model.result_.rank == 2 and model.shape_ == (20, 15)
    assert np.abs(model.predict(*np.nonzero(~known)) - table[~known]).max() < 1e-3
    assert model.predict([], []).shape == (0,)
    wider = tr.MatrixCompletion(rank=2).fit(rows, columns, values, shape=(21, 15))
    assert wider.predict([20], [0]).shape == (1,)
    table, known, rows, columns, values = known_table(noise=1.0)
    found = [np.linalg.norm(tr.MatrixCompletion(ridge=penalty).fit(rows, columns, values).predict(*np.nonzero(~known))
                            - table[~known]) for penalty in ("auto", 1e-6)]
    assert found[0] < found[1]


def test_matrix_completion_refuses():
    model = tr.MatrixCompletion()
    with pytest.raises(tr.NotFittedError):
        model.predict([0], [0])
    for arguments in (([0, 1], [0], [1.0]), ([0], [0], [1.0, 2]), ([], [], []), ([-1], [0], [1.0]), ([0.5], [0], [1.0]),
                      ([0], [0], [np.nan])):
        with pytest.raises(ValueError):
            model.fit(*arguments)
    with pytest.raises(ValueError, match="ridge"):
        tr.MatrixCompletion(ridge="much").fit([0], [0], [1.0])
    model.fit([0, 0, 1, 1], [0, 1, 0, 1], [1.0, 2, 2, 4])
    with pytest.raises(ValueError, match="rows: 2 is not below 2"):
        model.predict([2], [0])


def test_parameters():
    model = tr.MDS(n_components=3, loss="huber")
    assert model.get_params() == {"n_components": 3, "loss": "huber", "threads": None, "random_state": None}
    assert model.set_params(loss="squared") is model and model.loss == "squared"
    assert repr(model) == "MDS(n_components=3)" and repr(tr.MatrixCompletion()) == "MatrixCompletion()"
    with pytest.raises(ValueError, match="colour"):
        model.set_params(colour=1)
    fitted = tr.MDS().fit(placed()[1])
    again = pickle.loads(pickle.dumps(fitted))
    assert (again.embedding_ == fitted.embedding_).all() and again.result_.verdict == "recovered"


def test_beside_scikit_learn():
    sklearn = pytest.importorskip("sklearn")
    from sklearn.base import clone
    from sklearn.manifold import MDS
    model = clone(tr.MDS(n_components=2, random_state=5))
    assert model.get_params() == tr.MDS(n_components=2, random_state=5).get_params() and not hasattr(model, "embedding_")
    assert clone(tr.MatrixCompletion(ridge=0.5)).ridge == 0.5
    assert issubclass(tr.NotFittedError, sklearn.exceptions.NotFittedError.__mro__[1])
    points, table = placed()
    theirs = MDS(n_components=2, dissimilarity="precomputed", random_state=1, n_init=4, eps=1e-9, max_iter=3000,
                 normalized_stress=False).fit_transform(table)
    ours = model.fit_transform(table)
    assert aligned(ours, points) < 1e-4 and aligned(theirs - theirs.mean(axis=0), points) < 0.1

    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer
    piped = make_pipeline(FunctionTransformer(lambda x: 2 * x), tr.MDS(n_components=2)).fit_transform(table)
    assert np.allclose(np.abs(piped), 2 * np.abs(ours), atol=1e-3)
