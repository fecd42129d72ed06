"""The front of what nothing beats, against a slow twin and at its borders."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.pareto import pareto_front
from explorer.core.race_published import PUBLISHED

points = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=0, max_size=12
)


@given(points)
def test_front_by_definition(found) -> None:
    cost = np.array([c for c, _ in found], float)
    gain = np.array([g for _, g in found], float)
    for k, on in enumerate(pareto_front(cost, gain)):
        beaten = any(
            c <= cost[k] and g >= gain[k] and (c < cost[k] or g > gain[k])
            for c, g in found
        )
        assert on == (not beaten)


def test_equal_points_share_the_front_and_a_hair_decides() -> None:
    assert pareto_front([1, 1], [2, 2]).tolist() == [True, True]
    assert pareto_front([1, 1.001], [2, 2]).tolist() == [True, False]
    assert pareto_front([1, 1.001], [2, 2.001]).tolist() == [True, True]


def test_what_was_not_scored_is_on_no_front_and_beats_nothing() -> None:
    assert pareto_front([5, 1], [0.1, np.nan]).tolist() == [True, False]


def test_what_does_not_fit_is_told() -> None:
    with pytest.raises(ValueError, match="one gain"):
        pareto_front([1, 2], [1])
    with pytest.raises(ValueError, match="a number"):
        pareto_front([np.nan], [1])


def test_published_rows_are_the_papers_own() -> None:
    rows = {one.name: (one.map_percent, one.fps) for one in PUBLISHED}
    assert rows["YOLO"] == (63.4, 45)
    assert rows["Faster R-CNN, VGG-16"] == (73.2, 7)
    assert rows["SSD300"] == (74.3, 46)
    front = pareto_front([p.ms for p in PUBLISHED], [p.map_percent for p in PUBLISHED])
    on = {one.name for one, kept in zip(PUBLISHED, front, strict=True) if kept}
    assert on == {"Fast YOLO", "YOLO v2, 416", "YOLO v2, 544"}
