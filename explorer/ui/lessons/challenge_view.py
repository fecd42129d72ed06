"""What is asked and shown of a challenge, and what the browser is told of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.challenge_frames import Frames, Start
from explorer.core.challenge_scores import Scored, rule_of
from explorer.core.detection_errors import KINDS, MISTAKES
from explorer.figures.challenges import CHALLENGE_COLORS, KIND_COLORS
from explorer.ui import live
from explorer.ui.lessons import challenge_making as told
from explorer.ui.lessons import challenge_words as words
from explorer.ui.lessons.challenge_setup import Detector, Truth
from explorer.ui.stage.encode import data_url

CENTS = 2  # digits of a box and of an overlap in the browser


@dataclass(frozen=True)
class Asked:
    """What the toolbar says."""

    challenge: str
    detector: Detector
    threshold: float
    occluder: str


@dataclass(frozen=True, eq=False)
class View:
    """All that came of one challenge on one picture."""

    asked: Asked
    start: Start
    truth: Truth
    frames: Frames
    scored: Scored
    answer: dict[str, NDArray[Any]]


def program(asked: Asked, view: View | None, asks: bool = True) -> dict[str, Any]:
    """Return what ``programs/challenge.js`` needs; without frames it only draws.

    Where it ``asks`` it then wants a box drawn; else there is nothing to do in it.
    """
    plain = {
        "name": "challenge",
        "label": asked.detector.label,
        "threshold": asked.threshold,
        "lowest": asked.detector.lowest,
        "colors": CHALLENGE_COLORS,
        "kinds": [
            {"name": words.KIND_NAMES[kind], "color": KIND_COLORS[kind]}
            for kind in KINDS
        ],
        "frames": [],
        "asks": asks,
    }
    return plain if view is None else plain | _played(view)


def _played(view: View) -> dict[str, Any]:
    """Return the frames, what is true and found in each, and the two curves."""
    frames, scored, challenge = view.frames, view.scored, view.asked.challenge
    made = list(told.workings(challenge, frames, view.asked.occluder))
    cut = words.cut_off(frames, scored, view.asked.detector.label)
    made[frames.base] = f"{made[frames.base]} {cut}".strip()
    return {
        "frames": live.compute("pictures", pictures, frames.images),
        "base": frames.base,
        "axis": told.axis(challenge),
        "places": told.positions(challenge, frames),
        "made": made,
        "moves": challenge in (told.ROLL, told.VIEW, told.OTHERS),
        "truths": _truths(frames),
        "found": found_rows(frames, scored),
        "object": _plain(scored.object_scores),
        "wrong": _plain(scored.wrong_scores),
        "wrongKinds": wrong_kinds(frames, scored),
    }


def pictures(images: NDArray[np.uint8]) -> list[str]:
    """Return each frame as a data URL."""
    return [data_url(image, False) for image in images]


def _plain(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(v) else round(float(v), 4) for v in values]


def wrong_kinds(frames: Frames, scored: Scored) -> list[int]:
    """Return the name of each frame's best wrong box, a row of ``KINDS``; -1 for none.

    The detections come best first, so the first wrong one of a frame is its best.
    """
    best = [-1] * len(frames)
    for kind, frame in zip(scored.kinds, scored.found.images.tolist(), strict=True):
        if kind in MISTAKES and best[frame] < 0:
            best[frame] = KINDS.index(kind)
    return best


def _truths(frames: Frames) -> list[list[list[Any]]]:
    """Return for each frame its true boxes: corners, class, whether it is ignored."""
    true = frames.true
    rows: list[list[list[Any]]] = [[] for _ in range(len(frames))]
    for row, box in enumerate(np.round(true.boxes, CENTS).tolist()):
        name = frames.classes[int(true.classes[row])]
        rows[int(true.images[row])].append([*box, name, bool(true.ignore[row])])
    return rows


def found_rows(frames: Frames, scored: Scored) -> list[list[list[Any]]]:
    """Return for each frame its boxes, best first: corners, score, name, why."""
    rows: list[list[list[Any]]] = [[] for _ in range(len(frames))]
    boxes = np.round(scored.found.boxes, CENTS).tolist()
    for row, (box, kind) in enumerate(zip(boxes, scored.kinds, strict=True)):
        at = int(scored.reason[row])
        name = frames.classes[int(frames.true.classes[at])] if at >= 0 else ""
        why = rule_of(kind, float(scored.ious[row]), name)
        score = round(float(scored.found.scores[row]), 4)
        frame = int(scored.found.images[row])
        rows[frame].append([*box, score, KINDS.index(kind), why])
    return rows
