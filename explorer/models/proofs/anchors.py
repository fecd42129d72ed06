"""What the lesson on anchors computes, against torchvision, on the reader's picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.anchor_kmeans import KMeansStep
from explorer.core.anchor_maps import AnchorMaps, MapPlan
from explorer.core.anchor_matching import AnchorMatch
from explorer.core.proof import Proof
from explorer.models import weights, zoo
from explorer.models.conv_norm import NORM_EPS
from explorer.models.proofs.gap import gap

EXACT = 0.0
HEAD_TOLERANCE = 1e-3  # of a logit: thousands of products, summed by torch in float32
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


def prove_matching(
    maps: AnchorMaps,
    gt_boxes: ArrayLike,
    match: AnchorMatch,
    high: float,
    low: float,
    low_quality: bool,
) -> Proof | None:
    """Compare the matching with torchvision's ``Matcher`` on its own ``box_iou``.

    Returns
    -------
    Proof or None
        How many anchors are told apart; None without a truth, which torchvision's
        matcher refuses. A truth that overlaps no anchor is left out of the
        comparison: torchvision would make every anchor positive for it.
    """
    import torch
    from torchvision.models.detection._utils import Matcher
    from torchvision.ops import box_iou

    truths = np.asarray(gt_boxes, np.float64).reshape(-1, 4)
    if not len(truths):
        return None
    ious = box_iou(torch.tensor(truths), torch.tensor(maps.boxes)).nan_to_num()
    reached = torch.where(ious.amax(1) > 0)[0]
    if not len(reached):
        theirs = np.full(len(maps.boxes), -1)
    else:
        said = Matcher(high, low, low_quality)(ious[reached])
        theirs = torch.where(said >= 0, reached[said.clamp(0)], said).numpy()
    differ = int((theirs != match.gt).sum())
    truth = "1 truth" if len(truths) == 1 else f"{len(truths)} truths"
    note = f"{len(theirs):,} anchors against {truth}: how many are judged differently"
    return Proof("torchvision's Matcher", differ, EXACT, "anchors", note)


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
    from safetensors.torch import load_file

    file = load_file(weights.locate(zoo.record(name))[0])
    state = {key: value.double() for key, value in file.items() if "rpn." in key}
    said, moves = _head(state, features)
    ours = np.column_stack([np.asarray(logits), np.asarray(deltas)])
    note = (
        f"{said.size:,} logits and {moves.size:,} deltas from the map and the weights "
        "in the file, in float64"
    )
    want = np.column_stack([said, moves])
    return Proof("torch.nn.functional", gap(ours, want), HEAD_TOLERANCE, "", note)


def _head(state: dict[str, Any], features: NDArray[np.float32]) -> tuple[Array, Array]:
    """Return logits (H * W * A,) and deltas (H * W * A, 4), by functions alone."""
    import torch
    from torch.nn import functional

    x = torch.from_numpy(features).double()[None]
    for part in ("rpn.body.0", "rpn.body.1"):
        kernel = state[f"{part}.conv.weight"]
        groups = x.shape[1] if kernel.shape[1] == 1 else 1
        x = functional.conv2d(x, kernel, padding=kernel.shape[-1] // 2, groups=groups)
        mean, var, weight, bias = (state[f"{part}.norm.{k}"] for k in _NORM)
        x = functional.batch_norm(x, mean, var, weight, bias, eps=NORM_EPS)
        x = x.clamp(0, 6)
    out = [
        functional.conv2d(x, state[f"rpn.{k}.weight"], state[f"rpn.{k}.bias"])[0]
        for k in ("objectness", "move")
    ]
    count = len(out[0])
    moves = out[1].reshape(count, 4, *x.shape[2:]).permute(2, 3, 0, 1)
    return out[0].permute(1, 2, 0).reshape(-1).numpy(), moves.reshape(-1, 4).numpy()


_NORM = ("running_mean", "running_var", "weight", "bias")


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
