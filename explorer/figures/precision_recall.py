"""Sheets of many images, the mistakes as bars, and a mask's hits and misses."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.core.numerals import signed
from explorer.figures.theme import COLORS, rgb

SHEET_PX = (960, 660)
MOST_ON_A_SHEET = 12
NAME_PX = 28  # of a name below an image
GAP_PX = 12
GROUND = 236  # grey, where no photo is
TINT = 0.6  # share of the colour in a tinted pixel
WHOLE_TICKS = 6  # mistakes; with more, plotly's own ticks are whole numbers

# What the program judge.js draws with, by meaning.
JUDGE_COLORS = {
    "truth": COLORS["truth"],
    "right": COLORS["positive"],
    "wrong": COLORS["negative"],
    "muted": COLORS["muted"],
    "eleven": COLORS["second"],
    "all": COLORS["prediction"],
    "many": COLORS["overlap"],
}


def sheet_places(sizes: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Lay images out on sheets of at most twelve.

    Parameters
    ----------
    sizes : (I, 2) array_like
        Widths and heights in pixels.

    Returns
    -------
    places : (I, 3) float64
        Left, top (in pixels of the sheet) and scale of each image.
    sheets : (I,) int64
        Which sheet it is on.

    Examples
    --------
    >>> places, sheets = sheet_places([[200, 200]] * 13)
    >>> sheets.tolist()[-2:], bool((places[:, 2] > 0).all())
    ([0, 1], True)
    """
    sides = np.maximum(np.asarray(sizes, float).reshape(-1, 2), 1.0)
    count = len(sides)
    on_one = min(count, MOST_ON_A_SHEET)
    best = max(
        range(1, on_one + 1), key=lambda c: _mean_scale(sides, c, on_one), default=1
    )
    rows = math.ceil(on_one / best) if count else 1
    cell = np.array([SHEET_PX[0] / best, SHEET_PX[1] / rows])
    scale = _scales(sides, cell)
    at = np.arange(count) % MOST_ON_A_SHEET
    corner = np.column_stack([at % best, at // best]) * cell + GAP_PX / 2
    return np.column_stack([corner, scale]), np.arange(count) // MOST_ON_A_SHEET


def _scales(
    sides: NDArray[np.float64], cell: NDArray[np.float64]
) -> NDArray[np.float64]:
    room = cell - [GAP_PX, GAP_PX + NAME_PX]
    scales: NDArray[np.float64] = (room / sides).min(1)
    return scales


def _mean_scale(sides: NDArray[np.float64], columns: int, on_one: int) -> float:
    rows = math.ceil(on_one / columns)
    cell = np.array([SHEET_PX[0] / columns, SHEET_PX[1] / rows])
    return float(_scales(sides, cell).mean())


def sheet_image(
    places: ArrayLike, sizes: ArrayLike, photos: Sequence[NDArray[np.uint8] | None]
) -> NDArray[np.uint8]:
    """Paste photos into their places on one sheet.

    Parameters
    ----------
    places : (I, 3) array_like
        As ``sheet_places`` gives them.
    sizes : (I, 2) array_like
        Widths and heights that the boxes are counted in; a photo is fitted to them.
    photos : sequence of (h, w, 3) uint8 or None
        One an image; none at all gives an empty sheet.
    """
    wide, high = SHEET_PX
    sheet = np.full((high, wide, 3), GROUND, np.uint8)
    sides = np.asarray(sizes, float).reshape(-1, 2)
    for (x, y, scale), side, photo in zip(
        np.asarray(places, float), sides, photos, strict=False
    ):
        if photo is not None:
            w, h = (max(1, int(v)) for v in np.floor(side * scale))
            left, top = round(x), round(y)
            fitted = cv2.resize(photo, (w, h), interpolation=cv2.INTER_AREA)
            sheet[top : top + h, left : left + w] = fitted
    return sheet


def mistakes_figure(
    counts: Sequence[int], gains: Sequence[float], titles: Sequence[str]
) -> go.Figure:
    """Draw how many false positives there are of each kind, and what each costs.

    Parameters
    ----------
    counts : sequence of int
        False positives, one number a kind.
    gains : sequence of float
        How much the average precision would rise without them; NaN if undefined.
    titles : sequence of str
        The kinds in words.
    """
    said = [
        f"{count}"
        + (
            f"  (without them 101-point AP {signed(gain, 3, plus='+')})"
            if count and not math.isnan(gain)
            else ""
        )
        for count, gain in zip(counts, gains, strict=True)
    ]
    most = max([*counts, 1])
    figure = go.Figure()
    figure.add_bar(
        x=list(counts),
        y=list(titles),
        orientation="h",
        text=said,
        textposition=["inside" if v > 0.55 * most else "outside" for v in counts],
        insidetextanchor="start",
        marker={"color": COLORS["negative"]},
        hoverinfo="skip",
    )
    figure.update_layout(
        height=190,
        margin={"l": 10, "r": 10, "t": 6, "b": 36},
        xaxis_title="false positives",
        yaxis={"autorange": "reversed", "automargin": True},
        showlegend=False,
    )
    figure.update_xaxes(range=[0, 1.1 * most], tickformat="d")
    if most < WHOLE_TICKS:  # plotly would put ticks at halves, written as whole ones
        figure.update_xaxes(dtick=1)
    return figure


def mask_image(
    image: NDArray[np.uint8], truth: NDArray[np.bool_], said: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Tint a picture's pixels: found, said but wrong, and missed.

    Parameters
    ----------
    image : (H, W, 3) uint8
    truth, said : (H, W) bool
        Pixels of the class, as they are and as predicted.

    Returns
    -------
    (H, W, 3) uint8
    """
    return _tinted(
        image,
        (truth & said, COLORS["positive"]),
        (said & ~truth, COLORS["negative"]),
        (truth & ~said, COLORS["truth"]),
    )


def said_image(image: NDArray[np.uint8], said: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Tint the pixels (H, W) that were said to be of a class, where no truth is known.

    Examples
    --------
    >>> dark = np.zeros((1, 2, 3), np.uint8)
    >>> said_image(dark, np.array([[True, False]])).any(-1).tolist()
    [[True, False]]
    """
    return _tinted(image, (said, COLORS["prediction"]))


def _tinted(
    image: NDArray[np.uint8], *layers: tuple[NDArray[np.bool_], str]
) -> NDArray[np.uint8]:
    out = image.astype(np.float64)
    for which, color in layers:
        out[which] = (1 - TINT) * out[which] + TINT * np.array(rgb(color))
    return np.round(out).astype(np.uint8)
