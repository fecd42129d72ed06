"""What the lesson on R-CNN computes, against torch and torchvision."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.box_codec import decode
from explorer.core.numerals import counted
from explorer.core.proof import Proof
from explorer.core.roi import roi_pool_steps
from explorer.core.warp import MOST_SHRINK, warp_boxes, with_context
from explorer.models.proofs.cnn_windows import SINGLE
from explorer.models.proofs.gap import gap, share_of_largest

# OpenCV reads between pixels on a grid of 1/32, and rounds: a step of 255 from one
# pixel to the next may come out 255 / 32 off, half of that in each direction.
WARP_TOLERANCE = 255 / 32 + 0.5
DECODE_TOLERANCE = 1e-6

Image = NDArray[np.uint8]


def prove_warp(image: Image, boxes: ArrayLike) -> Proof:
    """Compare warped crops with ``torch.nn.functional.grid_sample``.

    Parameters
    ----------
    image : (H, W, 3) uint8
    boxes : (N, 4) array_like
        xyxy in pixels.

    Returns
    -------
    Proof
        In grey levels. Every pixel is compared whose four neighbours lie inside the
        photo, on the same copy of it: halved where the box is large.
    """
    worst, compared = 0.0, 0
    crops = warp_boxes(image, boxes)
    for crop, box in zip(crops, with_context(boxes), strict=True):
        theirs, inside = _sampled(image, box, crop.shape[0])
        apart = np.abs(crop.astype(np.float64) - theirs)[inside]
        worst = max(worst, float(apart.max(initial=0)))
        compared += int(inside.sum())
    note = f"{len(crops)} crops, {compared:,} pixels; OpenCV reads on 1/32 of a pixel"
    return Proof(
        "torch.nn.functional.grid_sample", worst, WARP_TOLERANCE, "grey levels", note
    )


def _sampled(
    image: Image, box: NDArray[np.float64], side: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read a crop with torch: its pixels, and which lie wholly inside the photo."""
    import torch
    from torch.nn import functional

    source, shrink = image, float((box[2:] - box[:2]).max()) / side
    for _ in range(max(0, int(np.ceil(np.log2(shrink / MOST_SHRINK))))):
        half = max(1, source.shape[1] // 2), max(1, source.shape[0] // 2)
        source = np.asarray(cv2.resize(source, half, interpolation=cv2.INTER_AREA))
    height, width = source.shape[:2]
    places = (np.arange(side) + 0.5) / side
    x = (box[0] + places * (box[2] - box[0])) * width / image.shape[1] - 0.5
    y = (box[1] + places * (box[3] - box[1])) * height / image.shape[0] - 0.5
    grid = np.stack(np.meshgrid(2 * (x + 0.5) / width - 1, 2 * (y + 0.5) / height - 1))
    read = functional.grid_sample(
        torch.tensor(source.transpose(2, 0, 1)[None], dtype=torch.float64),
        torch.tensor(grid.transpose(1, 2, 0)[None]),
        mode="bilinear",
        align_corners=False,
    )[0]
    inside = np.outer((y >= 0) & (y <= height - 1), (x >= 0) & (x <= width - 1))
    return read.numpy().transpose(1, 2, 0), inside


def prove_decode(proposals: ArrayLike, deltas: ArrayLike) -> Proof:
    """Compare moved boxes with torchvision's ``BoxCoder``, in float64.

    Parameters
    ----------
    proposals, deltas : (N, 4) array_like
    """
    import torch
    from torchvision.models.detection._utils import BoxCoder

    boxes, moves = (np.asarray(v, np.float64) for v in (proposals, deltas))
    theirs = BoxCoder((1.0, 1.0, 1.0, 1.0)).decode_single(
        torch.tensor(moves), torch.tensor(boxes)
    )
    apart = np.abs(decode(boxes, moves) - theirs.numpy())
    note = f"{counted(len(boxes), 'box')} moved by the four numbers"
    return Proof(
        "torchvision's BoxCoder",
        float(apart.max(initial=0)),
        DECODE_TOLERANCE,
        "px",
        note,
    )


def prove_shared(found: Mapping[str, NDArray[Any]]) -> list[Proof]:
    """Prove what Fast R-CNN's times were measured on: the parts, and the pooling.

    Parameters
    ----------
    found : mapping
        What ``SharedRun.shared_run`` gives.

    Returns
    -------
    list of Proof
        The convolutions once and the last layers on them are the network in one
        piece; every maximum of the RoI pooling is that of the rule written out.
    """
    scale = float(found["map_size"][0] / found["input_size"][0])
    pooled = found["pooled"]
    written = np.array(
        [
            roi_pool_steps(found["features"], box, pooled.shape[-1], scale).values
            for box in found["placed"]
        ]
    )
    rois = "1 RoI" if len(pooled) == 1 else f"{len(pooled)} RoIs"
    shape = " × ".join(str(side) for side in pooled.shape[1:])
    return [
        Proof(
            "the network in one piece",
            gap(found["parts"], found["whole"]),
            share_of_largest(found["whole"], SINGLE),
            note="convolutions, then the last layers: all logits of the photo",
        ),
        Proof(
            "numpy, each bin's maximum taken by itself",
            gap(pooled, written),
            0,
            note=f"RoI pooling of {rois}, {shape} each",
        ),
    ]
