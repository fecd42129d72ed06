"""Proposals of a picture and their crops, run job by job with a bar that tells how far.

What a job gives is kept by its picture and its boxes, so that more crops run the new
ones alone, and a reader who goes away loses nothing of what was done.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.selective_search import selective_search
from explorer.figures.ledger import duration
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import rcnn_words as words

if TYPE_CHECKING:
    from explorer.models.engine import Answer

MODEL = "rcnn"  # the SVMs and regressors on the network's features
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
    features : (n, F) float32
        The first 1,280 are the means that ImageNet's classifier reads.
    scores : (n, C) float32
        Each SVM's answer as a chance, 0 to 1.
    deltas : (n, C, 4) float32
        How each class's regressor would move the box.
    warp_ms, network_ms : float
        Of all n, as measured when they were run.
    warp_each_ms, network_each_ms : float
        Of one crop: the median job's, so that one slow job does not count.
    """

    boxes: Array
    logits: NDArray[np.float32]
    features: NDArray[np.float32]
    scores: NDArray[np.float32]
    deltas: NDArray[np.float32]
    warp_ms: float
    network_ms: float
    warp_each_ms: float
    network_each_ms: float


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
    parts, done = list["Answer"](), 0
    bar = st.progress(0.0, f"0 of {len(boxes)} crops …")
    spent = 0.0
    for first in range(0, len(boxes), JOB):
        job = boxes[first : first + JOB]
        start = time.perf_counter()
        answer = ask(picture, job)
        if answer is None:
            bar.empty()
            return None
        parts.append(answer)
        done += len(job)
        # What was kept took no time now, so its own time stands for it.
        took = sum(answer.stages.values()) / 1e3
        spent += max(time.perf_counter() - start, took)
        bar.progress(done / len(boxes), left_said(done, len(boxes), spent))
    bar.empty()
    if not parts:
        return None
    made = _joined(boxes, parts)
    _log(made, parts[0].device)
    return made


def trained() -> tuple[str, ...]:
    """Return the classes of the SVMs."""
    return tuple(zoo.record(MODEL).classes)


def ask(picture: Picture, boxes: Array) -> "Answer | None":
    """Ask the network and its SVMs of some boxes of a picture (kept)."""
    return live.model(MODEL, "crops", image=picture.image, boxes=boxes, features=True)


def _joined(boxes: Array, parts: "list[Answer]") -> Run:
    def all_of(name: str) -> NDArray[np.float32]:
        return np.concatenate([part.arrays[name] for part in parts])

    def ms_of(stage: str) -> float:
        return sum(part.stages[stage] for part in parts)

    def each_ms(stage: str) -> float:
        return float(
            np.median([p.stages[stage] / len(p.arrays["scores"]) for p in parts])
        )

    return Run(
        boxes,
        all_of("logits"),
        all_of("features"),
        all_of("scores"),
        all_of("deltas"),
        ms_of("warp"),
        ms_of("backbone"),
        each_ms("warp"),
        each_ms("backbone"),
    )


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
