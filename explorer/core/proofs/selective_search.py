"""Our selective search beside OpenCV's, step by step, on the reader's own picture."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.graph_segmentation import Labels
from explorer.core.merge_tree import MEASURES, MergeTree, group_regions
from explorer.core.proof import Proof
from explorer.core.regions import Regions
from explorer.core.selective_search import (
    SIGMA_PX,
    Strategy,
    in_color_space,
    search_trees,
)

reference = cv2.ximgproc.segmentation

Image = NDArray[np.uint8]
Weights = tuple[float, float, float, float]

_MODULE = "cv2.ximgproc.segmentation"
EXACT = 0.0
# Pairs with equal scores may be joined in another order, and what follows differs.
TIED_FRAC = 0.4  # of the boxes: twice the worst measured, 20 % with the size alone

_MAKERS = (
    reference.createSelectiveSearchSegmentationStrategyColor,
    reference.createSelectiveSearchSegmentationStrategyTexture,
    reference.createSelectiveSearchSegmentationStrategySize,
    reference.createSelectiveSearchSegmentationStrategyFill,
)


def opencv_start(planes: Image, sigma_px: float, k: float, min_size: int) -> Labels:
    """Return OpenCV's start segmentation: (H, W) int32."""
    segmentation = reference.createGraphSegmentation(sigma_px, k, min_size)
    return np.asarray(segmentation.processImage(planes), np.int32)


def opencv_boxes(
    planes: Image, sigma_px: float, k: float, min_size: int, weights: Weights
) -> set[tuple[int, ...]]:
    """Return the boxes (x1, y1, x2, y2) of OpenCV's grouping, in no order.

    Notes
    -----
    Not for texture where ``texture_fits`` says no.
    """
    search = reference.createSelectiveSearchSegmentation()
    search.setBaseImage(planes)
    search.addImage(planes)
    search.addGraphSegmentation(
        reference.createGraphSegmentation(sigma_px, k, min_size)
    )
    measure = reference.createSelectiveSearchSegmentationStrategyMultiple()
    for make, weight in zip(_MAKERS, weights, strict=True):
        if weight:
            measure.addStrategy(make(), weight)
    search.addStrategy(measure)
    found = np.asarray(search.process(), np.int64).reshape(-1, 4)
    found[:, 2:] += found[:, :2]
    return {tuple(box) for box in found.tolist()}


def texture_fits(shape: tuple[int, int]) -> bool:
    """Return whether OpenCV's texture can measure a picture of (height, width).

    It cuts the picture out of a square that held it turned by 45 degrees: a picture
    of more than about 2.4 to 1 is longer than that, and OpenCV reads beyond the end.

    Examples
    --------
    >>> texture_fits((30, 70)), texture_fits((30, 80))
    (True, False)
    """
    height, width = shape
    box = cv2.RotatedRect((width / 2, height / 2), (width, height), 45).boundingRect()
    return box[2] >= width and box[3] >= height


def prove_start(
    planes: Image, labels: Labels, sigma_px: float, k: float, min_size: int
) -> Proof:
    """Count the pixels that OpenCV puts into another region.

    Examples
    --------
    >>> from explorer.core.graph_segmentation import pixel_graph, segment_graph
    >>> image = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    >>> labels = segment_graph(pixel_graph(image, 2.0), 50, 20)
    >>> prove_start(image, labels, 2.0, 50, 20).holds
    True
    """
    theirs = opencv_start(planes, sigma_px, k, min_size)
    return Proof(
        f"{_MODULE}.createGraphSegmentation",
        int((theirs != labels).sum()),
        EXACT,
        "pixels",
        f"regions to start from, pixel by pixel: {int(labels.max()) + 1}",
    )


def prove_boxes(
    planes: Image,
    regions: Regions,
    tree: MergeTree,
    start: tuple[float, float, int],
    weights: Weights,
) -> Proof:
    """Count the boxes that only one of the two groupings finds.

    Parameters
    ----------
    planes : (H, W) or (H, W, C) uint8 array
    regions, tree : the start, measured, and what it was grouped to.
    start : sigma_px, k and min_size of the start segmentation.
    weights : those of the tree.

    Notes
    -----
    In a picture where ``texture_fits`` says no the two are compared with the texture
    left out.
    """
    note = _weighed(weights)
    if weights[1] and not texture_fits((planes.shape[0], planes.shape[1])):
        color, _, size, fill = weights
        weights = (color if color or size or fill else 1.0, 0.0, size, fill)
        note = f"{_weighed(weights)}: OpenCV's texture can't take so long a picture"
        tree = group_regions(regions, weights)
    theirs = opencv_boxes(planes, *start, weights)
    ours = {tuple(box) for box in tree.boxes.tolist()}
    allowed = TIED_FRAC * len(ours) if tree.ties else EXACT
    if tree.ties:
        note += (
            f"; {tree.ties} merges had an equal rival, after which either may go on "
            "in its own order"
        )
    found = f"boxes of all regions: {len(ours)}, by {note}"
    apart = len(ours ^ theirs)
    return Proof(
        f"{_MODULE}.createSelectiveSearchSegmentation", apart, allowed, "boxes", found
    )


def prove_search(
    image: Image,
    strategies: Sequence[Strategy],
    trees: Sequence[MergeTree],
    min_size: int,
) -> Proof:
    """Count the boxes, over several groupings, that only one side finds.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
        RGB, at the working size.
    strategies, trees : what ``search_trees`` was asked and what it answered.
    min_size : int
    """
    note = "equal"
    if not texture_fits((image.shape[0], image.shape[1])):
        strategies = [
            replace(one, weights=(1.0, 0.0, *one.weights[2:])) for one in strategies
        ]
        trees = search_trees(image, strategies, min_size)
        note = "equal without texture: OpenCV's can't take so long a picture"
    apart = total = allowed = 0.0
    for one, tree in zip(strategies, trees, strict=True):
        planes = in_color_space(image, one.space)
        theirs = opencv_boxes(planes, SIGMA_PX, one.k, min_size, one.weights)
        ours = {tuple(box) for box in tree.boxes.tolist()}
        apart += len(ours ^ theirs)
        total += len(ours)
        allowed += TIED_FRAC * len(ours) if tree.ties else 0.0
    groupings = f"{len(trees)} groupings" if len(trees) > 1 else "the grouping"
    found = f"boxes of {groupings}: {total:,.0f}, {note}"
    return Proof(
        f"{_MODULE}.createSelectiveSearchSegmentation", apart, allowed, "boxes", found
    )


def _weighed(weights: Weights) -> str:
    used = [name for name, w in zip(MEASURES, weights, strict=True) if w]
    return " + ".join(used)
