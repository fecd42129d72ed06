"""Crops run one after another through the engine, with a bar that tells how far."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons.fully_convolutional_scores import NETWORK, names

FIRST_CROPS = 4  # run without being asked for
JOB_CROPS = 32  # in one job: other readers come in between, and the bar moves


@dataclass(frozen=True, eq=False)
class CropRun:
    """Crops run one after another.

    Attributes
    ----------
    done, ms : list
        How many were done after each batch, and the time until then.
    logits : (done, classes) float32
    """

    done: list[int]
    ms: list[float]
    logits: NDArray[np.float32]

    @property
    def each_ms(self) -> float:
        """Milliseconds a crop; 0 where none was run."""
        return self.ms[-1] / self.done[-1] if self.done else 0.0


def run_crops(
    picture: Picture,
    side_px: int,
    count: int,
    batch: int = FIRST_CROPS,
    most_in_job: int = JOB_CROPS,
    again: int = 0,
) -> CropRun:
    """Run crops job by job; fewer than asked for if the network gives up.

    ``again`` as in ``live.model``.
    """
    done: list[int] = []
    ms: list[float] = []
    logits: list[NDArray[np.float32]] = [np.zeros((0, len(names())), np.float32)]
    job = max(batch, most_in_job // batch * batch)
    bar = st.progress(0.0, "Running the crops …") if count > FIRST_CROPS else None
    while (first := done[-1] if done else 0) < count:
        answer = live.model(
            NETWORK,
            "crop_run",
            again=again,
            image=picture.image,
            side_px=side_px,
            first=first,
            count=min(count - first, job if first else max(batch, FIRST_CROPS)),
            batch=batch,
        )
        if answer is None:
            break
        so_far = ms[-1] if ms else 0.0
        done += [first + int(v) for v in answer.arrays["done"]]
        ms += [so_far + float(v) for v in answer.arrays["ms"]]
        logits.append(answer.arrays["logits"])
        if bar is not None:
            bar.progress(done[-1] / count, f"{done[-1]} of {count} crops")
    if bar is not None:
        bar.empty()
    return CropRun(done, ms, np.concatenate(logits))
