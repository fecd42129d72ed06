"""The features of an R-CNN's examples, computed once and kept as shards."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.core.box_codec import encode
from explorer.core.boxes import box_iou
from explorer.core.warp import warp_boxes
from explorer.models import rcnn
from explorer.training.coco_boxes import Photo
from explorer.training.rcnn_examples import (
    Examples,
    photos_of,
    scoring_examples,
    single_examples,
    training_examples,
)
from explorer.training.rcnn_settings import CLASSES

PHOTOS_A_SHARD = 8
SINGLES_A_SHARD = 200

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Crops:
    """Crops of many photos with their features.

    Attributes
    ----------
    features : (N, F) float16 array
    boxes, photos, kinds, mirrored : (N, 4) and (N,) arrays
        As in ``Examples``; ``photos`` counts from 0.
    gt_boxes, gt_labels, gt_photos : (M, 4) and (M,) arrays
    sizes : (P, 2) array
        Height and width of each photo.
    """

    features: NDArray[np.float16]
    boxes: Array
    photos: Ints
    kinds: Ints
    mirrored: NDArray[np.bool_]
    gt_boxes: Array
    gt_labels: Ints
    gt_photos: Ints
    sizes: Ints

    def first(self, count: int) -> "Crops":
        """Return those of the first ``count`` photos alone."""
        mine, true = self.photos < count, self.gt_photos < count
        return Crops(
            self.features[mine],
            self.boxes[mine],
            self.photos[mine],
            self.kinds[mine],
            self.mirrored[mine],
            self.gt_boxes[true],
            self.gt_labels[true],
            self.gt_photos[true],
            self.sizes[:count],
        )

    def overlaps(self) -> tuple[NDArray[np.float32], Ints]:
        """Return each crop's best IoU with each class (N, C), and with which truth."""
        best = np.zeros((len(self.boxes), len(CLASSES)), np.float32)
        which = np.full(best.shape, -1, np.int64)
        for photo in range(len(self.sizes)):
            rows = np.flatnonzero(self.photos == photo)
            for label in np.unique(self.gt_labels[self.gt_photos == photo]):
                mine = (self.gt_photos == photo) & (self.gt_labels == label)
                truths = np.flatnonzero(mine)
                if label < 0 or not len(rows):
                    continue
                ious = box_iou(self.boxes[rows], self.gt_boxes[truths])
                best[rows, label] = ious.max(axis=1)
                which[rows, label] = truths[ious.argmax(axis=1)]
        return best, which


def targets(crops: Crops, rows: Ints, truths: Ints) -> Array:
    """Return what a regressor should say of crops; mirrored ones move mirrored."""
    deltas = encode(crops.boxes[rows], crops.gt_boxes[truths])
    deltas[crops.mirrored[rows], 0] *= -1
    return deltas


def extract(folder: Path, cache: Path, seed: int, held_only: bool = False) -> None:
    """Compute every shard that is not there yet: val, and train and single as well."""
    net = _network()
    cache.mkdir(parents=True, exist_ok=True)

    def write(name: str, examples: Callable[[], Sequence[Examples]]) -> None:
        path = cache / f"{name}.npz"
        if not path.is_file():
            part = cache / f"{name}.part.npz"
            np.savez(part, **_shard(net, examples()))
            part.rename(path)
            print(path.name, flush=True)

    for split in ("val",) if held_only else ("train", "val"):
        photos = photos_of(folder, split)
        for at in range(0, len(photos), PHOTOS_A_SHARD):
            some = photos[at : at + PHOTOS_A_SHARD]
            write(f"{split}{at:04d}", partial(_examples, some, split, seed, at))
    if held_only:
        return
    singles = list(single_examples(folder, np.random.default_rng(seed + 1)))
    for number, at in enumerate(range(0, len(singles), SINGLES_A_SHARD)):
        group = singles[at : at + SINGLES_A_SHARD]
        write(f"single{number:04d}", partial(list, group))


def _network() -> rcnn.Backbone:
    return rcnn.Backbone(rcnn.classifier("efficientnet_lite0"), rcnn.GRIDS)


def _examples(photos: list[Photo], split: str, seed: int, at: int) -> list[Examples]:
    if split == "val":
        return [scoring_examples(photo) for photo in photos]
    return [
        training_examples(photo, np.random.default_rng([seed, at + k]))
        for k, photo in enumerate(photos)
    ]


def read(cache: Path, name: str) -> Crops:
    """Join the shards of ``train``, ``single`` or ``val``."""
    return _crops(
        [dict(np.load(path)) for path in sorted(cache.glob(f"{name}????.npz"))]
    )


def held_out(photos: Sequence[Photo]) -> Crops:
    """Return the proposals of photos with their features, keeping nothing."""
    return _crops([_shard(_network(), [scoring_examples(one) for one in photos])])


def _crops(parts: Sequence[dict[str, Any]]) -> Crops:
    def joined(key: str) -> Any:
        return np.concatenate([part[key] for part in parts])

    numbers = np.arange(len(joined("counts")))
    return Crops(
        joined("features"),
        joined("boxes"),
        np.repeat(numbers, joined("counts")),
        joined("kinds"),
        joined("mirrored"),
        joined("gt_boxes"),
        joined("gt_labels"),
        np.repeat(numbers, joined("gt_counts")),
        joined("sizes"),
    )


def _shard(net: rcnn.Backbone, examples: Sequence[Examples]) -> dict[str, Any]:
    features = [f for one in examples for f in _features(net, one)]
    count = rcnn.feature_count(rcnn.GRIDS)
    return {
        "features": np.concatenate([np.zeros((0, count), np.float16), *features]),
        "boxes": np.concatenate([one.boxes for one in examples]),
        "mirrored": np.concatenate([one.mirrored for one in examples]),
        "kinds": np.concatenate([one.kinds for one in examples]),
        "counts": np.array([len(one.boxes) for one in examples]),
        "gt_boxes": np.concatenate([one.gt_boxes for one in examples]),
        "gt_labels": np.concatenate([one.gt_labels for one in examples]),
        "gt_counts": np.array([len(one.gt_boxes) for one in examples]),
        "sizes": np.array([one.image.shape[:2] for one in examples]),
    }


def _features(net: rcnn.Backbone, one: Examples) -> Iterator[NDArray[np.float16]]:
    batch = rcnn.AT_ONCE["cpu"]
    for start in range(0, len(one.boxes), batch):
        some = slice(start, start + batch)
        crops = warp_boxes(one.image, one.boxes[some])
        turned = one.mirrored[some]
        crops[turned] = crops[turned][:, :, ::-1]
        with torch.inference_mode():
            yield net.eval()(rcnn.pixels(crops)).features.half().numpy()
