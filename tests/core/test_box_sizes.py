"""The table of box sizes: what it holds, and that it can be clustered."""

import numpy as np
import pytest

from explorer.core.anchor_kmeans import anchor_kmeans_steps
from explorer.core.box_sizes import box_sizes


def test_the_table_is_whole() -> None:
    table = box_sizes()
    assert table.sizes.shape == (len(table.labels), 2)
    assert table.sizes.min() >= 1
    assert table.sizes.max() <= 320
    assert len(set(table.classes)) == len(table.classes) == 20
    assert table.labels.min() >= 0
    assert table.labels.max() < 20
    assert table.photos > 100


def test_more_anchors_fit_better() -> None:
    sizes = box_sizes().sizes
    fits = [anchor_kmeans_steps(sizes, k)[-1].mean_iou for k in (1, 5, 9)]
    assert fits == sorted(fits)
    assert fits[1] > fits[0] + 0.1


def test_a_missing_table_is_told(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        box_sizes(tmp_path / "none.npz")


def test_sizes_are_taken_at_the_networks_own_scale() -> None:
    from explorer.training.box_sizes import sizes_of
    from explorer.training.detection_data import Scene

    boxes = np.array([[0, 0, 64, 32], [0, 0, 0.5, 9], [0, 0, 9, 9]], np.float32)
    image, every = np.zeros((100, 160, 3), np.uint8), np.ones(20, bool)
    scene = Scene(image, boxes, np.array([3, 0, -1]), every, (None,) * 3)
    sizes, labels = sizes_of([scene])
    assert sizes.tolist() == [[128.0, 64.0], [1.0, 18.0]]
    assert labels.tolist() == [3, 0]
