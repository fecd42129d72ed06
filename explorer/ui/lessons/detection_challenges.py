"""The lesson on what makes detection hard: one slider, a detector, its scores."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core import challenge_frames as making
from explorer.core.challenge_frames import Frames, Start
from explorer.core.challenge_scores import Scored, rule_of, score_frames
from explorer.core.cutouts import Cutout, cut_object, grab_mask
from explorer.core.detection_errors import KINDS
from explorer.core.instances import other_cats, other_faces, other_people
from explorer.core.proof import Proof
from explorer.figures.challenges import CHALLENGE_COLORS, KIND_COLORS
from explorer.ui import live
from explorer.ui.controls import select, slider
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import challenge_making as told
from explorer.ui.lessons import challenge_setup as setup
from explorer.ui.lessons import challenge_words as words
from explorer.ui.lessons.challenge_setup import DETECTORS, Detector, Truth
from explorer.ui.stage import stage
from explorer.ui.stage.encode import data_url
from explorer.ui.stage.scrubber import scrubber

OCCLUDERS = ("flower", "cup", "cat", "coin")
CLUTTER = ("flower", "cup", "cat", "coin", "palace")
CENTS = 2  # digits of a box and of an overlap in the browser
WIDE_PX, HIGH_PX = 560, 430


@dataclass(frozen=True)
class Asked:
    """What the toolbar says."""

    challenge: str
    detector: Detector
    threshold: float
    occluder: str


@dataclass(frozen=True, eq=False)
class View:
    """All that came of one challenge on one picture."""

    asked: Asked
    start: Start
    truth: Truth
    frames: Frames
    scored: Scored
    answer: dict[str, NDArray[Any]]


def controls_of(picture: Picture) -> Asked:
    """Ask for the challenge, the detector and the threshold."""
    challenge = select(
        "Challenge",
        told.CHALLENGES,
        told.CHALLENGES[0],
        key="challenge",
        help=words.CHALLENGE_HELP,
        width_px=140,
    )
    detector = setup.detector_control(picture)
    low, high = detector.range
    kind = "haar" if detector.only else "svm"
    threshold = slider(
        "Score threshold",
        low,
        high,
        0.0,
        0.25,
        key=f"threshold_{kind}",
        help=words.THRESHOLD_HELP,
    )
    occluder = OCCLUDERS[0]
    if challenge == told.COVER:
        occluder = select(
            "Occluder",
            OCCLUDERS,
            OCCLUDERS[0],
            key="occluder",
            help=words.OCCLUDER_HELP,
            width_px=120,
        )
    return Asked(challenge, detector, threshold, occluder)


def show(picture: Picture, asked: Asked) -> View | None:
    """Show the picture, its slider and its curve; None where nothing is to be found."""
    image, scale = setup.working(picture)
    truth = setup.truth_of(picture, asked.detector, image, scale)
    key = setup.stage_key(picture, asked.detector)
    if truth is None:
        others = [name for name in DETECTORS if name != asked.detector.title]
        st.info(
            words.nothing(asked.detector.label, "; ".join(others)),
            icon=":material/draw:",
        )
        _stage(image, key, asked, None, _program(asked, None), None)
        return None
    start = setup.start_of(picture, asked.detector, truth, image, scale)
    with st.spinner("Running the detector over the whole range …", show_time=True):
        view = run(picture, asked, start, truth)
    if view is None:
        st.info(words.no_others(asked.detector.label), icon=":material/pets:")
        _stage(image, key, asked, truth, _program(asked, None), None)
        return None
    bar = f"challenge_bar_{asked.challenge.lower()}"
    _stage(image, key, asked, truth, _program(asked, view), bar)
    _scrub(asked.challenge, view, bar)
    return view


def run(picture: Picture, asked: Asked, start: Start, truth: Truth) -> View | None:
    """Make the frames, run the detector over all of them in one job, name each box."""
    frames = live.compute(
        "frames", make_frames, asked.challenge, start, asked.occluder, picture.name
    )
    if frames is None:
        return None
    detector = asked.detector
    answer = live.model(
        detector.model, "batch", images=frames.images, **detector.options()
    )
    if answer is None:
        return None
    found = answer.arrays
    scored = live.compute(
        "names", score_frames, frames, found["boxes"], found["scores"], found["frames"]
    )
    return View(asked, start, truth, frames, scored, found)


def make_frames(
    challenge: str, start: Start, occluder: str, name: str
) -> Frames | None:
    """Return the frames of a challenge; None where there is no other instance."""
    if challenge == told.LIGHT:
        return making.lit_frames(start)
    if challenge == told.ROLL:
        return making.rolled_frames(start)
    if challenge == told.VIEW:
        return making.turned_frames(start)
    if challenge == told.COVER:
        return making.covered_frames(start, cutout(occluder))
    if challenge == told.CLUTTER:
        return making.cluttered_frames(start, [cutout(one) for one in CLUTTER])
    return _instances(start, name)


def _instances(start: Start, name: str) -> Frames | None:
    if start.label == "person":
        mask = start.mask
        if mask is None:
            x1, y1, x2, y2 = start.box.tolist()
            mask = grab_mask(start.image, (x1, y1, x2, y2))
        with_mask = replace(start, mask=mask)
        return making.replaced_frames(with_mask, people(name))
    faces = other_faces(name) if start.label == "face" else other_cats(name)
    return making.swapped_frames(start, faces) if faces else None


@st.cache_resource(max_entries=len(CLUTTER) + 4, show_spinner=False)
def cutout(name: str) -> Cutout:
    """Return a thing cut out of its sample photo, once a process."""
    return cut_object(name)


@st.cache_resource(max_entries=8, show_spinner=False)
def people(name: str) -> list[Cutout]:
    """Return the people that are not in a sample, once a process."""
    return other_people(name)


def _stage(
    image: NDArray[np.uint8],
    key: str,
    asked: Asked,
    truth: Truth | None,
    program: dict[str, Any],
    bar: str | None,
) -> None:
    stage(
        image,
        key=key,
        alt=f"The picture under the challenge “{asked.challenge}” with the detector's "
        "boxes, each in the colour of its name",
        mode="boxes",
        boxes=np.zeros((0, 4)) if truth is None else truth.box[None],
        box_labels=[f"true {asked.detector.label}"],
        box_colors=[CHALLENGE_COLORS["truth"]],
        max_boxes=1,
        frames=bar,
        program=program,
        max_width_px=WIDE_PX,
        max_height_px=HIGH_PX,
    )


@st.fragment
def _scrub(challenge: str, view: View, bar: str) -> None:
    """Show the slider alone: a step sends nothing of the picture again."""
    names = told.positions(challenge, view.frames)
    scrubber(
        challenge,
        len(view.frames) - 1,
        key=bar,
        names=names,
        start=view.frames.base,
        linked=challenge.lower(),
    )


def _program(asked: Asked, view: View | None) -> dict[str, Any]:
    """Return what ``programs/challenge.js`` needs; without frames it only draws."""
    plain = {
        "name": "challenge",
        "label": asked.detector.label,
        "threshold": asked.threshold,
        "lowest": asked.detector.lowest,
        "colors": CHALLENGE_COLORS,
        "kinds": [
            {"name": words.KIND_NAMES[kind], "color": KIND_COLORS[kind]}
            for kind in KINDS
        ],
        "frames": [],
    }
    return plain if view is None else plain | _played(view)


def _played(view: View) -> dict[str, Any]:
    """Return the frames, what is true and found in each, and the two curves."""
    frames, scored, challenge = view.frames, view.scored, view.asked.challenge
    return {
        "frames": live.compute("pictures", pictures, frames.images),
        "base": frames.base,
        "axis": told.axis(challenge),
        "places": told.positions(challenge, frames),
        "made": told.workings(challenge, frames, view.asked.occluder),
        "moves": challenge in (told.ROLL, told.VIEW, told.OTHERS),
        "truths": _truths(frames),
        "found": found_rows(frames, scored),
        "object": _plain(scored.object_scores),
        "wrong": _plain(scored.wrong_scores),
    }


def pictures(images: NDArray[np.uint8]) -> list[str]:
    """Return each frame as a data URL."""
    return [data_url(image, False) for image in images]


def _plain(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(v) else round(float(v), 4) for v in values]


def _truths(frames: Frames) -> list[list[list[Any]]]:
    """Return for each frame its true boxes: corners, class, whether it is ignored."""
    true = frames.true
    rows: list[list[list[Any]]] = [[] for _ in range(len(frames))]
    for row, box in enumerate(np.round(true.boxes, CENTS).tolist()):
        name = frames.classes[int(true.classes[row])]
        rows[int(true.images[row])].append([*box, name, bool(true.ignore[row])])
    return rows


def found_rows(frames: Frames, scored: Scored) -> list[list[list[Any]]]:
    """Return for each frame its boxes, best first: corners, score, name, why."""
    rows: list[list[list[Any]]] = [[] for _ in range(len(frames))]
    boxes = np.round(scored.found.boxes, CENTS).tolist()
    for row, (box, kind) in enumerate(zip(boxes, scored.kinds, strict=True)):
        at = int(scored.reason[row])
        name = frames.classes[int(frames.true.classes[at])] if at >= 0 else ""
        why = rule_of(kind, float(scored.ious[row]), name)
        score = round(float(scored.found.scores[row]), 4)
        frame = int(scored.found.images[row])
        rows[frame].append([*box, score, KINDS.index(kind), why])
    return rows


def explain(view: View) -> None:
    """Say what came of it, and how the frames were made."""
    asked, start = view.asked, view.start
    label = asked.detector.label
    st.markdown(
        words.summary(asked.challenge, view.frames, view.scored, label, asked.threshold)
    )
    st.html(words.legend())
    mask = (
        "its exact silhouette" if start.mask is not None else "its GrabCut silhouette"
    )
    made = told.how(asked.challenge, asked.occluder, CLUTTER, label, mask)
    st.caption(f"{words.truth_said(view.truth.source, label)} {made}")


def prove(view: View | None) -> list[Proof]:
    """Compare frames, scores and names with others' and with slow twins."""
    from explorer.ui.lessons.challenge_proofs import prove_view

    return [] if view is None else prove_view(view)


def numbers(view: View | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if view is None:
        return {}
    scored = view.scored
    return {
        "values": np.array(view.frames.values),
        "object_scores": scored.object_scores,
        "wrong_scores": scored.wrong_scores,
        "object_boxes": view.frames.objects,
        "boxes": scored.found.boxes,
        "scores": scored.found.scores,
        "frames": scored.found.images,
        "ious": scored.ious,
        "kinds": list(scored.kinds),
    }
