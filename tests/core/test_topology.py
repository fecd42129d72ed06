"""Parts, holes and Euler number against scikit-image, and by hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import euler_number, label

from explorer.core.topology import Topology, label_topology, topology


@given(
    rows=st.integers(1, 12),
    columns=st.integers(1, 12),
    share=st.floats(0, 1),
    seed=st.integers(0, 999),
)
@settings(max_examples=150, deadline=None)
def test_counts_equal_scikit_image(
    rows: int, columns: int, share: float, seed: int
) -> None:
    region = np.random.default_rng(seed).random((rows, columns)) < share
    found = topology(region)
    assert found.area_px == region.sum()
    assert found.parts == label(region, connectivity=2).max()
    assert found.euler == euler_number(region, connectivity=2)


def test_hand_worked() -> None:
    picture = ["#####..", "#.#.#..", "#####..", ".....#.", "##...##"]
    region = np.array([[c == "#" for c in row] for row in picture])
    # The frame with two holes, hanging by a corner with the hook; and a part alone.
    assert topology(region) == Topology(18, 2, 2)
    assert topology(region).euler == 0


def test_holes_need_a_closed_wall_but_corners_close_it() -> None:
    ring = np.ones((3, 3), bool)
    ring[1, 1] = False
    assert topology(ring).holes == 1
    ring[[0, 0, 2, 2], [0, 2, 0, 2]] = False  # four pixels touching by corners
    assert topology(ring) == Topology(4, 1, 1)
    ring[0, 1] = False
    assert topology(ring).holes == 0


def test_a_notch_at_the_border_is_no_hole() -> None:
    region = np.ones((3, 3), bool)
    region[0, 1] = region[1, 1] = False
    assert topology(region) == Topology(7, 1, 0)


def test_nothing_and_everything() -> None:
    assert topology(np.zeros((3, 4), bool)) == Topology(0, 0, 0)
    assert topology(np.ones((3, 4), bool)) == Topology(12, 1, 0)


def test_each_label_by_itself() -> None:
    found = label_topology(np.array([[1, 2, 1]], np.uint8), (1, 2, 3))
    assert found == {1: Topology(2, 2, 0), 2: Topology(1, 1, 0), 3: Topology(0, 0, 0)}
