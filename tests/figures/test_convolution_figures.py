"""Panes stand where the browser looks for them, and colours mean what they say."""

import numpy as np
import pytest

from explorer.figures.convolution import (
    CELL_PX,
    Panes,
    compose,
    grey_image,
    grid_panes,
    pair_panes,
    signed_image,
)


def _inside(panes: Panes) -> None:
    width, height = panes.size
    for x, y, wide, high in panes.places.values():
        assert x >= 0
        assert y > 0
        assert x + wide <= width
        assert y + high <= height


@pytest.mark.parametrize("padding", [0, 1, 3])
@pytest.mark.parametrize("kernel_size", [1, 5])
def test_grid_panes_do_not_overlap(padding: int, kernel_size: int) -> None:
    out = (7 + 2 * padding - kernel_size + 1,) * 2
    panes = grid_panes((7, 7), padding, kernel_size, out)
    _inside(panes)
    ring = padding * CELL_PX
    left, middle, right = (panes.places[k] for k in ("input", "kernel", "output"))
    assert left[0] - ring >= 0
    assert left[1] - ring > 0
    assert left[0] + left[2] + ring < panes.signs[0][0] < middle[0]
    assert middle[0] + middle[2] < panes.signs[1][0] < right[0]
    assert left[2:] == (280, 280)
    middles = {place[1] + place[3] / 2 for place in panes.places.values()}
    assert len(middles) == 1


@pytest.mark.parametrize("shape", [(300, 451), (451, 300), (7, 7), (16, 128)])
def test_pairs_leave_room_for_the_padding(shape: tuple[int, int]) -> None:
    panes = pair_panes(shape, (0, 2, 1, 3), (shape[0] // 2, shape[1] // 2))
    _inside(panes)
    x, _, wide, high = panes.places["input"]
    cell = wide / shape[1]
    assert high / shape[0] == pytest.approx(cell)
    assert x >= cell
    assert x + wide + 3 * cell < panes.places["output"][0]


def test_compose_paints_both_panes_at_their_places() -> None:
    panes = pair_panes((2, 4), (1, 1, 1, 1), (1, 2))
    first = np.full((2, 4, 3), (255, 0, 0), np.uint8)
    second = np.full((1, 2, 3), (0, 0, 255), np.uint8)
    made = compose(panes, first, second)
    assert made.shape[:2] == panes.size[::-1]
    for name, color in (("input", [255, 0, 0]), ("output", [0, 0, 255])):
        x, y, wide, high = panes.places[name]
        assert made[round(y + high / 2), round(x + wide / 2)].tolist() == color
    assert made[0, 0].tolist() == [255, 255, 255]


def test_cells_stay_square_when_they_grow() -> None:
    panes = pair_panes((2, 2), (0, 0, 0, 0), (1, 1))
    checks = np.repeat(np.array([[[0], [255]], [[255], [0]]], np.uint8), 3, 2)
    made = compose(panes, checks, checks[:1, :1])
    x, y, wide, high = (round(v) for v in panes.places["input"])
    pane = made[y : y + high, x : x + wide, 0]
    assert set(np.unique(pane)) == {0, 255}


def test_grey_and_signed_scales() -> None:
    assert grey_image(np.array([[2.0, 4.0]]), 2, 4)[0, :, 0].tolist() == [0, 255]
    assert grey_image(np.full((1, 1), 7.0), 7, 7).shape == (1, 1, 3)
    zero = signed_image(np.zeros((2, 2)))
    assert (zero == 247).all()
    pair = signed_image(np.array([[-3.0, 3.0]])).astype(int)
    assert pair[0, 0, 2] > pair[0, 0, 0]
    assert pair[0, 1, 0] > pair[0, 1, 2]
