"""The bound as bars, the cost of each number, and a path as a file."""

import io

import numpy as np
import pytest
from PIL import Image

from explorer.figures.animation import gif_bytes
from explorer.figures.theme import COLORS
from explorer.figures.tiles import tiles_image
from explorer.figures.vae import UNKNOWN, bound_figure, kl_figure


def test_the_bars_stack_to_minus_elbo_and_the_unknown_stands_alone():
    figure = bound_figure({"this": (80.0, 20.5), "mean": (70.0, 19.0)}, 96.0)
    first, second, unknown = figure.data
    assert figure.layout.barmode == "stack"
    assert [list(one.y) for one in figure.data] == [["this", "mean"]] * 2 + [[UNKNOWN]]
    np.testing.assert_allclose(np.add(first.x, second.x), [100.5, 89.0])
    assert list(unknown.x) == [96.0]
    assert unknown.text[0] == "at most 96.0"
    assert unknown.marker.pattern.shape == "/"


@pytest.mark.parametrize("size", [2, 20])
def test_silent_numbers_are_grey_and_the_mean_lies_over_its_bar(size):
    here, mean = np.arange(size) / 10, np.arange(size) / 5
    active = [k % 2 == 0 for k in range(size)]
    figure = kl_figure(here.tolist(), mean.tolist(), active)
    used, silent, marks = figure.data
    names = [f"z{k}" for k in range(size)]
    assert list(marks.x) == list(figure.layout.xaxis.categoryarray) == names
    assert (list(used.x), list(silent.x)) == (names[::2], names[1::2])
    np.testing.assert_allclose(used.y, here[::2])
    np.testing.assert_allclose(silent.y, here[1::2])
    np.testing.assert_allclose(marks.y, mean)
    assert used.marker.color == COLORS["first"]
    assert silent.marker.color == COLORS["muted"]


def test_where_every_number_is_in_use_none_is_called_silent():
    figure = kl_figure([1.0, 2.0], [1.0, 1.0], [True, True])
    assert [one.name for one in figure.data] == [
        "this picture",
        "mean of the test pictures",
    ]


def test_an_animation_goes_there_and_back():
    frames = np.stack([np.full((2, 3), level, np.uint8) for level in (0, 100, 200)])
    opened = Image.open(io.BytesIO(gif_bytes(frames, 50, enlarged=4)))
    assert opened.size == (12, 8)
    levels = []
    for k in range(opened.n_frames):
        opened.seek(k)
        assert opened.info["duration"] == 50
        levels.append(int(np.asarray(opened.convert("L"))[0, 0]))
    assert levels == [0, 100, 200, 100]
    assert opened.info["loop"] == 0


def test_one_frame_is_no_animation():
    with pytest.raises(ValueError, match="1 frame"):
        gif_bytes(np.zeros((1, 2, 2), np.uint8))


def test_tiles_lie_row_by_row_and_the_last_row_is_filled_with_black():
    made = tiles_image(np.arange(1, 4, dtype=np.uint8)[:, None, None], 2)
    assert made.tolist() == [[1, 2], [3, 0]]
    colour = tiles_image(np.ones((2, 4, 3, 3), np.uint8), 1, gap_px=2)
    assert colour.shape == (10, 3, 3)
    assert colour[4:6].max() == 0
    for pictures, columns in ((np.zeros((0, 2, 2), np.uint8), 1), (made[None], 0)):
        with pytest.raises(ValueError, match="at least 1"):
            tiles_image(pictures, columns)
