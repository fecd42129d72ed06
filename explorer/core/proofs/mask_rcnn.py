"""Masks cut in the browser, and regions, against the core's own and scikit-image's."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.mask_compare import Masks, Probs, regions_of
from explorer.core.numerals import counted
from explorer.core.proof import BROWSER, Proof

BROWSER_TOLERANCE = 1e-5  # OpenCV's resize weighs in single precision


def from_runs(runs: Sequence[int], height: int, width: int) -> Masks:
    """Return a mask from the lengths of its runs, row after row, the first outside it.

    Raises
    ------
    ValueError
        If a run is negative or they do not fill the picture.

    Examples
    --------
    >>> from_runs([1, 2, 1], 2, 2).tolist()
    [[False, True], [True, False]]
    """
    lengths = np.asarray(runs, np.int64)
    if lengths.ndim != 1 or lengths.min(initial=0) < 0:
        raise ValueError("runs are lengths of at least 0")
    if lengths.sum() != height * width:
        raise ValueError(f"{lengths.sum()} pixels for {width} x {height}")
    inside = np.arange(len(lengths)) % 2 == 1
    return np.asarray(np.repeat(inside, lengths).reshape(height, width))


def prove_browser_masks(
    runs: Sequence[Sequence[int]], probs: Probs, threshold: float
) -> Proof:
    """Compare masks pasted and cut in the browser with the core's.

    Parameters
    ----------
    runs : M sequences of int
        As for :func:`from_runs`.
    probs : (M, H, W) float32
        The core's, pasted.
    threshold : float

    Returns
    -------
    Proof
        Its difference is how far the core's probability is from the threshold where
        the two masks differ; infinite if there are not as many masks.
    """
    height, width = probs.shape[1:]
    masks = counted(len(probs), "mask")
    note = f"{masks} pasted and cut at {threshold:.2f}, pixel by pixel"
    delta = 0.0 if len(runs) == len(probs) else float("inf")
    for one, ours in zip(runs, probs, strict=False):
        try:
            differs = from_runs(one, height, width) != (ours >= threshold)
        except (TypeError, ValueError):
            return Proof(BROWSER, float("inf"), BROWSER_TOLERANCE, note=note)
        apart = np.abs(ours[differs].astype(np.float64) - threshold)
        delta = max(delta, float(apart.max(initial=0.0)))
    return Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note)


def prove_regions(region: NDArray[np.bool_]) -> Proof:
    """Compare the connected regions with ``skimage.measure.label``'s."""
    from skimage import measure

    label: Any = measure.label  # it has no types

    ours, _ = regions_of(region)
    theirs = np.asarray(label(region, connectivity=2))
    # As many pairs of labels as labels: each of ours is exactly one of theirs.
    pairs = np.unique(np.stack([ours.ravel(), theirs.ravel()]), axis=1).shape[1]
    counts = [len(np.unique(one)) for one in (ours, theirs)]
    wrong = sum(abs(pairs - count) for count in counts)
    note = f"{int(ours.max())} connected regions, specks included"
    return Proof("skimage.measure.label", wrong, 0, "regions", note)
