"""Pictures of the elastic lesson: where things stand, and what is drawn."""

import numpy as np

from explorer.figures.elastic import (
    arrows_image,
    folds_figure,
    pair_image,
    sheet_image,
    tinted,
)
from explorer.figures.theme import rgb

PHOTO = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)


def test_the_photo_stands_in_both_panes() -> None:
    pair = pair_image(PHOTO)
    for x, y, width, height in (pair.photo, pair.result):
        np.testing.assert_array_equal(pair.image[y : y + height, x : x + width], PHOTO)
    assert pair.photo[0] + pair.photo[2] < pair.result[0]


def test_labels_are_tinted_in_their_order_and_the_rest_is_left() -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[0, 0], mask[0, 1] = 7, 9
    out = tinted(PHOTO, mask, {9: "#0072B2", 7: "#E69F00"})
    first = np.rint(0.5 * np.array(rgb("#0072B2")) + 0.5 * PHOTO[0, 1])
    np.testing.assert_array_equal(out[0, 1], first)
    np.testing.assert_array_equal(out[1:], PHOTO[1:])
    assert (out[0, 0] != PHOTO[0, 0]).any()


def test_tiles_stand_where_a_click_is_looked_for() -> None:
    tiles = [np.full((10, 20, 3), 10 * k, np.uint8) for k in range(5)]
    sheet = sheet_image(tiles, 3)
    cell_w, cell_h = sheet.shape[1] // 3, sheet.shape[0] // 2
    for k in range(5):
        y, x = (k // 3) * cell_h + 4, (k % 3) * cell_w + 4
        assert sheet[y, x, 0] == 10 * k
    assert (sheet[:, cell_w - 1] == 128).all()  # no white slab on a dark page


def test_arrows_show_only_where_something_moves() -> None:
    still = np.zeros((2, 60, 60), np.float32)
    photo = np.zeros((60, 60, 3), np.uint8)
    moved = still + np.float32(9)
    assert (arrows_image(photo, moved) != arrows_image(photo, still)).any()


def test_the_curve_is_in_percent_and_the_reader_is_marked() -> None:
    figure = folds_figure([0, 1], [[0, 0.5]], ["a"], (0.3, 0.25), "ratio")
    np.testing.assert_array_equal(figure.data[0].y, [0, 50])
    assert (figure.data[1].x[0], figure.data[1].y[0]) == (0.3, 25)
    assert figure.layout.xaxis.title.text == "ratio"
