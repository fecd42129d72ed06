"""The drawn street's class map: what is painted is what is noted."""

import cv2
import numpy as np
import pytest

from explorer.core import street_people, street_scenery, street_things
from explorer.core.samples import load_sample
from explorer.core.street import draw_street
from explorer.core.street_labels import (
    BUILDING,
    CAR,
    PEDESTRIAN,
    STREET_CLASSES,
    shrink_labels,
)

SEED = 3  # a street with a parked car
BORDER_PX = 2  # as far as the lens's blur reaches
GAPS = 10  # pixels through which a little of a house is seen, between leaves
RECOLOURED = 12  # grey levels a repainted pixel differs by, above the grain's rounding


def red(colors):
    return tuple((220, 20, 20) for _ in colors)


@pytest.fixture(scope="module")
def street():
    return draw_street(SEED)


@pytest.mark.parametrize(
    ("module", "names", "label"),
    [
        (street_scenery, ("FACADES",), BUILDING),
        (street_things, ("CAR_PAINTS",), CAR),
        (street_people, ("SKIN", "HAIR", "TOPS", "TROUSERS"), PEDESTRIAN),
    ],
    ids=["houses", "cars", "people"],
)
def test_what_changes_with_the_paint_has_the_paints_class(
    street, monkeypatch, module, names, label
):
    """The same street with other paint differs where the class is, and only there."""
    for name in names:
        monkeypatch.setattr(module, name, red(getattr(module, name)))
    repainted = draw_street(SEED)
    assert (repainted.labels == street.labels).all()
    there = (street.labels == label).astype(np.uint8)
    change = np.abs(repainted.image.astype(int) - street.image).max(axis=2)
    near = cv2.dilate(there, np.ones((2 * BORDER_PX + 1,) * 2, np.uint8)) > 0
    assert (change[~near] > RECOLOURED).sum() <= GAPS
    assert (change[there > 0] > RECOLOURED).mean() > 0.6


def test_a_figures_mask_is_all_pedestrian_and_pedestrians_are_figures(street):
    people = street.labels == PEDESTRIAN
    masked = street.masks.any(axis=0)
    assert people[masked].all()
    assert (people & ~masked).sum() < 0.05 * masked.sum()  # pixels covered by half


def test_rows_far_below_the_kerb_are_pavement_and_the_lane_is_road(street):
    road, pavement = STREET_CLASSES.index("road"), STREET_CLASSES.index("pavement")
    assert (street.labels[-10:] == pavement).all()
    row = int(0.648 * 480) + 2  # the lane's markings
    assert set(np.unique(street.labels[row])) <= {road, PEDESTRIAN}
    assert (street.labels[row] == road).mean() > 0.5


def test_the_classes_are_those_the_networks_learn():
    from explorer.training.segmentation_data import STREET

    assert STREET_CLASSES == STREET


def test_the_sample_brings_its_class_map():
    scene = load_sample("street")
    assert scene.gt_classes is not None
    assert scene.gt_classes.shape == scene.image.shape[:2]
    assert load_sample("chelsea").gt_classes is None


def test_the_larger_part_of_a_pixel_decides():
    labels = np.array([[1, 1, 4, 9], [1, 4, 4, 9]], np.uint8)
    assert shrink_labels(labels, (2, 1)).tolist() == [[1, 9]]
