"""The lesson on Faster R-CNN, third part: what it would learn from a reader's boxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.anchor_matching import IGNORED, NEGATIVE
from explorer.core.box_codec import encode
from explorer.core.proof import Proof
from explorer.core.two_stage_losses import Learned, first_stage, second_stage
from explorer.figures.faster_rcnn import FASTER_COLORS
from explorer.ui import live
from explorer.ui.controls import number, select
from explorer.ui.imagebar import Picture
from explorer.ui.kept_choice import kept_choice
from explorer.ui.lesson import again
from explorer.ui.lessons import faster_truth as truth
from explorer.ui.lessons import faster_words as words
from explorer.ui.lessons.faster_seen import NETWORKS, Seen
from explorer.ui.lessons.judging_truth import Drawn, follow, in_square
from explorer.ui.stage import stage

STAGE = "faster_losses"
MOST_WIDE_PX, MOST_HIGH_PX = 540, 430
MOST_SEED = 99
TERMS = ("objectness", "anchors", "classes", "boxes")
HIGH, LOW = 0.7, 0.3  # of the paper, section 3.1.2: positive from, negative below

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What the toolbar says: the class of a new box, and which draw is shown."""

    label: str
    seed: int


@dataclass(frozen=True, eq=False)
class Found:
    """The losses on one picture, taken apart.

    Attributes
    ----------
    arrays : mapping
        See ``explorer.models.everyday_losses``.
    gt_boxes : (G, 4) float32
        True boxes in pixels of the network's square.
    first : Learned or None
        The proposal network's, where there is one.
    second : Learned
        The box head's.
    """

    arrays: Mapping[str, NDArray[Any]]
    gt_boxes: NDArray[np.float32]
    first: Learned | None
    second: Learned

    def terms(self) -> dict[str, float]:
        """Return the sums of what is listed, by the network's names."""
        rpn = self.first
        made = {} if rpn is None else _named(rpn, "objectness", "anchors")
        return made | _named(self.second, "classes", "boxes")


def _named(one: Learned, said: str, boxes: str) -> dict[str, float]:
    return {said: one.said.value, boxes: one.boxes.value}


def loss_controls(classes: tuple[str, ...]) -> Asked:
    """Ask for the class of a new box, and for the draw."""
    label = select(
        "A new box is a",
        classes,
        classes[0],
        key="label",
        help=words.LABEL_HELP,
        width_px=130,
    )
    seed = number("Draw", 0, MOST_SEED, 0, key="seed", help=words.SEED_HELP)
    return Asked(label, int(seed))


def losses(picture: Picture, seen: Seen, drawn: Drawn, seed: int) -> Found | None:
    """Ask the network for its losses, and take them apart."""
    rows = np.array([seen.classes.index(one) for one in drawn.labels], np.int64)
    answer = live.model(
        NETWORKS[seen.title],
        "losses",
        image=picture.image,
        boxes=drawn.boxes,
        labels=rows,
        seed=seed,
    )
    if answer is None:
        return None
    inside = in_square(picture, drawn.boxes, seen.side)
    return apart(seen, answer.arrays, inside.astype(np.float32))


def apart(
    seen: Seen, arrays: Mapping[str, NDArray[Any]], gt_boxes: NDArray[np.float32]
) -> Found:
    """Take the losses apart, anchor by anchor and RoI by RoI."""
    from explorer.models.roi_heads import WEIGHTS
    from explorer.models.rpn import BETA

    first = None
    if "sampled" in arrays:
        match, sampled = arrays["match"], arrays["sampled"]
        rows = np.flatnonzero(sampled & (match >= 0))
        wanted = encode(seen.arrays["anchors"][rows], gt_boxes[match[rows]])
        first = first_stage(
            seen.arrays["rpn_logits"],
            seen.arrays["rpn_deltas"],
            wanted,
            match,
            sampled,
            BETA,
        )
    labels = arrays["roi_labels"]
    front = np.flatnonzero(labels > 0)
    truths = gt_boxes[arrays["roi_gt"][front]]
    second = second_stage(
        arrays["roi_logits"],
        arrays["roi_deltas"],
        encode(arrays["rois"][front], truths, WEIGHTS),
        labels,
        BETA,
    )
    return Found(arrays, gt_boxes, first, second)


