"""Proposals of a picture and their crops, run job by job with a bar that tells how far.

What a job gives is kept by its picture and its boxes, so that more crops run the new
ones alone, and a reader who goes away loses nothing of what was done.
"""

import time
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.selective_search import selective_search
from explorer.figures.ledger import duration
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import rcnn_words as words
from explorer.ui.lessons.fully_convolutional_scores import NETWORK

JOB = 16  # crops: one job takes a quarter of a second on two cores
ALONE = 4  # crops run one at a time for the proof of the batch
SEARCH = "selective search"

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Run:
    """The first n proposals, run.

    Attributes
    ----------
    boxes : (n, 4) float64
    logits : (n, 1000) float32
        Of ImageNet's classes.
    features : (n, 1280) float32
    warp_ms, network_ms : float
        Of all n, as measured when they were run.
    batch : int
        Crops that went through the network together.
    """

    boxes: Array
    logits: NDArray[np.float32]
    features: NDArray[np.float32]
    warp_ms: float
    network_ms: float
    batch: int


def proposals(picture: Picture) -> Array:
    """Return all boxes of selective search (kept), the more promising first."""
    boxes = live.compute(SEARCH, selective_search, picture.image)
    if len(boxes) == 1:
        st.info(words.ONE_PROPOSAL, icon=":material/image_not_supported:")
    return boxes


def search_ms() -> float:
    """Return how long the search took when it was made."""
    return next((s.ms for s in live.stages() if s.name == SEARCH), 0.0)


def run_crops(picture: Picture, boxes: Array) -> Run | None:
    """Run the boxes job by job; None and a sentence if the network gives up."""
    parts, done, device = [], 0, ""
    bar = st.progress(0.0, f"0 of {len(boxes)} crops …")
    start = time.perf_counter()
    for first in range(0, len(boxes), JOB):
        job = boxes[first : first + JOB]
        answer = live.model(NETWORK, "warped_run", image=picture.image, boxes=job)
        if answer is None:
            bar.empty()
            return None
        parts.append(answer.arrays)
        device = answer.device
        done += len(job)
        spent = time.perf_counter() - start
        bar.progress(done / len(boxes), left_said(done, len(boxes), spent))
    bar.empty()
    if not parts:
        return None
    made = Run(
        boxes,
        np.concatenate([part["logits"] for part in parts]),
        np.concatenate([part["features"] for part in parts]),
        float(sum(part["warp_ms"] for part in parts)),
        float(sum(part["ms"][-1] for part in parts)),
        int(parts[0]["batch"]),
    )
    _log(made, device)
    return made


def _log(run: Run, device: str) -> None:
    """Enter the times of all crops, as they were when each was run."""
    count = len(run.boxes)
    live.log(live.Stage(f"{count} warps", run.warp_ms, False, device))
    live.log(live.Stage(f"{count} crops through the network", run.network_ms, False))


def left_said(done: int, count: int, spent_s: float) -> str:
    """Say how many crops are done, and how long the others take at that rate.

    Examples
    --------
    >>> left_said(16, 64, 0.5)
    '16 of 64 crops, about 1.5 s to go'
    >>> left_said(64, 64, 2.0)
    '64 of 64 crops'
    """
    if done >= count:
        return f"{done} of {count} crops"
    left = spent_s / done * (count - done)
    return f"{done} of {count} crops, about {duration(left)} to go"
