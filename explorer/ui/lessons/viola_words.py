"""What the lesson on Viola and Jones says: terms, costs in numbers, sources."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.cascade import Cascade
from explorer.core.cascade_group import Groups
from explorer.core.cascade_scan import CascadeScan
from explorer.core.cascade_windows import LEAST_SPREAD
from explorer.core.haar import KINDS, WINDOW_PX, count_features, places
from explorer.core.integral import corners
from explorer.ui.glossary import glossary_box

# Viola & Jones 2001, section 5: features of the whole cascade, and looked at a window.
PAPER_FEATURES, PAPER_PER_WINDOW = 6061, 10

CASCADE_HELP = (
    "What to look for. Each cascade was trained by others, ships with OpenCV, and is "
    "read here from OpenCV's own file."
)
STEP_HELP = "Each window size is the one before times this. Smaller: more windows."
NEIGHBOURS_HELP = (
    "A group of raw boxes becomes a detection when it has more boxes than this. "
    "0: raw boxes stay as they are."
)
KIND_HELP = (
    "The cascade's own features, stage by stage, or one of the paper's kinds that you "
    "place and stretch yourself."
)
SIZE_HELP = (
    "The photo shrinks by this, the window stays. “As found”: the size of the window "
    "that came furthest."
)
PART_HELP = "The sums that make it fast; one feature; all windows, stage by stage."
SCENE_HELP = "The grey levels of your photo, or 30 numbers that you can change."
QUESTION = (
    "Almost no window holds a face. How many of the cascade's features does it "
    "compute for a window, on average?",
    (
        "All of them: each feature can matter",
        "About half",
        "A few in a hundred",
    ),
    2,
    "A stage may reject a window on its own. The first asks a handful of features and "
    "throws out a large part of the windows, on many photos more than half; the long "
    "last stages see a few dozen. The line under the picture of the part “Cascade” "
    "counts it on this photo.",
)
SOURCES = (
    "Viola & Jones 2001, Rapid object detection using a boosted cascade of simple "
    "features, CVPR: sections 2 (integral image), 3 (features), 4 (cascade), 5 ("
    f"{PAPER_PER_WINDOW} of {PAPER_FEATURES:,} features a window on average)",
    "Viola & Jones 2004, Robust real-time face detection, IJCV 57(2)",
    "Lienhart & Maydt 2002, An extended set of Haar-like features for rapid object "
    "detection, ICIP (tilted features)",
    "Crow 1984, Summed-area tables for texture mapping, SIGGRAPH",
    "OpenCV's cascade files: frontal face, eye (Lienhart; Hameed), full body "
    "(Kruppa, Castrillón-Santana & Schiele 2003), cat face (Howse); licences in the "
    "files' heads",
)
TERMS = """
- **Window**: a small part of the photo that is asked “is it a face?”. All places, many
  sizes.
- **Haar-like feature**: the grey levels in some rectangles minus those in others. A
  face's eyes are darker than its cheeks.
- **Integral image**: at each corner, the sum of all pixels above and left. Any
  rectangle's sum then takes four of its numbers.
- **Contrast**: a feature's value is divided by the window's area times its standard
  deviation, so that a dim photo counts like a bright one.
- **Weak classifier**: one feature with a threshold; it votes one of two numbers, and is
  a little better than a guess.
- **Stage**: many weak classifiers. If their votes add up to the stage's threshold, the
  window goes on; else it is rejected for good.
- **Cascade**: stages in a row, cheap ones first. AdaBoost chose the features.
- **Raw box**: a window that passed all stages. One face gives many: its neighbours pass
  too.
