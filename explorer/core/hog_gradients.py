"""From pixels to votes: derivative masks, the strongest colour, orientation bins."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.hog_settings import MASKS, HogSettings

Array = NDArray[np.floating]

BAND_AREA_PX = 48 * 640  # pixels worked on at a time
REACH_PX = 2  # how far the widest mask reads beyond its pixel


@dataclass(frozen=True)
class Gradients:
    """How fast and in which direction the image brightens, at every pixel.

    Attributes
    ----------
    dy, dx : (H, W) array
        The masks' raw answers; y grows downwards.
    magnitude : (H, W) array
        Length of (dx, dy).
    orientation_deg : (H, W) array
        Direction in [0, 360), from the x axis towards y (clockwise on the screen).
    """

    dy: Array
    dx: Array
    magnitude: Array
    orientation_deg: Array


@dataclass(frozen=True)
class Votes:
    """Each pixel's magnitude, dealt to two neighbouring orientation bins.

    Attributes
    ----------
    first_bin, second_bin : (H, W) uint8 array
        The two bins; the second is the first's successor on the circle.
    first, second : (H, W) array
        What each gets; they add up to the magnitude. With hard votes the second
        gets nothing.
    """

    first_bin: NDArray[np.uint8]
    second_bin: NDArray[np.uint8]
    first: Array
    second: Array


def gradients(image: NDArray[np.uint8], mask: str = "centred") -> Gradients:
    """Return the gradient at every pixel.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8
        Grey or colour; in colour each pixel takes the channel with the longest
        gradient, the first of equals.
    mask : str
        A key of `MASKS`.

    Returns
    -------
    Gradients
        float64, of the image's height and width, in the masks' own scale (the Sobel
        mask answers four times as loudly as the centred one).

    Raises
    ------
    ValueError
        If the image is not uint8 of that shape, or the mask is unknown.

    Notes
    -----
    Beyond the border the image is mirrored about its last pixel, as OpenCV does; with
    the centred mask this makes the derivative across the border 0, which is what
    scikit-image writes there. Each diagonal mask looks along a diagonal; its pair is
    turned by 45 degrees afterwards so that all five share the same bins.

    References
    ----------
    Dalal & Triggs 2005, Histograms of Oriented Gradients for Human Detection, 6.2.

    Examples
    --------
    >>> ramp = np.arange(0, 50, 10, dtype=np.uint8)[None, :].repeat(3, axis=0)
    >>> found = gradients(ramp)
    >>> found.dx[1].tolist(), found.orientation_deg[1, 2].item()
    ([0.0, 20.0, 20.0, 20.0, 0.0], 0.0)
    """
    if mask not in MASKS:
        raise ValueError(f"mask is one of {', '.join(MASKS)}; got {mask!r}")
    check_image(image)
    dx, dy = derivatives(image, mask, gamma=False, exact=True)
    dx, dy = dx.astype(np.float64), dy.astype(np.float64)
    orientation = np.rad2deg(np.arctan2(dy, dx)) % 360.0
    return Gradients(dy, dx, np.hypot(dx, dy), orientation)


def check_image(image: NDArray[np.uint8]) -> None:
    """Refuse anything but a grey or colour uint8 image.

    Raises
    ------
    ValueError
        Naming the dtype and shape that came.
    """
    shape_ok = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    if image.dtype != np.uint8 or not shape_ok or 0 in image.shape:
        raise ValueError(
            "an image is uint8 of shape (H, W) or (H, W, 3), "
            f"got {image.dtype} of shape {image.shape}"
        )


def derivatives(
    image: NDArray[np.uint8], mask: str, gamma: bool, exact: bool
) -> tuple[Array, Array]:
    """Return dx and dy, each (H, W), of each pixel's strongest channel.

    `exact` works as scikit-image does, which takes roots in float64 and compares
    lengths; else as OpenCV does, which takes them in float32 and compares squares.
    Without roots all of these are whole numbers that float32 holds exactly.
    """
    doubles = exact and gamma
    table: Array = np.arange(256).astype(np.float64 if doubles else np.float32)
    values: Array = np.asarray(
        cv2.LUT(image, np.asarray(np.sqrt(table)) if gamma else table)
    )
    if image.ndim == 2:
        return _filtered(values, mask)
    length = np.hypot if doubles else _squared_length
    best_dx, best_dy = _filtered(np.ascontiguousarray(values[..., 0]), mask)
    best = length(best_dx, best_dy)
    for channel in (1, 2):
        dx, dy = _filtered(np.ascontiguousarray(values[..., channel]), mask)
        strength = length(dx, dy)
        stronger = (strength > best).view(np.uint8)
        for new, kept in ((dx, best_dx), (dy, best_dy), (strength, best)):
            cv2.copyTo(new, stronger, kept)
    return best_dx, best_dy


def _squared_length(dx: Array, dy: Array) -> Array:
    return dx * dx + dy * dy


def _filtered(plane: Array, mask: str) -> tuple[Array, Array]:
    chosen = MASKS[mask]
    kernel_x, kernel_y = chosen.kernels(plane.dtype.type)
    first, second = _correlated(plane, kernel_x), _correlated(plane, kernel_y)
    if chosen.diagonal:
        return first + second, second - first
    return first, second


def _correlated(plane: Array, kernel: Array) -> Array:
    # A mask of even size starts at the pixel itself and reaches right and down.
    anchor = ((kernel.shape[1] - 1) // 2, (kernel.shape[0] - 1) // 2)
    answer: Array = cv2.filter2D(plane, -1, kernel, anchor=anchor)  # type: ignore[assignment]
    return answer


def cast_votes(image: NDArray[np.uint8], settings: HogSettings) -> Votes:
    """Return every pixel's votes for orientation bins.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8
    settings : HogSettings
        In the OpenCV convention bin k's centre is at (k + 1/2) of the bin width and a
        vote is shared linearly between the two nearest centres; in scikit-image's it
        goes whole to the bin that holds the angle, a bin's lower edge included.

    Returns
    -------
    Votes

    Examples
    --------
    >>> step = np.zeros((4, 8), np.uint8)
    >>> step[:, 4:] = 100
    >>> votes = cast_votes(step, HogSettings(gamma=False))
    >>> votes.first_bin[0, 4].item(), votes.first[0, 4].item()
    (8, 50.0)
    """
    bands = [vars(band) for band in vote_bands(image, settings)]
    return Votes(**{key: np.concatenate([b[key] for b in bands]) for key in bands[0]})


def vote_bands(image: NDArray[np.uint8], settings: HogSettings) -> Iterator[Votes]:
    """Yield the votes of the image from top to bottom, some rows of cells at a time.

    A band's working arrays stay in the processor's cache: on 640x480 pixels this
    takes a third of the time that whole-image passes take.
    """
    check_image(image)
    exact = settings.convention == "skimage"
    rows = BAND_AREA_PX // max(image.shape[1], 1)
    band_px = settings.cell_px * max(1, rows // settings.cell_px)
    tall = cv2.copyMakeBorder(image, REACH_PX, REACH_PX, 0, 0, cv2.BORDER_REFLECT_101)
    for top in range(0, image.shape[0], band_px):
        band = np.asarray(tall[top : top + band_px + 2 * REACH_PX], np.uint8)
        dx, dy = derivatives(band, settings.mask, settings.gamma, exact)
        dx, dy = dx[REACH_PX:-REACH_PX], dy[REACH_PX:-REACH_PX]
        yield (_hard_votes if exact else _shared_votes)(dx, dy, settings)


def _shared_votes(dx: Array, dy: Array, settings: HogSettings) -> Votes:
    magnitude, angle = cv2.cartToPolar(dx, dy)
    bins = settings.orientations
    per_radian = bins / (2 * np.pi if settings.signed else np.pi)
    place = angle * np.float32(per_radian) - np.float32(0.5)
    lower = np.floor(place)
    second = magnitude * (place - lower)
    first_bin = wrap_table(bins)[(lower + 1).astype(np.uint8)]
    second_bin = wrap_table(bins)[(lower + 2).astype(np.uint8)]
    return Votes(first_bin, second_bin, magnitude - second, second)


@functools.cache
def wrap_table(bins: int) -> NDArray[np.uint8]:
    """Return, for bin number k - 1 at place k, the bin on a circle of `bins`.

    Examples
    --------
    >>> wrap_table(3)[:6].tolist()
    [2, 0, 1, 2, 0, 1]
    """
    table = ((np.arange(256) + bins - 1) % bins).astype(np.uint8)
    table.setflags(write=False)  # one array serves all callers
    return table


def _hard_votes(dx: Array, dy: Array, settings: HogSettings) -> Votes:
    dx, dy = dx.astype(np.float64), dy.astype(np.float64)
    angle = np.arctan2(dy, dx) * (180 / np.pi)
    angle[angle < 0] += settings.range_deg
    angle[angle >= settings.range_deg] -= settings.range_deg
    bins = settings.orientations
    first_bin = np.zeros(angle.shape, np.uint8)
    for edge in range(1, bins):  # comparisons: a quotient would round across an edge
        first_bin += angle >= np.float32(settings.range_deg / bins * edge)
    magnitude = np.sqrt(dx * dx + dy * dy)
    second_bin = (first_bin + np.uint8(1)) % np.uint8(bins)
    return Votes(first_bin, second_bin, magnitude, np.zeros_like(magnitude))
