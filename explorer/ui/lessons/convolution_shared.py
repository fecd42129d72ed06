"""What the parts of the convolution lesson share: a setting, a result, the stage."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.convolution import output_size
from explorer.core.proof import Proof
from explorer.figures.convolution import Panes
from explorer.figures.theme import COLORS
from explorer.models.proofs import convolution as proofs
from explorer.ui import live

MOST_WIDE_PX, MOST_HIGH_PX = 660, 430  # on the screen: the panel stands to the right
MARKS = {
    "window": COLORS["second"],
    "output": COLORS["accent"],
    "positive": COLORS["accent"],
    "negative": COLORS["first"],
}
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """How one convolution is done: what the size formula and the sum need.

    Attributes
    ----------
    kernel_size, stride, dilation : int
        In cells, at least 1.
    padding : (int, int, int, int)
        Zeros at the top, bottom, left and right.
    """

    kernel_size: int
    stride: int
    padding: tuple[int, int, int, int]
    dilation: int

    def out(self, shape: tuple[int, int]) -> tuple[int, int]:
        """Return the output's rows and columns for an input's ``(rows, columns)``.

        Raises
        ------
        ValueError
            If a number is out of range or the kernel is longer than the padded input.
        """
        k, s, p, d = self.kernel_size, self.stride, self.padding, self.dilation
        rows = output_size(shape[0], k, s, p[:2], d)
        return rows, output_size(shape[1], k, s, p[2:], d)


@dataclass(frozen=True)
class Result:
    """What a part showed: for proof and downloads.

    Attributes
    ----------
    x : (C, h, w) array
        The input before padding.
    weight : (C, k, k) array
        The kernel.
    output : (h', w') array
        What the convolution made of them.
    proof : tuple of Proof
        Its comparisons with a reference, measured now.
    """

    x: Array
    weight: Array
    output: Array
    proof: tuple[Proof, ...]

    def numbers(self) -> dict[str, Any]:
        """Give the arrays to download; a single channel as ``(h, w)``, for CSV."""
        squeeze = self.x[0] if len(self.x) == 1 else self.x
        weight = self.weight[0] if len(self.weight) == 1 else self.weight
        return {"input": squeeze, "kernel": weight, "output": self.output}


def sizes_proof() -> Proof:
    """Compare the size formula with torch over all small settings, once."""
    proofs.prepare()
    return live.compute("size proof", proofs.prove_output_sizes)


def guard(setting: Setting, shape: tuple[int, int]) -> bool:
    """Say on the page what is wrong with a setting; return whether it can be done.

    Parameters
    ----------
    setting : Setting
        What the reader chose.
    shape : (int, int)
        The input's rows and columns.
    """
    try:
        setting.out(shape)
    except ValueError as error:
        st.warning(str(error), icon=":material/straighten:")
        return False
    return True


def stage_height(panes: Panes) -> int:
    """Return the tallest, in screen pixels, that leaves the panel beside the stage."""
    wide, high = panes.size
    return min(MOST_HIGH_PX, round(MOST_WIDE_PX * high / wide))


def program(
    x: Array | NDArray[np.uint8],
    weight: Array,
    setting: Setting,
    panes: Panes,
    **more: Any,
) -> dict[str, Any]:
    """Return the parameters of the stage's program ``window.js``.

    Parameters
    ----------
    x : (C, h, w) array
        The input before padding.
    weight : (C, k, k) array
        The kernel.
    setting : Setting
        Stride, padding and dilation.
    panes : Panes
        Where input, kernel and output stand on the picture.
    **more
        Values in place of the defaults below; each is explained in ``window.js``.
    """
    rows, columns = setting.out((x.shape[1], x.shape[2]))
    return {
        "name": "window",
        "input": x,
        "weight": weight,
        "bias": 0.0,
        "stride": setting.stride,
        "dilation": setting.dilation,
        "pads": setting.padding,
        "rows": rows,
        "cols": columns,
        "output": None,
        "norm": [],
        "panes": panes.data(),
        "numbers": False,
        "editable": False,
        "digits": 2,
        "first": 0,
        "shown": 0,
        "range": [0, 255],
        "start": [rows // 2, columns // 2],
        "colors": MARKS,
        **more,
    }


def shape_text(rows: int, columns: int) -> str:
    """Write a map's size, rows first.

    Examples
    --------
    >>> shape_text(3, 4)
    '3 × 4'
    """
    return f"{rows} × {columns}"
