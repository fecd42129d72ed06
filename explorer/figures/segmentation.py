"""Class maps as pictures: one colour a class, the same on every page.

The street's hues follow what things look like (sky blue, trees green) where
colour-blind eyes allow it; lightness tells apart what hue alone would not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.figures.theme import CLASSES, rgb

Labels = NDArray[np.uint8]
Image = NDArray[np.uint8]

VOID = 255  # a label of no class
VOID_COLOR = "#3C3C3C"
BACKGROUND = "#202020"
OUTLINE = (255, 255, 255)

STREET_COLORS: Mapping[str, str] = {
    "sky": "#9CD3FF",
    "building": "#8B8BA1",
    "pole": "#7799FF",
    "road": "#992277",
    "pavement": "#EFBEBE",
    "tree": "#0F8B66",
    "sign": "#FFFF98",
    "fence": "#AC4701",
    "car": "#135AF7",
    "pedestrian": "#EA9014",
    "bicyclist": "#FF1166",
}
PEOPLE_COLORS: Mapping[str, str] = {
    "background": BACKGROUND,
    "hair": "#D5881F",
    "skin": "#FFFF00",
    "upper": "#0E4AA4",
    "lower": "#79DDFF",
    "dress": "#FF64A7",
    "shoes": "#A93200",
    "bag": "#277666",
}
VOC_COLORS: Mapping[str, str] = {
    "__background__": BACKGROUND,
    "aeroplane": "#8FD3FF",
    "bicycle": "#A00020",
    "bird": "#FFF04A",
    "boat": "#0060C0",
    "bottle": "#00A86B",
    "bus": "#8A5A00",
    "car": "#2F6FDE",
    "cat": "#E69F00",
    "chair": "#B66DFF",
    "cow": "#C7E9C0",
    "diningtable": "#6B4C2A",
    "dog": "#F2A6D0",
    "horse": "#7F2704",
    "motorbike": "#490092",
    "person": "#FF6A00",
    "pottedplant": "#006D2C",
    "sheep": "#DADAEB",
    "sofa": "#924900",
    "train": "#009292",
    "tvmonitor": "#8C8C8C",
}
PALETTES = (STREET_COLORS, PEOPLE_COLORS, VOC_COLORS)


def palette_of(classes: Sequence[str]) -> tuple[str, ...]:
    """Return a colour for each class, by name where this module knows the set.

    Examples
    --------
    >>> palette_of(("sky", "building", "road"))
    ('#9CD3FF', '#8B8BA1', '#992277')
    """
    for known in PALETTES:
        if set(classes) <= set(known):
            return tuple(known[name] for name in classes)
    return tuple(CLASSES[i % len(CLASSES)] for i in range(len(classes)))


def labels_image(labels: Labels, palette: Sequence[str]) -> Image:
    """Paint each pixel in its class's colour.

    Parameters
    ----------
    labels : (H, W) uint8
        Rows of the palette; ``VOID`` and whatever else is beyond it is dark grey.
    palette : sequence of ``#RRGGBB``

    Returns
    -------
    (H, W, 3) uint8

    Examples
    --------
    >>> labels_image(np.array([[1, 255]], np.uint8), ("#000000", "#0072B2")).tolist()
    [[[0, 114, 178], [60, 60, 60]]]
    """
    table = np.full((256, 3), rgb(VOID_COLOR), np.uint8)
    table[: len(palette)] = [rgb(color) for color in palette]
    painted: Image = table[labels]
    return painted


def overlay_image(
    image: Image, labels: Labels, palette: Sequence[str], opacity: float = 0.6
) -> Image:
    """Lay the class colours over a photo and draw the borders between classes.

    Parameters
    ----------
    image : (H, W, 3) uint8 RGB
    labels : (h, w) uint8
        Enlarged to the image's size without mixing classes.
    palette : sequence of ``#RRGGBB``
    opacity : float
        0 shows the photo alone, 1 the classes alone.

    Returns
    -------
    (H, W, 3) uint8

    Raises
    ------
    ValueError
        If the opacity lies outside 0..1.
    """
    if not 0 <= opacity <= 1:
        raise ValueError(f"opacity must lie in 0..1, got {opacity}")
    size = (image.shape[1], image.shape[0])
    grown = np.asarray(cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST))
    colors = labels_image(grown.astype(np.uint8), palette)
    mixed: NDArray[Any] = (1 - opacity) * image + opacity * colors
    mixed[outlines(grown.astype(np.uint8))] = OUTLINE
    return np.round(mixed).astype(np.uint8)


def outlines(labels: Labels) -> NDArray[np.bool_]:
    """Return the pixels whose right or lower neighbour is of another class.

    Examples
    --------
    >>> outlines(np.array([[1, 1, 2]], np.uint8)).tolist()
    [[False, True, False]]
    """
    edge = np.zeros(labels.shape, np.bool_)
    edge[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    edge[:-1] |= labels[:-1] != labels[1:]
    return edge


def class_shares(labels: Labels, classes: int) -> NDArray[np.float64]:
    """Return each class's share of the pixels that have a class; zeros if none has.

    Examples
    --------
    >>> class_shares(np.array([[0, 0, 1, 255]], np.uint8), 2).round(2).tolist()
    [0.67, 0.33]
    """
    counts = np.bincount(labels.ravel(), minlength=256)[:classes].astype(np.float64)
    shares: NDArray[np.float64] = counts / max(counts.sum(), 1.0)
    return shares


def mosaic(
    image: Image, count: int, columns: int, side_px: int, gap_px: int = 6
) -> tuple[Image, NDArray[np.float64]]:
    """Lay out a photo ``count`` times, row by row.

    Parameters
    ----------
    image : (H, W, 3) uint8
    count, columns : int
        Tiles, and the most that stand beside each other.
    side_px : int
        Longest side of a tile; a smaller photo keeps its size.
    gap_px : int
        Between tiles; empty places are grey.

    Returns
    -------
    image : (h, w, 3) uint8
    boxes : (count, 4) float64
        x, y, width, height of each tile.

    Raises
    ------
    ValueError
        If there is no tile or no column.

    Examples
    --------
    >>> whole, boxes = mosaic(np.zeros((30, 40, 3), np.uint8), 3, 2, 20)
    >>> whole.shape, boxes.tolist()[2]
    ((36, 46, 3), [0.0, 21.0, 20.0, 15.0])
    """
    if count < 1 or columns < 1:
        raise ValueError(f"{count} tiles in {columns} columns: both must be above 0")
    scale = min(1.0, side_px / max(image.shape[:2]))
    high, wide = (max(1, round(side * scale)) for side in image.shape[:2])
    tile = image
    if scale < 1:
        tile = np.asarray(cv2.resize(image, (wide, high), interpolation=cv2.INTER_AREA))
    across = min(columns, count)
    rows = -(-count // across)
    size = (rows * (high + gap_px) - gap_px, across * (wide + gap_px) - gap_px, 3)
    whole = np.full(size, 128, np.uint8)
    boxes = np.zeros((count, 4))
    for i in range(count):
        y, x = (i // across) * (high + gap_px), (i % across) * (wide + gap_px)
        whole[y : y + high, x : x + wide] = tile
        boxes[i] = x, y, wide, high
    return whole, boxes