- **Grouping**: raw boxes that are alike become their mean box.
"""


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def too_small(shape: tuple[int, ...], cascade: Cascade) -> str:
    """Say that not one window fits."""
    width, height = cascade.window_px
    return (
        f"This photo is {shape[1]} × {shape[0]} px: smaller than the window of the "
        f"“{cascade.name}” cascade, {width} × {height} px. No window fits, so nothing "
        "can be found. Choose a larger photo."
    )


def frame_names(cascade: Cascade) -> list[str]:
    """Return what each frame of the scrubber shows, stages as the panel counts them."""
    n = cascade.stages
    middle = [
        f"stage {k} of {n}: {size} features" for k, size in enumerate(cascade.sizes, 1)
    ]
    return ["all windows", *middle, "grouped"]


def cost(cascade: Cascade, scan: CascadeScan, opencv_ms: float, every_us: float) -> str:
    """Say what a window cost, with the cascade and without."""
    windows = int(scan.survivors[0])
    ours_ms = scan.setup_ms + float(scan.stage_ms.sum())
    total = len(cascade.thresholds)
    return (
        f"**The cost of a window.** {windows:,} windows of {len(scan.levels)} sizes. "
        f"On average a window asks **{scan.per_window:.1f} of {total:,} features** "
        f"({scan.per_window / total:.1%}; the paper: {PAPER_PER_WINDOW} of "
        f"{PAPER_FEATURES:,}). That took {1e3 * ours_ms / windows:.2f} µs a window in "
        f"our numpy on one thread and {1e3 * opencv_ms / windows:.2f} µs in OpenCV's "
        f"C++ on its own threads, both measured here. With all {total:,} features "
        f"asked of every window it would be {every_us:.0f} µs in numpy: "
        f"{every_us * windows / 1e6:.0f} s for this photo in place of "
        f"{ours_ms / 1e3:.2f} s."
    )


def result(
    cascade: Cascade, scan: CascadeScan, raw: NDArray[np.int64], groups: Groups
) -> str:
    """Say what was found, or where the last windows fell."""
    if not len(raw):
        return _nothing(cascade, scan)
    counts = groups.counts[groups.kept]
    if not len(counts):
        return (
            f"**{len(raw)} raw boxes, no detection**: no group has enough of them. A "
            "real one usually passes at several places and sizes; a lone box is mostly "
            "a mistake."
        )
    boxes = "box" if len(counts) == 1 else "boxes"
    sizes = ", ".join(str(n) for n in counts[:8])
    more = " and so on" if len(counts) > 8 else ""
    rest = "; the rest stood in groups too small or inside a better one"
    return (
        f"**{len(raw)} raw boxes → {len(counts)} {boxes}**, the mean of {sizes}{more}"
        f"{rest if counts.sum() < len(raw) else ''}."
    )


def _nothing(cascade: Cascade, scan: CascadeScan) -> str:
    """Say why no window passed: all too flat, or the stage that rejected the last."""
    if not scan.evaluated:
        return (
            "**Nothing found.** All windows are too flat: no feature is asked where "
            f"the grey levels' standard deviation is {LEAST_SPREAD:g} or less."
        )
    last = int(np.flatnonzero(scan.survivors)[-1]) + 1
    left = int(scan.survivors[last - 1])
    (wide, high), many = cascade.window_px, "one" if left == 1 else f"{left:,}"
    fell = f"stage {last} rejected the last {many}" if last > 1 else "all fell at once"
    return (
        f"**Nothing found.** No window passed all {cascade.stages} stages: {fell}. If "
        f"you see {_with_article(cascade.name)} here, it is turned, covered, cut off, "
        f"or smaller than the {wide} × {high} px window."
    )


def _with_article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def features_there_are(cascade: Cascade) -> str:
    """Say how many features there are to choose from, kind by kind."""
    counts = count_features()
    rows = [
        f"| {name} | {kind.across} × {kind.down} | {places(kind.across)} × "
        f"{places(kind.down)} | {counts[name]:,} |"
        for name, kind in KINDS.items()
    ]
    total = f"| **all** | | | **{sum(counts.values()):,}** |"
    head = "| Kind | Cells | Places across × down | Features |\n|---|---|---|---:|"
    return "\n".join(
        [
            f"In a window of {WINDOW_PX} × {WINDOW_PX} px, a feature's cells may have "
            "any size and stand anywhere, as long as all are equal:\n",
            head,
            *rows,
            total,
            "\nBoosting (AdaBoost) tried them all and kept the few that tell most. The "
            f"“{cascade.name}” cascade's file keeps {len(cascade.thresholds):,} in a "
            f"window of {cascade.window_px[0]} × {cascade.window_px[1]} px, "
            f"{int(cascade.tilted.sum())} of them tilted: a kind that Lienhart and "
            "Maydt added in 2002.",
        ]
    )


KIND_RULE = (
    "**The rule.** Light pixels minus dark ones; with three cells the middle counts "
    "twice, so that a flat patch gives 0 (the paper does not weight it). Each box's "
    "sum takes four numbers of the integral image, and boxes side by side share some: "
    "6, 8 or 9 look-ups, however large the feature is. In the enlarged window drag the "
    "feature, or its handle to size it."
)


def feature_rule() -> str:
    """Say how a feature votes."""
    return (
        "**The rule.** The file gives each feature two or three boxes with weights: "
        "the whole (−1) and the light part (+2 or more). The value is divided by the "
        "window's inner pixels times their standard deviation, so that a dim window "
        "counts like a bright one. Below its threshold the feature votes one number, "
        "else another; a stage passes when its votes reach the stage's own threshold. "
        "Pale bars: stages that a rejected window is never asked."
    )


def window_said(cascade: Cascade, scale: float, shape: tuple[int, ...]) -> str:
    """Say at which size the window is asked."""
    wide, high = (round(side * scale) for side in cascade.window_px)
    return (
        f"The photo shrunk to {shape[1]} × {shape[0]} px; the window of "
        f"{cascade.window_px[0]} × {cascade.window_px[1]} px on it covers "
        f"{wide} × {high} px of yours."
    )


def sums_said(sums: NDArray[np.int32], box: tuple[int, int, int, int]) -> str:
    """Say the rule with the box's own numbers."""
    a, b, c, d = (int(sums[row, col]) for row, col, _ in corners(box, tilted=False))
    _, _, w, h = box
    return (
        "**The rule.** Each entry of the integral image is the sum of all pixels above "
        "and left of it. D holds the box and all before it; B and C take away what "
        "is above and what is left; A was taken away twice and comes back: "
        f"{d:,} − {b:,} − {c:,} + {a:,} = **{d - b - c + a:,}**. That is 4 look-ups in "
        f"place of {w * h:,} pixels; the integral image itself is made once, in one "
        "pass, for all boxes of all sizes."
    )
