"""The lesson on Faster R-CNN, second part: the pyramid, and the level of a box."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.anchors import level_of
from explorer.core.proof import BROWSER, Proof
from explorer.core.roi_align import roi_align_steps
from explorer.figures.faster_rcnn import LEVEL_COLORS, ends, energy
from explorer.figures.packing import pack
from explorer.ui import live
from explorer.ui.controls import number, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.kept_choice import kept_choice
from explorer.ui.lessons import faster_words as words
from explorer.ui.lessons.faster_seen import NETWORKS, PYRAMID, Seen
from explorer.ui.one_box import first_box, keep_box
from explorer.ui.stage import StageEvent, stage

STAGE = "faster_pyramid"
BROWSER_TOLERANCE = 1e-4
MOST_WIDE_PX, MOST_HIGH_PX = 470, 430
OPACITY = 0.55

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Asked:
    """What the toolbar says."""

    channel: int
    energy: bool


@dataclass(frozen=True, eq=False)
class Scene:
    """The photo, the box it starts from, and what the network made of it."""

    image: NDArray[np.uint8]
    start: tuple[float, float, float, float]
    seen: Seen


@dataclass(frozen=True, eq=False)
class Read:
    """A box in pixels of the network's square, its level and features (bins, bins)."""

    box: Array
    level: int
    features: Array


def levels_by_kind() -> dict[str, tuple[int, ...]]:
    """Return the levels of each kind of map; RoIs are read from those of the sums."""
    from explorer.models.fpn import LEVELS
    from explorer.models.rpn import LEVEL_SIZES

    return {"lateral": tuple(LEVELS), "sum": tuple(LEVELS), "map": tuple(LEVEL_SIZES)}


def views() -> list[str]:
    """Return what a reader may choose to see over the photo."""
    levels = levels_by_kind()
    maps = [f"{kind}{k}" for kind in levels for k in levels[kind]]
    return maps + [f"double{k}" for k in levels["sum"][-2::-1]]


def channel_controls() -> Asked:
    """Ask for the channel, and whether the maps show all of them."""
    from explorer.models.fpn import WIDTH

    channel = number("Channel", 0, WIDTH - 1, 0, key="channel")
    return Asked(
        int(channel),
        toggle("All channels", False, key="energy", help=words.ENERGY_HELP),
    )


def scene(picture: Picture, seen: Seen) -> Scene:
    """Return the photo with its best detection's box, or its middle, to start from."""
    height, width = picture.image.shape[:2]
    boxes = seen.arrays["found_boxes"]
    made = np.array([0.25 * width, 0.2 * height, 0.75 * width, 0.9 * height])
    if len(boxes):
        best = np.asarray(boxes[0], np.float64) / seen.scale
        best = best.clip(0, [width, height, width, height])
        made = best if (best[2:] - best[:2]).min() >= 2 else made
    x1, y1, x2, y2 = (round(float(v), 2) for v in made)
    return Scene(picture.image, (x1, y1, x2, y2), seen)


def show(now: Scene, asked: Asked) -> tuple[Array, StageEvent]:
    """Show photo and maps; return the box as it was dropped, in the photo's pixels."""
    key = "box"
    event = stage(
        now.image,
        key=STAGE,
        alt="The photo under one of the pyramid's maps, with a box to drag",
        mode="boxes",
        boxes=[first_box(key, now)],
        box_labels=["RoI"],
        box_colors=["#FFFFFF"],
        min_boxes=1,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
        program=_program(now, asked),
    )
    assert event.boxes is not None  # min_boxes
    box = event.boxes[0]
    keep_box(key, now, box)
    return box, event


def _maps(seen: Seen, channel: int | None) -> dict[str, dict[str, Any]]:
    """Return one channel of every map, or the energy of all."""
    return {
        kind: {
            str(k): seen.arrays[f"{kind}{k}"][channel]
            if channel is not None
            else energy(seen.arrays[f"{kind}{k}"])
            for k in levels
        }
        for kind, levels in levels_by_kind().items()
    }


def _packed(maps: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        kind: {k: pack(np.asarray(v, np.float32)) for k, v in levels.items()}
        for kind, levels in maps.items()
    }


def _ends(maps: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        kind: {k: ends(v, bool(v.min() < 0)) for k, v in levels.items()}
        for kind, levels in maps.items()
    }


def _tag(now: Scene, asked: Asked) -> str:
    return live.digest(now.seen.arrays["input"], asked.channel)


