"""What the lesson on anchors computes, against torchvision, on the reader's picture."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.anchor_kmeans import KMeansStep
from explorer.core.anchor_maps import MapPlan
from explorer.core.proof import Proof
from explorer.models.proofs.by_file import TOLERANCE, State, conv_norm, state_of
from explorer.models.proofs.gap import gap
from explorer.models.proofs.rcnn import prove_decode

EXACT = 0.0
IOU_TOLERANCE = 1e-9

Array = NDArray[np.float64]


def prove_anchors(plans: Sequence[MapPlan], boxes: ArrayLike) -> Proof:
    """Compare anchors with torchvision's ``AnchorGenerator``.

    Parameters
    ----------
    plans : sequence of MapPlan
    boxes : (N, 4) array_like
        The anchors, map after map, in pixels.
    """
    import torch
    from torchvision.models.detection.anchor_utils import AnchorGenerator

    maker = AnchorGenerator(
        tuple(plan.sizes_px for plan in plans), tuple(plan.ratios for plan in plans)
    )
    strides = [[torch.tensor(plan.stride)] * 2 for plan in plans]
    theirs = maker.grid_anchors([[p.rows, p.cols] for p in plans], strides)
    want = torch.cat(theirs).numpy().astype(np.float64)
    ours = np.asarray(boxes, np.float64)
    note = f"all {len(want):,} anchors, corner by corner"
    return Proof("torchvision's AnchorGenerator", gap(ours, want), EXACT, "px", note)


def torchvision_overlaps(anchors: ArrayLike, gt_boxes: ArrayLike) -> Array:
    """Return torchvision's ``box_iou`` of true boxes with all anchors: (G, N).

    Parameters
    ----------
    anchors : (N, 4) array_like
    gt_boxes : (G, 4) array_like
        xyxy pixels of the network's input.
    """
    import torch
    from torchvision.ops import box_iou

    truths = torch.tensor(np.asarray(gt_boxes, np.float64).reshape(-1, 4))
    guesses = torch.tensor(np.asarray(anchors, np.float64))
    ious = box_iou(truths, guesses).nan_to_num()
    made: Array = ious.numpy()
    return made


def prove_matching(
    ious: Array, gt: ArrayLike, high: float, low: float, low_quality: bool
) -> Proof:
    """Compare the matching with torchvision's ``Matcher`` on its own ``box_iou``.

    Parameters
    ----------
    ious : (G, N) float64
        ``torchvision_overlaps``; G at least 1, since torchvision's matcher refuses 0.
    gt : (N,) int array_like
        Truth that each anchor learns, -1 background, -2 left out.
    high, low, low_quality
        The rule.

    Returns
    -------
    Proof
        How many anchors are told apart. A truth that overlaps no anchor is left out of
        the comparison: torchvision would make every anchor positive for it.
    """
    import torch
    from torchvision.models.detection._utils import Matcher

    table = torch.from_numpy(ious)
    reached = torch.where(table.amax(1) > 0)[0]
    if not len(reached):
        theirs = np.full(ious.shape[1], -1)
    else:
        said = Matcher(high, low, low_quality)(table[reached])
        theirs = torch.where(said >= 0, reached[said.clamp(0)], said).numpy()
    differ = int((theirs != np.asarray(gt)).sum())
    truth = "1 truth" if len(ious) == 1 else f"{len(ious)} truths"
    note = f"{len(theirs):,} anchors against {truth}: how many are judged differently"
    return Proof("torchvision's Matcher", differ, EXACT, "anchors", note)


OPENED = ("anchors", "levels", "rpn_logits", "rpn_deltas")


def prove_opened(
    name: str, plans: Sequence[MapPlan], arrays: Mapping[str, NDArray[Any]]
) -> list[Proof]:
    """Compare anchors, moved boxes and the head on each map given.

    Parameters
    ----------
    name : str
        Of the model.
    plans : sequence of MapPlan
        All maps that have anchors.
    arrays : mapping
        ``OPENED``, and ``map3`` ... (C, H, W), those that the head is proved on.
    """
    deltas = arrays["rpn_deltas"]
    made = [
        prove_anchors(plans, arrays["anchors"]),
        prove_decode(arrays["anchors"], deltas),
    ]
    for one in sorted(key for key in arrays if key.startswith("map")):
        mine = arrays["levels"] == int(one.removeprefix("map"))
        made.append(
            prove_head(name, arrays[one], arrays["rpn_logits"][mine], deltas[mine])
        )
    return made


def prove_head(
    name: str, features: NDArray[np.float32], logits: ArrayLike, deltas: ArrayLike
) -> Proof:
    """Compute the proposal head again from the weights in the shipped file.

    Parameters
    ----------
    name : str
        Of the model.
    features : (C, H, W) float32
        The map that the head slides over.
    logits : (H * W * A,) array_like
    deltas : (H * W * A, 4) array_like
        What the head said.
    """
    state = state_of(name, "rpn.")
    said, moves = _head(state, features)
    ours = np.column_stack([np.asarray(logits), np.asarray(deltas)])
    note = (
        f"{said.size:,} logits and {moves.size:,} deltas from the map and the weights "
        "in the file, in float64"
    )
    want = np.column_stack([said, moves])
    return Proof("torch.nn.functional", gap(ours, want), TOLERANCE, "", note)


def _head(state: State, features: NDArray[np.float32]) -> tuple[Array, Array]:
    """Return logits (H * W * A,) and deltas (H * W * A, 4), by functions alone."""
    import torch
    from torch.nn import functional

    x = torch.from_numpy(features).double()[None]
    for part in ("rpn.body.0", "rpn.body.1"):
        x = conv_norm(x, state, part)
    out = [
        functional.conv2d(x, state[f"rpn.{k}.weight"], state[f"rpn.{k}.bias"])[0]
        for k in ("objectness", "move")
    ]
    count = len(out[0])
    moves = out[1].reshape(count, 4, *x.shape[2:]).permute(2, 3, 0, 1)
    return out[0].permute(1, 2, 0).reshape(-1).numpy(), moves.reshape(-1, 4).numpy()


def prove_clusters(sizes: ArrayLike, steps: Sequence[KMeansStep]) -> list[Proof]:
    """Compare every round's clusters with ``box_iou``, and the end with means.

    Parameters
    ----------
    sizes : (N, 2) array_like
        Widths and heights.
    steps : sequence of KMeansStep

    Returns
    -------
    list of Proof
        How much overlap any box would gain with another anchor; how far an anchor is
        from the mean of its cluster in the last round.
    """
    import torch
    from torchvision.ops import box_iou

    array = np.asarray(sizes, np.float64)
    centred = torch.tensor(np.column_stack([-array / 2, array / 2]))
    lost = 0.0
    for step in steps:
        boxes = torch.tensor(np.column_stack([-step.anchors / 2, step.anchors / 2]))
        ious = box_iou(centred, boxes).numpy()
        own = np.take_along_axis(ious, step.nearest[:, None], 1)[:, 0]
        lost = max(lost, float((ious.max(1) - own).max()))
        lost = max(lost, abs(float(own.mean()) - step.mean_iou))
    last = steps[-1]
    means = np.array(
        [
            array[last.nearest == k].mean(0) if (last.nearest == k).any() else anchor
            for k, anchor in enumerate(last.anchors)
        ]
    )
    rounds = f"{len(array):,} sizes, {len(steps)} rounds"
    return [
        Proof(
            "torchvision.ops.box_iou",
            lost,
            IOU_TOLERANCE,
            note=f"{rounds}: every size is with the anchor it overlaps most",
        ),
        Proof(
            "numpy.mean",
            gap(last.anchors, means),
            IOU_TOLERANCE,
            "px",
            "each final anchor is the mean of its own cluster",
        ),
    ]
