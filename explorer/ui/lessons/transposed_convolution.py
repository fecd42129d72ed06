"""The transposed convolution lesson's first two parts: a line, and a small plane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.overlap import bilinear_kernel
from explorer.core.proof import BROWSER, Proof
from explorer.core.transposed import (
    stamp_steps,
    transposed_by_zeros,
    transposed_size,
    zero_insertion,
)
from explorer.core.transposed_line import line_steps
from explorer.core.transposed_matrix import conv_matrix, transposed_by_matrix
from explorer.figures.transposed import (
    TRANSPOSED_COLORS,
    blank,
    line_panes,
    plane_panes,
)
from explorer.models.proofs import transposed as proofs
from explorer.ui import live
from explorer.ui.controls import choose
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import transposed_words as words
from explorer.ui.stage import scrubber, stage

KERNEL, SIGNAL = (1.0, 2.0, 3.0), (5.0, 1.0, 4.0, 2.0)  # x, y, z and a, b, c, d
BROWSER_TOLERANCE = 1e-6
MOST_HIGH_PX, MOST_WIDE_PX = 560, 1290  # on the screen, of a projector too
Array = NDArray[np.float64]
Numbers = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Setting:
    """How the plane's transposed convolution is done.

    Attributes
    ----------
    size : int
        Rows and columns of the input.
    kernel_size, stride, padding, output_padding : int
        As in ``transposed_size``.
    """

    size: int
    kernel_size: int
    stride: int
    padding: int
    output_padding: int

    @property
    def how(self) -> tuple[int, int, int]:
        """Stride, padding, output padding."""
        return self.stride, self.padding, self.output_padding


@dataclass(frozen=True)
class Result:
    """What a part showed: its proofs, and its numbers to download."""

    proof: tuple[Proof, ...]
    numbers: dict[str, Any]


def line_controls() -> tuple[int, int]:
    """Ask for stride and padding of the line."""
    stride = choose("Stride", (1, 2), key="line_s")
    padding = choose("Padding", (0, 1), default=1, key="line_p")
    return stride, padding


def plane_controls() -> Setting:
    """Ask for the plane's sizes."""
    size = choose("Input side", (2, 3), key="n")
    k = choose("Kernel size", (1, 2, 3, 4), default=3, key="k")
    s = choose("Stride", (1, 2, 3), default=2, key="s")
    p = choose("Padding", (0, 1, 2), key="p", help=words.PADDING_HELP)
    more = 0
    if s > 1:
        options = tuple(range(s))
        more = choose("Output padding", options, key=f"op{s}", help=words.MORE_HELP)
    return Setting(size, k, s, p, more)


def line_part(stride: int, padding: int) -> Result:
    """Show X and its transpose, symbols and numbers, with the reader's own numbers."""
    given = kept({"kernel": KERNEL, "signal": SIGNAL}, "line_")
    kernel, signal = given["kernel"], given["signal"]
    steps = line_steps(kernel, signal, stride, padding)
    rows, columns = steps.matrix.shape
    how = [stride, padding]
    panes = line_panes(rows, columns)
    event = stage(
        blank(panes),
        key="transposed_line",
        alt="The matrix of a convolution, its transpose, and what each makes",
        program={
            "name": "transposed",
            "kind": "line",
            "numbers": given,
            "how": how,
            "rows": rows,
            "cols": columns,
            "panes": panes.data(),
            "colors": TRANSPOSED_COLORS,
        },
        max_height_px=MOST_HIGH_PX,
        max_width_px=MOST_WIDE_PX,
        pixelated=True,
    )
    take(event.program, how, given, "line_")
    st.markdown(words.line_words(steps, stride, padding))
    st.markdown(words.return_words(steps, signal))
    more = len(signal) - transposed_size(rows, len(kernel), stride, padding)
    words.formula(rows, len(kernel), stride, padding, more)
    st.caption(words.OWN_NUMBERS)
    proofs.prepare()
    found = live.compute("proof", proofs.prove_line, kernel, signal, stride, padding)
    ours = {"there": steps.output, "back": steps.spread}
    mine = browser_proof(event.program, how, given, ours)
    arrays = {"X": steps.matrix, "x*a": steps.output, "x*Ta": steps.spread}
    return Result((*found, *mine), {**given, **arrays})


