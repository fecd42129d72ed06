"""The lesson on selective search, second part: what its boxes find."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.merge_tree import MergeTree
from explorer.core.proof import BROWSER, Proof
from explorer.core.proofs.selective_search import prove_search
from explorer.core.proposal_recall import best_overlaps, first_found
from explorer.core.samples import HAND_DRAWN
from explorer.core.selective_search import (
    FAST,
    MIN_SIZE,
    Strategy,
    ranked_boxes,
    search_trees,
    without_near,
    working_image,
)
from explorer.figures.proposals import PROPOSAL_COLORS, found_figure
from explorer.figures.theme import COLORS
from explorer.models import measurements
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.fragment import fragment
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import selective_words as words
from explorer.ui.lessons.selective_search import TREE_SIDE_PX
from explorer.ui.stage import StageEvent, stage
from explorer.ui.stage.scrubber import scrubber

IOU_THRESHOLD = 0.5
MOST_OBJECTS = 20
FIRST_BOXES = 100  # tried when the page opens
FAINT_BOXES = 60  # drawn thin, the last ones tried
MOST_WIDE_PX = 620
MOST_HIGH_PX = 400
SCRUB = "selective_tried"
BROWSER_TOLERANCE = 1e-6
MEASUREMENT = "selective_search"
PLAIN = {"displayModeBar": False}

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Searched:
    """The proposals (N, 4) of a picture, float32 as the browser has them."""

    strategies: tuple[Strategy, ...]
    small: NDArray[np.uint8]
    trees: list[MergeTree]
    boxes: NDArray[np.float32]


def search(picture: Picture, strategies: tuple[Strategy, ...] = FAST) -> Searched:
    """Group the picture by every strategy and rank the boxes."""
    small = working_image(picture.image)
    name = f"{len(strategies)} grouping{'s' if len(strategies) > 1 else ''}"
    with st.spinner(f"Searching, {name} …"):
        trees = live.compute(name, search_trees, small, strategies, MIN_SIZE)
    height, width = picture.image.shape[:2]
    scale = np.tile([width / small.shape[1], height / small.shape[0]], 2)
    ranked = live.compute("order", ranked_boxes, trees)
    boxes = live.compute("near-equal boxes", without_near, ranked * scale)
    return Searched(strategies, small, trees, boxes.astype(np.float32))


def show_boxes(picture: Picture, found: Searched) -> StageEvent:
    """Show the boxes on the reader's objects, which the link then carries."""
    # A picture of few boxes would leave its small number of tries to the next one.
    usual = min(FIRST_BOXES, len(found.boxes))
    remember.forget(picture.digest, "tried", default=usual)
    _scrub(len(found.boxes), usual)
    start, labels = _objects(picture)
    event = stage(
        picture.image,
        key="selective_boxes",
        alt="The picture with objects to be boxed and the proposals nearest to them",
        mode="boxes",
        boxes=start,
        box_labels=labels,
        box_colors=[COLORS["truth"]],
        max_boxes=MOST_OBJECTS,
        program={
            "name": "proposals",
            "proposals": found.boxes,
            "threshold": IOU_THRESHOLD,
            "faint": FAINT_BOXES,
            "colors": PROPOSAL_COLORS,
            "tag": _tag(found),
        },
        frames=SCRUB,
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
    )
    objects = np.zeros((0, 4)) if event.boxes is None else event.boxes
    place = _place(picture)
    remember.set(
        place, tuple(float(v) for v in objects.ravel()), _flat(_first(picture))
    )
    hint = words.DRAW_HINT.format(faint=FAINT_BOXES, threshold=IOU_THRESHOLD)
    st.caption(hint + _other_size(picture, found))
    return event


def _other_size(picture: Picture, found: Searched) -> str:
    """Say why one grouping's boxes are not the tree's; nothing where they are."""
    here = max(found.small.shape[:2])
    tree = min(TREE_SIDE_PX, max(picture.image.shape[:2]))
    if len(found.strategies) > 1 or here == tree:
        return ""
    return " " + words.OTHER_SIZE.format(here=here, tree=tree)


@fragment
def _scrub(boxes: int, usual: int) -> None:
    """Show the scrubber alone: a step sends nothing of the picture again."""
    scrubber("Boxes tried", boxes, key=SCRUB, start=usual, linked="tried")


