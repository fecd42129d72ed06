"""The names, the curve and the thumbnail of the lesson on anchors."""

import numpy as np
import pytest

from explorer.core.anchors import ratio_name
from explorer.core.samples import load_sample
from explorer.figures.anchors import (
    ANCHOR_COLORS,
    CLUSTER_COLORS,
    PLANE_PX,
    anchors_thumbnail,
    k_figure,
    plane_image,
    shape_names,
)
from explorer.figures.theme import rgb


@pytest.mark.parametrize(
    ("ratio", "name"),
    [
        (0.5, "1:2 wide"),
        (1.0, "1:1"),
        (1.5, "1.5:1 tall"),
        (0.1, "1:10 wide"),
        (0.3, "0.3:1 wide"),
    ],
)
def test_a_ratio_is_height_to_width(ratio: float, name: str) -> None:
    assert ratio_name(ratio) == name


def test_names_come_in_the_order_of_the_shapes() -> None:
    names = shape_names([24.0, 30.238], [0.5, 2.0])
    assert names == [
        *("24 · 1:2 wide", "30.2 · 1:2 wide"),
        *("24 · 2:1 tall", "30.2 · 2:1 tall"),
    ]


def test_the_curve_and_the_run_on_show() -> None:
    figure = k_figure([1, 2, 3], [0.2, 0.4, 0.5], 2, 0.41)
    line, mark = figure.data
    np.testing.assert_array_equal(line.y, [0.2, 0.4, 0.5])
    assert (list(mark.x), list(mark.y), list(mark.text)) == ([2], [0.41], ["0.410"])


def test_clusters_have_colours_of_their_own() -> None:
    assert len(set(CLUSTER_COLORS)) == len(CLUSTER_COLORS) == 9


def test_the_plane_is_empty() -> None:
    assert plane_image().shape == (PLANE_PX[1], PLANE_PX[0], 3)
    assert (plane_image() == 255).all()


def test_the_thumbnail_shows_anchors_of_every_kind() -> None:
    shown = anchors_thumbnail(load_sample("coffee").image)
    assert shown.shape == (200, 320, 3)
    for name in ("truth", "positive", "anchor"):
        assert (shown == rgb(ANCHOR_COLORS[name])).all(axis=2).sum() > 50
