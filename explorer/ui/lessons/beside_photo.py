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
