"""A reader's digit in the form the networks know, and digits drawn by strokes.

The data set's digits were brought to one form (LeCun et al. 1998, section III.A): the
longer side of the ink 20 pixels, its centre of mass in the middle of 28 x 28, white on
black. A digit in another form is none to a network that never saw one.
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_PX = 28
INK_PX = 20  # the longer side of the ink
LEAST_INK = 24  # of 255: paler is paper
LEAST_CONTRAST = 40  # of 255, between ink and paper
_FINE = 8  # strokes are drawn so much larger

Grey = NDArray[np.uint8]
Stroke = Sequence[tuple[float, float]]

# Our own hand: points of each stroke, in a square of 1.
STROKES: Mapping[int, tuple[Stroke, ...]] = {
    0: (
        (
            *((0.52, 0.03), (0.28, 0.14), (0.16, 0.45), (0.24, 0.82), (0.48, 0.97)),
            *((0.72, 0.85), (0.83, 0.5), (0.74, 0.14), (0.52, 0.03)),
        ),
    ),
    1: (((0.36, 0.2), (0.54, 0.04), (0.5, 0.5), (0.46, 0.97)),),
    2: (
        (
            *((0.2, 0.24), (0.36, 0.06), (0.62, 0.06), (0.74, 0.24), (0.62, 0.5)),
            *((0.38, 0.74), (0.18, 0.94), (0.46, 0.9), (0.82, 0.94)),
        ),
    ),
    3: (
        (
            *((0.22, 0.12), (0.5, 0.03), (0.72, 0.16), (0.66, 0.36), (0.44, 0.46)),
            *((0.7, 0.56), (0.78, 0.76), (0.56, 0.95), (0.2, 0.9)),
        ),
    ),
    4: (
        ((0.34, 0.04), (0.24, 0.36), (0.18, 0.58), (0.5, 0.56), (0.86, 0.52)),
        ((0.68, 0.18), (0.64, 0.56), (0.6, 0.98)),
    ),
    5: (
        (
            *((0.76, 0.06), (0.34, 0.08), (0.28, 0.42), (0.56, 0.4), (0.76, 0.58)),
            *((0.7, 0.84), (0.44, 0.97), (0.18, 0.88)),
        ),
    ),
    6: (
        (
            *((0.66, 0.03), (0.4, 0.24), (0.24, 0.58), (0.3, 0.88), (0.54, 0.97)),
            *((0.74, 0.8), (0.68, 0.58), (0.46, 0.54), (0.27, 0.7)),
        ),
    ),
    7: (((0.16, 0.08), (0.46, 0.09), (0.82, 0.06), (0.62, 0.42), (0.4, 0.97)),),
    8: (
        (
            *((0.68, 0.14), (0.44, 0.03), (0.26, 0.2), (0.42, 0.42), (0.7, 0.64)),
            *((0.72, 0.88), (0.46, 0.97), (0.24, 0.82), (0.36, 0.56), (0.66, 0.34)),
            (0.68, 0.14),
        ),
    ),
    9: (
        (
            *((0.72, 0.2), (0.5, 0.04), (0.26, 0.18), (0.28, 0.42), (0.52, 0.46)),
            *((0.72, 0.2), (0.7, 0.56), (0.6, 0.97)),
        ),
    ),
}


def as_digit(image: Grey) -> Grey:
    """Bring grey ink on paper into the data set's form.

    Parameters
    ----------
    image : (H, W) uint8 array
        White ink on black or dark ink on light paper: the border says which.

    Returns
    -------
    (28, 28) uint8 array

    Raises
    ------
    ValueError
        With a sentence, if there is nothing on the paper.

    Notes
    -----
    The data set's own size reduction is not published; ours averages areas.
    """
    paper = np.median(np.r_[image[0], image[-1], image[:, 0], image[:, -1]])
    ink = np.abs(image.astype(np.float32) - paper)
    strength = float(np.percentile(ink, 99.5))
    if max(strength, float(ink.max()) * 0.5) < LEAST_CONTRAST:
        raise ValueError(
            "No ink was found: the picture is all of one brightness. Draw a digit, or "
            "take a photo of a dark digit on light paper."
        )
    ink = np.clip(ink * (255 / max(strength, LEAST_CONTRAST)), 0, 255)
    rows, columns = np.nonzero(ink >= max(LEAST_INK, 0.35 * 255))
    cut = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return _centred(_fitted(cut))


def _fitted(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Resize the ink so that its longer side is 20 px."""
    scale = INK_PX / max(ink.shape)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(ink, size, interpolation=kind), np.float32)


def _centred(ink: NDArray[np.float32]) -> Grey:
    """Lay the ink so that its centre of mass is in the middle of the picture."""
    rows, columns = np.indices(ink.shape)
    mass = max(float(ink.sum()), 1e-9)
    middle = (SIDE_PX - 1) / 2
    down = round(middle - float((rows * ink).sum()) / mass)
    right = round(middle - float((columns * ink).sum()) / mass)
    down = int(np.clip(down, 0, SIDE_PX - ink.shape[0]))
    right = int(np.clip(right, 0, SIDE_PX - ink.shape[1]))
    out = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    out[down : down + ink.shape[0], right : right + ink.shape[1]] = ink
    return np.asarray(out.round(), np.uint8)


def stroke_digit(digit: int, seed: int = 0) -> Grey:
    """Draw a digit by our own strokes, each seed with another hand.

    Parameters
    ----------
    digit : int
        0 to 9.
    seed : int
        Slant, thickness and trembling follow from it.

    Returns
    -------
    (28, 28) uint8 array

    Raises
    ------
    ValueError
        If there is no such digit.

    Examples
    --------
    >>> stroke_digit(3).shape, bool((stroke_digit(3) != stroke_digit(3, 1)).any())
    ((28, 28), True)
    """
    if digit not in STROKES:
        raise ValueError(f"digit is {digit}; it must be from 0 to 9.")
    rng = np.random.default_rng((digit, seed))
    slant, thick = rng.uniform(-0.15, 0.3), rng.uniform(2.0, 3.2)
    side = SIDE_PX * _FINE
    canvas = np.zeros((side, side), np.uint8)
    for stroke in STROKES[digit]:
        points = np.array(stroke) + rng.normal(0, 0.015, (len(stroke), 2))
        points[:, 0] += slant * (0.5 - points[:, 1])
        smooth = _smoothed(points) * (0.7 * side) + 0.15 * side
        line = smooth.round().astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [line], False, 255, round(thick * _FINE), cv2.LINE_AA)
    return as_digit(canvas)


def _smoothed(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a curve through the points: Catmull and Rom's, 1974."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, 12)[:, None]
    parts = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    return np.concatenate(parts)
