"""Where things stand in the encoder-decoder lesson's diagrams, and its charts."""

import itertools

import numpy as np
import pytest

from explorer.core.unet_sizes import unet_sizes
from explorer.figures.crossing_panes import HEAD, WIDE, MapPane, crossing_panes
from explorer.figures.diagram import heat_image
from explorer.figures.encoder_decoder import (
    GAP,
    NET_WIDE,
    Net,
    networks_diagram,
)
from explorer.figures.encoder_decoder_charts import boundary_figure, memory_figure
from explorer.figures.switch_strip import changed_image, strip_diagram
from explorer.figures.unet_sizes import LARGEST, sizes_diagram
from explorer.figures.unet_sizes import WIDE as U_WIDE

PALETTE = ("#FF0000", "#00FF00")


def net(kind="features", high=192, wide=256):
    levels = 5
    channels = (24, 40, 64, 96, 128)
    encoder = tuple((c, high >> i, wide >> i) for i, c in enumerate(channels))
    deep = levels if kind == "indices" else levels - 1
    crossing = encoder[:deep]
    if kind == "indices":
        crossing = tuple((c, h // 2, w // 2) for c, h, w in crossing)
    maps = tuple(np.full((4, 4), i, np.float32) for i in range(levels))
    picture = np.full((high, wide, 3), 200, np.uint8)
    return Net(
        kind,
        f"passes {kind}",
        kind,
        encoder,
        encoder[:deep],
        crossing,
        tuple(range(1000, 1000 + deep)),
        maps,
        maps[:deep],
        picture,
        picture,
    )


def apart(one, other):
    x, y, w, h = one
    u, v, p, q = other
    return x + w <= u or u + p <= x or y + h <= v or v + q <= y


@pytest.mark.parametrize(("high", "wide"), [(192, 256), (256, 192), (32, 512)])
def test_nothing_of_a_diagram_lies_on_another_or_outside(high, wide):
    made = networks_diagram([net("indices", high, wide), net("features", high, wide)])
    assert made.size[0] == 2 * NET_WIDE + GAP
    rects = [rect for rect, _ in made.pictures]
    for one, other in itertools.combinations(rects, 2):
        assert apart(one, other)
    for x, y, w, h in rects:
        assert x >= 0
        assert y >= 0
        assert x + w <= made.size[0]
        assert y + h <= made.size[1]
    for points in made.arrows:
        assert all(0 <= x <= made.size[0] for x in points[::2])
        assert all(0 <= y <= made.size[1] for y in points[1::2])


def test_a_bar_is_as_thick_as_it_has_channels_and_goes_from_left_to_right():
    made = networks_diagram([net()])
    thick = [bar["thick"] for bar in made.bars]
    np.testing.assert_allclose(
        np.array(thick) / thick[0], np.array([24, 40, 64, 96]) / 24
    )
    for bar, level in zip(made.bars, range(4), strict=True):
        assert bar["x1"] < bar["x2"]
        left, right = made.pictures[level][0], made.pictures[5 + level][0]
        assert left[0] + left[2] < bar["x1"]
        assert bar["x2"] < right[0]
    assert made.bars[0]["above"] == "24 × 192 × 256 maps"
    assert made.bars[0]["below"] == "1 kB"


def test_every_level_can_be_chosen_and_says_what_crosses():
    made = networks_diagram([net("indices"), net("features")])
    chosen = [(row["net"], row["level"]) for row in made.rows]
    assert chosen == [(0, i) for i in range(1, 6)] + [(1, i) for i in range(1, 5)]
    assert "24 × 96 × 128 places of maxima (1 kB)" in made.rows[0]["told"]
    for one, other in itertools.combinations([row["rect"] for row in made.rows], 2):
        assert apart(one, other)


def test_the_base_picture_has_each_map_in_its_place():
    made = networks_diagram([net()])
    base = made.base()
    assert base.shape == (round(made.size[1]), round(made.size[0]), 3)
    (x, y, w, h), _ = made.pictures[-1]
    assert (base[round(y + h / 2), round(x + w / 2)] == 200).all()
    assert (base[0, 0] == 255).all()


def test_a_map_goes_from_dark_to_yellow():
    seen = heat_image(np.array([[0.0, 1.0]], np.float32))
    assert seen[0, 0].sum() < 160 < 500 < seen[0, 1].sum()
    assert (heat_image(np.zeros((2, 2), np.float32)) == seen[0, 0]).all()


@pytest.mark.parametrize(("size", "padded"), [(572, False), (188, False), (256, True)])
def test_the_u_is_to_scale_and_its_squares_do_not_meet(size, padded):
    sizes = unet_sizes(size, padded=padded)
    made = sizes_diagram(sizes)
    squares = [block["rect"] for block in made.blocks if not block["dash"]]
    for one, other in itertools.combinations(squares, 2):
        assert apart(one, other)
    assert max(w for _, _, w, _ in squares) == LARGEST
    texts = [text["text"] for text in made.texts]
    for level in sizes.levels:
        assert str(level.entering) in texts
        assert str(level.left) in texts
    dashed = [block["rect"] for block in made.blocks if block["dash"]]
    assert len(dashed) == (0 if padded else 4)
    for x, y, w, h in squares:
        assert x >= 0
        assert y >= 0
        assert x + w <= U_WIDE
        assert y + h <= made.size[1]
    for (_, _, w, _), level in zip(dashed, sizes.levels, strict=False):
        assert w == pytest.approx(level.raised * LARGEST / size)


def test_the_papers_cut_stands_on_its_bar():
    made = sizes_diagram(unet_sizes(572))
    assert [bar["above"] for bar in made.bars] == [
        "568 → 392",
        "280 → 200",
        "136 → 104",
        "64 → 56",
    ]
    assert made.bars[0]["below"] == "cut 88 and 88 px"


def test_a_u_of_another_depth_does_not_fit_the_figure():
    with pytest.raises(ValueError, match="5 levels, the U 4"):
        sizes_diagram(unet_sizes(572, depth=3))


def test_panes_keep_the_maps_shape_and_stand_apart():
    panes = [MapPane(str(i), "", "", "a") for i in range(6)]
    for shape in ((192, 256), (256, 192), (4, 64), (64, 4)):
        (wide, high), placed = crossing_panes(panes, shape, arcs=True)
        assert wide == WIDE
        for one, other in itertools.pairwise(placed):
            assert apart(one["rect"], other["rect"])
            assert one["zoom"][0] + one["zoom"][2] < other["zoom"][0]
        for one in placed:
            _, y, w, h = one["rect"]
            assert y == HEAD
            assert w / h == pytest.approx(shape[1] / shape[0])
            assert y + h < one["zoom"][1]
            assert one["zoom"][1] + one["zoom"][2] < high
    with pytest.raises(ValueError, match="no map"):
        crossing_panes([], (2, 2))


def test_only_changed_pixels_keep_a_colour():
    rng = np.random.default_rng(0)
    photo = rng.integers(0, 255, (6, 8, 3)).astype(np.uint8)
    labels = rng.integers(0, 2, (6, 8)).astype(np.uint8)
    changed = rng.random((6, 8)) < 0.5
    seen = changed_image(photo, labels, changed, PALETTE)
    assert (seen[changed & (labels == 1)] == [0, 255, 0]).all()
    still = seen[~changed]
    assert (still == still[:, :1]).all()


def test_the_strip_has_two_pictures_a_switch_and_one_place_to_click():
    photo = np.full((30, 40, 3), 90, np.uint8)
    labels = np.zeros((3, 30, 40), np.uint8)
    labels[1, :10] = 1
    made = strip_diagram(photo, labels, PALETTE, ["a", "b", "c"], ["x", "y", "z"])
    assert len(made.pictures) == 6
    assert (made.pictures[1][1] == photo).all()  # the whole network changes nothing
    assert (made.pictures[3][1][:10] == [0, 255, 0]).all()
    assert [row["level"] for row in made.rows] == [0, 1, 2]
    for one, other in itertools.combinations([r for r, _ in made.pictures], 2):
        assert apart(one, other)
    for row, (rect, _) in zip(made.rows, made.pictures[::2], strict=True):
        assert row["rect"][0] < rect[0]
        assert rect[0] + rect[2] < row["rect"][0] + row["rect"][2]
    assert made.rows[1]["told"] == "b: y"
    with pytest.raises(ValueError, match="2 names"):
        strip_diagram(photo, labels, PALETTE, ["a", "b"], ["x", "y", "z"])


def test_a_switch_that_changed_nothing_has_no_curve():
    widths = np.array([1.0, 2.0])
    nothing = np.full(2, np.nan)
    figure = boundary_figure(widths, [0.1, 0.2], [[0.5, 1.0], nothing], ["one", "none"])
    assert [trace.name for trace in figure.data] == ["one", "all pixels"]
    assert list(figure.data[0].y) == [0.5, 1.0]
    assert figure.data[1].line.dash == "2px,4px"


def test_switches_are_told_apart_by_their_strokes_too():
    lines = [np.ones(2)] * 5
    figure = boundary_figure([0, 1], np.ones(2), lines, list("abcde"))
    assert len({trace.line.dash for trace in figure.data}) == 6
    with pytest.raises(ValueError, match="1 names for 2 lines"):
        boundary_figure([1, 2], [0, 0], [[0, 0], [0, 0]], ["a"])


def test_memory_is_drawn_as_given():
    rows = [[8.0, 2.0], [100.0, np.nan]]
    figure = memory_figure(["level 1", "level 2"], rows, ["a", "b"], PALETTE)
    assert list(figure.data[0].y) == rows[0]
    assert figure.data[1].y[0] == 100
    assert np.isnan(figure.data[1].y[1])
    with pytest.raises(ValueError, match="2 ways"):
        memory_figure(["level 1"], rows, ["a", "b"], PALETTE)


@pytest.mark.parametrize("rows", [[[300.0, 400.0]], [[1000.0, 1000.0]]])
def test_memory_of_about_one_size_still_names_two_decades(rows):
    figure = memory_figure(["level 1", "level 2"], rows, ["a"], PALETTE[:1])
    low, high = figure.layout.yaxis.range
    assert high - low >= 1
    assert 10**low <= min(rows[0])
    assert max(rows[0]) <= 10**high
