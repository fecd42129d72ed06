"""What the lesson on Faster R-CNN shows of the funnel and the pyramid, proved.

Every array is one of ``explorer.models.everyday_opened``, on the reader's picture.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.anchors import RATIOS
from explorer.core.box_codec import decode
from explorer.core.funnel import DetectionFunnel, ProposalFunnel, proposal_funnel
from explorer.core.numerals import counted
from explorer.core.proof import Proof
from explorer.models.proofs.gap import gap

Arrays = Mapping[str, NDArray[Any]]
SINGLE = 1e-5  # of the largest number: sums in single precision
PIXELS = 1e-3
TIE = 1e-5  # of an IoU: nearer to the threshold, single precision may decide otherwise


# What the first half is proved from.
FIRST_HALF = (
    "anchors",
    "levels",
    "rpn_logits",
    "rpn_deltas",
    "best_rows",
    "best_boxes",
    "best_scores",
    "proposals",
    "proposal_rows",
)


def prove_first_half(
    arrays: Arrays,
    cells: Mapping[int, tuple[int, int]],
    sizes: Mapping[int, tuple[float, ...]],
    settings: Mapping[str, float],
    funnel: ProposalFunnel,
    side: int,
) -> list[Proof]:
    """Return all proofs of the proposal network: no threshold of the page moves them.

    Parameters
    ----------
    arrays : mapping
        ``FIRST_HALF``.
    cells, sizes
        See ``prove_anchors``.
    settings : mapping
        ``top_level``, ``top``, ``nms_iou``, ``least_px``.
    funnel : ProposalFunnel
    side : int
        Of the square picture, in pixels.
    """
    return [
        prove_anchors(arrays["anchors"], cells, sizes),
        prove_best(arrays, int(settings["top_level"])),
        prove_proposals(arrays, settings, side),
        prove_first_nms(arrays, funnel, settings),
    ]


def prove_anchors(
    anchors: NDArray[Any],
    cells: Mapping[int, tuple[int, int]],
    sizes: Mapping[int, tuple[float, ...]],
) -> Proof:
    """Compare all anchors with torchvision's ``AnchorGenerator``.

    Parameters
    ----------
    anchors : (A, 4) array
    cells : mapping of int to (int, int)
        Rows and columns of the maps by level.
    sizes : mapping of int to tuple of float
        Sizes of the anchors by level, in pixels.
    """
    import torch
    from torchvision.models.detection.anchor_utils import AnchorGenerator

    made = AnchorGenerator(tuple(sizes.values()), (RATIOS,) * len(sizes))
    strides = [[torch.tensor(2**k), torch.tensor(2**k)] for k in sizes]
    made.set_cell_anchors(torch.float32, torch.device("cpu"))
    placed = made.grid_anchors([list(cells[k]) for k in sizes], strides)
    theirs = torch.cat(placed).numpy()
    note = f"{len(theirs):,} anchors"
    delta = gap(anchors, theirs)
    return Proof("torchvision's AnchorGenerator", delta, 0, "px", note)


def prove_proposals(arrays: Arrays, settings: Mapping[str, float], side: int) -> Proof:
    """Compare the proposals with torchvision's own proposal network's choice.

    Parameters
    ----------
    arrays : mapping
        ``rpn_logits``, ``rpn_deltas``, ``anchors``, ``levels``, ``proposals``.
    settings : mapping
        ``top_level``, ``top``, ``nms_iou``, ``least_px``.
    side : int
        Of the square picture, in pixels.

    Returns
    -------
    Proof
        Its difference is the number of proposals that only one of the two has.
    """
    import torch
    from torchvision.models.detection._utils import BoxCoder
    from torchvision.models.detection.rpn import RegionProposalNetwork

    tops = [{"testing": int(settings[name])} for name in ("top_level", "top")]
    nothing: Any = None  # neither anchors nor a head are asked for here
    chooser = RegionProposalNetwork(
        nothing, nothing, 0.7, 0.3, 256, 0.5, *tops, float(settings["nms_iou"])
    ).eval()
    chooser.min_size = float(settings["least_px"])
    anchors = torch.from_numpy(arrays["anchors"])
    moves = torch.from_numpy(arrays["rpn_deltas"])
    boxes = BoxCoder((1.0,) * 4).decode_single(moves, anchors)
    _, counts = np.unique(arrays["levels"], return_counts=True)
    logits = torch.from_numpy(arrays["rpn_logits"])[:, None]
    chosen, _ = chooser.filter_proposals(
        boxes[None], logits, [(side, side)], [int(n) for n in counts]
    )
    delta = apart(arrays["proposals"], chosen[0].numpy())
    note = f"{len(chosen[0])} proposals chosen from the same objectness"
    return Proof("torchvision's RegionProposalNetwork", delta, 0, "boxes", note)


def apart(ours: ArrayLike, theirs: ArrayLike) -> int:
    """Return how many boxes of two sets have no equal, to 1e-3 px, in the other.

    Examples
    --------
    >>> apart([[0, 0, 9, 9], [1, 1, 2, 2]], [[0, 0, 9, 9]])
    1
    """
    a, b = (np.asarray(v, np.float64).reshape(-1, 4) for v in (ours, theirs))
    if not len(a) or not len(b):
        return len(a) + len(b)
    near = np.abs(a[:, None] - b[None]).max(axis=2) < PIXELS
    return int((~near.any(axis=1)).sum() + (~near.any(axis=0)).sum())


def prove_best(arrays: Arrays, top_level: int) -> Proof:
    """Compare the anchors looked at with a sort of all objectness, level by level.

    Returns
    -------
    Proof
        Its difference is the number of anchors whose objectness is not among the best;
        of equals any will do.
    """
    rows, logits, levels = (arrays[k] for k in ("best_rows", "rpn_logits", "levels"))
    wrong = 0
    for level in np.unique(levels):
        mine = np.sort(logits[rows[levels[rows] == level]])[::-1]
        best = np.sort(logits[levels == level])[::-1][:top_level]
        same = len(mine) == len(best)
        wrong += int((mine != best).sum()) if same else max(len(mine), len(best))
    note = f"the best {top_level} of each level, {len(rows):,} in all"
    return Proof("a sort of all objectness", wrong, 0, "anchors", note)


def prove_first_nms(
    arrays: Arrays, funnel: ProposalFunnel, settings: Mapping[str, float]
) -> Proof:
    """Compare numpy's rounds with what the network kept by ``batched_nms``.

    Parameters
    ----------
    arrays : mapping
        ``best_boxes``, ``best_scores``, ``best_rows``, ``levels``, ``proposal_rows``.
    funnel : ProposalFunnel
        As shown.
    settings : mapping
        ``nms_iou``, ``least_px``, ``top``.

    Returns
    -------
    Proof
        Its difference is the number of proposals that only one of the two has. An
        overlap within 1e-5 of the threshold may fall on either side: the network
        computes in single precision.
    """
    theirs = set(arrays["proposal_rows"].tolist())
    rows = arrays["best_rows"]
    delta = len(theirs ^ set(rows[funnel.proposals].tolist()))
    for move in (-TIE, TIE) if delta else ():
        other = proposal_funnel(
            arrays["best_boxes"],
            arrays["best_scores"],
            arrays["levels"][rows],
            least_px=settings["least_px"],
            iou_threshold=settings["nms_iou"] + move,
            top=int(settings["top"]),
        )
        delta = min(delta, len(theirs ^ set(rows[other.proposals].tolist())))
    note = (
        f"first suppression, by level: {len(theirs)} proposals left by numpy's rounds"
    )
    name = "torchvision.ops.batched_nms, as the network ran it"
    return Proof(name, delta, 0, "proposals", note)


def prove_second_nms(funnel: DetectionFunnel, iou_threshold: float) -> Proof:
    """Compare the detections with ``torchvision.ops.batched_nms`` on the same boxes.

    Returns
    -------
    Proof
        Its difference is the number of boxes that only one of the two keeps.
    """
    import torch
    from torchvision.ops import batched_nms

    kept = batched_nms(
        torch.from_numpy(funnel.boxes),
        torch.from_numpy(funnel.scores),
        torch.from_numpy(funnel.labels),
        iou_threshold,
    )
    delta = len(set(kept.tolist()) ^ set(funnel.kept.tolist()))
    note = f"last suppression: {len(kept)} of {len(funnel.rows)} boxes, by class"
    return Proof("torchvision.ops.batched_nms", delta, 0, "boxes", note)


def prove_found(arrays: Arrays, funnel: DetectionFunnel, at: str = "") -> Proof:
    """Compare the end of the funnel with the network's own detections.

    ``at`` says at which thresholds both were taken.

    Returns
    -------
    Proof
        Its difference is the number of detections that only one of the two has.
    """
    ours = set(
        zip(
            funnel.rows[funnel.found].tolist(),
            funnel.labels[funnel.found].tolist(),
            strict=True,
        )
    )
    theirs = set(
        zip(arrays["found_rows"].tolist(), arrays["found_labels"].tolist(), strict=True)
    )
    note = f"{counted(len(theirs), 'detection')}{at}: RoI and class of each"
    return Proof("the network's own answer", len(ours ^ theirs), 0, "boxes", note)


def prove_moves(arrays: Arrays, weights: tuple[float, float, float, float]) -> Proof:
    """Compare every RoI, moved for every class, with torchvision's ``BoxCoder``.

    Parameters
    ----------
    arrays : mapping
        ``rois`` (R, 4), ``deltas`` (R, C, 4), ``boxes`` (R, C, 4).
    weights : four floats
        Of the codec.
    """
    import torch
    from torchvision.models.detection._utils import BoxCoder

    rois, deltas = arrays["rois"], arrays["deltas"]
    classes = deltas.shape[1]
    every = np.repeat(rois, classes, axis=0).astype(np.float64)
    flat = deltas.reshape(-1, 4).astype(np.float64)
    theirs = BoxCoder(weights).decode_single(
        torch.from_numpy(flat), torch.from_numpy(every)
    )
    ours = decode(every, flat, weights=weights)
    delta = max(
        gap(ours, theirs.numpy()), gap(arrays["boxes"].reshape(-1, 4), theirs.numpy())
    )
    note = f"{len(rois)} RoIs moved for {classes} classes, by numpy and by the network"
    return Proof("torchvision's BoxCoder", delta, PIXELS, "px", note)
