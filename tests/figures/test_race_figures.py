"""The race drawn: where the points and their names land."""

import numpy as np

from explorer.core.race_published import PUBLISHED
from explorer.figures.legible import GRAPHICS, PAGES, contrast
from explorer.figures.race import (
    LETTER_PX,
    LINE_PX,
    PLOT_PX,
    STEP_COLORS,
    boxes_image,
    label_offsets,
    race_figure,
    race_thumbnail,
)
from explorer.figures.theme import CLASSES

IMAGE = np.full((100, 200, 3), 60, np.uint8)


def test_points_lie_at_time_and_accuracy_and_the_front_rises() -> None:
    figure = race_figure(
        ["a", "b", "c"],
        ["one stage", "two stages", "one stage"],
        [20.0, 80.0, 40.0],
        [0.2, 0.4, 0.1],
        "AP",
    )
    front, one, two = figure.data
    assert list(front.x) == [20.0, 80.0]
    assert list(front.y) == [0.2, 0.4]
    assert list(one.x) == [20.0, 40.0]
    assert list(one.text) == ["a", "c"]
    assert list(two.y) == [0.4]
    low, high = figure.layout.xaxis.range
    assert 10**low < 20
    assert 10**high > 80


def _names_covered(points, names) -> float:
    """Return the most square pixels that two names share, by brute force."""
    offsets = label_offsets(np.asarray(points, float), names)
    most = 0.0
    for i in range(len(names)):
        for j in range(i):
            apart = np.abs(points[i] + offsets[i] - points[j] - offsets[j])
            wide = LETTER_PX * (len(names[i]) + len(names[j])) / 2
            shared = (max(wide - apart[0], 0.0), max(LINE_PX - apart[1], 0.0))
            most = max(most, shared[0] * shared[1])
    return most


def test_no_name_covers_another_even_where_the_points_lie_in_a_heap() -> None:
    names = [f"Detector {'x' * k}" for k in range(8)]
    heap = np.array([[90.0 + 4 * k, 70.0 + 3 * (k % 3)] for k in range(8)])
    assert _names_covered(heap, names) == 0.0
    middle = heap + label_offsets(heap, names)
    assert (middle > 0).all()
    assert (middle < PLOT_PX).all()


def test_the_papers_names_are_written_clear_of_one_another() -> None:
    figure = race_figure(
        [one.name for one in PUBLISHED],
        [one.family for one in PUBLISHED],
        [one.ms for one in PUBLISHED],
        [one.map_percent for one in PUBLISHED],
        "mean AP",
    )
    low, high = figure.layout.xaxis.range
    bottom, top = figure.layout.yaxis.range
    points = np.array(
        [
            [
                (np.log10(one.ms) - low) / (high - low) * PLOT_PX[0],
                (top - one.map_percent) / (top - bottom) * PLOT_PX[1],
            ]
            for one in PUBLISHED
        ]
    )
    assert [note.text for note in figure.layout.annotations] == [
        one.name for one in PUBLISHED
    ]
    assert _names_covered(points, [one.name for one in PUBLISHED]) == 0.0
    assert bottom > 0


def _crosses(a, b, c, d) -> bool:
    """Say whether the segments ab and cd cross, by solving for the meeting point."""
    ways = np.column_stack([b - a, c - d])
    if abs(np.linalg.det(ways)) < 1e-9:
        return False
    return bool(((s := np.linalg.solve(ways, c - a)) > 0).all() and (s < 1).all())


def test_no_leader_crosses_another_or_runs_through_a_foreign_point() -> None:
    # A heap in which names placed by their own room alone have leaders that cross.
    names = "YOLO v3,SSD,YOLO v2,Mask R-CNN,Faster R-CNN + FPN,Faster R-CNN,YOLO v1"
    x = [117, 72, 110, 69, 91, 68, 101]
    y = [104, 87, 108, 103, 84, 93, 100]
    points = np.column_stack([x, y]).astype(float)
    ends = points + label_offsets(points, names.split(","))
    for i in range(len(x)):
        for j in set(range(len(x))) - {i}:
            assert not _crosses(points[i], ends[i], points[j], ends[j])
            along = points[i] + np.linspace(0, 1, 50)[:, None] * (ends[i] - points[i])
            assert (np.abs(along - points[j]).max(axis=1) > 5).all(), (i, j)


def test_thumbnail_leaves_its_picture_alone() -> None:
    before = IMAGE.copy()
    made = race_thumbnail(IMAGE)
    assert made.shape == (200, 320, 3)
    assert np.array_equal(IMAGE, before)
    assert (made == 255).all(axis=2).any()


def test_a_small_copy_has_its_boxes_where_they_lie_in_the_picture() -> None:
    small = boxes_image(IMAGE, np.array([[20.0, 10.0, 180.0, 90.0]]), "#ff0000", 100)
    assert small.shape == (50, 100, 3)
    assert small[25, 10].tolist() == [255, 0, 0]
    assert small[5, 50].tolist() == [255, 0, 0]
    assert small[25, 50].tolist() == [60, 60, 60]
    assert (boxes_image(IMAGE, np.zeros((0, 4)), "#ff0000", 100) == 60).all()


def test_steps_of_a_bar_have_hues_that_no_detector_has_and_are_told_from_both_pages():
    assert not set(STEP_COLORS.values()) & set(CLASSES)
    for color in STEP_COLORS.values():
        assert min(contrast(color, page) for page in PAGES) >= GRAPHICS