def _program(now: Scene, asked: Asked) -> dict[str, Any]:
    """Return what ``programs/pyramid.js`` needs."""
    from explorer.models.roi_heads import BINS, SAMPLES, USUAL_LEVEL

    maps, levels = _maps(now.seen, asked.channel), levels_by_kind()["sum"]
    whole = _maps(now.seen, None) if asked.energy else None
    return {
        "name": "pyramid",
        "scale": now.seen.scale,
        "side": now.seen.side,
        "channel": asked.channel,
        "kinds": _packed(maps),
        "ends": _ends(maps),
        "energy": None if whole is None else _packed(whole),
        "energyEnds": None if whole is None else _ends(whole),
        "usual": USUAL_LEVEL,
        "lowest": min(levels),
        "highest": max(levels),
        "bins": BINS,
        "samples": SAMPLES,
        "levelColors": {str(k): color for k, color in LEVEL_COLORS.items()},
        "opacity": OPACITY,
        "view": kept_choice(STAGE, "view", views(), ""),
        "tag": _tag(now, asked),
    }


def read(now: Scene, box: Array, asked: Asked) -> Read:
    """Return the box's level, and its features of the channel."""
    from explorer.models.roi_heads import BINS, SAMPLES, USUAL_LEVEL

    inside = np.asarray(box, np.float64) * now.seen.scale
    levels = levels_by_kind()["sum"]
    level = int(level_of(inside[None], min(levels), max(levels), USUAL_LEVEL)[0])
    one = now.seen.arrays[f"map{level}"][asked.channel][None]
    made = live.compute(
        "RoIAlign", roi_align_steps, one, inside, BINS, 1 / 2**level, SAMPLES
    )
    return Read(inside, level, made.values[0])


def explain(now: Scene, found: Read) -> None:
    """Write both rules with this picture's numbers."""
    from explorer.models.roi_heads import USUAL_LEVEL

    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(words.pyramid_rule(now.seen))
    with right:
        st.markdown(
            words.level_rule(found.box, found.level, USUAL_LEVEL, now.seen.side)
        )


def prove(
    now: Scene, found: Read, asked: Asked, event: StageEvent, box: Array
) -> list[Proof]:
    """Compare sums, level and features with torchvision, and with the browser's."""
    from explorer.models.proofs.faster_heads import prove_laterals, prove_smoothing
    from explorer.models.proofs.faster_pyramid import prove_roi, prove_top_down
    from explorer.models.roi_heads import BINS, SAMPLES, USUAL_LEVEL

    arrays, three = now.seen.arrays, levels_by_kind()["sum"]
    kinds = ("backbone", "lateral", "sum", "map")
    under, laterals, sums, maps = (
        {f"{kind}{k}": arrays[f"{kind}{k}"] for k in three} for kind in kinds
    )
    name = NETWORKS[PYRAMID]
    made = [
        live.compute("laterals again", prove_laterals, name, under | laterals, three),
        *live.compute("every sum again", prove_top_down, laterals | sums),
        live.compute("smoothing again", prove_smoothing, name, sums | maps, three),
        *prove_roi(arrays, found.box, found.level, USUAL_LEVEL, BINS, SAMPLES),
    ]
    sent = event.program or {}
    if sent.get("tag") == _tag(now, asked):
        delta = browser_delta(sent, box, found)
        if delta is not None:
            note = "level and features, as drawn while dragging"
            made.append(Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note))
    return made


def browser_delta(sent: dict[str, Any], box: Array, found: Read) -> float | None:
    """Return how far the browser's features are off, None for another box's."""
    try:
        theirs = np.asarray(sent["box"], np.float64)
        values = np.asarray(sent["values"], np.float64)
        level = int(sent["level"])
    except (KeyError, TypeError, ValueError):
        return None
    if theirs.shape != (4,) or np.abs(theirs - box).max() > 1e-9:
        return None
    if level != found.level or values.shape != (found.features.size,):
        return float("inf")
    return float(np.abs(values - found.features.ravel()).max())


def numbers(now: Scene, found: Read) -> dict[str, Any]:
    """Return what can be downloaded."""
    maps = [f"{kind}{k}" for kind, levels in levels_by_kind().items() for k in levels]
    return {name: now.seen.arrays[name] for name in maps} | {
        "box": found.box,
        "level": found.level,
        "features": found.features,
    }


def explore(
    picture: Picture, seen: Seen, asked: Asked
) -> tuple[list[Proof], dict[str, Any]]:
    """Show the part; return its proofs and its numbers."""
    now = scene(picture, seen)
    box, event = show(now, asked)
    found = read(now, box, asked)
    explain(now, found)
    return prove(now, found, asked, event, box), numbers(now, found)
