"""Detections that the reader brings, or a published example: judged on sheets."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from explorer.core.detection_errors import KINDS
from explorer.core.detection_files import open_detections
from explorer.core.detection_rows import BadFile
from explorer.core.labelled import Labelled
from explorer.core.matching import RULES
from explorer.core.padilla import IOU_THRESHOLD, padilla_example
from explorer.figures.packing import pack
from explorer.figures.precision_recall import SHEET_PX, sheet_places
from explorer.ui import live
from explorer.ui.controls import select, slider
from explorer.ui.lessons import judging_words as words
from explorer.ui.lessons.judging import Judged, judge, program
from explorer.ui.stage.event import StageEvent
from explorer.ui.stage.scrubber import scrubber
from explorer.ui.stage.stage import stage

DOOR = "_judging_door"
KEPT = "_judging_set"  # of this session: (what it is called, the set)
MOST_DRAWN = 5_000  # detections that the browser draws; the numbers use all
USUAL_IOU = 0.5


def chosen() -> tuple[str, Labelled, bool]:
    """Return what is judged: its name, the set, and whether it is the reader's own."""
    kept = st.session_state.get(KEPT)
    if kept is not None:
        return kept[0], kept[1], True
    return words.EXAMPLE, padilla_example(), False


def controls_of(labelled: Labelled, own: bool) -> tuple[str, float, Any]:
    """Offer the door, and ask for class, overlap and rule."""
    _door()
    usual = "own" if own else "example"
    labels = tuple(
        name
        for name, count in zip(labelled.classes, labelled.counted(), strict=True)
        if count
    )
    label = labels[0] if labels else labelled.classes[0]
    if len(labels) > 1:
        key = f"class_{live.digest(list(labels))[:6]}"
        label = select("Class", labels, label, key=key, width_px=150)
    iou = slider(
        "IoU threshold",
        0.1,
        0.95,
        USUAL_IOU if own else IOU_THRESHOLD,
        0.05,
        key=f"iou_{usual}",
        help=words.IOU_HELP,
    )
    rule = select(
        "Rule", RULES, "VOC", key=f"rule_{usual}", help=words.RULE_HELP, width_px=95
    )
    return label, iou, rule


def _door() -> None:
    door = st.popover(
        "Your files", icon=":material/upload_file:", key=DOOR, on_change="rerun"
    )
    if door.open:
        with door:
            st.markdown(words.FILES)
            turn = st.session_state.setdefault("_judging_turn", 0)
            name = f"_judging_files_{turn}"
            st.file_uploader(
                "Annotations and results, together",
                key=name,
                accept_multiple_files=True,
                on_change=lambda: _take(st.session_state.get(name)),
            )
            st.caption("They stay in this session: not stored, not shared.")
            if KEPT in st.session_state:
                st.button("Back to the example", on_click=_forget)
    error = st.session_state.get("_judging_error")
    if error:
        with st.session_state.get("_notes_slot") or st.container():
            st.error(
                f"{error} The page goes on with what it had.",
                icon=":material/broken_image:",
            )


def _take(files: Any) -> None:
    """Read the uploaded files; forget their bytes, whatever came out."""
    if not files:
        return
    st.session_state["_judging_turn"] += 1  # a new key empties the uploader
    st.session_state[DOOR] = False
    try:
        read = open_detections([(file.name, file.getvalue()) for file in files])
    except BadFile as error:
        st.session_state["_judging_error"] = str(error)
        return
    st.session_state.pop("_judging_error", None)
    st.session_state[KEPT] = (f"Your files ({len(files)})", read)


def _forget() -> None:
    for name in (KEPT, "_judging_error"):
        st.session_state.pop(name, None)
    st.session_state[DOOR] = False


def show(
    name: str, labelled: Labelled, label: str, iou: float, rule: Any
) -> tuple[Judged, StageEvent]:
    """Show the sheets, the curve and the list; return what was judged."""
    judged = live.compute("judging", judge, labelled, label, iou, rule)
    key = f"judge_{live.digest(name, labelled.images, label)[:8]}"
    list_of(judged, f"{key}_list", "files_at")
    wide, high = SHEET_PX
    ground = np.full((high, wide, 3), 236, np.uint8)
    event = stage(
        ground,
        key=key,
        alt=f"Sheets of {len(labelled.images)} images with true and found boxes",
        frames=f"{key}_list",
        program=_on_sheets(judged),
        max_width_px=610,
        max_height_px=420,
    )
    if len(judged.seen) > MOST_DRAWN:
        st.caption(words.drawn(MOST_DRAWN, len(judged.seen)))
    return judged, event


@st.fragment
def list_of(judged: Judged, key: str, linked: str) -> None:
    """Show the bar that steps through the ranked list."""
    count = min(len(judged.seen), MOST_DRAWN)
    scores = judged.seen.scores[:count].tolist()
    scrubber(
        "Counted",
        count,
        key=key,
        names=["none yet", *(f"down to score {score:.2f}" for score in scores)],
        linked=linked,
    )


def _on_sheets(judged: Judged) -> dict[str, Any]:
    """Return the program's parameters: images without this class are left out."""
    drawn = replace(
        judged, seen=judged.seen.take(np.arange(len(judged.seen)) < MOST_DRAWN)
    )
    used = np.unique(np.concatenate([drawn.seen.images, drawn.true.images]))
    sizes = _sizes(judged.labelled)[used]
    places, sheets = sheet_places(sizes)
    rows = judged.verdicts
    asked = program(drawn, judged.labelled.classes)
    asked["found"]["images"] = np.searchsorted(used, drawn.seen.images).tolist()
    codes = [KINDS.index(kind) for kind in judged.kinds[:MOST_DRAWN]]
    asked["set"] = {
        "truths": {
            "boxes": pack(judged.true.boxes),
            "images": pack(np.searchsorted(used, judged.true.images)),
            "ignore": pack(judged.true.ignore),
        },
        "rows": {
            "out": rows.outcomes[:MOST_DRAWN].tolist(),
            "gt": rows.gt[:MOST_DRAWN].tolist(),
            "iou": np.round(rows.ious[:MOST_DRAWN], 6).tolist(),
            "kind": codes,
        },
        "total": judged.curve.truths,
        "places": np.round(places, 4).tolist(),
        "pages": sheets.tolist(),
        "sizes": sizes.tolist(),
        "names": [judged.labelled.images[k] for k in used],
    }
    return asked


def _sizes(labelled: Labelled) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return every image's size, from its boxes where the file does not say."""
    sizes = labelled.sizes.copy()
    for rows in (labelled.truths, labelled.found):
        far = np.zeros_like(sizes)
        np.maximum.at(far, rows.images, rows.boxes[:, 2:])
        unknown = (labelled.sizes <= 0).any(1)
        sizes[unknown] = np.maximum(sizes[unknown], far[unknown])
    return np.maximum(sizes, 1.0)
