"""Core pyramid pooling against torch's adaptive pooling, over all small sizes."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.core.spp import bin_edges, spp_steps
from explorer.models.proofs.spp import prove_spp


@pytest.mark.parametrize("bins", range(1, 9))
def test_edges_are_torch_s_for_every_size(bins):
    """A ramp's maxima and the negative ramp's show each bin's last and first cell."""
    for size in range(1, 40):
        ramp = torch.arange(size, dtype=torch.float64)[None, None]
        last = functional.adaptive_max_pool1d(ramp, bins)[0, 0].numpy()
        first = -functional.adaptive_max_pool1d(-ramp, bins)[0, 0].numpy()
        edges = bin_edges(size, bins)
        np.testing.assert_array_equal(edges[:, 0], first)
        np.testing.assert_array_equal(edges[:, 1], last + 1)


@pytest.mark.parametrize("shape", [(5, 20, 13), (3, 1, 7), (2, 3, 2), (4, 30, 40)])
@pytest.mark.parametrize("pool", ["max", "mean"])
def test_the_proof_holds_on_any_shape(shape, pool):
    features = np.random.default_rng(7).normal(size=shape)
    proof = prove_spp(features, (1, 2, 3, 6), pool)
    assert proof.holds
    assert f"{shape[0] * 50:,} numbers" in proof.note


def test_the_proof_fails_on_other_edges(monkeypatch):
    def shifted(features, levels, pool):
        return spp_steps(np.roll(features, 1, axis=2), levels, pool)

    monkeypatch.setattr("explorer.models.proofs.spp.spp_steps", shifted)
    features = np.random.default_rng(7).normal(size=(2, 9, 9))
    assert not prove_spp(features, (4,)).holds
    assert not prove_spp(features, (4,), "mean").holds


def test_equal_features_have_their_first_place_as_torch_s():
    assert prove_spp(np.ones((2, 9, 11)), (1, 2, 4)).holds
