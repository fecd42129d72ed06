"""Box codec: torchvision's coder, there and back, limits, hand-worked numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from explorer.core.box_codec import CLAMP, clip_boxes, decode, encode

FAST_WEIGHTS = (10.0, 10.0, 5.0, 5.0)


def random_boxes(seed: int, n: int = 40) -> np.ndarray:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(-50, 500, (n, 2))
    return np.concatenate([corners, corners + rng.uniform(1, 300, (n, 2))], axis=1)


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0, 1.0), FAST_WEIGHTS])
def test_equals_torchvision(weights: tuple[float, float, float, float]) -> None:
    torch = pytest.importorskip("torch")
    from torchvision.models.detection._utils import BoxCoder

    proposals, truths = random_boxes(0), random_boxes(1)
    coder = BoxCoder(weights)
    theirs = coder.encode_single(torch.tensor(truths), torch.tensor(proposals))
    assert_allclose(encode(proposals, truths, weights), theirs, atol=1e-12)
    deltas = np.random.default_rng(2).normal(0, 3, (40, 4)) * weights
    back = coder.decode_single(torch.tensor(deltas), torch.tensor(proposals))
    assert (deltas[:, 2:] / weights[2] > CLAMP).any()  # some are held back
    assert_allclose(decode(proposals, deltas, weights=weights), back, rtol=1e-12)


boxes = st.tuples(
    *[st.floats(-1e4, 1e4, width=32)] * 2, *[st.floats(0.5, 1e4, width=32)] * 2
).map(lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]])


@given(boxes, boxes)
def test_there_and_back(proposal: list[float], truth: list[float]) -> None:
    deltas = encode([proposal], [truth])
    assert_allclose(decode([proposal], deltas, clamp=None)[0], truth, atol=1e-7)


@given(boxes, boxes, st.floats(0.1, 10), st.floats(-1e3, 1e3))
def test_scale_and_shift_of_the_photo_change_nothing(
    proposal: list[float], truth: list[float], scale: float, shift: float
) -> None:
    a, b = np.array([proposal]), np.array([truth])
    moved = encode(a * scale + shift, b * scale + shift)
    assert_allclose(moved, encode(a, b), rtol=1e-5, atol=1e-5)


def test_a_hand_worked_case() -> None:
    # Centre (50, 50) to (60, 40): a tenth of 100, and -10 of 50; 100 -> 200, 50 -> 25.
    deltas = encode([[0, 25, 100, 75]], [[-40, 27.5, 160, 52.5]])
    assert_allclose(deltas, [[0.1, -0.2, math.log(2), -math.log(2)]])


def test_the_limit_holds_growth_only() -> None:
    proposal = [[0, 0, 16, 16]]
    width = [
        decode(proposal, [[0, 0, t, 0]])[0, [0, 2]] @ [-1, 1]
        for t in (CLAMP - 0.01, CLAMP, CLAMP + 0.01)
    ]
    assert width[0] < 1000 - 1
    assert width[1] == pytest.approx(1000) == width[2]
    free = decode(proposal, [[0, 0, CLAMP + 1, 0]], clamp=None)[0]
    assert free[2] - free[0] == pytest.approx(1000 * math.e)
    small = decode(proposal, [[0, 0, -CLAMP - 1, 0]])[0]
    assert small[2] - small[0] == pytest.approx(16 * math.exp(-CLAMP - 1))


def test_no_boxes_are_no_boxes() -> None:
    assert encode([], []).shape == (0, 4) == decode([], []).shape


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: encode([[0, 0, 0, 5]], [[0, 0, 1, 1]]), "proposals must have width"),
        (lambda: encode([[0, 0, 1, 5]], [[0, 0, 1, 0]]), "truths must have width"),
        (lambda: encode([[0, 0, 1, 5]], []), "each proposal needs its truth"),
        (lambda: decode([[0, 0, 1, 5]], [[0, 0, 1]]), "deltas must be"),
        (lambda: decode([[0, 0, 1, 5]], [[0, 0, np.nan, 0]]), "deltas must be"),
        (lambda: encode([[0, 0, 1, 5]], [[0, 0, 1, 1]], (1, 1, 0, 1)), "weights must"),
    ],
)
def test_says_what_is_wrong(call, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


def test_clip_keeps_boxes_in_the_picture() -> None:
    clipped = clip_boxes([[-5, -5, 5, 5], [30, 2, 40, 8]], 20, 10)
    assert clipped.tolist() == [[0, 0, 5, 5], [20, 2, 20, 8]]
