"""Train the R-CNN that ships, and write its record.

Run as ``python -m explorer.training.rcnn FOLDER CACHE``, FOLDER holding coco.zip and
objects64.zip; CACHE keeps the features of 35,000 crops, half an hour's work. The
network is ImageNet's and stays as it is: SVMs and box regressors are all that learns.
With ``--check`` the weights that ship are scored on the held-out photos instead.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.core.box_codec import clip_boxes, decode
from explorer.core.boxes import box_area, box_iou
from explorer.core.coco_eval import coco_scores
from explorer.core.labelled import Labelled, found, truths
from explorer.core.nms import nms_classwise_steps
from explorer.models import zoo
from explorer.models.rcnn import IOU_THRESHOLD, LEAST_AREA_PX, Heads, Rcnn
from explorer.training.rcnn_examples import KINDS
from explorer.training.rcnn_features import Crops, extract, read
from explorer.training.rcnn_fit import (
    fit_platt,
    fit_regressors,
    fit_svms,
    scale_of,
    signs,
)
from explorer.training.rcnn_record import write
from explorer.training.rcnn_settings import (
    ASIDE_EVERY,
    CLASSES,
    FIRST_PHOTOS,
    LEAST_BOXES,
    LEAST_SCORE,
    NEAR_IOU,
    OTHERS_PER_PHOTO,
    PROPOSALS,
)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scores:
    """How the heads do on held-out photos.

    ``ap`` and ``counts`` (C,), every class; ``before`` and ``after``: the mean IoU of
    the ``pairs`` proposals near an object with it, as proposed and as moved.
    """

    ap: Array
    counts: NDArray[np.int64]
    before: float
    after: float
    pairs: int
    photos: int

    @property
    def told(self) -> NDArray[np.intp]:
        """The classes with objects enough for a score of their own."""
        return np.flatnonzero(self.counts >= LEAST_BOXES)


def train(crops: Crops, singles: Crops, seed: int) -> Heads:
    """Fit SVMs, regressors and the line from margins to chances."""
    scale = scale_of(crops.features)
    x, wanted = scale.apply(crops.features), signs(crops)
    other, known = scale.apply(singles.features), signs(singles)
    aside = crops.photos % ASIDE_EVERY == 0
    weight, bias = fit_svms(
        torch.cat([x[~aside], other]), np.concatenate([wanted[~aside], known]), seed
    )
    line = _line(crops, aside, x @ weight.T + bias)
    weight, bias = fit_svms(
        torch.cat([x, other]), np.concatenate([wanted, known]), seed
    )
    heads = Heads(x.shape[1], len(CLASSES))
    moves = fit_regressors(scale, [crops, singles])
    for layer, (w, b) in ((heads.svm, (weight, bias)), (heads.regressor, moves)):
        w, b = scale.unfold(w, b)
        layer.load_state_dict({"weight": w.half().float(), "bias": b.half().float()})
    heads.platt.copy_(line.half().float().expand(len(CLASSES), 2))
    return heads.eval().requires_grad_(False)


def _line(crops: Crops, aside: NDArray[np.bool_], margins: Tensor) -> Tensor:
    """Fit Platt's line on the proposals of the photos set aside."""
    rows = np.flatnonzero(aside & (crops.kinds == KINDS["proposal"]))
    near = crops.overlaps()[0][rows] >= NEAR_IOU
    stands = (PROPOSALS - 10) / OTHERS_PER_PHOTO  # a few of 120 are near an object
    weight = np.where(near.any(axis=1), 1.0, stands).astype(np.float32)
    return fit_platt(margins[torch.from_numpy(rows)], near, weight)


def evaluate(crops: Crops, heads: Heads) -> Scores:
    """Detect on every photo from the features of its proposals, and score."""
    with torch.inference_mode():
        _, chances, deltas = (
            part.numpy() for part in heads(torch.from_numpy(crops.features).float())
        )
    boxes, scores, labels, photos = [], [], [], []
    for photo, (height, width) in enumerate(crops.sizes):
        rows = np.flatnonzero(crops.photos == photo)
        row, label = np.nonzero(chances[rows] >= LEAST_SCORE)
        moved = decode(crops.boxes[rows][row], deltas[rows][row, label])
        moved = clip_boxes(moved, width, height)
        fit = box_area(moved) >= LEAST_AREA_PX
        moved, label, score = moved[fit], label[fit], chances[rows][row, label][fit]
        steps = nms_classwise_steps(moved, score, label, IOU_THRESHOLD)
        kept = [step.kept for step in steps]
        boxes.append(moved[kept])
        scores.append(score[kept])
        labels.append(label[kept])
        photos.append(np.full(len(kept), photo))
    ours = crops.gt_labels >= 0
    labelled = Labelled(
        CLASSES,
        tuple(str(number) for number in range(len(crops.sizes))),
        crops.sizes[:, ::-1].astype(float),
        truths(crops.gt_boxes[ours], crops.gt_labels[ours], crops.gt_photos[ours]),
        found(*(np.concatenate(part) for part in (boxes, scores, labels, photos))),
    )
    judged = coco_scores(labelled)
    ap = np.array([judged.ap(0.5, label=label) for label in range(len(CLASSES))])
    return Scores(ap, labelled.counted(), *gain(crops, deltas), len(crops.sizes))


def gain(crops: Crops, deltas: NDArray[np.float32]) -> tuple[float, float, int]:
    """Return the mean IoU of proposals near an object before and after, and how many.

    Each is moved by the regressor of that object's class.
    """
    best, which = crops.overlaps()
    row, label = np.nonzero(best >= NEAR_IOU)
    true = crops.gt_boxes[which[row, label]]
    size = crops.sizes[crops.photos[row]][:, ::-1]
    moved = decode(crops.boxes[row], deltas[row, label])
    moved = np.clip(moved, 0, np.tile(size, 2))
    after = [box_iou([a], [b])[0, 0] for a, b in zip(moved, true, strict=True)]
    return float(best[row, label].mean()), float(np.mean(after)), len(row)


def main(arguments: list[str]) -> None:
    """Compute the features that are missing, train, score, write."""
    parser = argparse.ArgumentParser(prog="python -m explorer.training.rcnn")
    parser.add_argument("folder", type=Path, help="holds coco.zip and objects64.zip")
    parser.add_argument("cache", type=Path, help="keeps the features of the crops")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    parser.add_argument(
        "--check", action="store_true", help="score the shipped weights, train nothing"
    )
    options = parser.parse_args(arguments)
    extract(options.folder, options.cache, options.seed, options.check)
    held = read(options.cache, "val")
    if options.check:
        return tell(evaluate(held, cast(Rcnn, zoo.load("rcnn")).heads.cpu()))
    start = time.perf_counter()
    crops, singles = read(options.cache, "train"), read(options.cache, "single")
    heads = train(crops, singles, options.seed)
    scores = evaluate(held, heads)
    seconds = time.perf_counter() - start
    tell(scores)
    if not options.dry_run:
        first = evaluate(held.first(FIRST_PHOTOS), heads)
        sets = crops, singles
        print(write(heads, scores, first, sets, options.seed, seconds))


def tell(scores: Scores) -> None:
    """Print what the record says of the scores."""
    for label in scores.told:
        print(f"{CLASSES[label]}: {scores.ap[label]:.4f} ({scores.counts[label]})")
    print(f"mean: {scores.ap[scores.told].mean():.4f}")
    print(f"IoU {scores.before:.4f} -> {scores.after:.4f} ({scores.pairs})")


if __name__ == "__main__":
    main(sys.argv[1:])
