"""A digit lifted off a photo of paper, without shadows, dust and the table's edge."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.digit_form import as_digit

PAPER_FRAC = 0.25  # of the longer side: a window that sees paper beside every stroke
FAINT = 0.25  # of the ink's strength: less is the paper's grain
SURE = 0.5  # of the ink's strength: a stroke has that much somewhere
SPECK = 0.02  # of the largest piece's area: smaller is dust

Grey = NDArray[np.uint8]


def digit_of_photo(grey: Grey) -> Grey:
    """Bring a photo of one digit on paper, or on a blackboard, into the set's form.

    Parameters
    ----------
    grey : (H, W) uint8 array

    Returns
    -------
    (28, 28) uint8 array
        White on black.

    Raises
    ------
    ValueError
        With a sentence, if there is nothing on the paper.

    Examples
    --------
    >>> paper = np.tile(np.linspace(90, 230, 120).astype(np.uint8), (120, 1))
    >>> paper[30:90, 55:63] //= 3
    >>> rows, columns = np.nonzero(digit_of_photo(paper))
    >>> int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    (20, 3)
    """
    ink = _over_paper(grey)
    strength = float(np.percentile(ink, 99.5)) or float(ink.max())
    clean = np.clip(ink - FAINT * strength, 0, 255) / (1 - FAINT)
    return as_digit((clean * _strokes(clean, strength)).round().astype(np.uint8))


def _over_paper(grey: Grey) -> NDArray[np.float32]:
    """Return how much darker each pixel is than the paper around it, in 255ths."""
    paper = np.median(np.r_[grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    far = np.abs(grey.astype(np.float32) - paper)
    inked = grey[far >= np.percentile(far, 99.5)]
    dark = grey if inked.mean() < paper else 255 - grey
    side = max(3, round(max(grey.shape) * PAPER_FRAC))
    window = np.ones((side, side), np.uint8)
    # Closing fills what is darker and narrower than the window: paper, its shadows too.
    around = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, window).astype(np.float32)
    return np.asarray(255 * (1 - (dark + 1.0) / (around + 1)), np.float32)


def _strokes(ink: NDArray[np.float32], strength: float) -> NDArray[np.uint8]:
    """Return 1 on the pieces that are strokes: not dust, not cut by the border."""
    mask = (ink > 0).astype(np.uint8)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count <= 1:
        return mask
    border = np.r_[pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]
    sure = np.bincount(pieces[ink >= SURE * strength], minlength=count) > 0
    inside = sure & ~np.isin(np.arange(count), border)
    inside[0] = False
    if not inside.any():
        inside = sure
        inside[0] = False
    area = stats[:, cv2.CC_STAT_AREA]
    large = inside & (area >= SPECK * area[inside].max(initial=0))
    return np.asarray(large[pieces], np.uint8)
