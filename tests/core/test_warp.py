"""Warped crops: a slow twin by definition, context, fill, large shrinks, errors."""

import cv2
import numpy as np
import pytest
from numpy.testing import assert_allclose

from explorer.core.warp import CONTEXT_PX, SIDE_PX, warp_boxes, with_context


def photo(seed: int = 0, height: int = 60, width: int = 90) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2.0)


def slow(image: np.ndarray, box: list[float], side: int, context: int) -> np.ndarray:
    """Read every pixel of the crop by itself, straight from the definition."""
    x1, y1, x2, y2 = box
    inner = side - 2 * context
    fill = image.reshape(-1, 3).mean(axis=0)

    def pixel(row: int, column: int) -> np.ndarray:
        inside = 0 <= row < image.shape[0] and 0 <= column < image.shape[1]
        return image[row, column].astype(float) if inside else fill

    crop = np.empty((side, side, 3))
    for i in range(side):
        for j in range(side):
            y = y1 + (i + 0.5 - context) * (y2 - y1) / inner - 0.5
            x = x1 + (j + 0.5 - context) * (x2 - x1) / inner - 0.5
            top, left = int(np.floor(y)), int(np.floor(x))
            v, u = y - top, x - left
            upper = (1 - u) * pixel(top, left) + u * pixel(top, left + 1)
            lower = (1 - u) * pixel(top + 1, left) + u * pixel(top + 1, left + 1)
            crop[i, j] = (1 - v) * upper + v * lower
    return crop


@pytest.mark.parametrize(
    "box", [[20, 10, 50, 50], [-10, 5, 30, 35], [60.5, 30.25, 99, 70], [3, 3, 8, 55]]
)
def test_equals_the_slow_twin(box: list[float]) -> None:
    image = photo()
    fast = warp_boxes(image, [box], side_px=40, context_px=5)[0]
    # OpenCV places pixels on a grid of 1/32 and rounds the fill.
    assert np.abs(fast - slow(image, box, 40, 5)).mean() < 0.7
    assert np.abs(fast - slow(image, box, 40, 5)).max() < 12


def test_a_box_of_its_own_size_is_cut_out_as_it_is() -> None:
    image = photo()
    crop = warp_boxes(image, [[20, 10, 52, 42]], side_px=32, context_px=0)[0]
    assert (crop == image[10:42, 20:52]).all()


def test_the_box_fills_the_middle() -> None:
    image = np.zeros((100, 200, 3), np.uint8)
    image[30:60, 50:150] = 255
    crop = warp_boxes(image, [[50, 30, 150, 60]])[0]
    bright = crop[..., 0] > 127
    rows, columns = np.flatnonzero(bright.any(1)), np.flatnonzero(bright.any(0))
    last = SIDE_PX - CONTEXT_PX - 1
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (16, last, 16, last)


def test_beyond_the_photo_is_its_mean_or_the_fill() -> None:
    image = photo()
    far = [[200, 200, 220, 220]]
    mean = image.reshape(-1, 3).mean(axis=0)
    assert_allclose(warp_boxes(image, far)[0].reshape(-1, 3).mean(0), mean, atol=0.51)
    assert (warp_boxes(image, far, fill=(1, 2, 3)) == [1, 2, 3]).all()


def test_a_large_shrink_is_an_average_and_keeps_its_place() -> None:
    stripes = np.zeros((801, 1203, 3), np.uint8)
    stripes[:, ::2] = 255
    stripes[:, 600:] = 0
    crop = warp_boxes(stripes, [[0, 0, 1203, 801]], side_px=64, context_px=0)[0]
    assert np.abs(crop[:, 2:28].astype(int) - 127).max() < 25  # no stripe survives
    assert crop[:, 34:].max() < 10


def test_with_context_is_the_papers_appendix() -> None:
    wide = with_context([[0, 0, 195, 195]], 227, 16)
    assert wide.tolist() == [[-16, -16, 211, 211]]
    assert with_context([[3, 4, 9, 8]], 227, 0).tolist() == [[3, 4, 9, 8]]


def test_no_boxes_are_no_crops() -> None:
    assert warp_boxes(photo(), []).shape == (0, SIDE_PX, SIDE_PX, 3)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((photo(), [[0, 0, 5, 0]], 16), "width and height above 0"),
        ((photo().astype(float), [[0, 0, 5, 5]], 16), "must be .H, W, 3. uint8"),
        ((photo(), [[0, 0, 5, 5]], 114), "context_px"),
    ],
)
def test_says_what_is_wrong(arguments: tuple, said: str) -> None:
    image, boxes, context = arguments
    with pytest.raises(ValueError, match=said):
        warp_boxes(image, boxes, context_px=context)


def test_context_just_below_half_is_allowed() -> None:
    assert warp_boxes(photo(), [[0, 0, 9, 9]], context_px=113).shape[1] == SIDE_PX
