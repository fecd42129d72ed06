"""The lesson's proofs hold on what is right and find out what is not."""

import numpy as np
import pytest

from explorer.core import unet_sizes as sizes_module
from explorer.core.unpooling import max_pool, max_unpool, nearest_unpool
from explorer.models.proofs import encoder_decoder as proofs


def level(seed=0):
    rng = np.random.default_rng(seed)
    encoded = np.maximum(rng.normal(size=(8, 12)), 0).astype(np.float32)
    pooled = max_pool(encoded)
    incoming = rng.normal(size=(4, 6)).astype(np.float32)
    return {
        "encoded": encoded,
        "pooled": pooled.values,
        "indices": pooled.indices,
        "incoming": incoming,
        "unpooled": max_unpool(incoming, pooled.indices, (8, 12)),
        "nearest": nearest_unpool(incoming),
    }


def test_pooling_and_both_ways_up_hold():
    assert proofs.prove_pooling(level()).holds
    assert all(proof.holds for proof in proofs.prove_unpooling(level()))


@pytest.mark.parametrize("name", ["indices", "pooled", "unpooled", "nearest"])
def test_one_wrong_value_is_found_out(name):
    wrong = level()
    changed = wrong[name].copy()
    changed[1, 2] += 1
    wrong[name] = changed
    found = [proofs.prove_pooling(wrong), *proofs.prove_unpooling(wrong)]
    assert not all(proof.holds for proof in found)


def test_two_ways_are_compared_on_the_scale_of_the_scores():
    scores = np.full((2, 3, 4), 50.0, np.float32)
    near, far = scores + 0.004, scores + 0.006
    for other, holds in ((near, True), (far, False), (near[:1], False)):
        checked = {"network": scores, "independent": other}
        assert proofs.prove_two_ways("unet", checked, "all skips").holds is holds


@pytest.mark.parametrize("padded", [True, False])
def test_the_sizes_are_torchs(padded):
    sizes = (16, 48, 272) if padded else (188, 572, 684)
    proof = proofs.prove_sizes(sizes, padded=padded)
    assert proof.holds
    assert "15 levels of 3 inputs" in proof.note


def test_another_depth_and_number_of_convolutions_are_torchs():
    for depth, convs in ((1, 1), (2, 3), (3, 2)):
        fits = sizes_module.valid_sizes(80, 160, depth, convs)
        assert fits
        assert proofs.prove_sizes(fits, depth, convs).holds


def test_a_wrong_size_is_found_out(monkeypatch):
    right = sizes_module.unet_sizes(572)
    monkeypatch.setattr(
        proofs, "unet_sizes", lambda *args: sizes_module.unet_sizes(588)
    )
    assert not proofs.prove_sizes([572]).holds
    assert right.output == 388
