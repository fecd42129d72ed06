"""Sets of chance that precision and recall are tested on."""

import numpy as np

from explorer.core.labelled import Labelled, found, truths


def random_set(seed: int) -> Labelled:
    """Truths of all sizes, some to ignore; detections near them; many equal scores."""
    rng = np.random.default_rng(seed)
    crowded = seed % 10 == 0  # more than 100 detections in one picture
    images, kinds = (1, 2) if crowded else (4, 3)
    n, g = int(rng.integers(0, 300 if crowded else 60)), int(rng.integers(0, 25))
    gt_boxes, gt_classes = _boxes(rng, g), rng.integers(0, kinds, g)
    gt_images = rng.integers(0, images, g)
    boxes, classes = _boxes(rng, n), rng.integers(0, kinds, n)
    where = rng.integers(0, images, n)
    if g and n:
        near, source = rng.random(n) < 0.7, rng.integers(0, g, n)
        moved = rng.normal(0, 0.08, (n, 4)) * (rng.random((n, 1)) < 0.8)
        sides = np.tile(gt_boxes[source, 2:] - gt_boxes[source, :2], 2)
        boxes[near] = (gt_boxes[source] + moved * sides)[near]
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2])
        classes[near], where[near] = gt_classes[source][near], gt_images[source][near]
    areas = (gt_boxes[:, 2:] - gt_boxes[:, :2]).prod(1) * rng.uniform(0.4, 1, g)
    return Labelled(
        tuple("abc"[:kinds]),
        tuple(map(str, range(images))),
        np.full((images, 2), 600.0),
        truths(
            gt_boxes, gt_classes, gt_images, areas=areas, ignore=rng.random(g) < 0.1
        ),
        found(boxes, rng.integers(0, 20, n) / 20, classes, where),
    )


def _boxes(rng, n):
    corner, side = rng.uniform(0, 300, (n, 2)), np.exp(rng.uniform(1.5, 5.3, (n, 2)))
    return np.hstack([corner, corner + side])
