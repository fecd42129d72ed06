"""Anchors and default boxes: torchvision's generators, counts, levels, errors."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from explorer.core.anchors import anchor_grid, anchor_shapes, level_of
from explorer.core.default_boxes import SSD300, SSD512, default_boxes, default_maps


def test_the_first_anchor_of_the_course() -> None:
    assert anchor_shapes()[0].tolist() == [-91, -45, 91, 45]


@pytest.mark.parametrize("sizes", [(32,), (128, 256, 512), (10, 17.3, 99)])
@pytest.mark.parametrize(("rows", "cols"), [(1, 1), (3, 5)])
def test_equals_torchvision(sizes: tuple[float, ...], rows: int, cols: int) -> None:
    torch = pytest.importorskip("torch")
    from torchvision.models.detection.anchor_utils import AnchorGenerator

    ratios = (0.5, 1.0, 2.0, 0.3)
    theirs = AnchorGenerator((sizes,), (ratios,))
    shapes = anchor_shapes(sizes, ratios)
    assert_array_equal(shapes, theirs.cell_anchors[0].numpy())
    strides = [[torch.tensor(16), torch.tensor(8)]]
    want = theirs.grid_anchors([[rows, cols]], strides)[0].numpy()
    assert_array_equal(anchor_grid(shapes, rows, cols, (16, 8)).boxes, want)


def test_a_cells_anchors_are_the_shapes_moved_there() -> None:
    grid = anchor_grid(anchor_shapes([8, 16], [1]), 4, 6, (10, 20))
    want = grid.shapes + [5 * 20, 3 * 10, 5 * 20, 3 * 10]
    assert_array_equal(grid.of_cell(3, 5), want)
    assert len(grid.boxes) == 4 * 6 * 2


@pytest.mark.parametrize("cell", [(-1, 0), (4, 0), (0, 6)])
def test_a_cell_outside_the_map(cell: tuple[int, int]) -> None:
    with pytest.raises(IndexError, match=r"outside the 4 x 6 map"):
        anchor_grid(anchor_shapes(), 4, 6, (16, 16)).of_cell(*cell)


@pytest.mark.parametrize("sizes", [[], [0], [-1], [np.nan]])
def test_sizes_that_are_none(sizes: list[float]) -> None:
    with pytest.raises(ValueError, match="sizes_px must be numbers above 0"):
        anchor_shapes(sizes)


@pytest.mark.parametrize(
    ("rows", "cols", "stride", "message"),
    [(0, 3, (8, 8), "have a cell"), (3, 3, (0, 8), "at least 1 pixel")],
)
def test_maps_that_are_none(
    rows: int, cols: int, stride: tuple[int, int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        anchor_grid(anchor_shapes(), rows, cols, stride)


def test_shapes_that_are_none() -> None:
    with pytest.raises(ValueError, match="shapes must be"):
        anchor_grid([[1, 2, 3]], 2, 2, (8, 8))


def test_the_counts_of_ssd() -> None:
    assert sum(one.count for one in SSD300) == 8732
    assert sum(one.count for one in SSD512) == 24564


@pytest.mark.parametrize("clip", [True, False])
def test_default_boxes_equal_torchvision(clip: bool) -> None:
    torch = pytest.importorskip("torch")
    from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
    from torchvision.models.detection.image_list import ImageList

    theirs = DefaultBoxGenerator(
        [[2], [2, 3], [2, 3], [2, 3], [2], [2]],
        scales=[0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
        steps=[8, 16, 32, 64, 100, 300],
        clip=clip,
    )
    picture = ImageList(torch.zeros(1, 3, 300, 300), [(300, 300)])
    maps = [torch.zeros(1, 1, n, n) for n in (38, 19, 10, 5, 3, 1)]
    want = theirs(picture, maps)[0].numpy()
    assert_allclose(default_boxes(SSD300, 300, clip), want, atol=1e-4)


def test_default_maps_without_steps_share_the_side() -> None:
    (one,) = default_maps(100, (4,), ((),), (0.2, 0.3))
    assert one.step == 25
    assert one.count == 32
    first = default_boxes((one,), 100)[0]
    assert_allclose(first, [2.5, 2.5, 22.5, 22.5])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((9, (3,), (), (0.1, 0.2)), "as many lists"),
        ((9, (3,), ((),), (0.2, 0.2)), "rise"),
        ((9, (3,), ((),), (0.1, 0.2), (1, 2)), "as many steps"),
    ],
)
def test_maps_that_do_not_fit(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        default_maps(*arguments)  # type: ignore[arg-type]


def test_levels_equal_torchvision() -> None:
    torch = pytest.importorskip("torch")
    from torchvision.ops.poolers import LevelMapper

    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 300, (500, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(1, 900, (500, 2))], 1)
    theirs = LevelMapper(2, 5)([torch.tensor(boxes)]).numpy() + 2
    assert_array_equal(level_of(boxes), theirs)
    assert set(theirs) == {2, 3, 4, 5}


@pytest.mark.parametrize(
    ("side", "level"), [(111.9, 2), (112, 3), (223.9, 3), (224, 4)]
)
def test_both_sides_of_a_level(side: float, level: int) -> None:
    assert level_of([[5, 5, 5 + side, 5 + side]]).tolist() == [level]


def test_a_box_without_area_has_the_lowest_level() -> None:
    assert level_of([[5, 5, 5, 9]]).tolist() == [2]


def test_levels_that_are_none() -> None:
    with pytest.raises(ValueError, match="lowest must not be above"):
        level_of([[0, 0, 1, 1]], 5, 4)
