"""What both parts of latent arithmetic share: the sum under its slider, its proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.latent import Arithmetic
from explorer.core.proof import BROWSER, Proof
from explorer.models import zoo
from explorer.models.proofs.face_vae import prove_face_decoder
from explorer.ui import live
from explorer.ui.lesson import remember
from explorer.ui.lessons import arithmetic_words as words
from explorer.ui.picture_row import picture_row
from explorer.ui.routes import DECODE, FARTHEST
from explorer.ui.stage.memory import peek
from explorer.ui.stage.stage import stage

LEAST_STEP, MOST_STEP = -1.5, 2.5  # of the slider
WHOLE = 1.0  # the step of the plain sum, where the slider starts
SHOWN = 6  # exemplars of a set: more are too small to see glasses on
EXEMPLAR_PX = 84
SIDE_PX = 300  # of the sum, on the screen
MEAN_TOLERANCE = 3.0  # levels of 255: the route answers JPEG

Images = NDArray[np.uint8]
Codes = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sum:
    """A' - A + B, worked out.

    Attributes
    ----------
    network : str
    found : Arithmetic
    base : (Z,) float64 array
        B's code.
    decoded : (64, 64, 3) uint8 array
        B' at the step that holds.
    tag : str
    sent : dict or None
        What the browser committed: ``{tag, t, mean}``.
    """

    network: str
    found: Arithmetic
    base: Codes
    decoded: Images
    tag: str
    sent: dict[str, Any] | None


def chosen_step(of: str = "", start: float = WHOLE) -> float:
    """Return the step t that holds: let go in the browser, else the link's.

    Parameters
    ----------
    of : str
        What the names of the stage and of the link's value begin with.
    start : float
        Where there is neither.
    """
    kept: float = remember(f"{of}t", start, parse_step)
    sent = peek(f"{of}sum", "program")
    if sent:
        kept = round(float(sent["t"]), 2)
    remember.set(f"{of}t", kept, start)  # also where a change of page took it away
    return kept


def parse_step(text: str) -> float:
    """Read a step from a link.

    Raises
    ------
    ValueError
        If it is no number of the slider.

    Examples
    --------
    >>> parse_step("-0.5")
    -0.5
    """
    step = float(text)
    if not LEAST_STEP <= step <= MOST_STEP:
        raise ValueError(
            f"step is {step:g}; it must be from {LEAST_STEP:g} to {MOST_STEP:g}."
        )
    return step


def bounded(z: Codes) -> NDArray[np.float32]:
    """Return codes within what the decoder's route takes."""
    return np.clip(z, -FARTHEST, FARTHEST).astype(np.float32)


def exemplars(slots: Mapping[str, Images]) -> None:
    """Show the three sets beside one another, by their titles: A', A, then B."""
    counts = [min(len(some), SHOWN) for some in slots.values()]
    columns = st.columns([max(count, 2.0) for count in counts], gap="small")
    for column, count, (title, some) in zip(
        columns, counts, slots.items(), strict=True
    ):
        with column:
            st.markdown(title)
            alt = words.SET_ALT.format(count=count)
            picture_row(some[:count], alt, height_px=EXEMPLAR_PX)


def sum_stage(
    network: str,
    image: Images,
    base: Codes,
    found: Arithmetic,
    tag: str,
    views: Mapping[str, Images],
    step: float,
    of: str = "",
) -> dict[str, Any] | None:
    """Show B' under a slider of the step, decoded live; return what was committed."""
    st.markdown(words.RESULT)
    event = stage(
        image,
        key=f"{of}sum",
        alt=words.SUM_ALT,
        max_height_px=SIDE_PX,
        max_width_px=SIDE_PX,
        program={
            "name": "arith",
            "url": f"{DECODE}?model={network}",
            "base": [round(float(v), 4) for v in base],
            "vector": [round(float(v), 4) for v in found.vector],
            "steps": [LEAST_STEP, MOST_STEP, step],
            "far": FARTHEST,
            "views": [[title, one] for title, one in views.items()],
            "lines": words.LINES,
            "tag": tag,
        },
    )
    return event.program


def prove(made: Sum | None) -> list[Proof]:
    """Decode the sum with numpy; compare the browser's picture with ours."""
    if made is None:
        return []
    about = zoo.record(made.network)
    target = bounded(made.found.target)
    proofs = [prove_face_decoder(about, target, made.decoded)]
    if made.sent and made.sent.get("tag") == made.tag:
        step = float(made.sent["t"])
        z = bounded(made.base + step * made.found.vector)[None]
        answer = live.model(made.network, "decode", z=z)
        if answer is not None:
            ours = float(answer.arrays["images"][0].mean())
            far = abs(ours - float(made.sent["mean"]))
            note = f"mean brightness of the picture shown, step {step:.2f}"
            proofs.append(Proof(BROWSER, far, MEAN_TOLERANCE, " levels", note))
    return proofs
