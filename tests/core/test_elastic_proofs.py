"""The live proofs hold on what they prove, and see what is wrong."""

import numpy as np
import pytest

from explorer.core import elastic, elastic_fields
from explorer.core.proofs import elastic as proofs
from explorer.core.topology import Topology
from explorer.models.proofs.elastic import prove_coarse

RNG = np.random.default_rng(0)
PHOTO = RNG.integers(0, 256, (30, 40, 3), np.uint8)
MASK = RNG.integers(0, 4, (10, 10), np.uint8).repeat(3, 0).repeat(4, 1)
VECTORS = 40 * np.random.default_rng(1).standard_normal((2, 5, 5))
COARSE = elastic.coarse_displacement((30, 40), 40.0, 5, np.random.default_rng(1))
FIELD = elastic.displacement((30, 40), 3.0, 4.0, RNG)


def test_all_hold() -> None:
    noise = elastic_fields.white_noise((30, 40), RNG)
    warped = elastic.warp(MASK, FIELD, nearest=True)
    for proof in (
        proofs.prove_smooth(noise, 4.0),
        prove_coarse(VECTORS, COARSE),
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
    one = COARSE.copy()
    one[1, 17, 23] += 0.001
    assert not prove_coarse(VECTORS, one).holds


def test_a_wrong_count_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {1: Topology(5, 1, 1)}
    monkeypatch.setattr(proofs, "label_topology", lambda *_: one)
    assert not proofs.prove_topology((np.eye(5, dtype=np.uint8),), (1,)).holds


def test_a_wrong_level_in_flat_sky_is_seen_beside_a_steep_edge(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo = np.full((30, 40, 3), 90, np.uint8)
    photo[:, 30:] = 255  # the edge allows grey levels here, not over there
    right = elastic.warp
    assert proofs.prove_warp(photo, FIELD).holds

    def one_off(image: np.ndarray, field: np.ndarray) -> np.ndarray:
        made = right(image, field).copy()
        made[5, 5, 0] += 1
        return made

    monkeypatch.setattr(proofs, "warp", one_off)
    assert not proofs.prove_warp(photo, FIELD).holds
