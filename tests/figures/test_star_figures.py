"""What is drawn of the star model lies where it is said to lie."""

import numpy as np
import pytest

from explorer.core.distance_transform import brute_force
from explorer.figures import star as draw
from explorer.figures.star_charts import envelope_figure
from tests.core.star_cases import random_model

MODEL = random_model()


def test_root_parts_and_bowls_are_of_one_size():
    sizes = {f(MODEL).shape for f in (draw.root_image, draw.parts_image)}
    assert sizes | {draw.bowls_image(MODEL).shape} == {(384, 192, 3)}


def test_a_part_is_drawn_where_it_rests_and_nothing_elsewhere():
    sheet = draw.parts_image(MODEL)
    inked = (sheet != draw.PAPER).any(axis=2)
    allowed = np.zeros_like(inked)
    for x1, y1, x2, y2 in np.asarray(draw.part_frames(MODEL).boxes, int):
        assert inked[y1:y2, x1:x2].any()
        allowed[y1:y2, x1:x2] = True
    assert not (inked & ~allowed).any()


def test_the_wires_of_a_bowl_are_lowest_at_rest():
    wires = draw.wires(np.array([0, 0, 0.1, 0.1]), 7.2)
    along = wires[draw.BOWL_REACH]  # the wire through the rest, along x
    assert along[:, 1].argmax() == draw.BOWL_REACH  # y runs down
    assert along[0, 1] == pytest.approx(along[-1, 1])


def test_a_persons_cut_has_the_window_at_its_margin():
    image = np.zeros((300, 200, 3), np.uint8)
    image[80:208, 60:124] = 255
    cut = draw.bend_image(image, np.array([60.0, 80, 124, 208]))
    start = draw.ZOOM * draw.MARGIN_PX
    assert cut.shape == (704, 448, 3)
    assert cut[start + 4, start + 4].min() > 200
    assert cut[start - 8, start - 8].max() < 60
    assert cut[-start - 4, -start - 4].min() > 200


def test_a_parts_maps_are_before_and_after_the_transform():
    values = np.random.default_rng(0).normal(size=(6, 7))
    both = draw.part_maps(values, MODEL.costs[0])
    np.testing.assert_array_equal(both.before, values)
    slow = brute_force(values, MODEL.costs[0], np.arange(6), np.arange(7))
    np.testing.assert_allclose(both.after, slow, atol=1e-9)


def test_a_map_lies_at_the_middles_of_its_parts():
    heat = draw.fine_heat(np.zeros((3, 4)), 16, 0, 1)
    assert heat.box is not None
    box = draw.part_box(2, 3, 16)
    middle = (box[:2] + box[2:]) / 2
    cell = np.array(heat.box[:2]) + (np.array([3, 2]) + 0.5) * draw.CELL
    np.testing.assert_allclose(middle, cell)


def test_the_envelope_lies_on_or_above_all_responses():
    row = np.random.default_rng(1).normal(size=20)
    figure = envelope_figure(row, np.array([0.01, 0, 0.05, 0.1]), 4)
    parabolas, dots, top = figure.data
    assert list(dots.y) == list(row)
    assert (np.asarray(top.y)[::8] >= row - 1e-9).all()
    drawn = np.array([v for v in parabolas.y if v is not None], float)
    assert drawn.max() <= max(top.y) + 1e-9
