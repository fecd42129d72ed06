"""Our selective search beside OpenCV's, step by step, on the reader's own picture."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.graph_segmentation import Labels, pixel_graph, segment_graph
from explorer.core.merge_tree import MEASURES, MergeTree, group_regions
from explorer.core.proof import Proof
from explorer.core.proofs.merge_turns import first_tie, merge_turns
from explorer.core.regions import Regions, measure_regions
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
    apart, sure = _apart(tree, theirs, weights, regions)
    found = f"{_covered(sure, len(_set(tree.boxes)), tree.ties)}, by {note}"
    return Proof(
        f"{_MODULE}.createSelectiveSearchSegmentation", apart, EXACT, "boxes", found
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
    note = ""
    if not texture_fits((image.shape[0], image.shape[1])):
        strategies = [
            replace(one, weights=(1.0, 0.0, *one.weights[2:])) for one in strategies
        ]
        trees = search_trees(image, strategies, min_size)
        note = ", without texture: OpenCV's can't take so long a picture"
    apart = total = sure = 0
    for one, tree in zip(strategies, trees, strict=True):
        planes = in_color_space(image, one.space)
        theirs = opencv_boxes(planes, SIGMA_PX, one.k, min_size, one.weights)
        regions = _start_of(planes, one.k, min_size) if tree.ties else None
        wrong, compared = _apart(tree, theirs, one.weights, regions)
        apart, sure = apart + wrong, sure + compared
        total += len(_set(tree.boxes))
    groupings = f"{len(trees)} groupings: " if len(trees) > 1 else ""
    found = groupings + _covered(sure, total, sum(tree.ties for tree in trees)) + note
    return Proof(
        f"{_MODULE}.createSelectiveSearchSegmentation", apart, EXACT, "boxes", found
    )


def _apart(
    tree: MergeTree,
    theirs: set[tuple[int, ...]],
    weights: Weights,
    regions: Regions | None,
) -> tuple[int, int]:
    """Return how many boxes are wrong, and how many were compared with OpenCV's.

    Without exact ties all boxes are compared, both ways. Else those of the regions
    before the first tie must be among OpenCV's, and each merge must be in its turn.
    """
    ours = _set(tree.boxes)
    if regions is None or not tree.ties:
        return len(ours ^ theirs), len(ours)
    sure = _set(tree.boxes[: tree.start + first_tie(tree)])
    turns = merge_turns(regions, tree.merges, weights)
    return len(sure - theirs) + turns.wrong, len(sure)


def _set(boxes: NDArray[np.int64]) -> set[tuple[int, ...]]:
    return {tuple(box) for box in boxes.tolist()}


def _start_of(planes: Image, k: float, min_size: int) -> Regions:
    labels = segment_graph(pixel_graph(planes, SIGMA_PX), k, min_size)
    return measure_regions(planes, labels)


def _covered(sure: int, total: int, ties: int) -> str:
    """Say which boxes were compared, and how the others were checked."""
    if not ties:
        return f"all {total:,} boxes compared"
    times = "one merge" if ties == 1 else f"{ties:,} merges"
    return (
        f"{sure:,} of {total:,} boxes compared, those before the first exact tie "
        f"({times} had an equal rival, and OpenCV may take that one); every merge "
        "checked to be the most similar pair of neighbours, all scores computed anew"
    )


def _weighed(weights: Weights) -> str:
    used = [name for name, w in zip(MEASURES, weights, strict=True) if w]
    return " + ".join(used)
