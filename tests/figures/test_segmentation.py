"""Class maps as pictures: colours that can be told apart, borders, tiles, charts."""

from itertools import combinations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from explorer.figures import segmentation as seg
from explorer.figures import segmentation_charts as charts
from explorer.figures.legible import GRAPHICS, PAGES, TEXT, contrast
from explorer.figures.theme import rgb

# Machado, Oliveira and Fernandes 2009: full deuteranopia and protanopia, linear RGB.
EYES = {
    "usual": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}


def lab(color, eye):
    share = np.array(rgb(color)) / 255
    linear = np.where(share > 0.04045, ((share + 0.055) / 1.055) ** 2.4, share / 12.92)
    seen = np.clip(EYES[eye] @ linear, 0, 1)
    back = np.where(seen > 0.0031308, 1.055 * seen ** (1 / 2.4) - 0.055, 12.92 * seen)
    return rgb2lab(back)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("palette", [seg.STREET_COLORS, seg.PEOPLE_COLORS])
def test_each_two_classes_can_be_told_apart(palette, eye):
    for a, b in combinations(palette, 2):
        apart = deltaE_ciede2000(lab(palette[a], eye), lab(palette[b], eye))
        assert apart > 15, (a, b, apart)


def test_every_class_of_the_street_is_seen_on_a_dark_page():
    for name, color in seg.STREET_COLORS.items():
        assert contrast(color, PAGES[1]) > 2, name


def test_no_two_classes_of_a_set_share_a_colour():
    for palette in seg.PALETTES:
        assert len(set(palette.values())) == len(palette)


def test_the_palettes_know_the_classes_of_the_installed_records():
    from explorer.models import zoo

    for record in zoo.records().values():
        if record.task == "segmentation" and record.classes:
            known = [p for p in seg.PALETTES if set(record.classes) <= set(p)]
            assert len(known) == 1, record.name


def test_a_class_keeps_its_colour_in_any_order_and_unknown_sets_get_the_themes():
    assert seg.palette_of(("road", "sky")) == seg.palette_of(("sky", "road"))[::-1]
    assert seg.palette_of(("a", "b"))[0] == "#56B4E9"


def test_labels_beyond_the_palette_are_void():
    painted = seg.labels_image(np.array([[0, 1, 7]], np.uint8), ("#000000", "#FFFFFF"))
    assert painted.tolist() == [[[0, 0, 0], [255, 255, 255], list(rgb(seg.VOID_COLOR))]]


def test_the_overlay_mixes_by_its_opacity_and_draws_borders():
    image = np.full((2, 4, 3), 100, np.uint8)
    labels = np.array([[0, 0, 1, 1]] * 2, np.uint8)
    none = seg.overlay_image(image, labels, ("#000000", "#FFFFFF"), 0.0)
    assert none[0, 0].tolist() == [100] * 3
    assert none[0, 1].tolist() == [255] * 3
    half = seg.overlay_image(image, labels, ("#000000", "#FFFFFF"), 0.5)
    assert half[0, 0].tolist() == [50] * 3
    assert half[0, 3].tolist() == [178] * 3
    with pytest.raises(ValueError, match=r"0..1, got 1.1"):
        seg.overlay_image(image, labels, ("#000000",), 1.1)


def test_shares_leave_out_what_has_no_class():
    assert seg.class_shares(np.full((2, 2), 255, np.uint8), 3).tolist() == [0, 0, 0]
    assert seg.class_shares(np.array([[2, 2, 9]], np.uint8), 3).tolist() == [0, 0, 1]


@pytest.mark.parametrize(("count", "columns"), [(1, 2), (3, 2), (3, 3), (4, 2)])
def test_each_tile_of_a_mosaic_is_the_photo(count, columns):
    image = np.random.default_rng(0).integers(0, 255, (24, 32, 3)).astype(np.uint8)
    whole, boxes = seg.mosaic(image, count, columns, 480)
    for x, y, w, h in boxes.astype(int):
        assert (whole[y : y + h, x : x + w] == image).all()
    assert len(np.unique(boxes[:, :2], axis=0)) == count


def test_a_mosaic_needs_a_tile():
    with pytest.raises(ValueError, match="0 tiles"):
        seg.mosaic(np.zeros((4, 4, 3), np.uint8), 0, 2, 480)


def test_the_bars_are_the_ious_and_absent_classes_have_none():
    figure = charts.iou_figure(
        [[0.5, np.nan, 0.0]], ["net"], ["a", "b", "c"], ["#000000"]
    )
    (bars,) = figure.data
    assert list(bars.y) == ["a", "c"]
    assert list(bars.x) == [0.5, 0.0]
    assert list(bars.text) == ["", "0"]
    rows = [[0.5, np.nan], [0.0, 0.2]]
    two = charts.iou_figure(rows, ["x", "y"], ["a", "b"], ["#000000"] * 2)
    assert [list(bars.text) for bars in two.data] == [["", "no IoU"], ["0", ""]]
    with pytest.raises(ValueError, match="2 networks"):
        charts.iou_figure([[0.5]], ["x", "y"], ["a"], ["#000000"])


def test_rows_of_the_confusion_matrix_are_shares_of_the_truth():
    matrix = np.array([[3, 1, 0], [0, 0, 0], [0, 2, 2]])
    (heat,) = charts.confusion_figure(matrix, ["a", "b", "c"]).data
    nan = np.nan  # where the page shows through, white or dark
    shown = [[0.75, 0.25, nan], [nan, nan, nan], [nan, 0.5, 0.5]]
    np.testing.assert_array_equal(np.asarray(heat.z, float), shown)
    for _, color in heat.colorscale:
        letters = max(contrast(color, one) for one in ("#000000", "#FFFFFF"))
        assert letters > TEXT
    assert contrast(heat.colorscale[1][1], PAGES[1]) > GRAPHICS
    assert list(heat.y) == ["a", "b", "c"]
    only = charts.confusion_figure(np.diag([4, 0]), ["a", "b"]).data[0]
    assert list(only.y) == ["a"]


def test_one_bar_a_class_in_the_classes_colours():
    (bars,) = charts.scores_figure([1.0, -2.0], ["sky", "road"], "score").data
    assert list(bars.x) == [1.0, -2.0]
    assert tuple(bars.marker.color) == seg.palette_of(("sky", "road"))
