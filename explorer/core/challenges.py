"""What a camera and its place change in a picture: light, roll, viewpoint."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.boxes import as_boxes
from explorer.core.warp import check_image

Image = NDArray[np.uint8]
Array = NDArray[np.float64]

ENCODING = 2.2  # a photo's numbers are about the light to the power 1 / 2.2 (sRGB)
FOCAL_SHARE = 1.0  # focal length, in longer sides of the picture: a normal lens
MOST_YAW_DEG = 80.0  # beyond it the turned picture is hardly a line
ELLIPSE_POINTS = 360  # the box of so many moved points is right to 0.02 % of a side


def light_gain(stops: float) -> float:
    """Return what a change of the light multiplies the photo's numbers with.

    A stop doubles the light; the numbers in a photo are not the light but about its
    2.2nd root.

    Examples
    --------
    >>> light_gain(0.0), round(light_gain(-2.2), 6)
    (1.0, 0.5)
    """
    return float(2.0 ** (stops / ENCODING))


def relight(image: Image, stops: float) -> Image:
    """Return the photo as if there had been ``2 ** stops`` times the light.

    Parameters
    ----------
    image : (H, W, 3) uint8
    stops : float
        0 changes nothing, -1 halves the light, 1 doubles it.

    Returns
    -------
    (H, W, 3) uint8
        Each number times ``light_gain(stops)``, rounded, at most 255.

    Raises
    ------
    ValueError
        If the image is no photo or the stops are not finite.

    Notes
    -----
    A darker photo is made of the 256 grey levels of this one, so it has fewer of
    them; what a real camera would add is noise. A brighter one clips at 255.

    Examples
    --------
    >>> relight(np.full((1, 1, 3), 100, np.uint8), -2.2)[0, 0].tolist()
    [50, 50, 50]
    """
    check_image(image)
    if not np.isfinite(stops):
        raise ValueError(f"stops must be finite, got {stops}")
    levels = np.rint(np.arange(256) * light_gain(stops))
    table: Image = np.minimum(levels, 255).astype(np.uint8)
    return table[image]


def roll_matrix(centre: tuple[float, float], degrees: float) -> Array:
    """Return the map (3, 3) that turns a picture about a place, clockwise as seen.

    Examples
    --------
    >>> np.round(roll_matrix((5, 5), 90) @ [6, 5, 1], 9).tolist()
    [5.0, 6.0, 1.0]
    """
    angle = np.deg2rad(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    return _about(centre, turn)


def yaw_matrix(centre: tuple[float, float], degrees: float, focal_px: float) -> Array:
    """Return the map (3, 3) of a picture turned like a page about an upright axis.

    Parameters
    ----------
    centre : (x, y)
        The axis goes through it; it stays where it is.
    degrees : float
        Above 0 the right side goes away from the camera.
    focal_px : float
        Distance from camera to picture in its pixels: shorter, stronger perspective.

    Raises
    ------
    ValueError
        If the angle is beyond ``MOST_YAW_DEG`` or the focal length not above 0.

    Notes
    -----
    A point ``x`` beside the axis goes to ``f x cos / (f + x sin)``, and its height
    ``y`` to ``f y / (f + x sin)``: foreshortening and perspective of a flat thing. A
    real head shows its other side too; that is what this leaves out.

    References
    ----------
    Hartley & Zisserman 2003, Multiple View Geometry, section 2.3 (homography).

    Examples
    --------
    >>> moved = yaw_matrix((0, 0), 60, 1e9) @ [10, 4, 1]
    >>> np.round(moved / moved[2], 3).tolist()
    [5.0, 4.0, 1.0]
    """
    if not abs(degrees) <= MOST_YAW_DEG:
        raise ValueError(f"degrees must lie in ±{MOST_YAW_DEG:g}, got {degrees}")
    if not focal_px > 0:
        raise ValueError(f"focal_px must be above 0, got {focal_px}")
    angle = np.deg2rad(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    page = np.array([[cos, 0, 0], [0, 1, 0], [sin / focal_px, 0, 1]])
    return _about(centre, page)


def _about(centre: tuple[float, float], matrix: Array) -> Array:
    """Return a map about the origin as one about a place."""
    to, back = np.eye(3), np.eye(3)
    to[:2, 2], back[:2, 2] = np.negative(centre), centre
    moved: Array = back @ matrix @ to
    return moved


def transform_points(matrix: Array, points: ArrayLike) -> Array:
    """Return where points (N, 2) go; what lies behind the camera becomes nan.

    Examples
    --------
    >>> transform_points(np.eye(3), [[1, 2]]).tolist()
    [[1.0, 2.0]]
    """
    at = np.asarray(points, np.float64).reshape(-1, 2)
    x, y, w = matrix @ np.vstack([at.T, np.ones(len(at))])
    ahead = np.where(w > 0, w, np.nan)
    return np.column_stack([x / ahead, y / ahead])


def warp_picture(image: Image, matrix: Array) -> Image:
    """Return the picture moved by a map of its plane, the same size.

    Parameters
    ----------
    image : (H, W, 3) uint8
    matrix : (3, 3)
        From the picture to the result, of places: pixel (0, 0) covers [0, 1).

    Returns
    -------
    (H, W, 3) uint8
        Each result pixel reads the picture where the inverse map takes its centre,
        linearly between the four nearest pixels; beyond the picture lies its mean.

    Raises
    ------
    ValueError
        If the image is no photo or the map cannot be turned back.

    Notes
    -----
    OpenCV reads at 1/32 of a pixel (``warpPerspective``). Where the map shrinks a
    lot, fine detail can alias: nothing is blurred first.

    Examples
    --------
    >>> image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    >>> bool((warp_picture(image, np.eye(3)) == image).all())
    True
    """
    check_image(image)
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-9:
        raise ValueError("the map has no inverse, so no pixel can be looked up")
    height, width = image.shape[:2]
    centred = _about((-0.5, -0.5), matrix)  # OpenCV puts (0, 0) into a pixel's middle
    moved = cv2.warpPerspective(
        image,
        centred,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=beyond(image),
    )
    return np.asarray(moved, np.uint8)


def beyond(image: Image) -> tuple[int, int, int]:
    """Return the colour that lies beyond a picture: its mean, rounded.

    Examples
    --------
    >>> beyond(np.array([[[0, 10, 20], [1, 20, 20]]], np.uint8))
    (0, 15, 20)
    """
    red, green, blue = np.rint(image.reshape(-1, 3).mean(0)).astype(int).tolist()
    return red, green, blue


def moved_boxes(boxes: ArrayLike, matrix: Array) -> Array:
    """Return the boxes (N, 4) of things that were moved with the picture.

    Parameters
    ----------
    boxes : (N, 4) array_like, xyxy pixels
    matrix : (3, 3)
        As for ``warp_picture``.

    Returns
    -------
    (N, 4) float64
        Around the moved ellipse that fills each box.

    Notes
    -----
    The box around the four moved corners would be twice as large at 45 degrees,
    though the thing is not: hardly anything has something in its box's corners. Both
    rules are in use for training (Albumentations calls them "largest_box" and
    "ellipse").

    Examples
    --------
    >>> turned = moved_boxes([[0, 0, 20, 10]], roll_matrix((10, 5), 90))
    >>> np.round(turned, 2).tolist()
    [[5.0, -5.0, 15.0, 15.0]]
    """
    array = as_boxes(boxes)
    angle = np.linspace(0, 2 * np.pi, ELLIPSE_POINTS, endpoint=False)
    around = np.column_stack([np.cos(angle), np.sin(angle)])  # (P, 2)
    moved = np.empty_like(array)
    for row, (x1, y1, x2, y2) in enumerate(array):
        middle, half = (
            np.array([x1 + x2, y1 + y2]) / 2,
            np.array([x2 - x1, y2 - y1]) / 2,
        )
        at = transform_points(matrix, middle + around * half)
        moved[row] = [*at.min(0), *at.max(0)]
    return moved
