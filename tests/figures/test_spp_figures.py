"""Cards and rows of the lesson on pyramid pooling."""

import numpy as np

from explorer.core.spp import spp_steps
from explorer.figures.spp import bins_image, strip_image


def test_a_card_draws_its_bins_where_they_are():
    (level,) = spp_steps(np.zeros((1, 4, 8)), (2,))
    card = bins_image(np.zeros((240, 480, 3), np.uint8), level, (4, 8))
    drawn = card.any(axis=2)
    assert drawn[60].mean() > 0.9
    assert drawn[:, 120].mean() > 0.9
    assert not drawn[30, 5:115].any()


def test_a_row_of_outputs_is_coloured_between_its_ends():
    row = strip_image([0.0, 1.0], (1, 1), 0, 1)
    low, high = row[5, 3].tolist(), row[5, -3].tolist()
    assert low == [68, 1, 84]
    assert high == [253, 231, 37]
    assert strip_image([2.0], (1,), 2, 2).shape == (22, 12, 3)
