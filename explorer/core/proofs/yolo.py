"""What the lesson on YOLO computes, against the network's arrays and definitions."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.anchor_kmeans import KMeansStep
from explorer.core.boxes import box_iou
from explorer.core.numerals import counted
from explorer.core.proof import Proof
from explorer.core.yolo import (
    box_count,
    decode_anchored,
    decode_v1,
    encode_anchored,
    encode_v1,
)
from explorer.core.yolo_read import PAPERS, YoloRead

Array = NDArray[np.float64]

READ_TOLERANCE_PX = 0.01  # float32 against float64, of boxes up to e**4 anchors wide
ROUND_TRIP_PX = 1e-6
SHARE = 1e-4  # of a sum of thousands of float32 terms


def prove_read(
    read: YoloRead, boxes: ArrayLike, objectness: ArrayLike, classes: ArrayLike
) -> Proof:
    """Compare the tensor read in NumPy with the boxes the network works with.

    Parameters
    ----------
    read : YoloRead
    boxes : (P, 4), objectness : (P,), classes : (P, C) array_like
        As the network gives them.

    Returns
    -------
    Proof
        Its difference is the largest of edges (pixels), as a share of the box's sides
        where these are over 320 px, and of probabilities.
    """
    theirs = np.asarray(boxes, np.float64)
    if theirs.shape != read.boxes.shape:
        return Proof("the network's own boxes", float("inf"), READ_TOLERANCE_PX)
    sides = np.maximum(1, np.abs(theirs).max(axis=1, initial=0) / 320)
    edges = np.abs(read.boxes - theirs).max(axis=1, initial=0) / sides
    apart = (
        edges,
        np.abs(read.confidence - np.asarray(objectness, np.float64)),
        np.abs(read.classes - np.asarray(classes, np.float64)),
    )
    delta = max(float(one.max(initial=0)) for one in apart)
    note = f"all {len(theirs):,} boxes and probabilities, read from the tensor in numpy"
    return Proof("the network's own boxes", delta, READ_TOLERANCE_PX, note=note)


def prove_counts(cells: Sequence[int], per_cell: int, boxes: int) -> Proof:
    """Compare ``box_count`` with the papers' counts, and with the boxes at hand."""
    made = [box_count(list(sides), each) for sides, each, _ in PAPERS.values()]
    said = [count for _, _, count in PAPERS.values()]
    ours, theirs = [*made, box_count(list(cells), per_cell)], [*said, boxes]
    delta = sum(a != b for a, b in zip(ours, theirs, strict=True))
    counts = ", ".join(f"{count:,}" for count in said)
    note = f"{counts} in the papers; {boxes:,} in this network's arrays"
    return Proof("the boxes counted", delta, 0, note=note)


def prove_round_trip(
    version: int,
    truths: ArrayLike,
    anchors: ArrayLike,
    cells: list[int],
    side_px: float,
) -> Proof:
    """Write true boxes as the numbers to be learnt, and read these back."""
    boxes = np.asarray(truths, np.float64).reshape(-1, 4)
    if version == 1:
        back = decode_v1(encode_v1(boxes, cells[0], side_px), cells[0], side_px)
    else:
        written = encode_anchored(boxes, anchors, cells, side_px)
        back = decode_anchored(written, anchors, cells, side_px)
    delta = float(np.abs(back - boxes).max(initial=0))
    note = "your boxes → the numbers they should be → boxes"
    return Proof("the boxes you drew", delta, ROUND_TRIP_PX, "px", note)


def prove_terms(ours: Mapping[str, float], theirs: Mapping[str, float]) -> Proof:
    """Compare each term of the loss in NumPy with the network's own, as a share.

    Parameters
    ----------
    ours, theirs : mapping of str to float
        The terms by name.

    Returns
    -------
    Proof
        Its difference is the largest of the terms', each over 1 + its size; infinity
        where the names differ.
    """
    name, note = "the network's own loss", f"{len(ours)} terms, each summed in numpy"
    if set(ours) != set(theirs):
        return Proof(name, float("inf"), SHARE, note=note)
    apart = [abs(ours[k] - theirs[k]) / (1 + abs(theirs[k])) for k in ours]
    return Proof(name, max(apart, default=0.0), SHARE, note=note)


def prove_kmeans(steps: Sequence[KMeansStep], sizes: ArrayLike) -> Proof:
    """Compare the last round of k-means with its definition, box by box.

    Each size belongs to the anchor with which a box laid on the same middle overlaps
    most, by ``box_iou``; the mean overlap is theirs; and each anchor is the mean of
    those that belong to it.
    """
    last, boxes = steps[-1], np.asarray(sizes, np.float64)
    ious = box_iou(_centred(boxes), _centred(last.anchors))
    own = ious[np.arange(len(boxes)), last.nearest]
    short = float((ious.max(axis=1) - own).max())
    mean = abs(float(own.mean()) - last.mean_iou)
    moved = [
        np.abs(boxes[last.nearest == k].mean(axis=0) - anchor).max()
        for k, anchor in enumerate(last.anchors)
        if (last.nearest == k).any()
    ]
    delta = max(short, mean, float(max(moved)))
    sizes = counted(len(boxes), "size")
    note = f"{sizes}, k = {len(last.anchors)}: nearest, mean IoU, means"
    return Proof("k-means by definition, box_iou pair by pair", delta, 1e-9, note=note)


def _centred(sizes: Array) -> Array:
    return np.concatenate([-sizes / 2, sizes / 2], axis=1)
