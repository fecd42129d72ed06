"""The lesson's panes lie inside the picture and never on each other."""

import itertools

import numpy as np
import pytest

from explorer.core.transposed import transposed_size
from explorer.figures.convolution import Panes
from explorer.figures.transposed import (
    DENSE,
    blank,
    compose_pictures,
    line_panes,
    overlap_panes,
    plane_panes,
)


def _apart(panes: Panes) -> None:
    """Every pane is inside, and no two share a pixel."""
    width, height = panes.size
    for x, y, wide, high in panes.places.values():
        assert min(x, y, wide, high) >= 0
        assert x + wide <= width
        assert y + high <= height
    for (one, a), (other, b) in itertools.combinations(panes.places.items(), 2):
        across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
        down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
        assert min(across, down) <= 1e-6, (one, other)


@pytest.mark.parametrize(("rows", "columns"), [(4, 6), (2, 6), (2, 4), (1, 4)])
def test_the_matrix_and_its_transpose_stand_side_by_side(rows, columns) -> None:
    panes = line_panes(rows, columns)
    _apart(panes)
    wide, high = panes.places["matrix"][2:]
    assert panes.places["transpose"][2:] == (high, wide)
    assert panes.places["vector"][3] == wide
    assert panes.places["result"][3] == high
    for (x, _), name in zip(panes.signs, ("result", "spread"), strict=True):
        assert x < panes.places[name][0]


def test_every_setting_of_the_plane_has_room() -> None:
    tried = 0
    for size, k, stride, padding in itertools.product(
        (2, 3), (1, 2, 3, 4), (1, 2, 3), (0, 1, 2)
    ):
        for more in range(stride):
            try:
                out = transposed_size(size, k, stride, padding, more)
            except ValueError:
                continue
            side = (size - 1) * stride + k + max(0, more - padding)
            panes = plane_panes(
                (size, size), k, (side, side), (out + k - 1,) * 2, (out, out)
            )
            _apart(panes)
            matrix, head, output = (
                panes.places[name] for name in ("matrix", "head", "output")
            )
            assert head[0] == matrix[0]
            assert head[2] == matrix[2]
            assert output[1] == matrix[1]
            assert output[3] == matrix[3]
            tried += 1
    assert tried > 100


@pytest.mark.parametrize("shape", [(80, 80), (60, 80), (80, 60), (320, 8), (6, 640)])
@pytest.mark.parametrize("count", [1, 4])
def test_pictures_and_loupes_have_room(shape: tuple[int, int], count: int) -> None:
    panes = overlap_panes(shape, count)
    _apart(panes)
    wide, high = panes.places["picture 0"][2:]
    assert wide / high == pytest.approx(shape[1] / shape[0], rel=0.5)
    assert sum(name.startswith("loupe") for name in panes.places) == count


def test_pictures_are_painted_where_their_panes_are() -> None:
    panes = overlap_panes((20, 20), 2)
    checks = np.indices((20, 20)).sum(0) % 2 * 255
    board = np.repeat(checks[:, :, None], 3, 2).astype(np.uint8)
    red = np.full((10, 10, 3), (255, 0, 0), np.uint8)
    made = compose_pictures(panes, [board, red])
    assert made.shape == (panes.size[1] * DENSE, panes.size[0] * DENSE, 3)
    for place, values in (("picture 0", {0, 255}), ("picture 1", {0, 255})):
        x, y, wide, high = (round(v * DENSE) for v in panes.places[place])
        pane = made[y : y + high, x : x + wide]
        assert set(np.unique(pane)) == values
    x, y, wide, high = (round(v * DENSE) for v in panes.places["picture 1"])
    assert made[y + high // 2, x + wide // 2].tolist() == [255, 0, 0]
    assert made[0, 0].tolist() == [255, 255, 255]


def test_a_picture_larger_than_its_pane_is_averaged() -> None:
    panes = overlap_panes((1000, 1000), 1)
    checks = np.indices((1000, 1000)).sum(0) % 2 * 254
    board = np.repeat(checks[:, :, None], 3, 2).astype(np.uint8)
    x, y, wide, high = (round(v * DENSE) for v in panes.places["picture 0"])
    pane = compose_pictures(panes, [board])[y : y + high, x : x + wide].astype(int)
    assert abs(pane.mean() - 127) < 1
    assert pane.std() < 60


def test_the_blank_is_the_panes_size() -> None:
    assert blank(line_panes(4, 6)).shape[:2] == line_panes(4, 6).size[::-1]
