"""Pixel-wise cross-entropy, with class weights and for labels that name a group."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from explorer.training.segmentation_data import SOME_PERSON, VOID, Scene

MOST_WEIGHT = 3.0  # a rare class counts at most so much more than the median one


def class_weights(scenes: Sequence[Scene], classes: Sequence[str]) -> Tensor:
    """Weigh each class by the root of median frequency over frequency.

    Notes
    -----
    Eigen and Fergus 2015 and SegNet balance by median frequency itself; its root
    keeps frequent classes sharp.

    Returns
    -------
    Tensor (classes,)
        About 1; at most ``MOST_WEIGHT``.
    """
    counts = np.zeros(len(classes))
    for scene in scenes:
        counts += np.bincount(scene.labels.ravel(), minlength=256)[: len(classes)]
    share = counts / counts.sum()
    weights = np.sqrt(np.median(share) / np.maximum(share, 1e-6))
    return torch.tensor(np.clip(weights, 0.4, MOST_WEIGHT), dtype=torch.float32)


def segmentation_loss(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """Return the weighted mean of ``-log p(class)`` over the labelled pixels.

    Where the label is ``SOME_PERSON``, p is the sum over all classes but the first.

    Parameters
    ----------
    logits : (N, C, H, W)
    labels : (N, H, W) int64
        Classes, ``SOME_PERSON`` or ``VOID``.
    weights : (C,)

    Examples
    --------
    >>> two = torch.zeros(1, 2, 1, 1)
    >>> float(segmentation_loss(two, torch.tensor([[[1]]]), torch.ones(2)))
    0.6931471824645996
    """
    log_probs = logits.log_softmax(1)
    named = labels.masked_fill(labels == SOME_PERSON, VOID)
    summed = functional.nll_loss(
        log_probs, named, weights, ignore_index=VOID, reduction="sum"
    )
    known = named != VOID
    total = weights[named[known]].sum()
    group = labels == SOME_PERSON
    if group.any():
        person = log_probs[:, 1:].logsumexp(1)
        summed = summed - person[group].sum()
        total = total + group.sum()
    return summed / total.clamp(min=1)
