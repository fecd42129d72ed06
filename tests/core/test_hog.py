"""The descriptor equals OpenCV's and scikit-image's, each in its own convention."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data
from skimage.feature import hog as skimage_hog

from explorer.core.hog import (
    MASKS,
    NORMS,
    SKIMAGE,
    HogSettings,
    cast_votes,
    cell_means,
    gaussian,
    gradients,
    hog_blocks,
    hog_cells,
    hog_descriptor,
    normalise,
    raw_blocks,
    tent,
)
from explorer.core.proofs.hog import SKIMAGE_NORMS

TOLERANCE = 1e-4


def _windows():
    rng = np.random.default_rng(3)
    photo = cv2.resize(data.astronaut(), (320, 240))
    for _ in range(6):
        yield rng.integers(0, 256, (128, 64, 3), dtype=np.uint8)
        x, y = rng.integers(0, 256), rng.integers(0, 112)
        yield np.ascontiguousarray(photo[y : y + 128, x : x + 64])
    yield np.zeros((128, 64, 3), np.uint8)
    yield np.full((128, 64, 3), 255, np.uint8)


@pytest.mark.parametrize("grey", [False, True])
def test_equals_opencv_with_default_parameters(grey):
    reference = cv2.HOGDescriptor()
    for colour in _windows():
        window = np.ascontiguousarray(colour[..., 1]) if grey else colour
        theirs = reference.compute(window).reshape(-1)
        assert np.abs(hog_descriptor(window) - theirs).max() <= TOLERANCE


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("gamma", [False, True])
@pytest.mark.parametrize(("norm", "their_norm"), SKIMAGE_NORMS.items())
def test_equals_skimage(grey, gamma, norm, their_norm):
    ours = replace(SKIMAGE, norm=norm, gamma=gamma)
    for colour in _windows():
        window = np.ascontiguousarray(colour[..., 1]) if grey else colour
        theirs = skimage_hog(
            window,
            cells_per_block=(2, 2),
            block_norm=their_norm,
            transform_sqrt=gamma,
            channel_axis=None if grey else 2,
        )
        assert np.abs(hog_descriptor(window, ours) - theirs).max() <= TOLERANCE


def test_the_whole_image_gives_the_blocks_that_detect_reads():
    image = np.ascontiguousarray(cv2.resize(data.astronaut(), (203, 182)))
    reference = cv2.HOGDescriptor()
    people = cv2.HOGDescriptor_getDefaultPeopleDetector().reshape(-1)
    reference.setSVMDetector(people)
    places, scores = reference.detect(
        image, hitThreshold=-1e9, winStride=(8, 8), padding=(0, 0)
    )
    blocks = hog_blocks(image)
    assert len(places) == 7 * 18
    for (x, y), score in zip(places, scores.reshape(-1), strict=True):
        inside = blocks[y // 8 : y // 8 + 15, x // 8 : x // 8 + 7]
        ours = inside.transpose(1, 0, 2).reshape(-1) @ people[:-1] + people[-1]
        assert ours == pytest.approx(score, abs=TOLERANCE)


def test_a_cut_window_differs_only_in_blocks_on_its_border():
    rng = np.random.default_rng(5)
    image = rng.integers(0, 256, (144, 80, 3), dtype=np.uint8)
    whole = hog_blocks(image)[1:16, 1:8]
    cut = hog_blocks(np.ascontiguousarray(image[8:136, 8:72]))
    np.testing.assert_allclose(whole[1:-1, 1:-1], cut[1:-1, 1:-1], atol=TOLERANCE)
    assert np.abs(whole[0] - cut[0]).max() > TOLERANCE


def test_shared_blocks_equal_a_slow_twin_by_definition():
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (33, 26), dtype=np.uint8)
    chosen = HogSettings(cell_px=4, block_cells=3, orientations=5)
    votes = cast_votes(image, chosen)
    slow = np.zeros((6, 4, 3, 3, 5))  # block row, col, cell x, cell y, bin
    for row, col in np.ndindex(6, 4):
        for i, j in np.ndindex(12, 12):
            y, x = row * 4 + i, col * 4 + j
            weight = np.exp(-((i - 6) ** 2 + (j - 6) ** 2) / (2 * 3**2))
            for cx, cy in np.ndindex(3, 3):
                near = max(0, 1 - abs((j + 0.5) / 4 - 0.5 - cx))
                near *= max(0, 1 - abs((i + 0.5) / 4 - 0.5 - cy))
                cell = slow[row, col, cx, cy]
                cell[votes.first_bin[y, x]] += votes.first[y, x] * near * weight
                cell[votes.second_bin[y, x]] += votes.second[y, x] * near * weight
    np.testing.assert_allclose(
        raw_blocks(image, chosen), slow.reshape(6, 4, -1), rtol=1e-4, atol=1e-4
    )


def test_one_vertical_edge_by_hand():
    # Columns 0..7 are 0, columns 8..15 are 100: dx = 100 at columns 7 and 8, dy = 0.
    # In scikit-image's convention 8 rows x 100 = 800 in bin 0 of both cells; a cell is
    # the mean over 64 pixels: 12.5. L1 of the one block of 2x2 equal cells: 1/4 each.
    image = np.zeros((16, 16), np.uint8)
    image[:, 8:] = 100
    cells = hog_cells(image, SKIMAGE)
    assert cells[..., 0].tolist() == [[12.5, 12.5], [12.5, 12.5]]
    assert np.count_nonzero(cells[..., 1:]) == 0
    block = hog_blocks(image, replace(SKIMAGE, norm="l1"))[0, 0]
    assert block[[0, 9, 18, 27]] == pytest.approx([0.25] * 4, abs=1e-6)
    # L2-Hys: each 1/2, clipped to 0.2, and normalised again to 1/2.
    assert hog_descriptor(image, SKIMAGE)[0] == pytest.approx(0.5, abs=1e-4)


def test_shared_votes_by_hand():
    # Direction 0 lies half-way between the centres of bins 8 (170) and 0 (10 degrees).
    image = np.zeros((16, 16), np.uint8)
    image[:, 8:] = 100
    votes = cast_votes(image, HogSettings(gamma=False))
    assert (votes.first_bin[4, 8], votes.second_bin[4, 8]) == (8, 0)
    assert (votes.first[4, 8], votes.second[4, 8]) == (50, 50)
    rooted = cast_votes(image, HogSettings())
    assert rooted.first[4, 8] == pytest.approx(5)  # sqrt(100) / 2


@pytest.mark.parametrize(
    ("dx", "dy", "bin_"),
    [(47, 17, 0), (47, 18, 1), (-47, 17, 8), (-47, 18, 7), (1, 0, 0), (-1, 0, 0)],
)
def test_hard_votes_on_both_sides_of_a_bin_edge(dx, dy, bin_):
    # tan 20 degrees = 0.36397; 17/47 = 0.3617 is below it, 18/47 = 0.3830 above.
    image = np.full((3, 3), 100, np.uint8)
    image[1, 2], image[2, 1] = 100 + dx, 100 + dy
    assert cast_votes(image, SKIMAGE).first_bin[1, 1] == bin_


@pytest.mark.parametrize(
    ("mask", "gain"),
    [("centred", 2), ("uncentred", 1), ("cubic", 12), ("diagonal", 2), ("sobel", 8)],
)
def test_every_mask_answers_a_slope_with_its_gain(mask, gain):
    y, x = np.mgrid[:12, :12]
    image = (3 * x + 4 * y + 20).astype(np.uint8)
    found = gradients(image, mask)
    assert found.dx[5, 5] == 3 * gain
    assert found.dy[5, 5] == 4 * gain
    assert found.magnitude[5, 5] == pytest.approx(5 * gain)
    assert found.orientation_deg[5, 5] == pytest.approx(53.1301, abs=1e-3)


def test_colour_takes_the_strongest_channel_and_the_first_of_equals():
    image = np.zeros((3, 3, 3), np.uint8)
    image[1, 2] = (10, 30, 0)
    image[2, 1, 2] = 30
    assert gradients(image).dx[1, 1] == 30
    assert gradients(image).dy[1, 1] == 0
    assert gradients(image[..., ::-1].copy()).dy[1, 1] == 30


@pytest.mark.parametrize(
    ("norm", "expected"),
    [
        ("none", [3.0, 4.0]),
        ("l1", [3 / 7, 4 / 7]),
        ("l1sqrt", [(3 / 7) ** 0.5, (4 / 7) ** 0.5]),
        ("l2", [0.6, 0.8]),
        ("l2hys", [0.5**0.5, 0.5**0.5]),
    ],
)
def test_norms_by_hand(norm, expected):
    chosen = replace(SKIMAGE, norm=norm)
    assert normalise(np.array([3.0, 4.0]), chosen) == pytest.approx(expected, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    convention=st.sampled_from(("opencv", "skimage")),
    mask=st.sampled_from(tuple(MASKS)),
    norm=st.sampled_from(NORMS),
    signed=st.booleans(),
)
def test_any_image_gives_a_finite_bounded_descriptor(
    seed, convention, mask, norm, signed
):
    image = np.random.default_rng(seed).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    before = image.copy()
    chosen = HogSettings(mask=mask, norm=norm, convention=convention, signed=signed)
    found = hog_descriptor(image, chosen)
    assert found.shape == (chosen.descriptor_size(24, 24),)
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert norm == "none" or found.max() <= 1
    np.testing.assert_array_equal(image, before)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**16), convention=st.sampled_from(("opencv", "skimage")))
def test_votes_add_up_to_the_magnitude(seed, convention):
    image = np.random.default_rng(seed).integers(0, 256, (9, 11), dtype=np.uint8)
    votes = cast_votes(image, HogSettings(convention=convention, gamma=False))
    total = np.hypot(*[getattr(gradients(image), name) for name in ("dx", "dy")])
    np.testing.assert_allclose(votes.first + votes.second, total, rtol=1e-4, atol=1e-4)


def test_brighter_light_changes_nothing_after_normalisation_but_all_before():
    rng = np.random.default_rng(2)
    dark = rng.integers(0, 100, (64, 64), dtype=np.uint8)
    chosen = replace(SKIMAGE, norm="l2")
    np.testing.assert_allclose(
        hog_blocks(dark, chosen), hog_blocks(2 * dark, chosen), atol=1e-4
    )
    raw = replace(chosen, norm="none")
    np.testing.assert_allclose(
        2 * hog_blocks(dark, raw), hog_blocks(2 * dark, raw), rtol=1e-5
    )


def test_cell_means_undo_stacking_in_both_conventions():
    rng = np.random.default_rng(4)
    image = rng.integers(0, 256, (40, 48), dtype=np.uint8)
    raw = replace(SKIMAGE, norm="none")
    np.testing.assert_allclose(
        cell_means(hog_blocks(image, raw), raw), hog_cells(image, raw), rtol=1e-5
    )


def test_cell_means_put_a_lone_dot_into_its_own_cell():
    dot = np.zeros((40, 56), np.uint8)
    dot[12, 36] = 200  # row 1, column 4 of the cells
    for convention in ("opencv", "skimage"):
        chosen = HogSettings(convention=convention, norm="none")
        loud = cell_means(hog_blocks(dot, chosen), chosen).sum(-1)
        assert np.unravel_index(loud.argmax(), loud.shape) == (1, 4)


def test_tent_sums_to_one_inside_and_gaussian_falls():
    weights = tent(4, 32, 8)
    assert weights.sum(0)[4:28] == pytest.approx(np.ones(24))
    assert gaussian(16).argmax() == 8
    assert gaussian(16)[4] == pytest.approx(np.exp(-0.5))  # one sigma from the centre


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mask": "prewitt"}, "mask is one of centred, .*; got 'prewitt'"),
        ({"convention": "vlfeat"}, "convention is one of opencv, skimage"),
        ({"cell_px": 1}, "cell_px is at least 2, got 1"),
        ({"block_cells": 0}, "block_cells is at least 1, got 0"),
        ({"orientations": 1}, "orientations is at least 2, got 1"),
    ],
)
def test_settings_say_what_is_wrong(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        HogSettings(**change)


def test_least_image_holds_one_block_and_a_smaller_one_is_refused():
    assert hog_blocks(np.zeros((16, 16), np.uint8)).shape == (1, 1, 36)
    with pytest.raises(ValueError, match="15x16 px holds no block of 16x16"):
        hog_blocks(np.zeros((16, 15), np.uint8))
    with pytest.raises(ValueError, match="got float64"):
        hog_blocks(np.zeros((16, 16)))
    with pytest.raises(ValueError, match="mask is one of"):
        gradients(np.zeros((3, 3), np.uint8), "roberts")


def test_published_miss_rates_rank_the_centred_mask_first():
    rates = {name: mask.miss_rate_frac for name, mask in MASKS.items()}
    assert rates == {
        "centred": 0.11,
        "uncentred": 0.125,
        "cubic": 0.12,
        "diagonal": 0.125,
        "sobel": 0.14,
    }
