"""The lesson on Viola and Jones, one window: a feature dragged over the photo."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.cascade import Cascade
from explorer.core.cascade_scan import best_window
from explorer.core.cascade_window import WindowSteps, inner_spread, window_steps
from explorer.core.cascade_windows import level_picture
from explorer.core.haar import KINDS, Box, feature_value, kind_rects
from explorer.core.integral import integral_image, tilted_integral
from explorer.core.proof import BROWSER, Proof
from explorer.core.proofs.viola_jones import prove_feature, prove_integrals
from explorer.figures.viola_jones import HAAR_COLORS
from explorer.ui import live
from explorer.ui.controls import fold, select
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import viola_words as words
from explorer.ui.lessons.viola_jones import USUAL_STEP as STEP
from explorer.ui.lessons.viola_jones import Found
from explorer.ui.stage.stage import committed_program, stage

OWN = "the cascade's own"
AS_FOUND = -1
SIZES = (AS_FOUND, 0, 2, 4, 6, 8, 10, 12, 14, 16)  # powers of the step
KEY = "viola_feature"
MOST_WIDE_PX = 560
MOST_HIGH_PX = 430

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Place:
    """The level's picture and the window on it, with the feature looked at.

    ``corner`` is the window's (column, row) on the level; ``pick`` the stage and the
    feature in it, or None for a reader's own, whose box is ``box``.
    """

    grey: Grey
    scale: float
    corner: tuple[int, int]
    cascade: Cascade
    kind: str
    pick: tuple[int, int]
    box: Box
    tag: str

    @property
    def own(self) -> bool:
        """Whether the feature is one of the cascade's own."""
        return self.kind == OWN

    @property
    def feature(self) -> tuple[NDArray[np.float64], bool]:
        """The rectangles of the feature and whether they are tilted."""
        if not self.own:
            return kind_rects(KINDS[self.kind], self.box), False
        k = int(self.cascade.starts[self.pick[0]]) + self.pick[1]
        return self.cascade.rects[k], bool(self.cascade.tilted[k])


def settings() -> tuple[str, int]:
    """Ask for the kind of feature and the size of the window."""
    kind = select("Feature", (OWN, *KINDS), OWN, key="kind", help=words.KIND_HELP)
    size = select(
        "Window size",
        SIZES,
        AS_FOUND,
        key="size",
        format_func=lambda k: "as found" if k == AS_FOUND else f"× {STEP**k:.1f}",
        help=words.SIZE_HELP,
        width_px=125,
    )
    return kind, size


def place(picture: Picture, found: Found, kind: str, size: int) -> Place:
    """Return what the browser is given: link or last drag, else the best window."""
    cascade = found.cascade
    remember.forget(f"{picture.digest} {cascade.name}", "at", "pick")
    level, row, col = live.compute("Best", best_window, found.scan, cascade)
    if size != AS_FOUND and size != level:
        level = min(size, len(found.scan.levels) - 1)
        passed = found.scan.levels[level].passed
        row, col = (int(v) for v in np.unravel_index(passed.argmax(), passed.shape))
    one = found.scan.levels[level]
    grey = np.asarray(cv2.cvtColor(picture.image, cv2.COLOR_RGB2GRAY), np.uint8)
    small = level_picture(grey, np.float32(one.scale))
    tag = live.digest(picture.digest, cascade.name, kind, level)
    _adopt(tag)
    start = (col * one.step_px, row * one.step_px)
    return Place(
        small,
        one.scale,
        _corner(start, small, one.scale, cascade),
        cascade,
        kind,
        _pick(cascade),
        _box(kind, cascade.window_px),
        tag,
    )


def _adopt(tag: str) -> None:
    """Put what was last dragged into the link."""
    sent = committed_program(KEY)
    if sent.get("tag") != tag:
        return
    for name, count in (("at", 2), ("pick", 2), ("box", 4)):
        value = sent.get(name)
        if isinstance(value, list) and len(value) == count:
            remember.set(name, tuple(round(float(v), 2) for v in value), ())


def _corner(
    start: tuple[int, int], grey: Grey, scale: float, cascade: Cascade
) -> tuple[int, int]:
    """Return the window's corner on the level: the remembered one, else the start."""
    at = remember("at", ())
    if len(at) != 2:
        return start
    size = np.array(cascade.window_px)
    corner = np.rint(np.array(at) / scale - size / 2)
    x, y = np.clip(corner, 0, np.array(grey.shape[::-1]) - size).astype(int)
    return int(x), int(y)


def _pick(cascade: Cascade) -> tuple[int, int]:
    kept = remember("pick", ())
    if len(kept) != 2:
        return 0, 0
    stage_at = int(np.clip(kept[0], 0, cascade.stages - 1))
    return stage_at, int(np.clip(kept[1], 0, cascade.sizes[stage_at] - 1))


