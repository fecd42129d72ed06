"""The 1x1 convolution's scores beside the fully connected layer's."""

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.class_map import upsampled
from explorer.core.proof import Proof
from explorer.models.proofs.gap import gap, share_of_largest

SINGLE = 1e-5  # of the largest score: both sum 1,280 products in float32
EXACT = 1e-9
FACTOR = 8


def prove_windows(logits: ArrayLike, fc_logits: ArrayLike) -> Proof:
    """Compare the map with the fully connected layer on each window of features.

    Parameters
    ----------
    logits, fc_logits : (classes, h, w) array_like
        By the 1x1 convolution of all window means at once, and by the linear layer on
        each window cut out.
    """
    ours, theirs = np.asarray(logits), np.asarray(fc_logits)
    note = (
        f"FC on each of the {ours[0].size:,} windows of features = 1 × 1 convolution, "
        f"all {len(ours):,} logits"
    )
    return Proof(
        "torch.nn.Linear, window by window",
        gap(ours, theirs),
        share_of_largest(theirs, SINGLE),
        note=note,
    )


MIDDLE = "the middle of this image as one 224 × 224 input, end to end: a map of 1 × 1"


def prove_whole(
    logits: ArrayLike, classifier_logits: ArrayLike, note: str = MIDDLE
) -> Proof:
    """Compare the map of an input of 224 x 224 with the unchanged classifier's scores.

    Parameters
    ----------
    logits : (classes, 1, 1) array_like
    classifier_logits : (classes,) array_like
    note : str
        Which input that is.
    """
    ours, theirs = np.asarray(logits), np.asarray(classifier_logits)
    same = ours.shape == (*theirs.shape, 1, 1)
    delta = gap(ours[:, 0, 0], theirs) if same else float("nan")
    return Proof(
        "the classifier as it was trained",
        delta,
        share_of_largest(theirs, SINGLE),
        note=note,
    )


def prove_upsampled(values: ArrayLike, factor: int = FACTOR) -> Proof:
    """Compare the enlarged map with ``torch.nn.functional.interpolate``.

    Parameters
    ----------
    values : (h, w) array_like
    factor : int
    """
    import torch
    from torch.nn import functional

    small = torch.tensor(np.asarray(values, np.float64))[None, None]
    theirs = functional.interpolate(
        small, scale_factor=factor, mode="bilinear", align_corners=False
    )[0, 0].numpy()
    scale = max(1.0, float(np.abs(theirs).max()))
    return Proof(
        "torch.nn.functional.interpolate",
        gap(upsampled(values, factor), theirs),
        EXACT * scale,
        note="bilinear, align_corners=False, float64",
    )
