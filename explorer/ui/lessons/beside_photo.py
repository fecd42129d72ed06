"""What the detectors' pages do with boxes in the grey beside a photo: leave them out.

A network knows nothing of the photo's border. ``explorer.models.detections.in_picture``
is the same rule for what the networks themselves return.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.letterbox import reaches
from explorer.core.nms import NmsStep

ALL_GREY = "Every box lies in the grey beside the photo: choose another photo."


def in_photo(
    steps: Sequence[NmsStep], boxes: NDArray[Any], extent: NDArray[Any]
) -> tuple[NDArray[np.int64], int]:
    """Return which boxes NMS kept that reach into the photo, and how many do not.

    Parameters
    ----------
    steps : sequence of NmsStep
    boxes : (N, 4) array
        What was suppressed among, pixels of the square.
    extent : (2,) array
        The photo's width and height in it.
    """
    kept = np.array([step.kept for step in steps], np.int64)
    inside = kept[reaches(boxes[kept], extent)]
    return inside, len(kept) - len(inside)


def best_in_photo(
    boxes: NDArray[Any], scores: NDArray[Any], extent: NDArray[Any]
) -> tuple[int, int] | None:
    """Return row and class of the largest score whose box reaches into the photo.

    Parameters
    ----------
    boxes : (N, 4) or (N, C, 4) array
        A box a row, or one a row and class.
    scores : (N, C) array
    extent : (2,) array

    Returns
    -------
    (int, int) or None
        None if all boxes lie in the grey.

    Examples
    --------
    >>> boxes = np.array([[0, 50, 9, 60], [0, 0, 9, 9]])
    >>> best_in_photo(boxes, np.array([[0.9, 0.8], [0.1, 0.2]]), np.array([64, 40]))
    (1, 1)
    """
    inside = reaches(boxes, extent)
    if boxes.ndim == 2:
        inside = np.broadcast_to(inside[:, None], scores.shape)
    if not inside.any():
        return None
    row, label = divmod(int(np.where(inside, scores, -1).argmax()), scores.shape[1])
    return row, label


def grey_said(count: int) -> str:
    """Say how many boxes lay beside the photo; nothing if none did.

    Examples
    --------
    >>> grey_said(2)
    ' 2 more lie in the grey beside the photo, where nothing is: left out.'
    """
    if not count:
        return ""
    one = "One more lies" if count == 1 else f"{count} more lie"
    return f" {one} in the grey beside the photo, where nothing is: left out."
