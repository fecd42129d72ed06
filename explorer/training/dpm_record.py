"""The weights file and the record of the deformable people detector trained here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.core.people import IOU_THRESHOLD, PADDING_PX
from explorer.core.star import StarModel
from explorer.core.star_file import save_star
from explorer.core.star_scan import STAR_STEP
from explorer.models import records
from explorer.training.hog_svm_record import LICENCE, commit
from explorer.training.machine import machine
from explorer.training.people_script import write_record
from explorer.training.scoring import Score

NAME = "dpm"
SCORE_THRESHOLD = 0.0  # where recall and false boxes are counted


@dataclass(frozen=True)
class Outcome:
    """A trained model, what it was trained on and how it did.

    ``alone`` is the model's own root without its parts, ``nailed`` the model with its
    parts at rest.
    """

    model: StarModel
    positives: int
    negatives: int
    rounds: int
    score: Score
    alone: Score
    nailed: Score


def write(outcome: Outcome, held: int, seed: int, seconds: float) -> Path:
    """Write weights and record."""
    path = records.FOLDER / f"{NAME}.safetensors"
    save_star(outcome.model, path)
    return write_record(path, describe(outcome, held, seed, seconds))


def describe(outcome: Outcome, held: int, seed: int, seconds: float) -> dict[str, Any]:
    """Return the record but for the file's size and digest."""
    model = outcome.model
    numbers = model.root.weights.size + model.filters.size + model.costs.size + 1
    return {
        "name": NAME,
        "title": "Deformable parts trained here",
        "task": "detection",
        "architecture": "dpm",
        "arguments": {
            "parts": model.parts,
            "score_threshold": SCORE_THRESHOLD,
            "iou_threshold": IOU_THRESHOLD,
            "scale_step": STAR_STEP,
            "padding_px": PADDING_PX,
        },
        "data": "pennfudan",
        "classes": ["person"],
        "preprocessing": {"color": "RGB", "window_px": [64, 128]},
        "scores": told_scores(outcome, held),
        "parameters": int(numbers),
        "macs": None,
        "licence": LICENCE,
        "command": "python -m explorer.training.dpm FOLDER",
        "seed": seed,
        "commit": commit(),
        "seconds": round(seconds, 1),
        "machine": machine(),
        "note": (
            f"{outcome.positives} placed people, {outcome.negatives} windows without, "
            f"{outcome.rounds} rounds of placing parts and mining, from the root of "
            "hog_svm and on its split of photos: the two average precisions compare."
        ),
    }


def told_scores(outcome: Outcome, held: int) -> dict[str, Any]:
    """Return the scores on the photos held out."""
    common = {"split": "held-out", "n": outcome.score.boxes, "photos": held}
    return {
        "recall": {
            "value": round(outcome.score.recall, 4),
            **common,
            "score_threshold": SCORE_THRESHOLD,
            "false_per_photo": round(outcome.score.false_per_photo, 3),
        },
        "ap50_person": {
            "value": round(outcome.score.ap50, 4),
            **common,
            "root_alone": round(outcome.alone.ap50, 4),
            "parts_at_rest": round(outcome.nailed.ap50, 4),
        },
    }
