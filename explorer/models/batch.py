"""Many pictures through one detector in one job."""

from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.models.stages import stage

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]


def batched(detect: Callable[[Array], Arrays], images: Array) -> Arrays:
    """Run a detector on each picture and lay the answers one after another.

    Parameters
    ----------
    detect : function
        Of one (H, W, 3) picture, to arrays with a row a detection.
    images : (F, H, W, 3) uint8

    Returns
    -------
    dict of arrays
        As of ``detect``, and ``frames`` (N,): the row of ``images`` it was found in.

    Raises
    ------
    ValueError
        If the pictures are not stacked, or there are none.

    Examples
    --------
    >>> two = batched(lambda image: {"scores": image[0, :1, 0] / 2},
    ...     np.array([2, 6], np.uint8).reshape(2, 1, 1, 1).repeat(3, 3))
    >>> two["scores"].tolist(), two["frames"].tolist()
    ([1.0, 3.0], [0, 1])
    """
    if images.ndim != 4 or not len(images):
        raise ValueError(f"images must be (F, H, W, 3) with F ≥ 1, got {images.shape}")
    with stage(f"{len(images)} pictures"):
        answers = [detect(image) for image in images]
    first = {name: [one[name] for one in answers] for name in answers[0]}
    counts = [len(rows) for rows in next(iter(first.values()))]
    frames = np.repeat(np.arange(len(images)), counts)
    return {name: np.concatenate(rows) for name, rows in first.items()} | {
        "frames": frames
    }
