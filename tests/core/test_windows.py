"""The sliding window against OpenCV's, against plain windows, and by hand."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.hog import hog_blocks
from explorer.core.proofs.windows import (
    one_opencv_thread,
    opencv_detector,
    prove_correlation,
    prove_scan,
    prove_shares,
)
from explorer.core.street import draw_street
from explorer.core.windows import (
    Level,
    Template,
    WindowScan,
    block_shares,
    detect_windows,
    level_blocks,
    pyramid_sizes,
    score_map,
    shares_of,
    window_boxes,
    windows_above,
)
from tests.core.window_cases import SHAPE, people

__all__ = ["people"]


@pytest.fixture(scope="module")
def picture():
    return draw_street(2, 400, 320).image


def random_template(seed: int) -> Template:
    rng = np.random.default_rng(seed)
    return Template(rng.normal(0, 0.05, SHAPE).astype(np.float32), -0.2, "random")


# Against OpenCV


@pytest.mark.parametrize(
    ("step", "stride", "padding"),
    [(1.05, 8, 0), (1.05, 8, 16), (1.1, 16, 8), (1.3, 8, 32)],
)
def test_raw_boxes_and_scores_are_those_of_detect_multi_scale(
    picture, people, step, stride, padding
):
    scan = detect_windows(picture, people, step, stride, padding)
    proof = prove_scan(picture, people, scan, -1.0)
    assert proof.holds, proof
    assert proof.delta < 1e-4
    assert "the same" in proof.note
    assert len(windows_above(scan, -1.0).boxes) > 20


def test_opencv_has_its_threads_back_after_a_proof():
    """Several of them may pair the scores of one level with the boxes of another."""
    before = cv2.getNumThreads()
    with one_opencv_thread():
        assert cv2.getNumThreads() == 1
    with pytest.raises(ZeroDivisionError), one_opencv_thread():
        raise ZeroDivisionError
    assert cv2.getNumThreads() == before


def test_another_template_agrees_too(picture):
    template = random_template(5)
    scan = detect_windows(picture, template, 1.2)
    assert prove_scan(picture, template, scan, 0.0).holds


def test_the_proof_fails_when_a_box_is_missing(picture, people):
    scan = detect_windows(picture, people, 1.2)
    blind = WindowScan(scan.levels[1:], 8, 1.2, 0, (64, 128))
    assert not prove_scan(picture, people, blind, -1.0).holds


def test_the_proof_fails_when_scores_are_shifted(picture, people):
    scan = detect_windows(picture, people, 1.2)
    shifted = tuple(
        Level(one.scale, one.size_px, one.scores + np.float32(0.01))
        for one in scan.levels
    )
    moved = WindowScan(shifted, 8, 1.2, 0, (64, 128))
    assert not prove_scan(picture, people, moved, -1.0).holds


@pytest.mark.parametrize("padding", [0, 8, 24])
def test_a_level_with_padding_scores_as_opencv_detect(picture, people, padding):
    found, scores = opencv_detector(people).detect(
        picture, hitThreshold=-1e6, winStride=(8, 8), padding=(padding, padding)
    )
    size = (picture.shape[1], picture.shape[0])
    grid = score_map(level_blocks(picture, size, padding), people)
    theirs = np.asarray(scores).ravel()
    assert grid.size == theirs.size
    cols, rows = ((np.asarray(found).reshape(-1, 2) + padding) // 8).T
    np.testing.assert_allclose(grid[rows, cols], theirs, atol=1e-4)


def test_shares_add_up_to_opencvs_score(picture, people):
    scan = detect_windows(picture, people, 1.1, padding_px=16)
    for place in ((0, 3, 5), (4, 0, 0), (len(scan.levels) - 1, 0, 2)):
        assert prove_shares(picture, people, scan, place).holds


# Window by window


def test_correlation_is_every_window_multiplied_out(people):
    blocks = np.random.default_rng(1).random((18, 10, 36)).astype(np.float32)
    grid = score_map(blocks, people)
    assert grid.shape == (4, 4)
    for row, col in np.ndindex(4, 4):
        window = blocks[row : row + 15, col : col + 7].astype(np.float64)
        plain = (window * people.weights).sum() + people.bias
        assert grid[row, col] == pytest.approx(plain, abs=1e-4)


def test_the_live_proof_of_the_correlation_holds(picture, people):
    scan = detect_windows(picture, people, 1.3)
    assert prove_correlation(picture, people, scan.levels[0]).holds


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), rows=st.integers(13, 17), cols=st.integers(5, 9))
def test_shares_and_bias_are_the_score(seed, rows, cols):
    blocks = np.random.default_rng(seed).random((rows, cols, 36)).astype(np.float32)
    template = random_template(seed)
    grid = score_map(blocks, template)
    assert grid.shape == (max(rows - 14, 0), max(cols - 6, 0))
    for row, col in np.ndindex(grid.shape):
        shares = shares_of(blocks, template, row, col)
        assert shares.shape == (15, 7)
        assert shares.sum() + template.bias == pytest.approx(grid[row, col], abs=1e-3)


def test_one_weight_reads_one_number_of_one_block():
    weights = np.zeros(SHAPE, np.float32)
    weights[2, 3, 7] = 2.0
    blocks = np.zeros((16, 8, 36), np.float32)
    blocks[3, 4, 7] = 0.25
    grid = score_map(blocks, Template(weights, 1.0, "one"))
    np.testing.assert_allclose(grid, [[1.0, 1.0], [1.0, 1.5]])


# Pyramid, threshold, boxes


def test_pyramid_by_hand():
    sizes = [size for _, size in pyramid_sizes(256, 256, 2.0)]
    assert sizes == [(256, 256), (128, 128)]


def test_no_level_below_the_window():
    assert pyramid_sizes(63, 400) == ()
    assert pyramid_sizes(400, 127) == ()
    assert len(pyramid_sizes(64, 128)) == 1


@pytest.mark.parametrize("step", [1.0, 2.1, 0.5])
def test_a_step_out_of_bounds_is_named(step):
    with pytest.raises(
        ValueError, match=rf"scale_step must be in 1.01..2.0, got {step}"
    ):
        pyramid_sizes(640, 480, step)


@pytest.mark.parametrize("stride", [0, 4, 12, -8])
def test_a_stride_off_the_cells_is_named(picture, people, stride):
    with pytest.raises(ValueError, match=rf"multiple of the cell, .* got {stride}"):
        detect_windows(picture, people, 1.5, stride)


@pytest.mark.parametrize("padding", [-8, 4, 72])
def test_a_padding_off_the_cells_is_named(picture, people, padding):
    with pytest.raises(ValueError, match=rf"padding_px .* got {padding}"):
        detect_windows(picture, people, 1.5, padding_px=padding)


def test_a_small_image_has_no_windows(people):
    scan = detect_windows(np.zeros((100, 300, 3), np.uint8), people)
    assert scan.windows == 0
    found = windows_above(scan)
    assert found.boxes.shape == (0, 4)
    assert found.scores.shape == (0,)


def one_level(scores: list[list[float]], scale: float = 1.0) -> WindowScan:
    level = Level(scale, (200, 200), np.array(scores, np.float32))
    return WindowScan((level,), 8, 1.05, 0, (64, 128))


def test_the_threshold_itself_is_kept():
    scan = one_level([[0.25, 0.5], [0.75, -1.0]])
    assert windows_above(scan, 0.5).scores.tolist() == [0.75, 0.5]
    assert windows_above(scan, 0.5001).scores.tolist() == [0.75]


def test_boxes_are_scaled_and_rounded_like_opencv():
    scan = one_level([[0.0, 1.0]], scale=1.05)
    (box,) = windows_above(scan, 0.5).boxes
    assert box.tolist() == [8.0, 0.0, 75.0, 134.0]


def test_padding_moves_boxes_out():
    level = Level(2.0, (64, 128), np.zeros((3, 3), np.float32))
    scan = WindowScan((level,), 8, 1.05, 8, (64, 128))
    box = window_boxes(scan, np.array([0]), np.array([0]), np.array([2]))
    assert box.tolist() == [[16.0, -16.0, 144.0, 240.0]]


def test_a_larger_stride_takes_every_other_window(picture, people):
    fine = detect_windows(picture, people, 1.5).levels[0].scores
    coarse = detect_windows(picture, people, 1.5, 16).levels[0].scores
    np.testing.assert_array_equal(coarse, fine[::2, ::2])


# Shares of the page


def test_block_shares_name_what_does_not_exist(picture, people):
    scan = detect_windows(picture, people, 1.5)
    with pytest.raises(ValueError, match="level must be in 0.."):
        block_shares(picture, people, scan, 99, 0, 0)
    with pytest.raises(ValueError, match="rows and .* columns .* got row 999"):
        block_shares(picture, people, scan, 0, 999, 0)


def test_blocks_of_a_level_are_those_of_the_shrunk_image(picture):
    small = cv2.resize(picture, (200, 160), interpolation=cv2.INTER_LINEAR_EXACT)
    np.testing.assert_array_equal(level_blocks(picture, (200, 160)), hog_blocks(small))