def show(picture: Picture, seen: Seen, asked: Asked) -> tuple[Drawn, Found] | None:
    """Show the photo with truths and what learns from them; None if it can't."""
    before = truth.kept(picture, seen)
    found = losses(picture, seen, before, asked.seed)
    if found is None:
        return None
    event = stage(
        picture.image,
        key=STAGE,
        alt="The photo with true boxes, and the anchors and RoIs that learn from them",
        mode="boxes",
        boxes=before.boxes,
        box_labels=before.labels,
        box_colors=[FASTER_COLORS["truth"]],
        max_boxes=truth.MOST,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
        program=_program(picture, seen, before, found, asked),
    )
    after = follow(before, event, asked.label)
    if after.text() != before.text():
        truth.keep(picture, seen, after)
        again()
    truth.restore(picture, seen, before)
    st.markdown(words.losses_rule(found, seen))
    return before, found


def _program(
    picture: Picture, seen: Seen, drawn: Drawn, found: Found, asked: Asked
) -> dict[str, Any]:
    """Return what ``programs/rcnnloss.js`` needs."""
    from explorer.models.roi_heads import WEIGHTS
    from explorer.models.rpn import BETA

    told: dict[str, Any] = {
        "name": "rcnnloss",
        "scale": seen.scale,
        "classes": list(seen.classes),
        "labels": list(drawn.labels),
        "label": asked.label,
        "term": kept_choice(STAGE, "term", TERMS, TERMS[0]),
        "beta": BETA,
        "colors": FASTER_COLORS,
        "tag": live.digest(picture.digest, seen.title, drawn.text(), asked.seed),
        "second": _stage(found.second, found.arrays["rois"], list(WEIGHTS))
        | {
            "labels": found.arrays["roi_labels"],
            "gt": found.arrays["roi_gt"],
            "probs": np.exp(-found.second.said.each),
        },
    }
    if found.first is not None:
        rows, match = found.first.rows, found.arrays["match"]
        told["first"] = _stage(found.first, seen.arrays["anchors"][rows], [1] * 4) | {
            "labels": (match[rows] >= 0).astype(np.int64),
            "gt": match[rows],
            "probs": np.exp(-found.first.said.each),
            "matched": counts(match),
        }
    return told


def counts(match: NDArray[np.int64]) -> list[int]:
    """Return how many anchors are positive, negative and left out."""
    which = (match >= 0, match == NEGATIVE, match == IGNORED)
    return [int(one.sum()) for one in which]


def _stage(one: Learned, boxes: NDArray[Any], weights: list[float]) -> dict[str, Any]:
    return {
        "at": boxes,
        "each": one.said.each,
        "count": one.said.count,
        "value": one.said.value,
        "front": one.front,
        "moves": one.moves,
        "wanted": one.wanted,
        "boxEach": one.boxes.each,
        "boxValue": one.boxes.value,
        "weights": weights,
    }


def prove(seen: Seen, found: Found) -> list[Proof]:
    """Compare matching and all terms with torch and torchvision."""
    from explorer.models.proofs import faster_losses as proofs
    from explorer.models.proofs.anchors import prove_matching, torchvision_overlaps
    from explorer.models.roi_heads import WEIGHTS

    arrays = found.arrays
    names = arrays["term_names"].tolist()
    terms = {k: float(v) for k, v in zip(names, arrays["terms"], strict=True)}
    made = [proofs.prove_terms(found.terms(), terms)]
    if found.first is not None:
        if len(found.gt_boxes):
            # Overlaps by torchvision too: the network's own could be wrong together.
            ious = torchvision_overlaps(seen.arrays["anchors"], found.gt_boxes)
            made.append(prove_matching(ious, arrays["match"], HIGH, LOW, True))
        made.append(proofs.prove_rpn_terms(seen.arrays, arrays, found.gt_boxes))
    return [*made, proofs.prove_roi_terms(arrays, found.gt_boxes, WEIGHTS)]


def numbers(drawn: Drawn, found: Found) -> dict[str, Any]:
    """Return what can be downloaded."""
    made = {
        "true_boxes": drawn.boxes,
        "true_labels": np.array(drawn.labels),
        "rois": found.arrays["rois"],
        "roi_labels": found.arrays["roi_labels"],
        "roi_class_losses": found.second.said.each,
    }
    if found.first is not None:
        made |= {
            "sampled_anchors": found.first.rows,
            "objectness_losses": found.first.said.each,
        }
    return made


def explore(
    picture: Picture, seen: Seen, asked: Asked
) -> tuple[list[Proof], dict[str, Any]]:
    """Show the part; return its proofs and its numbers."""
    made = show(picture, seen, asked)
    if made is None:
        return [], {}
    return prove(seen, made[1]), numbers(*made)