def _first(picture: Picture) -> Array:
    """Return the objects to start from: the known ones, or a box to drag."""
    if len(picture.gt_boxes):
        return picture.gt_boxes[:MOST_OBJECTS].round(1)
    if drawn := _hand_drawn(picture):
        return np.array([box for _, box in drawn], np.float64)
    height, width = picture.image.shape[:2]
    return np.array([[0.3 * width, 0.25 * height, 0.7 * width, 0.8 * height]]).round(1)


def _hand_drawn(picture: Picture) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return names and boxes drawn on a sample; a reader's file has a full size."""
    return () if any(picture.full_size) else HAND_DRAWN.get(picture.name, ())


def _flat(boxes: Array) -> tuple[float, ...]:
    return tuple(float(v) for v in boxes.ravel())


def _place(picture: Picture) -> str:
    """Return under which name the link keeps the objects of this picture."""
    height, width = picture.image.shape[:2]
    return f"objects_{picture.digest[:6]}_{width}x{height}"


def _objects(picture: Picture) -> tuple[Array, list[str]]:
    """Return the objects the link asks for, or the first ones, and their names."""
    first = _first(picture)
    flat = remember(_place(picture), _flat(first), _parse)
    objects = np.asarray(flat, np.float64).reshape(-1, 4)
    known = list(picture.gt_labels[: len(first)])
    known = known or [name for name, _ in _hand_drawn(picture)]
    names = [
        f"{name} {i + 1}" if known.count(name) > 1 else name
        for i, name in enumerate(known)
    ]
    return objects, names


def _parse(text: str) -> tuple[float, ...]:
    """Read boxes from a link.

    Raises
    ------
    ValueError
        If they are not whole boxes of finite numbers.
    """
    values = tuple(float(part) for part in text.split(",")) if text else ()
    if len(values) % 4 or not np.isfinite(values).all():
        raise ValueError(f"four numbers a box are needed, got {text!r}")
    return values


def _tag(found: Searched) -> str:
    return live.digest(found.boxes, IOU_THRESHOLD)


def prove(found: Searched, event: StageEvent) -> list[Proof]:
    """Compare groupings with OpenCV's, and the browser's overlaps with the core's."""
    proofs = [
        live.compute(
            "proof", prove_search, found.small, found.strategies, found.trees, MIN_SIZE
        )
    ]
    sent = event.program or {}
    delta = browser_delta(sent, found) if sent.get("tag") == _tag(found) else None
    if delta is not None:
        note = "every object's best overlap, and the box that first reaches 0.5"
        proofs.append(Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note))
    return proofs


def browser_delta(sent: dict[str, Any], found: Searched) -> float | None:
    """Return how far the browser's overlaps are off, None if they can't be read."""
    try:
        objects = np.asarray(sent["boxes"], np.float64).reshape(-1, 4)
        best = np.asarray(sent["best"], np.float64)
        first = np.asarray(sent["first"], np.int64)
        ours = best_overlaps(found.boxes, objects, [len(found.boxes)])[0]
        starts = first_found(found.boxes, objects, IOU_THRESHOLD)
    except (KeyError, TypeError, ValueError):
        return None
    if not best.shape == first.shape == ours.shape or not len(ours):
        return None
    if (starts != first).any():
        return float("inf")
    return float(np.abs(best - ours).max())


def numbers(found: Searched | None) -> dict[str, Any]:
    """Return what can be downloaded of the boxes."""
    return {} if found is None else {"proposals": found.boxes}


def curves() -> None:
    """Draw what was measured on COCO photos, beside OpenCV and the paper."""
    record = measurements.read(MEASUREMENT)
    heading("On many photos: how many objects do how many boxes find?")
    left, right = st.columns(2, gap="medium")
    for column, quantity, title, value in (
        (left, "recall", "recall at IoU 0.5", words.PAPER_RECALL),
        (right, "mabo", "mean best overlap, MABO", words.PAPER_MABO),
    ):
        with column:
            chart(
                found_figure(record, quantity, title, (words.PAPER_BOXES, value)),
                config=PLAIN,
                key=f"selective_{quantity}",
            )
    st.caption(words.measured(record))
