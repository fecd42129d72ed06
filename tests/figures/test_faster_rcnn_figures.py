"""What the lesson on Faster R-CNN draws."""

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.figures.faster_rcnn import (
    edge_share,
    ends,
    energy,
    faster_rcnn_thumbnail,
)


def test_energy_is_the_root_of_the_mean_square():
    maps = np.random.default_rng(0).normal(size=(5, 3, 4))
    assert np.allclose(energy(maps), np.sqrt((maps**2).sum(0) / 5))
    with pytest.raises(ValueError, match="C, H, W"):
        energy(np.zeros((3, 4)))


def test_the_ends_of_a_palette_are_apart():
    assert ends(np.zeros(9), False) == (0.0, 1.0)
    low, high = ends(np.linspace(-1, 3, 101), True)
    assert low == -high == pytest.approx(-2.96)
    assert ends(np.arange(101.0), False) == (1.0, 99.0)


def test_edges_inside_a_box_count_against_those_around_it():
    image = np.full((60, 60, 3), 100, np.uint8)
    image[25:35, 25:35:2] = 255
    shares = edge_share(image, np.array([[24.0, 24, 36, 36], [2, 2, 14, 14]]))
    assert shares[0] > 0
    assert shares[1] == pytest.approx(0)


def test_the_thumbnail_has_three_parts_with_fewer_and_fewer_boxes():
    made = faster_rcnn_thumbnail(load_sample("chelsea").image)
    assert made.shape == (200, 320, 3)
    assert len(np.unique(made.reshape(-1, 3), axis=0)) > 100
