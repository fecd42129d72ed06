"""What the lesson on the sliding window says, with the present scan's numbers."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import signed
from explorer.core.people import IOU_THRESHOLD, MATCH_IOU, PADDING_PX, match_people
from explorer.core.windows import Windows, WindowScan
from explorer.ui.glossary import glossary_box

THRESHOLD_HELP = (
    "Windows with this score or more become raw boxes. 0 is the SVM's own border "
    "between person and not; higher means fewer false alarms and more people missed."
)
STEP_HELP = (
    "How much smaller each level is than the one before. A small step looks at more "
    "sizes and takes more time."
)
SVM_HELP = (
    "Both are one weight for each of the window's 3,780 HOG numbers, learnt from "
    "pictures of people and of everything else."
)
NOTHING = (
    "No window reaches the threshold. The template knows whole people, standing or "
    "walking, with some room around them: lower the threshold, or choose the drawn "
    "street or a photo of pedestrians."
)
QUESTION = (
    "The pyramid step goes from 1.05 to 1.10. About how many windows are scored then?",
    (
        "About half as many",
        "About a tenth fewer",
        "The same number: the window does not change",
    ),
    0,
    "Each level still holds as many windows as before, but there are only half as "
    "many levels between the full photo and the smallest on which a window fits: "
    "ln 1.05 is half of ln 1.10.",
)
SOURCES = (
    "Dalal & Triggs 2005, Histograms of Oriented Gradients for Human Detection, "
    "sections 4 (the 64 × 128 window and its margin) and 6",
    "Felzenszwalb et al. 2010, Object Detection with Discriminatively Trained "
    "Part-Based Models, section 3 (a template as a filter on a HOG pyramid)",
    "OpenCV, cv2.HOGDescriptor.detectMultiScale and its default people detector",
    "Wang et al. 2007, Penn-Fudan pedestrians (what the SVM trained here has seen)",
)
SIGN_WORDS = (
    "In the sum and in the pictures of this half :orange[**orange** speaks for a "
    "person] and :blue[**blue** against]."
)
TERMS = f"""
- **Window**: a 64 × 128 pixel cut; the detector only ever answers "is a person exactly
  in here?".
- **Sliding**: the same question for every window, 8 pixels apart, also
  {PADDING_PX} pixels beyond the border, where the photo is mirrored.
- **Pyramid**: the photo shrunk again and again. The window stays as it is, so on a
  smaller level it covers a larger person.
- **Template w**: one weight for each of the window's 3,780 HOG numbers. **b** is one
  more number, added to every score.
- **Score**: w·x + b, the 3,780 products added up. Above 0 the SVM says "person".
- **Cross-correlation**: sliding w over the HOG blocks of a whole level; it gives all
  scores of the level at once.
- **Raw box**: a window at or above the threshold. One person gives many.
- **SVM**, support vector machine: the training that chooses w and b so that people and
  background are as far apart as possible.
"""


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def level_name(scan: WindowScan, level: int) -> str:
    """Name a level beside the scrubber."""
    one = scan.levels[level]
    tall = round(scan.window_px[1] * one.scale)
    size = f"{one.size_px[0]} × {one.size_px[1]}"
    return f"level {level}: {size} px, for windows {tall} px high"


def level_words(scan: WindowScan, windows: Windows, level: int) -> str:
    """Say what happens on one level."""
    one = scan.levels[level]
    rows, cols = one.scores.shape
    wide, tall = (round(side * one.scale) for side in scan.window_px)
    here = int((windows.levels == level).sum())
    return (
        f"**Level {level}**: the photo shrunk {one.scale:.2f} times to "
        f"{one.size_px[0]} × {one.size_px[1]} px. The window stays 64 × 128 px and has "
        f"{cols} × {rows} = **{one.scores.size:,}** places; each covers "
        f"{wide} × {tall} px of the photo. Best score here "
        f"**{signed(float(one.scores.max()))}**; **{here}** "
        f"{'reaches' if here == 1 else 'reach'} the threshold."
    )


def funnel_words(scan: WindowScan, windows: Windows, kept: int, limit: float) -> str:
    """Say how few of all windows remain."""
    levels = len(scan.levels)
    return (
        f"**{scan.windows:,} windows** on {levels} levels (0 to {levels - 1}) → "
        f"**{len(windows.boxes):,} raw boxes** with w·x + b ≥ {limit:.1f} → "
        f":green[**{kept} after NMS**] at IoU {IOU_THRESHOLD:g}"
    )


def truth_words(kept: NDArray[np.float64], truth: NDArray[np.float64]) -> str:
    """Say how many of the kept boxes are people, where the people are known.

    Empty without known people or without boxes.

    Examples
    --------
    >>> one = np.array([[0.0, 0, 40, 100]])
    >>> truth_words(np.concatenate([one, one + 200]), one)
    'Of these 2 boxes, **1** is a person and **1** a false alarm; **0** of 1 people \
missed. A box counts at IoU ≥ 0.5 with a true one, and each person once.'
    """
    if not len(truth) or not len(kept):
        return ""
    hits = int(match_people(kept, truth).sum())
    false, missed = len(kept) - hits, len(truth) - hits
    return (
        f"Of {_these(len(kept))}, **{hits}** "
        f"{'is a person' if hits == 1 else 'are people'} and **{false}** "
        f"{'a false alarm' if false == 1 else 'false alarms'}; "
        f"**{missed}** of {len(truth)} people missed. A box counts at IoU ≥ "
        f"{MATCH_IOU:g} with a true one, and each person once."
    )


def _these(count: int) -> str:
    return "this 1 box" if count == 1 else f"these {count} boxes"


def score_words(shares: NDArray[np.float64], bias: float) -> str:
    """Write a window's score as the sum of its blocks' shares."""
    plus, minus = shares[shares > 0].sum(), shares[shares < 0].sum()
    total = float(plus + minus + bias)
    verdict = "person" if total >= 0 else "not a person"
    sign = "+" if bias >= 0 else "−"
    return (
        f"## Score {signed(total)}: {verdict}\n"
        f":orange[{plus:.2f}] − :blue[{abs(minus):.2f}] {sign} {abs(bias):.2f} (b) "
        f"= **{signed(total)}**, from 15 × 7 blocks and the bias b"
    )


def share_words(shares: NDArray[np.float64], tall: int) -> str:
    """Say which blocks of a window speak loudest for a person, and against."""
    best = np.unravel_index(shares.argmax(), shares.shape)
    worst = np.unravel_index(shares.argmin(), shares.shape)
    return (
        f"{SIGN_WORDS} The window is {tall} px high in the photo. Strongest blocks: "
        f"for, row {best[0] + 1}, column {best[1] + 1} "
        f"(**{signed(float(shares[best]))}**); against, row {worst[0] + 1}, column "
        f"{worst[1] + 1} (**{signed(float(shares[worst]))}**)."
    )