def plane_part(setting: Setting) -> Result | None:
    """Show the three views of one small transposed convolution."""
    size, k = setting.size, setting.kernel_size
    try:
        out = transposed_size(size, k, *setting.how)
    except ValueError as error:
        st.warning(str(error), icon=":material/straighten:")
        return None
    given = kept({"input": counting(size), "kernel": counting(k)}, "")
    x = np.array(given["input"]).reshape(size, size)
    weight = np.array(given["kernel"]).reshape(k, k)
    how = [size, k, *setting.how]
    names = [f"input {divmod(i, size)} = {v:g}" for i, v in enumerate(given["input"])]
    bar = f"transposed_stamps_{size}"
    scrubber("Stamps laid", size * size, key=bar, names=names, linked=f"laid{size}")
    steps = stamp_steps(x, weight, *setting.how)
    event_program = _plane_stage(given, how, (steps.canvas.shape[0], out), bar, x)
    take(event_program, how, given, "")
    words.formula(size, k, *setting.how)
    matrix = conv_matrix((out, out), weight, setting.stride, setting.padding)
    st.markdown(
        f"{words.choice_words(size, k, *setting.how)} {words.matrix_words(matrix)}"
    )
    st.markdown(words.SAME_THREE)
    st.caption(words.OWN_NUMBERS)
    ours = {
        "stamping": steps.output,
        "zeros": transposed_by_zeros(x, weight, *setting.how),
        "matrix": transposed_by_matrix(x, weight, *setting.how),
    }
    proofs.prepare()
    found = live.compute("proof", proofs.prove_views, x, weight, *setting.how)
    mine = browser_proof(event_program, how, given, ours)
    arrays = {"input": x, "kernel": weight, "output": steps.output, "C": matrix}
    return Result((*found, *mine, sizes_proof()), {**arrays, "stamps": steps.counts})


def _plane_stage(
    given: Numbers, how: list[int], sides: tuple[int, int], bar: str, x: Array
) -> dict[str, Any] | None:
    """Show the three views; return what the browser sent."""
    size, k, stride, padding, more = how
    side, out = sides
    spread = zero_insertion(x, k, stride, padding, more).shape[0]
    inner = (size - 1) * stride + 1
    # Where the padding exceeds k - 1 the zeros' pane also shows what is cut off.
    before = k - 1 - padding
    low, high = min(0, -before), max(inner, spread - before)
    panes = plane_panes(
        (size, size), k, (side, side), (high - low, high - low), (out, out)
    )
    event = stage(
        blank(panes),
        key="transposed_plane",
        alt="Input and kernel, and their transposed convolution in three views",
        program={
            "name": "transposed",
            "kind": "plane",
            "numbers": given,
            "how": how,
            "out": [out, out],
            "panes": panes.data(),
            "presets": presets(size, k),
            "colors": TRANSPOSED_COLORS,
        },
        frames=bar,
        max_height_px=MOST_HIGH_PX,
        max_width_px=MOST_WIDE_PX,
        pixelated=True,
    )
    return event.program


def counting(side: int, first: int = 1) -> tuple[float, ...]:
    """Return side x side numbers in order.

    Examples
    --------
    >>> counting(2)
    (1.0, 2.0, 3.0, 4.0)
    """
    return tuple(float(first + i) for i in range(side * side))


def presets(size: int, k: int) -> dict[str, Numbers]:
    """Return the sets of numbers a button away: by name, input and kernel."""
    tent = tuple(float(v) for v in bilinear_kernel(k).ravel())
    return {
        "1, 2, 3, …": {"input": counting(size), "kernel": counting(k)},
        "0, 1, 2, … (Dive into Deep Learning)": {
            "input": counting(size, 0),
            "kernel": counting(k, 0),
        },
        "all ones": {"input": (1.0,) * size**2, "kernel": (1.0,) * k**2},
        "bilinear kernel": {"input": counting(size), "kernel": tent},
    }


def kept(defaults: Numbers, prefix: str) -> Numbers:
    """Return the reader's own numbers, the defaults where there are none that fit."""
    found = {}
    for name, default in defaults.items():
        own = remember(f"{prefix}{name}", ())
        found[name] = own if len(own) == len(default) else default
    return found


def take(
    sent: Mapping[str, Any] | None, how: Sequence[int], given: Numbers, prefix: str
) -> None:
    """Keep numbers edited in the browser in session and link, and run again."""
    if sent is None or sent.get("how") != list(how):
        return
    edited = {name: row(sent.get(name), len(old)) for name, old in given.items()}
    if not all(edited.values()) or edited == given:
        return
    for name, values in edited.items():
        remember.set(f"{prefix}{name}", values, ())
    again()


def row(values: Any, count: int) -> tuple[float, ...]:
    """Return what came from the browser as ``count`` numbers, or nothing."""
    if not isinstance(values, list) or len(values) != count:
        return ()
    good = all(isinstance(v, (int, float)) and abs(v) < 1000 for v in values)
    return tuple(map(float, values)) if good else ()


def browser_proof(
    sent: Mapping[str, Any] | None,
    how: Sequence[int],
    given: Numbers,
    ours: Mapping[str, Array],
) -> tuple[Proof, ...]:
    """Compare the browser's arrays with the core's; nothing for other numbers'."""
    if sent is None or sent.get("how") != list(how):
        return ()
    if any(row(sent.get(name), len(old)) != old for name, old in given.items()):
        return ()
    delta = 0.0
    for name, array in ours.items():
        theirs = sent.get(name)
        try:
            apart = np.abs(np.asarray(theirs, float) - array.ravel())
        except (TypeError, ValueError):
            return ()
        delta = max(delta, float(apart.max()))
    note = f"{len(ours)} ways, each on its own, as drawn"
    return (Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note),)


def sizes_proof() -> Proof:
    """Compare the size formula with torch over all small settings, once."""
    proofs.prepare()
    return live.compute("size proof", proofs.prove_transposed_sizes)
