"""What training pictures are drawn from, and how often each photo and object comes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.training.detection_data import Scene
from explorer.training.rcnn_settings import CLASSES

COMMON_FRAC = 0.3  # of photos, from which on a class is not rare
MOST_REPEATED = 2.5


@dataclass(frozen=True)
class Pool:
    """What is drawn from: photos with their odds, small pictures, things to paste."""

    photos: Sequence[Scene]
    odds: NDArray[np.float64]
    tiles: Sequence[Scene]
    tile_odds: NDArray[np.float64]
    things: Sequence[tuple[int, int]]  # (photo, object) of each silhouette
    thing_odds: NDArray[np.float64]


def make_pool(
    groups: Sequence[tuple[Sequence[Scene], float]], tiles: Sequence[Scene]
) -> Pool:
    """Join groups of photos, each with its share of the draws.

    Inside a group, photos of rare classes come more often (Gupta et al. 2019, LVIS,
    section 5.1); small pictures and silhouettes are drawn so that a class counts with
    the root of its number.
    """
    photos = [scene for group, _ in groups for scene in group]
    odds = np.concatenate([share * _repeated(group) for group, share in groups])
    things = [
        (k, i)
        for k, scene in enumerate(photos)
        for i, mask in enumerate(scene.masks)
        if mask is not None and scene.labels[i] >= 0 and mask.sum() >= 24**2
    ]
    shown = np.array([photos[k].labels[i] for k, i in things], np.int64)
    labels = np.array([s.labels[0] if len(s.labels) else -1 for s in tiles], np.int64)
    tile_odds = _by_root(labels)
    tile_odds[labels < 0] /= 3  # pictures of no class of ours: backgrounds
    return Pool(
        photos, odds, tiles, tile_odds / tile_odds.sum(), things, _by_root(shown)
    )


def _repeated(group: Sequence[Scene]) -> NDArray[np.float64]:
    """Return the odds of a group's photos: those of a rare class are repeated."""
    held = [np.unique(scene.labels[scene.labels >= 0]) for scene in group]
    share = np.bincount(np.concatenate(held), minlength=len(CLASSES)) / len(group)
    odds = np.ones(len(group))
    for k, labels in enumerate(held):
        if len(labels):
            rarest = share[labels].min()
            odds[k] = np.clip(np.sqrt(COMMON_FRAC / rarest), 1, MOST_REPEATED)
    return np.asarray(odds / odds.sum())


def _by_root(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return odds by which each label counts with the root of its number."""
    counts = np.bincount(labels + 1, minlength=len(CLASSES) + 1)
    odds = 1 / np.sqrt(np.maximum(counts, 1))[labels + 1]
    return np.asarray(odds / odds.sum() if len(odds) else odds)
