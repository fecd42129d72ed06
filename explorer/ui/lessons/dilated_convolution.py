"""The lesson on dilated convolution: one kernel on the photo, and stacks of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.convolution import conv2d
from explorer.core.dilation import Coverage, coverage_steps, hdc_check
from explorer.core.kernels import KERNELS, kernel
from explorer.core.proof import BROWSER, Proof
from explorer.figures.convolution import (
    compose,
    grey_image,
    pair_panes,
    signed_image,
)
from explorer.figures.dilation import (
    DILATE_COLORS,
    STACK_COLORS,
    STACK_SIZE,
    stack_panes,
)
from explorer.models.proofs import convolution as convolution_proofs
from explorer.models.proofs import dilation as proofs
from explorer.ui import live
from explorer.ui.controls import select
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import dilated_words as words
from explorer.ui.stage import stage
from explorer.ui.stage.memory import peek

K = 3
RATE, MOST_RATE = 6, 36  # 36: DeepLab's widest at output stride 8
CHIPS = (1, 2, 4, 6, 12, 18)
TABLE_RATES = (1, 2, 3, 4, 6, 12, 18)  # ours, and those of ASPP
PHOTO_SIDE_PX = 320  # its pixels travel to the browser, which filters them anew
SMALL_SIDE_PX = 80  # of the stack's photo: about a feature map's size
EVERY = 211  # each so many outputs come back, to be compared; prime: spread over rows
BROWSER_TOLERANCE = 1e-6
RATES = (2, 2, 2)
LIMITS = {"layers": 7, "rate": 16, "field": 135}
PRESETS = (
    ("2, 2, 2", (2, 2, 2)),
    ("1, 2, 5", (1, 2, 5)),
    ("1, 2, 9", (1, 2, 9)),
    ("2, 4, 8", (2, 4, 8)),
    ("1, 2, 4, 8", (1, 2, 4, 8)),
    ("Yu & Koltun", (1, 1, 2, 4, 8, 16, 1)),
)
MOST_WIDE_PX, MOST_HIGH_PX = 640, 452  # on the screen: the panel stands beside it
KERNEL_STAGE, STACK_STAGE = "dilated_kernel", "dilated_stack"


@dataclass(frozen=True)
class Result:
    """What a part showed: numbers to download, and its proofs."""

    numbers: dict[str, Any]
    proof: tuple[Proof, ...]


def kernel_control() -> str:
    """Ask for the kernel."""
    return select("Kernel", KERNELS, "vertical edges", key="kernel", width_px=170)


def small_grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the photo as grey values, longest side at most 320 px."""
    small = shrunk(image, PHOTO_SIDE_PX)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def shrunk(image: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """Return the photo with its longest side at most ``side_px``, never enlarged."""
    scale = min(1.0, side_px / max(image.shape[:2]))
    size = tuple(max(1, round(n * scale)) for n in image.shape[1::-1])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def asked_rate() -> int:
    """Return the rate: the slider's in the browser, else the link's."""
    sent = peek(KERNEL_STAGE, "program")
    rate = sent.get("rate") if isinstance(sent, Mapping) else None
    if isinstance(rate, int) and 1 <= rate <= MOST_RATE:
        remember.set("rate", rate, RATE)
    return min(max(int(remember("rate", RATE)), 1), MOST_RATE)


def kernel_part(picture: Picture, name: str) -> Result:
    """Show the photo, what the dilated kernel makes of it, and any output's taps."""
    rate = asked_rate()
    grey = live.compute("grey", small_grey, picture.image)
    weight = kernel(name, K)
    output = live.compute("convolution", conv2d, grey, weight, 0.0, 1, rate, rate)
    sent = _kernel_stage(grey, weight, name, rate, output)
    signed = abs(weight.sum()) < 1e-9
    st.caption(f"{words.SIGNED if signed else words.GREY} {words.BORDER}")
    st.markdown("**One 3 × 3 layer at other rates**; 6, 12 and 18 are those of ASPP")
    rows = sorted({*TABLE_RATES, rate})
    st.markdown(words.rates_table(K, rows, rate))
    convolution_proofs.prepare()
    how = (grey, weight, 0.0, 1, rate, rate)
    proof = [live.compute("proof", convolution_proofs.prove_conv2d, *how)]
    if isinstance(sent, Mapping) and sent.get("tag") == _tag(grey, weight):
        delta = browser_delta(sent.get("sample"), output)
        if sent.get("rate") == rate and delta is not None:
            note = f"every {EVERY}th output, as drawn while the slider moves"
            proof.append(Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note))
    return Result({"input": grey, "kernel": weight, "output": output}, tuple(proof))


def _tag(grey: NDArray[np.uint8], weight: NDArray[np.float64]) -> str:
    return live.digest(grey, weight)


