"""Instances as one map, and the thumbnail."""

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.figures import mask_rcnn as figures
from explorer.figures.theme import rgb


def test_labels_by_hand() -> None:
    masks = np.array([[[1, 1, 0, 0]], [[0, 1, 1, 0]]], bool)
    assert figures.instance_labels(masks).tolist() == [[1, 3, 2, 0]]
    assert figures.instance_labels(np.zeros((0, 2, 2), bool)).tolist() == [[0, 0]] * 2
    with pytest.raises(ValueError, match="at most 253"):
        figures.instance_labels(np.zeros((254, 1, 1), bool))


def test_a_colour_for_every_row() -> None:
    palette = figures.instance_palette(9)
    assert len(palette) == 11
    assert palette[1] == palette[8] == figures.INSTANCE_COLORS[0]
    assert palette[-1] not in figures.INSTANCE_COLORS


def test_tinting_leaves_the_rest() -> None:
    image = np.full((8, 8, 3), 100, np.uint8)
    mask = np.zeros((8, 8), bool)
    mask[2:7, 2:7] = True
    made = figures.tinted(image, mask, "#FF0000", 0.5)
    assert (made[~mask] == 100).all()
    assert made[4, 4].tolist() == [178, 50, 50]
    assert made[2, 2].tolist() == [255, 0, 0]
    assert image.max() == 100


def test_the_thumbnail_shows_two_masks() -> None:
    made = figures.mask_rcnn_thumbnail(load_sample("chelsea").image)
    assert made.shape == (*figures.THUMB_PX[::-1], 3)
    for k in range(2):
        assert (made == rgb(figures.instance_color(k))).all(axis=2).sum() > 200
