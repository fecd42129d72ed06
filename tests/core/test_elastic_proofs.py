"""The live proofs hold on what they prove, and see what is wrong."""

import numpy as np
import pytest

from explorer.core import elastic, elastic_fields
from explorer.core.proofs import elastic as proofs
from explorer.core.topology import Topology

RNG = np.random.default_rng(0)
PHOTO = RNG.integers(0, 256, (30, 40, 3), np.uint8)
MASK = RNG.integers(0, 4, (10, 10), np.uint8).repeat(3, 0).repeat(4, 1)
FIELD = elastic.displacement((30, 40), 3.0, 4.0, RNG)


def test_all_hold() -> None:
    noise = elastic_fields.white_noise((30, 40), RNG)
    warped = elastic.warp(MASK, FIELD, nearest=True)
    for proof in (
        proofs.prove_smooth(noise, 4.0),
        proofs.prove_coarse(RNG.normal(size=(2, 5, 5)) * 40),
        proofs.prove_warp(PHOTO, FIELD),
        proofs.prove_mask(MASK, FIELD),
        proofs.prove_topology((MASK, warped), (1, 2, 3)),
    ):
        assert proof.holds, proof


def test_one_pixel_wide_pictures_can_be_proved() -> None:
    still = np.zeros((2, 1, 1), np.float32)
    assert proofs.prove_warp(PHOTO[:1, :1], still).holds
    assert proofs.prove_mask(MASK[:1, :1], still).holds


def test_a_wrong_warp_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = FIELD + np.float32(0.3)
    right = elastic.warp
    monkeypatch.setattr(proofs, "warp", lambda a, _, **how: right(a, wrong, **how))
    assert not proofs.prove_warp(PHOTO, FIELD).holds
    assert not proofs.prove_mask(MASK, FIELD).holds


def test_a_wrong_field_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = elastic_fields.white_noise((30, 40), RNG)
    right = elastic_fields.smooth_noise
    monkeypatch.setattr(proofs, "smooth_noise", lambda n, s: right(n, 1.01 * s))
    assert not proofs.prove_smooth(noise, 4.0).holds
    monkeypatch.setattr(elastic_fields, "CUBIC", -0.5)
    assert not proofs.prove_coarse(RNG.normal(size=(2, 5, 5))).holds


def test_a_wrong_count_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {1: Topology(5, 1, 1)}
    monkeypatch.setattr(proofs, "label_topology", lambda *_: one)
    assert not proofs.prove_topology((np.eye(5, dtype=np.uint8),), (1,)).holds