def browser_delta(sample: Any, output: NDArray[np.float64]) -> float | None:
    """Return how far the browser's outputs are off, None if they are not comparable.

    Examples
    --------
    >>> browser_delta([0.0, 212.0], np.arange(300.0).reshape(20, 15))
    1.0
    >>> browser_delta("nonsense", np.zeros((2, 2))) is None
    True
    """
    try:
        theirs = np.asarray(sample, np.float64)
    except (TypeError, ValueError):
        return None
    ours = output.ravel()[::EVERY]
    return float(np.abs(ours - theirs).max()) if theirs.shape == ours.shape else None


def _kernel_stage(
    grey: NDArray[np.uint8],
    weight: NDArray[np.float64],
    name: str,
    rate: int,
    output: NDArray[np.float64],
) -> Any:
    rows, cols = grey.shape
    panes = pair_panes((rows, cols), (0, 0, 0, 0), (rows, cols))
    signed = abs(weight.sum()) < 1e-9
    right = signed_image(output) if signed else grey_image(output)
    event = stage(
        compose(panes, grey_image(grey.astype(float)), right),
        key=KERNEL_STAGE,
        alt=f"The photo, and what a {name} kernel at rate {rate} makes of it",
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
        program={
            "name": "dilate",
            "input": grey,
            "weight": weight,
            "rate": rate,
            "most": MOST_RATE,
            "chips": CHIPS,
            "signed": signed,
            "panes": panes.places,
            "titles": {
                "input": f"grey photo, {rows} × {cols}",
                "output": f"output: {name}",
            },
            "start": [rows // 2, cols // 2],
            "every": EVERY,
            "tag": _tag(grey, weight),
            "colors": DILATE_COLORS,
        },
    )
    return event.program


def read_rates(values: Any) -> tuple[int, ...] | None:
    """Return what came from a browser or a link as rates, None if it can't be.

    Examples
    --------
    >>> read_rates([1, 2, 5]), read_rates([0]), read_rates("x")
    ((1, 2, 5), None, None)
    """
    if not isinstance(values, (list, tuple)) or not 1 <= len(values) <= 7:
        return None
    good = all(isinstance(v, (int, float)) and 1 <= v <= LIMITS["rate"] for v in values)
    rates = tuple(int(v) for v in values) if good else ()
    fits = bool(rates) and 1 + (K - 1) * sum(rates) <= LIMITS["field"]
    return rates if fits else None


def asked_rates() -> tuple[int, ...]:
    """Return the stack: as set in the browser, else the link's, else 2, 2, 2."""
    sent = peek(STACK_STAGE, "program")
    found = read_rates(sent.get("rates")) if isinstance(sent, Mapping) else None
    if found is not None:
        remember.set("rates", tuple(map(float, found)), tuple(map(float, RATES)))
    return read_rates(remember("rates", tuple(map(float, RATES)), _parse)) or RATES


def _parse(text: str) -> tuple[float, ...]:
    """Read the link's rates, any number of them.

    Raises
    ------
    ValueError
        If they are no rates, or too many.
    """
    values = [float(part) for part in text.split(",")]
    if read_rates(values) is None:
        raise ValueError(f"rates are up to 7 numbers of 1 to 16, got {text!r}")
    return tuple(values)


def stack_part(picture: Picture) -> Result:
    """Show a stack's wiring, its paths, and what it reads of the photo."""
    rates = asked_rates()
    steps = coverage_steps(K, rates)
    whole, check = steps[-1], hdc_check(K, rates)
    sent = _stack_stage(picture, rates)
    st.markdown(words.verdict(whole, check))
    st.latex(words.rule(check))
    st.markdown(words.layers_table(steps))
    st.caption(f"{words.HOLES} {words.ORDER} {words.LEVELS}")
    convolution_proofs.prepare()
    proof = [
        live.compute("gradient proof", proofs.prove_paths, K, rates),
        live.compute("path proof", proofs.prove_by_hand, K, rates),
        live.compute("rule proof", proofs.prove_rule, K, rates),
    ]
    if isinstance(sent, Mapping) and read_rates(sent.get("rates")) == rates:
        proof.append(_browser_proof(sent.get("paths"), whole))
    numbers = {"paths_1d": whole.paths, "paths_2d": whole.paths_2d}
    return Result(numbers | {"rates": np.array(rates)}, tuple(proof))


def _browser_proof(paths: Any, whole: Coverage) -> Proof:
    same = isinstance(paths, list) and len(paths) == whole.field
    delta = float(np.abs(np.array(paths) - whole.paths).max()) if same else np.nan
    note = "paths to each pixel of a row, as drawn"
    return Proof(BROWSER, delta, 0, note=note)


def _stack_stage(picture: Picture, rates: tuple[int, ...]) -> Any:
    photo = live.compute("small photo", shrunk, picture.image, SMALL_SIDE_PX)
    width, height = STACK_SIZE
    event = stage(
        np.full((height, width, 3), 255, np.uint8),
        key=STACK_STAGE,
        alt="The wiring of a stack of dilated layers, its paths, and the photo",
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
        program={
            "name": "stack",
            "k": K,
            "rates": rates,
            "most": LIMITS,
            "presets": PRESETS,
            "photo": photo,
            "panes": stack_panes((photo.shape[0], photo.shape[1])),
            "colors": STACK_COLORS,
        },
    )
    return event.program
