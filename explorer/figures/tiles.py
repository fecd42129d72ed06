"""Many small pictures as one, and small pictures in charts."""

import base64

import cv2
import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]


def tiles_image(pictures: Pictures, columns: int, gap_px: int = 0) -> Pictures:
    """Lay pictures row by row, black between and after them.

    Parameters
    ----------
    pictures : (N, h, w) or (N, h, w, 3) uint8 array
        At least one.
    columns : int
        Pictures in a row; at least 1.
    gap_px : int
        Between two of them.

    Returns
    -------
    (H, W) or (H, W, 3) uint8 array

    Raises
    ------
    ValueError
        If there is no picture or no column.

    Examples
    --------
    >>> tiles_image(np.ones((3, 2, 2), np.uint8), 2, gap_px=1).tolist()[0]
    [1, 1, 0, 1, 1]
    """
    if len(pictures) == 0 or columns < 1:
        raise ValueError(f"{len(pictures)} pictures in {columns} columns; at least 1.")
    rows = -(-len(pictures) // columns)
    high, wide, *rest = pictures.shape[1:]
    size = (rows * (high + gap_px) - gap_px, columns * (wide + gap_px) - gap_px)
    out = np.zeros((*size, *rest), np.uint8)
    for k, one in enumerate(pictures):
        top, left = k // columns * (high + gap_px), k % columns * (wide + gap_px)
        out[top : top + high, left : left + wide] = one
    return out


def picture_uri(picture: Pictures) -> str:
    """Return a picture, grey or RGB, as an address that a chart can show.

    Examples
    --------
    >>> picture_uri(np.zeros((2, 2), np.uint8))[:22]
    'data:image/png;base64,'
    """
    pixels = picture if picture.ndim == 2 else picture[..., ::-1]
    _, data = cv2.imencode(".png", pixels)
    return f"data:image/png;base64,{base64.b64encode(data.tobytes()).decode()}"
