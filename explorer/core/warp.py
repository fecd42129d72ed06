"""Regions of any shape warped to one size, as R-CNN feeds them to its network."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes

Image = NDArray[np.uint8]
Array = NDArray[np.float64]

SIDE_PX = 227  # the input of the paper's network
CONTEXT_PX = 16  # of the warped crop, on each side
MOST_SHRINK = 2.0  # beyond it a smaller copy of the photo is read: no aliasing


def warp_boxes(
    image: Image,
    boxes: ArrayLike,
    *,
    side_px: int = SIDE_PX,
    context_px: int = CONTEXT_PX,
    fill: tuple[int, int, int] | None = None,
) -> Image:
    """Cut boxes out of a photo, each with some context, and stretch them to a square.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        RGB.
    boxes : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels, every side above 0; may leave the photo.
    side_px : int
        Side of a crop, in pixels.
    context_px : int
        Width of the context around the box, measured in the crop; 0 for none, below
        half of ``side_px``.
    fill : three ints, optional
        RGB of what lies beyond the photo; the photo's mean where it is not given.

    Returns
    -------
    (N, side_px, side_px, 3) uint8 array
        In the middle ``side_px - 2 context_px`` pixels of each crop lies the box.

    Raises
    ------
    ValueError
        If the image, the boxes or a size is not as above.

    Notes
    -----
    The paper's network takes the mean of its training images away, and what lies
    beyond the photo is that mean, so 0. Here it is the photo's own mean, which suits
    networks that do not.

    Pixels are read between pixels linearly, from a copy of the photo that is halved
    until no axis shrinks by more than ``MOST_SHRINK``.

    References
    ----------
    Girshick et al. 2014, Rich feature hierarchies (R-CNN), section 2.1 and Appendix
    A: "warp", p = 16.

    Examples
    --------
    >>> image = np.zeros((40, 60, 3), np.uint8)
    >>> image[10:30, 20:50] = 200
    >>> crop = warp_boxes(image, [[20, 10, 50, 30]])[0]
    >>> crop.shape, int(crop[113, 113, 0]), int(crop[113, 5, 0])
    ((227, 227, 3), 200, 0)
    """
    check_image(image)
    if not 0 <= 2 * context_px < side_px:
        raise ValueError(
            f"context_px must be 0 or more and below half of side_px = {side_px}, "
            f"got {context_px}"
        )
    array = with_context(boxes, side_px, context_px)
    beyond = tuple(image.reshape(-1, 3).mean(axis=0)) if fill is None else fill
    crops = np.empty((len(array), side_px, side_px, 3), np.uint8)
    copies = {0: image}
    for crop, box in zip(crops, array, strict=True):
        source = _halved(copies, _halvings(box, side_px))
        scale = source.shape[1] / image.shape[1], source.shape[0] / image.shape[0]
        cv2.warpAffine(
            source,
            _matrix(box * (scale * 2), side_px),
            (side_px, side_px),
            crop,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=beyond,
        )
    return crops


def with_context(
    boxes: ArrayLike, side_px: int = SIDE_PX, context_px: int = CONTEXT_PX
) -> Array:
    """Return the boxes as large as what their crops show: (N, 4).

    Raises
    ------
    ValueError
        If a box is malformed or has no area.

    Examples
    --------
    >>> with_context([[0, 0, 195, 390]]).tolist()
    [[-16.0, -32.0, 211.0, 422.0]]
    """
    array = as_boxes(boxes)
    sides = array[:, 2:] - array[:, :2]
    if (sides <= 0).any():
        raise ValueError("boxes must have width and height above 0")
    margin = sides * (context_px / (side_px - 2 * context_px))
    return np.concatenate([array[:, :2] - margin, array[:, 2:] + margin], axis=1)


def check_image(image: Image) -> None:
    """Raise a ``ValueError`` where an image is not (H, W, 3) uint8 with pixels."""
    if (
        image.dtype != np.uint8
        or image.ndim != 3
        or image.shape[2] != 3
        or not image.size
    ):
        raise ValueError(
            f"image must be (H, W, 3) uint8, got {image.dtype} {image.shape}"
        )


def _matrix(box: Array, side_px: int) -> Array:
    """Return where in the photo each pixel of the crop is read: (2, 3).

    A pixel's centre is half a pixel inside its corner, in the crop as in the photo.
    """
    step = (box[2:] - box[:2]) / side_px
    start = box[:2] + step / 2 - 0.5
    return np.array([[step[0], 0, start[0]], [0, step[1], start[1]]])


def _halvings(box: Array, side_px: int) -> int:
    """Say how often to halve the photo first; the axis that shrinks more decides."""
    shrink = float((box[2:] - box[:2]).max()) / side_px
    return max(0, int(np.ceil(np.log2(shrink / MOST_SHRINK)))) if shrink > 0 else 0


def _halved(copies: dict[int, Image], level: int) -> Image:
    if level not in copies:
        larger = _halved(copies, level - 1)
        height, width = larger.shape[:2]
        copies[level] = np.asarray(
            cv2.resize(
                larger,
                (max(1, width // 2), max(1, height // 2)),
                interpolation=cv2.INTER_AREA,
            ),
            np.uint8,
        )
    return copies[level]
