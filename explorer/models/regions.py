"""The regions that Fast R-CNN is given: selective search, quick enough to wait for."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.core.letterbox import without_bars
from explorer.core.merge_tree import WEIGHTS
from explorer.core.selective_search import WITHOUT_COLOR, Strategy, selective_search

Image = NDArray[np.uint8]

# Two groupings of one start segmentation of a small copy: a sixth of the time of the
# paper's "fast", and among the first 500 boxes nearly as many are round a person.
QUICK = (Strategy("HSV", 50.0, WEIGHTS), Strategy("HSV", 50.0, WITHOUT_COLOR))
SIDE_PX = 200
MIN_SIZE = 20
COUNT = 500


def regions(picture: Image, count: int = COUNT) -> Tensor:
    """Return the first boxes of selective search; the whole picture if there is none.

    Parameters
    ----------
    picture : (S, S, 3) uint8 array, RGB
        A picture in its square; the grey beyond it is not searched.
    count : int
        At most.

    Returns
    -------
    (R, 4) tensor
        xyxy pixels of ``picture``.

    Examples
    --------
    >>> picture = np.zeros((80, 120, 3), np.uint8)
    >>> picture[20:60, 40:100] = 200
    >>> [40.0, 20.0, 100.0, 60.0] in regions(picture).round().tolist()
    True
    """
    searched = without_bars(picture)
    found = selective_search(searched, QUICK, max_side_px=SIDE_PX, min_size=MIN_SIZE)
    if not len(found):
        found = np.array([[0.0, 0.0, searched.shape[1], searched.shape[0]]])
    return torch.from_numpy(found[:count]).float()
