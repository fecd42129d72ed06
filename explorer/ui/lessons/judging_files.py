"""Sets of several images: an example, streets searched live, the reader's files."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.detection_errors import KINDS
from explorer.core.detection_files import open_detections
from explorer.core.detection_rows import BadFile, stem
from explorer.core.door import BadImage, open_image
from explorer.core.labelled import Labelled
from explorer.core.matching import RULES, Rule
from explorer.core.numerals import signed
from explorer.core.padilla import IOU_THRESHOLD, padilla_example
from explorer.figures.packing import pack
from explorer.figures.precision_recall import (
    MOST_ON_A_SHEET,
    sheet_image,
    sheet_places,
)
from explorer.ui import link, live, uploads
from explorer.ui.controls import select, slider
from explorer.ui.fragment import fragment
from explorer.ui.lesson import remember
from explorer.ui.lessons import judging_words as words
from explorer.ui.lessons.judging import Judged, judge, program
from explorer.ui.lessons.judging_detectors import (
    PEOPLE_ONLY,
    detector_label,
)
from explorer.ui.lessons.judging_streets import street_set
from explorer.ui.literal import as_written
from explorer.ui.stage.event import StageEvent
from explorer.ui.stage.scrubber import scrubber
from explorer.ui.stage.stage import stage

DOOR = "_judging_door"
KEPT = "_judging_set"  # of this session
MOST_DRAWN = 5_000  # detections that the browser draws; the numbers use all
EXAMPLE, STREETS, OWN = words.EXAMPLE, words.STREETS, words.OWN
PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".bmp", ".tif", ".tiff")
USUAL: dict[str, tuple[float, Rule]] = {
    EXAMPLE: (IOU_THRESHOLD, "VOC"),
    STREETS: (0.5, "COCO"),
}

Photos = Sequence[NDArray[np.uint8] | None]


@dataclass(frozen=True, eq=False)
class OwnSet:
    """What the reader brought: the set, its photos by name, and its usual rule."""

    labelled: Labelled
    photos: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    rule: Rule = "COCO"


@dataclass(frozen=True)
class Asked:
    """What the toolbar says about a set."""

    name: str
    label: str
    iou: float
    rule: Rule
    detector: str = ""


def controls_of() -> Asked:
    """Ask for the set, and what it is judged by; offer the door for files."""
    kept: OwnSet | None = st.session_state.get(KEPT)
    names = (EXAMPLE, STREETS) if kept is None else (EXAMPLE, STREETS, OWN)
    if kept is None and st.query_params.get(remember.name("set")) == OWN:
        st.query_params.pop(remember.name("set"))
        link.note(words.OWN_GONE)
    name = select("Set", names, EXAMPLE, key="set", width_px=155)
    _door()
    label, detector = "person", ""
    iou, rule = USUAL.get(name, (0.5, kept.rule if kept else "COCO"))
    if name == OWN and kept is not None:
        label = _class_control(kept.labelled)
    if name == STREETS:
        detector = select(
            "Detector",
            PEOPLE_ONLY,
            PEOPLE_ONLY[0],
            key="set_detector",
            format_func=detector_label,
            width_px=130,
        )
    place = {EXAMPLE: "example", STREETS: "streets"}.get(name, f"own_{rule}")
    key, help_ = f"iou_{place}", words.IOU_HELP
    iou = slider("IoU threshold", 0.1, 0.95, iou, 0.05, key=key, help=help_)
    key, help_ = f"rule_{place}", words.RULE_HELP
    rule = select("Rule", RULES, rule, key=key, help=help_, width_px=95)
    return Asked(name, label, iou, rule, detector)


def _class_control(labelled: Labelled) -> str:
    """Ask for one of the classes that have a truth, the most frequent at first."""
    counts = labelled.counted()
    order = np.argsort(-counts, kind="stable")
    labels = tuple(labelled.classes[k] for k in order if counts[k])
    if len(labels) < 2:
        return labels[0] if labels else labelled.classes[0]
    key = f"class_{live.digest(list(labels))[:6]}"
    label: str = select("Class", labels, labels[0], key=key, width_px=110)
    return label


def _door() -> None:
    door = st.popover(
        "Files", icon=":material/upload_file:", key=DOOR, on_change="rerun"
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
            uploads.say_if_refused("judging")
            st.caption("They stay in this session: not stored, not shared.")
    error = st.session_state.get("_judging_error")
    if error:
        with st.session_state.get("_notes_slot") or st.container():
            st.error(
                f"{as_written(error)} The page goes on with what it had.",
                icon=":material/broken_image:",
            )


def _take(files: Any) -> None:
    """Read the uploaded files; forget their bytes, whatever came out."""
    asked = len(files or ())
    files = [file for file in files or () if uploads.arrived(file) is not None]
    if not files:
        return
    st.session_state["_judging_turn"] += 1  # a new key empties the uploader
    st.session_state[DOOR] = False
    try:
        if len(files) < asked:  # a part of the set would be judged as the whole
            raise BadFile(words.dropped(asked - len(files), asked))
        own = _read(files)
    except (BadFile, BadImage) as error:
        st.session_state["_judging_error"] = str(error)
        return
    finally:
        for file in files:
            uploads.forget(file)
    st.session_state.pop("_judging_error", None)
    st.session_state[KEPT] = own
    st.session_state[remember.name("set")] = OWN


def _read(files: Sequence[Any]) -> OwnSet:
    photos = [file for file in files if file.name.lower().endswith(PHOTO_ENDINGS)]
    texts = [file for file in files if file not in photos]
    labelled = open_detections([(file.name, file.getvalue()) for file in texts])
    if photos and len(labelled.images) > MOST_ON_A_SHEET:
        raise BadFile(
            f"Photos are shown for sets of at most {MOST_ON_A_SHEET} images; this one "
            f"has {len(labelled.images)}. Leave the photos out."
        )
    voc = any(file.name.lower().endswith(".xml") for file in texts)
    opened = {
        stem(file.name): open_image(file.getvalue(), file.name).image
        for file in photos
        if stem(file.name) in labelled.images
    }
    return OwnSet(labelled, opened, "VOC" if voc else "COCO")


def open_set(asked: Asked) -> tuple[Labelled, Photos] | None:
    """Return the set and its photos; None where its detector can't be asked."""
    kept: OwnSet | None = st.session_state.get(KEPT)
    if asked.name == STREETS:
        return street_set(asked.detector)
    if asked.name == OWN and kept is not None:
        return kept.labelled, [kept.photos.get(name) for name in kept.labelled.images]
    return padilla_example(), []


