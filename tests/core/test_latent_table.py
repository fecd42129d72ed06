"""Tables of codes: written, read again, searched."""

import numpy as np
import pytest

from explorer.core import latent_table
from explorer.core.latent_table import (
    LatentTable,
    nearest,
    nearest_distances,
    write_table,
)


def test_a_table_comes_back(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    made = LatentTable(
        rng.normal(size=(7, 3)).astype(np.float32),
        {"age": np.arange(7) * 9 - 1},
        {"smile": np.array([1.0, 0, 2], np.float32)},
    )
    write_table("some", made, tmp_path)
    monkeypatch.setattr(latent_table, "FOLDER", tmp_path)
    latent_table.latent_table.cache_clear()
    read = latent_table.latent_table("some")
    np.testing.assert_allclose(read.mu, made.mu, atol=2e-3)
    np.testing.assert_array_equal(read.columns["age"], made.columns["age"])
    np.testing.assert_array_equal(read.directions["smile"], made.directions["smile"])
    with pytest.raises(FileNotFoundError):
        latent_table.latent_table("none")


def test_nearest_by_a_slow_twin():
    rng = np.random.default_rng(1)
    table = LatentTable(rng.normal(size=(50, 4)).astype(np.float32))
    z = rng.normal(size=4)
    wanted = sorted(range(50), key=lambda k: (np.linalg.norm(table.mu[k] - z), k))[:5]
    rows, far = nearest(table, z, 5)
    assert rows.tolist() == wanted
    np.testing.assert_allclose(far, [np.linalg.norm(table.mu[k] - z) for k in wanted])


def test_ties_keep_the_lower_row():
    table = LatentTable(np.ones((4, 2), np.float32))
    assert nearest(table, np.zeros(2), 3)[0].tolist() == [0, 1, 2]


def test_nearest_distances_by_a_slow_twin():
    rng = np.random.default_rng(3)
    known, z = rng.normal(size=(40, 3)), rng.normal(size=(7, 3))
    far = np.linalg.norm(known[:, None] - known, axis=2) + np.diag(np.full(40, np.inf))
    own, drawn = nearest_distances(known, z, own=25)
    np.testing.assert_allclose(own, far.min(axis=1)[:25])
    wanted = np.linalg.norm(z[:, None] - known, axis=2).min(axis=1)
    np.testing.assert_allclose(drawn, wanted)


def test_one_known_code_has_no_neighbour():
    with pytest.raises(ValueError, match="2 at least"):
        nearest_distances(np.zeros((1, 2)), np.zeros((1, 2)))
