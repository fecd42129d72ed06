"""The terms of Faster R-CNN's loss, computed again by torch and torchvision."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.proof import Proof

Arrays = Mapping[str, NDArray[Any]]
TOLERANCE = 1e-4  # of a term: sums of some hundred numbers in single precision


def prove_terms(said: Mapping[str, float], terms: Mapping[str, float]) -> Proof:
    """Compare the sums of what the page lists with the network's own terms.

    Parameters
    ----------
    said, terms : mappings of str to float
        The page's and the network's terms by name.
    """
    delta = max(abs(said[name] - float(terms[name])) for name in terms)
    note = f"{len(terms)} terms: the sums of what each anchor and RoI adds, in numpy"
    return Proof("the network's own losses", delta, TOLERANCE, note=note)


def prove_rpn_terms(opened: Arrays, found: Arrays, gt_boxes: ArrayLike) -> Proof:
    """Compute both terms of the proposal network with torch.

    Parameters
    ----------
    opened : mapping
        ``anchors``, ``rpn_logits``, ``rpn_deltas`` of the picture.
    found : mapping
        ``match``, ``sampled``, ``term_names``, ``terms``.
    gt_boxes : (G, 4) array_like
        True boxes in pixels of the network's square.
    """
    import torch
    from torch.nn import functional
    from torchvision.models.detection._utils import BoxCoder

    rows = torch.from_numpy(np.flatnonzero(found["sampled"]))
    match = torch.from_numpy(found["match"])[rows]
    front = match >= 0
    logits = torch.from_numpy(opened["rpn_logits"])[rows]
    said = functional.binary_cross_entropy_with_logits(
        logits, front.float(), reduction="sum"
    )
    truths = torch.from_numpy(np.asarray(gt_boxes, np.float32).reshape(-1, 4))
    anchors = torch.from_numpy(opened["anchors"])[rows[front]]
    wanted = BoxCoder((1.0,) * 4).encode_single(truths[match[front]], anchors)
    moves = torch.from_numpy(opened["rpn_deltas"])[rows[front]]
    far = functional.smooth_l1_loss(moves, wanted, beta=1 / 9, reduction="sum")
    theirs = torch.stack([said, far]).numpy() / max(1, len(rows))
    name = "torch's binary_cross_entropy_with_logits and smooth_l1_loss"
    return _proof(name, found, ("objectness", "anchors"), theirs, len(rows), "anchors")


def prove_roi_terms(
    found: Arrays, gt_boxes: ArrayLike, weights: tuple[float, float, float, float]
) -> Proof:
    """Compute both terms of the box head with torch.

    Parameters
    ----------
    found : mapping
        ``rois``, ``roi_gt``, ``roi_labels``, ``roi_logits``, ``roi_deltas``,
        ``term_names``, ``terms``.
    gt_boxes : (G, 4) array_like
        True boxes in pixels of the network's square.
    weights : four floats
        Of the codec.
    """
    import torch
    from torch.nn import functional
    from torchvision.models.detection._utils import BoxCoder

    labels = torch.from_numpy(found["roi_labels"])
    logits = torch.from_numpy(found["roi_logits"])
    said = functional.cross_entropy(logits, labels, reduction="sum")
    front = torch.where(labels > 0)[0]
    truths = torch.from_numpy(np.asarray(gt_boxes, np.float32).reshape(-1, 4))
    mine = truths[torch.from_numpy(found["roi_gt"])[front]]
    rois = torch.from_numpy(found["rois"])[front]
    wanted = BoxCoder(weights).encode_single(mine, rois)
    moves = torch.from_numpy(found["roi_deltas"])[front, labels[front] - 1]
    far = functional.smooth_l1_loss(moves, wanted, beta=1 / 9, reduction="sum")
    theirs = torch.stack([said, far]).numpy() / max(1, len(labels))
    name = "torch's cross_entropy and smooth_l1_loss"
    return _proof(name, found, ("classes", "boxes"), theirs, len(labels), "RoIs")


def _proof(
    name: str,
    found: Arrays,
    names: tuple[str, str],
    theirs: NDArray[Any],
    count: int,
    what: str,
) -> Proof:
    terms = dict(zip(found["term_names"].tolist(), found["terms"], strict=True))
    ours = np.array([terms[one] for one in names])
    delta = float(np.abs(ours - theirs).max())
    return Proof(name, delta, TOLERANCE, note=f"two terms over {count} {what}")
