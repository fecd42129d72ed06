"""Selective search: boxes that may hold an object, from groupings of a picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.graph_segmentation import PixelGraph, pixel_graph, segment_graph
from explorer.core.merge_tree import WEIGHTS, MergeTree, group_regions
from explorer.core.nms import nms_steps
from explorer.core.regions import Regions, measure_regions

Image = NDArray[np.uint8]
Array = NDArray[np.float64]
Weights = tuple[float, float, float, float]

COLOR_SPACES = {
    "HSV": cv2.COLOR_RGB2HSV,
    "Lab": cv2.COLOR_RGB2LAB,
    "RGB": None,
    "grey": cv2.COLOR_RGB2GRAY,
}
SIGMA_PX = 0.8
MIN_SIZE = 50  # pixels of a region of the start, at the working size
MAX_SIDE_PX = 400  # working size: a start segmentation takes a fifth of a second
NEAR_IOU = 0.9  # above it two boxes are as good as one
WITHOUT_COLOR: Weights = (0.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Strategy:
    """One way of grouping.

    Attributes
    ----------
    space : str
        A name of ``COLOR_SPACES``.
    k : float
        Of the start segmentation: the larger, the fewer regions.
    weights : four floats
        Of colour, texture, size and fill.
    """

    space: str = "HSV"
    k: float = 100.0
    weights: Weights = WEIGHTS


# As the paper's "fast": two colour spaces, two starts, with colour and without.
FAST = tuple(
    Strategy(space, k, weights)
    for space, k, weights in product(
        ("HSV", "Lab"), (100.0, 250.0), (WEIGHTS, WITHOUT_COLOR)
    )
)


def selective_search(
    image: Image,
    strategies: Sequence[Strategy] = FAST,
    *,
    max_side_px: int = MAX_SIDE_PX,
    min_size: int = MIN_SIZE,
    near_iou: float = NEAR_IOU,
    seed: int = 0,
) -> Array:
    """Return boxes that may hold an object, the more promising first.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        RGB.
    strategies : sequence of Strategy
        Every one groups the picture in its own way; all their boxes are joined.
    max_side_px : int
        A picture with a longer side is made so small first, at least 16.
    min_size : int
        Of the regions to start from, in pixels of the working size.
    near_iou : float
        A box that overlaps an earlier one by more than this is left out; 1 leaves out
        equal ones only, as the paper does.
    seed : int
        Of the random numbers in the order of the boxes.

    Returns
    -------
    (N, 4) float64 array
        ``(x1, y1, x2, y2)`` in pixels of ``image``; no box twice. The first n are
        the proposals when n are wanted.

    Raises
    ------
    ValueError
        If the image, a colour space, the weights or a size is not as above.

    Notes
    -----
    Texture, neighbourhood and start segmentation are OpenCV's, see ``regions`` and
    ``graph_segmentation``: on a picture that is not made smaller every strategy finds
    the very boxes of ``cv2.ximgproc.segmentation``, while no two scores are equal.
    The order is the paper's; OpenCV's puts the small regions first. The paper leaves
    out equal boxes only: of eight groupings many are so nearly equal that leaving
    those out too finds more objects with the same number of boxes.

    References
    ----------
    Uijlings et al. 2013, Selective search for object recognition, IJCV 104,
    sections 3 and 4.

    Examples
    --------
    >>> image = np.zeros((40, 60, 3), np.uint8)
    >>> image[10:30, 20:50] = 200
    >>> [20.0, 10.0, 50.0, 30.0] in selective_search(image).round().tolist()
    True
    """
    small = working_image(image, max_side_px)
    trees = search_trees(small, strategies, min_size)
    scale = image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]
    return without_near(ranked_boxes(trees, seed) * (scale * 2), near_iou)


def working_image(image: Image, max_side_px: int = MAX_SIDE_PX) -> Image:
    """Return the picture with no side above ``max_side_px``.

    Raises
    ------
    ValueError
        If the image is not (H, W, 3) uint8 or ``max_side_px`` is below 16.

    Examples
    --------
    >>> working_image(np.zeros((300, 800, 3), np.uint8)).shape
    (150, 400, 3)
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(
            f"image must be (H, W, 3) uint8, got {image.dtype} {image.shape}"
        )
    if max_side_px < 16:
        raise ValueError(f"max_side_px must be at least 16, got {max_side_px}")
    height, width = image.shape[:2]
    shrink = max_side_px / max(height, width)
    if shrink >= 1:
        return image
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def in_color_space(image: Image, space: str) -> Image:
    """Return an RGB picture in another colour space: (H, W, 3), grey (H, W).

    Raises
    ------
    ValueError
        If the space is not one of ``COLOR_SPACES``.

    Examples
    --------
    >>> in_color_space(np.full((1, 1, 3), 9, np.uint8), "grey").tolist()
    [[9]]
    """
    if space not in COLOR_SPACES:
        options = ", ".join(COLOR_SPACES)
        raise ValueError(f"colour space {space!r} is not one of {options}")
    code = COLOR_SPACES[space]
    return image if code is None else np.asarray(cv2.cvtColor(image, code), np.uint8)


