"""The lesson on Viola and Jones: the cascade on the reader's photo."""

import functools
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.cascade import FILES, Cascade, opencv_cascade
from explorer.core.cascade_cost import all_features_us
from explorer.core.cascade_group import Groups, group_boxes
from explorer.core.cascade_scan import CascadeScan, cut_off, raw_boxes, scan_cascade
from explorer.core.proof import Proof
from explorer.core.proofs.viola_jones import (
    opencv_raw,
    prove_groups,
    prove_integrals,
    prove_scan,
)
from explorer.figures.viola_jones import CASCADE_COLORS, level_rows, passed_bytes
from explorer.ui import live
from explorer.ui.controls import choose, select
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import viola_words as words
from explorer.ui.stage import stage
from explorer.ui.stage.scrubber import scrubber

PARTS = ("Integral image", "Feature", "Cascade")
STEPS = (1.1, 1.2, 1.3, 1.5)
USUAL_STEP = 1.2
NEIGHBOURS = (0, 1, 2, 3, 4, 5, 8, 12)
SCRUB = "viola_scrub"
AHEAD_S = 1.5  # half a second of work, not beside the first scan
FIRST_STAGE = 8  # shown when the page opens: many windows are gone, many left
MOST_WIDE_PX = 620
MOST_HIGH_PX = 410

WAITING = 4  # pictures at most: some seconds of one core

# Digests of pictures scanned with all cascades, or about to be; the last few hundred.
_AHEAD: deque[str] = deque(maxlen=512)
_ROOM = threading.BoundedSemaphore(WAITING)
_TURN = threading.Lock()

Int64 = NDArray[np.int64]
Numbers = dict[str, Any]  # what can be downloaded


@dataclass(frozen=True, eq=False)
class Found:
    """One scan of the photo with all that comes of it.

    ``raw`` is what is grouped; `inside` is what is shown and compared.
    """

    cascade: Cascade
    scale_step: float
    scan: CascadeScan
    raw: Int64
    shape: tuple[int, ...]

    def inside(self, boxes: Int64) -> Int64:
        """Return boxes cut off at the photo's edges."""
        return cut_off(boxes, self.shape)


@functools.lru_cache(maxsize=len(FILES))
def cascade_of(name: str) -> Cascade:
    """Return a cascade by its name in the menu, read once a process."""
    return opencv_cascade(name)


def scan_ahead(picture: Picture) -> None:
    """Scan a picture with every cascade, once and after it is shown.

    Few pictures wait: when a lecture hall adds its photos at once, the processor is
    for what readers ask, and a photo left out has its turn at its reader's next step.
    """
    if picture.digest in _AHEAD or not _ROOM.acquire(blocking=False):
        return
    _AHEAD.append(picture.digest)
    timer = threading.Timer(AHEAD_S, _in_turn, (picture.image,))
    timer.daemon = False  # one cut off inside OpenCV at the end aborts the process
    timer.start()


def _in_turn(image: NDArray[np.uint8]) -> None:
    """Scan one picture at a time, and make room for the next that waits."""
    try:
        with _TURN:
            all_cascades(image)
    finally:
        _ROOM.release()


def all_cascades(image: NDArray[np.uint8]) -> None:
    """Compute what the page shows of each cascade at its usual scale step."""
    for name in FILES:
        if not threading.main_thread().is_alive():
            return  # the process is ending
        live.ahead(scan_named, image, name, USUAL_STEP)
        live.ahead(opencv_raw, image, name, USUAL_STEP)
        if min(image.shape[:2]) >= max(cascade_of(name).window_px):
            live.ahead(every_feature_us, image, name)


def part() -> str:
    """Ask which part of the lesson is shown."""
    return choose("Show", PARTS, key="part", default=PARTS[2], help=words.PART_HELP)


def which() -> str:
    """Ask for the cascade."""
    return choose("Cascade", tuple(FILES), key="cascade", help=words.CASCADE_HELP)


def steps() -> tuple[float, int]:
    """Ask for the step between sizes and the neighbours a group needs."""
    scale_step = select(
        "Scale step", STEPS, USUAL_STEP, key="step", help=words.STEP_HELP, width_px=110
    )
    neighbours = select(
        "Neighbours",
        NEIGHBOURS,
        3,
        key="neighbours",
        help=words.NEIGHBOURS_HELP,
        width_px=110,
    )
    return scale_step, neighbours


