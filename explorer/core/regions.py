"""What regions of a picture look like: size, box, colour, texture, neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

Image = NDArray[np.uint8]
Labels = NDArray[np.int32]
Histograms = NDArray[np.float32]

COLOR_BINS = 25  # a channel
TEXTURE_BINS = 10  # a channel and direction
DIRECTIONS = 8  # four axes, each with its two signs
LEVELS = 256  # of a uint8 channel


@dataclass(frozen=True, eq=False)
class Regions:
    """The regions of a picture, measured.

    Attributes
    ----------
    sizes : (R,) int64 array
        In pixels.
    boxes : (R, 4) int64 array
        ``(x1, y1, x2, y2)``; ``x2`` and ``y2`` are one past the last pixel.
    colors : (R, 25 * C) float32 array
        Histogram of each channel, all together adding up to 1.
    textures : (R, 80 * C) float32 array
        Histogram of each channel's derivative in eight directions, adding up to 1.
    neighbors : (P, 2) int64 array
        Pairs of regions that touch, the lower number first, ascending.
    pixels : int
        Of the whole picture.
    """

    sizes: NDArray[np.int64]
    boxes: NDArray[np.int64]
    colors: Histograms
    textures: Histograms
    neighbors: NDArray[np.int64]
    pixels: int


def measure_regions(image: Image, labels: Labels) -> Regions:
    """Measure the regions of a labelled picture.

    Parameters
    ----------
    image : (H, W) or (H, W, C) uint8 array
        In the colour space whose histograms are wanted.
    labels : (H, W) int32 array
        Regions 0..R-1, each with a pixel at least.

    Raises
    ------
    ValueError
        If the two sizes differ, or a number below the largest has no pixel.

    Examples
    --------
    >>> labels = np.array([[0, 0, 1], [0, 0, 1]], np.int32)
    >>> regions = measure_regions(np.zeros((2, 3), np.uint8), labels)
    >>> regions.sizes.tolist(), regions.boxes.tolist()
    ([4, 2], [[0, 0, 2, 2], [2, 0, 3, 2]])
    """
    if labels.shape != image.shape[:2]:
        raise ValueError(
            f"labels must be {image.shape[:2]} like the image, got {labels.shape}"
        )
    sizes = np.bincount(labels.ravel())
    if not sizes.all():
        raise ValueError(f"labels must not skip a number, {sizes.argmin()} is absent")
    planes = image.reshape(*labels.shape, -1)
    return Regions(
        sizes,
        region_boxes(labels),
        color_histograms(planes, labels),
        texture_histograms(planes, labels),
        touching(labels),
        labels.size,
    )


def region_boxes(labels: Labels) -> NDArray[np.int64]:
    """Return the tight box of each region: (R, 4) as x1, y1, x2, y2."""
    found = find_objects(labels + 1)
    corners = [(x.start, y.start, x.stop, y.stop) for y, x in found]
    return np.array(corners, np.int64)


def touching(labels: Labels) -> NDArray[np.int64]:
    """Return the pairs of regions that touch: (P, 2), each pair once, ascending.

    Notes
    -----
    A pixel is compared with those to the left, above, and above left, beginning in
    the second row and column, as in OpenCV: pairs that meet in the first row or
    column alone, or along the other diagonal alone, do not count.
    """
    count, here = int(labels.max()) + 1, labels[1:, 1:]
    pairs = [
        np.stack([here[here != there], there[here != there]])
        for there in (labels[1:, :-1], labels[:-1, 1:], labels[:-1, :-1])
    ]
    both = np.sort(np.concatenate(pairs, axis=1).astype(np.int64), axis=0)
    codes = np.unique(both[0] * count + both[1])
    return np.stack([codes // count, codes % count], axis=1)


def color_histograms(planes: Image, labels: Labels) -> Histograms:
    """Return 25 bins a channel, over 0..255, for each region; rows add up to 1.

    References
    ----------
    Uijlings et al. 2013, Selective search for object recognition, section 3.2.
    """
    channels = [planes[..., channel] for channel in range(planes.shape[2])]
    return _histograms(channels, labels, COLOR_BINS)


def texture_histograms(planes: Image, labels: Labels) -> Histograms:
    """Return 10 bins a channel and direction for each region; rows add up to 1.

    Notes
    -----
    The paper takes Gaussian derivatives in eight directions. Here, as in OpenCV:
    Scharr's, along the rows and columns of the picture and of the picture turned by
    45 degrees, each parted into its two signs, each spread to 0..255 by its least and
    largest value in the whole picture. Beyond its edges the turned picture is black.

    References
    ----------
    Uijlings et al. 2013, Selective search for object recognition, section 3.2.
    """
    levels = [
        _spread(signed)
        for channel in range(planes.shape[2])
        for slope in _slopes(np.ascontiguousarray(planes[..., channel]))
        for signed in (np.maximum(slope, 0), np.minimum(slope, 0))
    ]
    return _histograms(levels, labels, TEXTURE_BINS)


def _slopes(plane: Image) -> list[NDArray[np.float32]]:
    """Return the derivatives of one channel along 0, 90, 45 and 135 degrees."""
    height, width = plane.shape
    middle = (width / 2, height / 2)
    box = cv2.RotatedRect(middle, (width, height), 45).boundingRect()
    wide, high = max(box[2], width), max(box[3], height)
    there = cv2.getRotationMatrix2D(middle, 45, 1)
    there[:, 2] += [wide / 2 - middle[0], high / 2 - middle[1]]
    back = cv2.getRotationMatrix2D((wide // 2, high // 2), -45, 1)
    turned = cv2.warpAffine(plane, there, (wide, high))
    top, left = (high - height) // 2, (wide - width) // 2
    found = [cv2.Scharr(plane, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1))]
    for axis in ((1, 0), (0, 1)):
        slope = cv2.warpAffine(
            cv2.Scharr(turned, cv2.CV_32F, *axis), back, (wide, high)
        )
        found.append(slope[top : top + height, left : left + width])
    return [np.asarray(one, np.float32) for one in found]


def _spread(values: NDArray[np.float32]) -> Image:
    """Return values as bytes 0..255 between their least and their largest."""
    spread = cv2.normalize(
        values, np.empty(0), 0, LEVELS - 1, cv2.NORM_MINMAX, cv2.CV_8U
    )
    return np.asarray(spread, np.uint8)


def _histograms(levels: Sequence[Image], labels: Labels, bins: int) -> Histograms:
    """Count the bins of K planes (H, W) in each region; K * bins numbers, sum 1."""
    table = np.arange(LEVELS) * bins // LEVELS
    row, regions = labels.ravel().astype(np.int64) * bins, int(labels.max()) + 1
    counted = np.stack(
        [
            np.bincount(row + table[plane.ravel()], minlength=regions * bins)
            for plane in levels
        ]
    )
    by_region = counted.reshape(len(levels), regions, bins).transpose(1, 0, 2)
    counts = by_region.reshape(regions, -1)
    totals = counts.sum(axis=1, keepdims=True)
    return np.asarray(counts.astype(np.float32) / totals.astype(np.float32))
