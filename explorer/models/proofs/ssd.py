"""What the lesson on SSD computes, against torch and torchvision."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.anchor_matching import match_default_boxes
from explorer.core.box_codec import encode
from explorer.core.default_boxes import DefaultMap, default_boxes
from explorer.core.numerals import counted
from explorer.core.proof import Proof
from explorer.core.ssd_loss import VARIANCES, SSDLoss

BOX_TOLERANCE_PX = 1e-3  # torchvision makes default boxes in single precision
CODEC_TOLERANCE_PX = 1e-6
LOSS_TOLERANCE = 1e-6
# The network's own sums are in single precision, over some hundred boxes.
ENGINE_TOLERANCE = 1e-3

Array = NDArray[np.float64]


def prove_defaults(maps: Sequence[DefaultMap], size_px: int, name: str) -> Proof:
    """Compare all default boxes with torchvision's ``DefaultBoxGenerator``.

    Parameters
    ----------
    maps : sequence of DefaultMap
    size_px : int
        Side of the picture.
    name : str
        What the network is called.

    Returns
    -------
    Proof
        In pixels; infinite if the numbers of boxes differ.
    """
    import torch
    from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
    from torchvision.models.detection.image_list import ImageList

    generator = DefaultBoxGenerator(
        [list(one.ratios) for one in maps],
        scales=[*(one.scale for one in maps), maps[-1].next_scale],
        steps=[one.step for one in maps],
        clip=True,
    )
    picture = ImageList(torch.zeros(1, 3, size_px, size_px), [(size_px, size_px)])
    grids = [torch.zeros(1, 1, one.cells, one.cells) for one in maps]
    theirs = generator(picture, grids)[0].numpy()
    ours = default_boxes(maps, size_px)
    same = theirs.shape == ours.shape
    delta = float(np.abs(theirs - ours).max()) if same else float("inf")
    note = f"{name}: all {len(theirs):,} boxes, corner by corner"
    return Proof(
        "torchvision's DefaultBoxGenerator", delta, BOX_TOLERANCE_PX, "px", note
    )


def prove_decode(boxes: ArrayLike, deltas: ArrayLike, moved: ArrayLike) -> Proof:
    """Compare moved default boxes with torchvision's ``BoxCoder``, in float64.

    Parameters
    ----------
    boxes, deltas, moved : (N, 4) array_like
        Default boxes, the network's numbers, and where the boxes lie then.
    """
    import torch
    from torchvision.models.detection._utils import BoxCoder

    given, moves = (np.asarray(v, np.float64) for v in (boxes, deltas))
    theirs = BoxCoder(VARIANCES).decode_single(torch.tensor(moves), torch.tensor(given))
    apart = np.abs(np.asarray(moved, np.float64) - theirs.numpy())
    factors = ", ".join(f"{v:g}" for v in VARIANCES)
    return Proof(
        "torchvision's BoxCoder",
        float(apart.max(initial=0)),
        CODEC_TOLERANCE_PX,
        "px",
        f"all {len(given):,} boxes moved, weights {factors}",
    )


def prove_matching(boxes: ArrayLike, gt_boxes: ArrayLike, threshold: float) -> Proof:
    """Compare which default boxes learn which truth with ``SSDMatcher``.

    Parameters
    ----------
    boxes : (N, 4) array_like
    gt_boxes : (G, 4) array_like
        At least one.
    threshold : float

    Returns
    -------
    Proof
        Its difference is the number of boxes with another answer.
    """
    import torch
    from torchvision.models.detection._utils import SSDMatcher
    from torchvision.ops import box_iou

    given, truths = (np.asarray(v, np.float64) for v in (boxes, gt_boxes))
    quality = box_iou(torch.tensor(truths), torch.tensor(given))
    theirs = SSDMatcher(threshold)(quality).numpy()
    ours = match_default_boxes(given, truths, threshold)
    differ = int((np.maximum(theirs, -1) != ours.gt).sum())
    note = f"{len(given):,} boxes, {len(truths)} true, IoU from {threshold:g}"
    return Proof("torchvision's SSDMatcher", differ, 0, "boxes", note)


def prove_loss(
    found: SSDLoss,
    boxes: ArrayLike,
    logits: ArrayLike,
    deltas: ArrayLike,
    gt_boxes: ArrayLike,
    gt_labels: ArrayLike,
) -> Proof:
    """Compare both terms with torch's ``cross_entropy`` and ``smooth_l1_loss``.

    Parameters
    ----------
    found : SSDLoss
        What the core made of the other arguments.
    boxes, logits, deltas, gt_boxes, gt_labels
        As for ``ssd_loss_parts``.
    """
    import torch
    from torch.nn import functional

    scores = torch.tensor(np.asarray(logits, np.float64))
    anchors, truths = (np.asarray(v, np.float64) for v in (boxes, gt_boxes))
    rows = np.flatnonzero(found.match.positive)
    gt = found.match.gt[rows]
    learned = np.concatenate([rows, np.flatnonzero(found.hard)])
    labels = np.zeros(len(learned), np.int64)
    labels[: len(rows)] = np.asarray(gt_labels, np.int64).reshape(-1)[gt] + 1
    classes = functional.cross_entropy(
        scores[learned], torch.tensor(labels), reduction="sum"
    )
    wanted = encode(anchors[rows], truths[gt], VARIANCES)
    moves = np.asarray(deltas, np.float64)[rows]
    moved = functional.smooth_l1_loss(
        torch.tensor(moves), torch.tensor(wanted), reduction="sum"
    )
    over = max(1, len(rows))
    theirs = (float(classes) / over, float(moved) / over)
    delta = max(abs(a - b) for a, b in zip(found.terms, theirs, strict=True))
    return Proof(
        "torch's cross_entropy and smooth_l1_loss",
        delta,
        LOSS_TOLERANCE,
        note=f"{counted(len(rows), 'positive')} and "
        f"{counted(len(learned) - len(rows), 'hard negative')}",
    )


def prove_engine(found: SSDLoss, terms: ArrayLike, match: ArrayLike) -> Proof:
    """Compare the core's loss with the one that the network was trained by.

    Parameters
    ----------
    found : SSDLoss
    terms : (2,) array_like
        Classes and boxes, as method ``losses`` gives them.
    match : (N,) array_like of int
        Its truth of each default box.

    Returns
    -------
    Proof
        The larger difference of the terms, relative; infinite if a match differs.
    """
    theirs = np.asarray(terms, np.float64)
    ours = np.asarray(found.terms)
    apart = np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))
    same = np.array_equal(np.asarray(match), found.match.gt)
    return Proof(
        "the loss that the network learnt by",
        float(apart.max()) if same else float("inf"),
        ENGINE_TOLERANCE,
        note="both terms, relative; its matching is this one, box by box",
    )
