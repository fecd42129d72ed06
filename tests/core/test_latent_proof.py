"""The proof of the nearest codes can fail."""

import numpy as np

from explorer.core.latent_table import LatentTable, nearest
from explorer.core.proofs.latent import prove_nearest

TABLE = LatentTable(np.random.default_rng(0).normal(size=(50, 7)).astype(np.float32))
CODE = np.linspace(-1, 1, 7)


def test_the_nearest_are_scipys():
    distances = nearest(TABLE, CODE, 5)[1]
    assert prove_nearest(TABLE.mu, CODE, distances).holds


def test_one_that_was_passed_over_is_seen():
    distances = np.delete(nearest(TABLE, CODE, 6)[1], 2)
    assert not prove_nearest(TABLE.mu, CODE, distances).holds
