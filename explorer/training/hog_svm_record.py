"""The weights file and the record of the people SVM trained here."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from explorer.core.people import IOU_THRESHOLD, PADDING_PX
from explorer.core.windows import SCALE_STEP, Template
from explorer.models import records
from explorer.training.machine import machine
from explorer.training.people_script import write_record
from explorer.training.scoring import Score

NAME = "hog_svm"
ROUNDS = 2  # of hard negatives
LICENCE = "weights: trained by this project; Penn-Fudan: research use"
SCORE_THRESHOLD = 0.0  # where recall and false boxes are counted


@dataclass(frozen=True)
class Outcome:
    """A trained template, what it was trained on and how it did."""

    template: Template
    positives: int
    negatives: int
    ours: Score
    opencv: Score


def write(outcome: Outcome, held: int, seed: int, seconds: float) -> Path:
    """Write weights and record."""
    path = records.FOLDER / f"{NAME}.safetensors"
    arrays = {
        "weights": outcome.template.weights,
        "bias": np.array([outcome.template.bias], np.float32),
    }
    save_file(arrays, path)
    return write_record(path, describe(outcome, held, seed, seconds))


def describe(outcome: Outcome, held: int, seed: int, seconds: float) -> dict[str, Any]:
    """Return the record but for the file's size and digest."""
    return {
        "name": NAME,
        "title": "HOG + SVM trained here",
        "task": "detection",
        "architecture": "hog_svm",
        "arguments": {
            "score_threshold": SCORE_THRESHOLD,
            "iou_threshold": IOU_THRESHOLD,
            "scale_step": SCALE_STEP,
            "padding_px": PADDING_PX,
        },
        "data": "pennfudan",
        "classes": ["person"],
        "preprocessing": {"color": "RGB", "window_px": [64, 128]},
        "scores": told_scores(outcome, held),
        "parameters": int(outcome.template.weights.size + 1),
        "macs": None,
        "licence": LICENCE,
        "command": "python -m explorer.training.hog_svm FOLDER",
        "seed": seed,
        "commit": commit(),
        "seconds": round(seconds, 1),
        "machine": machine(),
        "note": note(outcome),
    }


def note(outcome: Outcome) -> str:
    """Say what the SVM was trained on, and what had seen the held-out photos."""
    return (
        f"{outcome.positives} windows of people, {outcome.negatives} without, "
        f"{ROUNDS} rounds of hard negatives. OpenCV's SVM, scored alike beside it, "
        "was trained on other photos. Margin, border and NMS threshold were set before "
        "training with OpenCV's SVM on 40 photos that include these 34, so both "
        "recalls are a little flattered."
    )


def told_scores(outcome: Outcome, held: int) -> dict[str, Any]:
    """Return both SVMs' scores on the photos held out."""
    common = {"split": "held-out", "n": outcome.ours.boxes, "photos": held}
    ours, theirs = outcome.ours, outcome.opencv
    return {
        "recall": {
            "value": round(ours.recall, 4),
            **common,
            "score_threshold": SCORE_THRESHOLD,
            "false_per_photo": round(ours.false_per_photo, 3),
            "opencv": round(theirs.recall, 4),
            "opencv_false_per_photo": round(theirs.false_per_photo, 3),
        },
        "ap50_person": {
            "value": round(ours.ap50, 4),
            **common,
            "opencv": round(theirs.ap50, 4),
        },
    }


def commit() -> str | None:
    """Return the checkout's commit, or None outside a checkout."""
    made = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    )
    return made.stdout.strip() or None
