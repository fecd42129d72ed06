"""The race drawn: where the boxes and the points land."""

import numpy as np
import pytest

from explorer.figures.race import (
    CAPTION_PX,
    GAP_PX,
    TILE_PX,
    Tile,
    race_figure,
    race_sheet,
    race_thumbnail,
)

IMAGE = np.full((100, 200, 3), 60, np.uint8)


def tile(color: str, boxes) -> Tile:
    array = np.array(boxes, float).reshape(-1, 4)
    return Tile("a", "b", color, array, [""] * len(array))


def test_each_answer_has_its_place_and_its_boxes() -> None:
    boxes = ([[20, 30, 120, 80]], [], [])
    tiles = [
        tile(color, one)
        for color, one in zip(("#FF0000", "#00FF00", "#0000FF"), boxes, strict=True)
    ]
    sheet = race_sheet(IMAGE, tiles, columns=2)
    high = 200 + CAPTION_PX
    assert sheet.shape == (2 * (high + GAP_PX), 2 * (TILE_PX + GAP_PX), 3)
    # The box is twice as large: its left edge lies at 40, its middle row at 110.
    assert sheet[CAPTION_PX + 110, 41].tolist() == [255, 0, 0]
    assert sheet[CAPTION_PX + 110, 140].tolist() == [60, 60, 60]
    assert sheet[20, TILE_PX + GAP_PX + 3].tolist() == [0, 255, 0]
    assert sheet[high + GAP_PX + 20, 3].tolist() == [0, 0, 255]


def test_no_answer_is_told() -> None:
    with pytest.raises(ValueError, match="need one of each"):
        race_sheet(IMAGE, [])


def test_points_lie_at_time_and_accuracy_and_the_front_rises() -> None:
    figure = race_figure(
        ["a", "b", "c"],
        ["one stage", "two stages", "one stage"],
        [20.0, 80.0, 40.0],
        [0.2, 0.4, 0.1],
        "AP",
    )
    front, one, two = figure.data
    assert list(front.x) == [20.0, 80.0]
    assert list(front.y) == [0.2, 0.4]
    assert list(one.x) == [20.0, 40.0]
    assert list(one.text) == ["a", "c"]
    assert list(two.y) == [0.4]
    low, high = figure.layout.xaxis.range
    assert 10**low < 20
    assert 10**high > 80


def test_thumbnail_leaves_its_picture_alone() -> None:
    before = IMAGE.copy()
    made = race_thumbnail(IMAGE)
    assert made.shape == (200, 320, 3)
    assert np.array_equal(IMAGE, before)
    assert (made == 255).all(axis=2).any()