def search_trees(
    image: Image, strategies: Iterable[Strategy], min_size: int = MIN_SIZE
) -> list[MergeTree]:
    """Group a picture by every strategy; what two have in common is made once."""
    graphs: dict[str, PixelGraph] = {}
    starts: dict[tuple[str, float], Regions] = {}
    found = []
    for one in strategies:
        planes, start = in_color_space(image, one.space), (one.space, one.k)
        if one.space not in graphs:
            graphs[one.space] = pixel_graph(planes, SIGMA_PX)
        if start not in starts:
            labels = segment_graph(graphs[one.space], one.k, min_size)
            starts[start] = measure_regions(planes, labels)
        found.append(group_regions(starts[start], one.weights))
    return found


def ranked_boxes(trees: Sequence[MergeTree], seed: int = 0) -> Array:
    """Join the boxes of groupings in one list, the more promising first.

        Parameters
        ----------
        trees : sequence of MergeTree
            Of one picture.
        seed : int
            Of the random numbers.

        Returns
        -------
        (N, 4) float64 array
            Each box once, at the best of its places.

        Notes
        -----
        A region's place in its tree, 1 for the last merge, is multiplied by a random
        number from 0 to 1: large regions tend to come first.

        References
        ----------
        Uijlings et al. 2013, section 4.

        Examples
        --------
        >>> from explorer.core.regions import measure_regions
    >>> labels = np.array([[0, 1, 2]] * 3, np.int32)
        >>> tree = group_regions(measure_regions(np.zeros((3, 3), np.uint8), labels))
        >>> len(ranked_boxes([tree, tree])), float(ranked_boxes([tree]).max())
        (5, 3.0)
    """
    if not trees:
        return np.zeros((0, 4))
    rng = np.random.default_rng(seed)
    boxes = np.concatenate([tree.boxes for tree in trees])
    places = np.concatenate([np.arange(len(tree.boxes), 0, -1) for tree in trees])
    ranked = boxes[np.argsort(places * rng.random(len(places)), kind="stable")]
    _, first = np.unique(ranked, axis=0, return_index=True)
    return np.asarray(ranked[np.sort(first)], np.float64)


def without_near(boxes: Array, near_iou: float = NEAR_IOU) -> Array:
    """Leave out each box that overlaps an earlier one by more than ``near_iou``.

    Raises
    ------
    ValueError
        If the boxes are malformed or ``near_iou`` is outside 0..1.

    Examples
    --------
    >>> without_near(np.array([[0, 0, 10, 10], [0, 0, 10, 9.5], [0, 0, 5, 5]])).tolist()
    [[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 5.0, 5.0]]
    """
    steps = nms_steps(boxes, -np.arange(len(boxes)), near_iou)
    return np.asarray(boxes[[step.kept for step in steps]], np.float64)
