"""A small example whose answers are published: 7 pictures, 15 people, 24 detections."""

import numpy as np

from explorer.core.labelled import Labelled, found, truths

SIDE_PX = 200
IOU_THRESHOLD = 0.3
PUBLISHED = {"11-point": 0.268398, "all-point": 0.245687}

# Picture, x, y, width, height.
_TRUE = (
    (1, 25, 16, 38, 56),
    (1, 129, 123, 41, 62),
    (2, 123, 11, 43, 55),
    (2, 38, 132, 59, 45),
    (3, 16, 14, 35, 48),
    (3, 123, 30, 49, 44),
    (3, 99, 139, 47, 47),
    (4, 53, 42, 40, 52),
    (4, 154, 43, 31, 34),
    (5, 59, 31, 44, 51),
    (5, 48, 128, 34, 52),
    (6, 36, 89, 52, 76),
    (6, 62, 58, 44, 67),
    (7, 28, 31, 55, 63),
    (7, 58, 67, 50, 58),
)
# Picture, score, x, y, width, height.
_FOUND = (
    (1, 0.88, 5, 67, 31, 48),
    (1, 0.70, 119, 111, 40, 67),
    (1, 0.80, 124, 9, 49, 67),
    (2, 0.71, 64, 111, 64, 58),
    (2, 0.54, 26, 140, 60, 47),
    (2, 0.74, 19, 18, 43, 35),
    (3, 0.18, 109, 15, 77, 39),
    (3, 0.67, 86, 63, 46, 45),
    (3, 0.38, 160, 62, 36, 53),
    (3, 0.91, 105, 131, 47, 47),
    (3, 0.44, 18, 148, 40, 44),
    (4, 0.35, 83, 28, 28, 26),
    (4, 0.78, 28, 68, 42, 67),
    (4, 0.45, 87, 89, 25, 39),
    (4, 0.14, 10, 155, 60, 26),
    (5, 0.62, 50, 38, 28, 46),
    (5, 0.44, 95, 11, 53, 28),
    (5, 0.95, 29, 131, 72, 29),
    (5, 0.23, 29, 163, 72, 29),
    (6, 0.45, 43, 48, 74, 38),
    (6, 0.84, 17, 155, 29, 35),
    (6, 0.43, 95, 110, 25, 42),
    (7, 0.48, 16, 20, 101, 88),
    (7, 0.95, 33, 116, 37, 49),
)


def padilla_example() -> Labelled:
    """Return the example as a set of one class.

    Notes
    -----
    With VOC's rule and an overlap of at least 0.3 its average precision is
    ``PUBLISHED``. The sides are counted in whole pixels, as its program does.

    References
    ----------
    Padilla et al. 2020, A Survey on Performance Metrics for Object-Detection
    Algorithms (IWSSIP), and the example of its program, Object-Detection-Metrics.

    Examples
    --------
    >>> example = padilla_example()
    >>> len(example.found), len(example.truths)
    (24, 15)
    """
    true, seen = np.array(_TRUE, float), np.array(_FOUND, float)
    images = tuple(f"{k:05d}" for k in range(1, 8))
    sizes = np.full((len(images), 2), float(SIDE_PX))
    return Labelled(
        ("person",),
        images,
        sizes,
        truths(_xyxy(true[:, 1:]), images=true[:, 0] - 1),
        found(_xyxy(seen[:, 2:]), seen[:, 1], images=seen[:, 0] - 1),
    )


def _xyxy(
    xywh: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.hstack([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]])
