"""The regions that Fast R-CNN is given: what is searched, how many, how good."""

import numpy as np

from explorer.core.boxes import box_iou
from explorer.core.letterbox import GREY, letterbox, without_bars
from explorer.core.samples import load_sample
from explorer.models.regions import COUNT, regions


def test_the_grey_beside_a_picture_is_not_searched():
    photo = load_sample("astronaut").image[:, 100:400]
    box = letterbox(photo, 320)
    wide = round(300 * box.scale)
    assert without_bars(box.image).shape == (320, wide, 3)
    assert regions(box.image)[:, 2].max() <= wide + 1e-3


def test_a_square_without_a_picture_or_with_nothing_in_it_has_one_region():
    grey = np.full((64, 64, 3), GREY, np.uint8)
    assert regions(grey).tolist() == [[0, 0, 64, 64]]
    assert regions(np.zeros((64, 64, 3), np.uint8)).tolist() == [[0, 0, 64, 64]]


def test_the_woman_of_the_astronaut_photo_is_among_the_regions():
    found = regions(letterbox(load_sample("astronaut").image, 320).image)
    assert len(found) <= COUNT
    assert len(regions(letterbox(load_sample("astronaut").image, 320).image, 7)) == 7
    woman = np.array([[10, 0, 290, 320]], float)
    assert box_iou(found.numpy().astype(float), woman).max() > 0.6
