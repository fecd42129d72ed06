"""What the lesson on anchors says of clustering sizes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.core.anchor_kmeans import KMeansStep, size_iou
from explorer.core.box_sizes import SIDE_PX

LEAST_LOSS = 0.0005  # of mean IoU: less is not seen in three digits
DATA, OWN = "the whole data set", "my own boxes"
SOURCE_HELP = (
    "All labelled boxes of the COCO photos among what this project's detectors learnt "
    "from, those of one class, or those you draw on the photo."
)
K_HELP = "How many anchors are looked for. YOLO v2 took 5, YOLO v3 9."
SEED_HELP = "Chooses the boxes that the anchors start from: k-means may end elsewhere."
NO_BOXES = "There is no box on the photo yet: draw one, or more, on the right."
FEWER = "There are only {k} different sizes, so there are {k} anchors, not {asked}."
OWN_SAID = (
    f"Your boxes, in pixels of the photo made {SIDE_PX} px on its longer side, as the "
    "data set's are. A network with a larger input has its anchors larger by as much."
)
CURVE = (
    "Each further anchor brings the boxes nearer to one, and costs one more guess in "
    "every cell. Diamond: the run on show; the line's runs begin with start 0."
)


def data_said(count: int, photos: int) -> str:
    """Say where the sizes come from."""
    return (
        f"The data set: {count:,} labelled objects in {photos} photos of COCO, in "
        f"pixels of a photo whose longer side is {SIDE_PX}."
    )


def has_peak(steps: Sequence[KMeansStep]) -> bool:
    """Tell whether an earlier round had visibly more overlap than the last one."""
    most = max(step.mean_iou for step in steps)
    return most - steps[-1].mean_iou >= LEAST_LOSS


def peak_said(steps: Sequence[KMeansStep], by_medians: float) -> str:
    """Say why rounds lost overlap where an earlier one had more (``has_peak``).

    Medians are named as the remedy only where they end higher.

    Parameters
    ----------
    steps : sequence of KMeansStep
    by_medians : float
        Mean IoU at the end of a run that moves to medians, from the same start.
    """
    best = max(range(len(steps)), key=lambda k: steps[k].mean_iou)
    most, last = steps[best].mean_iou, steps[-1].mean_iou
    said = (
        f"**Why did it get worse?** Round {best + 1} had mean IoU {most:.3f}, the last "
        f"has {last:.3f}: an anchor moves to the mean width and height of its boxes, "
        "which the few large ones pull up, round after round. A mean makes squared "
        "differences in pixels least, not 1 − IoU."
    )
    if by_medians - last < LEAST_LOSS:
        return said
    return (
        f"{said} With medians in place of means the same start ends at "
        f"{by_medians:.3f}."
    )


def rule_said(sizes: NDArray[np.float64], last: KMeansStep) -> str:
    """Write the distance of one box to its anchor, with these numbers.

    Without the 1 - IoU distance large boxes would rule: their errors in pixels are
    larger.
    """
    row = int(np.argsort(sizes.prod(axis=1))[len(sizes) // 2])
    pair = np.round([sizes[row], last.anchors[last.nearest[row]]], 1).clip(0.1)
    (w, h), (a, b) = pair
    shared = min(w, a) * min(h, b)
    iou = float(size_iou(pair[:1], pair[1:])[0, 0])
    return (
        "**The distance** of a box to an anchor is 1 − IoU, both laid on one middle, "
        "so only the sizes count, and a small box counts as much as a large one "
        f"(distances in pixels would be ruled by large ones). The middle box by area, "
        f"{w:.1f} × {h:.1f}, and its anchor {a:.1f} × {b:.1f} share {min(w, a):.1f} × "
        f"{min(h, b):.1f} = {shared:,.2f} px²: IoU = {shared:,.2f} ÷ ({w * h:,.2f} + "
        f"{a * b:,.2f} − {shared:,.2f}) = {iou:.2f}, distance **{1 - iou:.2f}**."
    )