def show(asked: Asked) -> tuple[Judged, StageEvent] | None:
    """Show the sheets, the curve and the list; return what was judged."""
    opened = open_set(asked)
    if opened is None:
        return None
    labelled, photos = opened
    judged = live.compute(
        "judging", judge, labelled, asked.label, asked.iou, asked.rule
    )
    key = f"judge_{live.digest(asked.name, labelled.images, asked.label)[:8]}"
    bar = list_of(judged, f"{key}_list")
    layout, used = _on_sheets(judged, photos)
    shown = [photos[k] for k in used] if photos else []
    event = stage(
        sheet_image(layout["set"]["places"], layout["set"]["sizes"], shown),
        key=key,
        alt=f"Sheets of {len(used)} images with true and found boxes",
        frames=bar,
        program=layout,
        max_width_px=610,
        max_height_px=420,
    )
    if asked.name == EXAMPLE:
        st.caption(words.example_said(labelled))
    st.caption(f"{words.COLORS_SAID} {words.NO_PICTURE}")
    if len(judged.seen) > MOST_DRAWN:
        st.caption(words.drawn(MOST_DRAWN, len(judged.seen)))
    return judged, event


def list_of(judged: Judged, key: str) -> str:
    """Show the bar that steps through the ranked list; return its key.

    A list of another length starts in full again, so the length is part of its name.
    """
    count = min(len(judged.seen), MOST_DRAWN)
    linked = f"at_{count}"
    prefix, own = remember.name("at_"), remember.name(linked)
    for name in [n for n in st.query_params if n.startswith(prefix) and n != own]:
        del st.query_params[name]
    scores = judged.seen.scores[:count].tolist()
    names = ["none yet", *(f"down to score {signed(score)}" for score in scores)]
    _bar(count, f"{key}_{count}", names, linked)
    return f"{key}_{count}"


@fragment
def _bar(count: int, key: str, names: Sequence[str], linked: str) -> None:
    """Show the bar alone in a fragment: a step changes nothing but the picture."""
    scrubber("Counted", count, key=key, names=names, linked=linked)


def _on_sheets(judged: Judged, photos: Photos) -> tuple[dict[str, Any], list[int]]:
    """Return the program's parameters, and the images shown: those with the class."""
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
        "photos": [bool(photos) and photos[k] is not None for k in used],
    }
    return asked, used.tolist()


def _sizes(labelled: Labelled) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return every image's size, from its boxes where the file does not say."""
    sizes = labelled.sizes.copy()
    for rows in (labelled.truths, labelled.found):
        far = np.zeros_like(sizes)
        np.maximum.at(far, rows.images, rows.boxes[:, 2:])
        unknown = (labelled.sizes <= 0).any(1)
        sizes[unknown] = np.maximum(sizes[unknown], far[unknown])
    return np.maximum(sizes, 1.0)