def scan_named(image: NDArray[np.uint8], name: str, scale_step: float) -> CascadeScan:
    """Scan with a cascade by name: a short key for what is kept."""
    return scan_cascade(image, cascade_of(name), scale_step)


def find(picture: Picture, name: str, scale_step: float) -> Found | None:
    """Scan the picture (kept); None and a sentence where the window does not fit."""
    scan = live.compute(
        f"cascade “{name}”", scan_named, picture.image, name, scale_step
    )
    scan_ahead(picture)
    cascade = cascade_of(name)
    if not scan.levels:
        st.info(
            words.too_small(picture.image.shape, cascade),
            icon=":material/photo_size_select_small:",
        )
        return None
    raw = raw_boxes(scan, cascade)
    return Found(cascade, scale_step, scan, raw, picture.image.shape)


def show(picture: Picture, found: Found, neighbours: int) -> Groups:
    """Show the windows fall away stage by stage, and what they cost."""
    groups = group_boxes(found.raw, neighbours)
    _scrub(found.cascade)
    stage(
        picture.image,
        key="viola_cascade",
        alt="The photo, dark where no window of the cascade is left",
        program=_program(found, groups),
        frames=SCRUB,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )
    _, theirs_ms = opencv(picture, found)
    every_us = live.compute(
        "all features", every_feature_us, picture.image, found.cascade.name
    )
    st.markdown(words.cost(found.cascade, found.scan, theirs_ms, every_us))
    st.markdown(words.result(found.cascade, found.scan, found.raw, groups))
    return groups


@fragment
def _scrub(cascade: Cascade) -> None:
    """Show the scrubber alone: a step sends nothing of the picture again."""
    scrubber(
        "Stages",
        cascade.stages + 1,
        key=SCRUB,
        names=words.frame_names(cascade),
        start=FIRST_STAGE,
        linked="stage",
        first=None,
    )


def _program(found: Found, groups: Groups) -> dict[str, Any]:
    """Return what ``programs/cascade.js`` needs."""
    cascade, scan = found.cascade, found.scan
    return {
        "name": "cascade",
        "levels": level_rows(scan),
        "passed": passed_bytes(scan),
        "window": cascade.window_px,
        "stages": cascade.stages,
        "features": cascade.sizes,
        "stageMs": scan.stage_ms,
        "raw": found.inside(found.raw),
        "groups": found.inside(groups.boxes[groups.kept]),
        "counts": groups.counts[groups.kept],
        "opacity": 0.9,
        "colors": CASCADE_COLORS,
    }


def every_feature_us(image: NDArray[np.uint8], name: str) -> float:
    """Time a window with all features, with a cascade by name."""
    return all_features_us(image, cascade_of(name))


def opencv(picture: Picture, found: Found) -> tuple[Int64, float]:
    """Return OpenCV's raw boxes and the time it took (kept)."""
    name = found.cascade.name
    return live.compute("OpenCV", opencv_raw, picture.image, name, found.scale_step)


def prove(picture: Picture, found: Found, groups: Groups, near: int) -> list[Proof]:
    """Compare raw boxes, grouped boxes and integral images with OpenCV's."""
    theirs, _ = opencv(picture, found)
    kept = groups.boxes[groups.kept]
    sums = live.compute("Proof", integrals_proved, picture.image)
    scan = prove_scan(found.inside(found.raw), theirs)
    return [scan, prove_groups(found.raw, kept, near), sums]


def integrals_proved(image: NDArray[np.uint8]) -> Proof:
    """Compare the integral images of the whole photo."""
    return prove_integrals(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)))


def numbers(found: Found, groups: Groups) -> Numbers:
    """Return what can be downloaded."""
    return {
        "raw_boxes": found.inside(found.raw),
        "boxes": found.inside(groups.boxes[groups.kept]),
        "survivors": found.scan.survivors,
        "stage_ms": found.scan.stage_ms,
        "features_per_stage": found.cascade.sizes,
    }
