import numpy as np
import pytest

from explorer.figures.thumbnails import HEIGHT_PX, WIDTH_PX, framed
from explorer.ui.catalogue import LESSONS
from explorer.ui.thumbs import MAKERS, thumbnail


def test_every_lesson_has_a_thumbnail_that_can_be_made():
    assert set(MAKERS) == {lesson.slug for lesson in LESSONS}
    for lesson in LESSONS:
        made = thumbnail(lesson.slug)
        assert made is not None
        assert made.jpeg[:3] == b"\xff\xd8\xff"
        assert made.alt.endswith(".")


@pytest.mark.parametrize("shape", [(480, 640), (640, 300), (100, 900), (20, 20)])
def test_a_frame_has_the_thumbnails_size_whatever_comes(shape):
    image = np.zeros((*shape, 3), np.uint8)
    assert framed(image).shape == (HEIGHT_PX, WIDTH_PX, 3)


def test_a_frame_is_cut_where_it_is_asked_to():
    image = np.zeros((900, 320, 3), np.uint8)
    image[:200] = 255
    assert framed(image, center_y=0.0).min() == 255
    assert framed(image, center_y=1.0).max() == 0