def _box(kind: str, window_px: tuple[int, int]) -> Box:
    """Return the box of a reader's feature: the remembered one where it fits."""
    if kind == OWN:
        return 0, 0, 1, 1
    cells, (wide, high) = KINDS[kind], window_px
    kept = tuple(int(v) for v in remember("box", ()))
    if len(kept) == 4:
        x, y, w, h = kept
        whole = w % cells.across == 0 and h % cells.down == 0
        if min(x, y) >= 0 < min(w, h) and x + w <= wide and y + h <= high and whole:
            return x, y, w, h
    w = cells.across * round(0.66 * wide / cells.across)
    h = cells.down * round(0.36 * high / cells.down)
    return (wide - w) // 2, round(0.2 * high), w, h


def show(picture: Picture, at: Place) -> list[Proof]:
    """Show the window to drag and all that the feature says of it; return the proof."""
    size = np.array(at.cascade.window_px)
    middle = (np.array(at.corner) + size / 2) * at.scale
    event = stage(
        picture.image,
        key=KEY,
        alt="The photo with the detector's window and a feature in it, to be dragged",
        program={
            "name": "haar",
            "grey": at.grey,
            "scale": at.scale,
            "window": at.cascade.window_px,
            "cascade": _packed(at.cascade) if at.own else None,
            "kind": None if at.own else vars(KINDS[at.kind]),
            "at": middle.tolist(),
            "pick": at.pick,
            "box": at.box,
            "colors": HAAR_COLORS,
            "tag": at.tag,
        },
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )
    st.markdown(words.window_said(at.cascade, at.scale, at.grey.shape))
    st.markdown(words.feature_rule() if at.own else words.KIND_RULE)
    # A plan reads a control's label from here: it is written where it is used.
    many = fold("How many features there are", key="count", icon=":material/calculate:")
    with many:
        st.markdown(words.features_there_are(at.cascade))
    return _prove(at, event.program or {})


def _packed(cascade: Cascade) -> dict[str, Any]:
    """Return the cascade's numbers as the browser takes them."""
    return {
        "rects": cascade.rects[..., :4].astype(np.uint8),
        "weights": cascade.rects[..., 4].astype(np.int32),
        "tilted": cascade.tilted,
        "thresholds": cascade.thresholds,
        "left": cascade.left,
        "right": cascade.right,
        "starts": cascade.starts,
        "limits": cascade.stage_thresholds,
    }


def _prove(at: Place, sent: dict[str, Any]) -> list[Proof]:
    """Compare the feature with its pixels, and the browser's numbers with ours."""
    rects, tilted = at.feature
    proofs = [
        prove_feature(at.grey, rects, at.corner, tilted),
        prove_integrals(at.grey),
    ]
    if sent.get("tag") == at.tag and sent.get("corner") == list(at.corner):
        delta = browser_delta(at, sent)
        note = "value, normalised value" + (" and the sums of all stages" * at.own)
        proofs.append(Proof(BROWSER, delta, 0.0, note=note))
    return proofs


def browser_delta(at: Place, sent: dict[str, Any]) -> float:
    """Return how far the browser's numbers are from the core's; NaN if unreadable."""
    value, normal, sums = expected(at)
    try:
        theirs = [float(sent["value"]), float(sent["normal"]), *(sent["sums"] or [])]
    except (KeyError, TypeError, ValueError):
        return float("nan")
    ours = [value, normal, *sums]
    if len(ours) != len(theirs):
        return float("nan")
    return float(np.abs(np.subtract(ours, theirs)).max())


def expected(at: Place) -> tuple[float, float, list[float]]:
    """Return the feature's value, its normalised value and all stages' sums."""
    if at.own:
        steps: WindowSteps = window_steps(at.grey, at.cascade, at.corner)
        k = int(at.cascade.starts[at.pick[0]]) + at.pick[1]
        return int(steps.values[k]), float(steps.normalised[k]), steps.sums.tolist()
    rects, tilted = at.feature
    sums = tilted_integral(at.grey) if tilted else integral_image(at.grey)
    value = feature_value(sums, rects, at.corner, tilted)
    (x, y), (wide, high) = at.corner, at.cascade.window_px
    part = np.ascontiguousarray(at.grey[y : y + high, x : x + wide])
    contrast = inner_spread(part)[1]
    return value, float(np.float32(value) * contrast), []


def numbers(at: Place) -> dict[str, Any]:
    """Return what can be downloaded."""
    rects, _ = at.feature
    value, normal, sums = expected(at)
    return {
        "grey": at.grey,
        "corner": np.array(at.corner),
        "rects": rects,
        "value": value,
        "normalised": normal,
        "stage_sums": np.array(sums),
    }
