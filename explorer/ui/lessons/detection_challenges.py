"""The lesson on what makes detection hard: one slider, a detector, its scores."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.challenge_frames import Start
from explorer.core.challenge_scores import score_frames
from explorer.core.proof import Proof
from explorer.figures.challenges import CHALLENGE_COLORS
from explorer.ui import live
from explorer.ui.controls import choose, select, slider
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import BY_NAME, Picture
from explorer.ui.lessons import challenge_making as told
from explorer.ui.lessons import challenge_setup as setup
from explorer.ui.lessons import challenge_words as words
from explorer.ui.lessons.challenge_proofs import prove_view
from explorer.ui.lessons.challenge_runs import CLUTTER, OCCLUDERS, make_frames
from explorer.ui.lessons.challenge_setup import Truth
from explorer.ui.lessons.challenge_view import Asked, View, program
from explorer.ui.stage import stage
from explorer.ui.stage.scrubber import scrubber

WIDE_PX, HIGH_PX = 560, 410  # slider, picture and curve on one screen of 720


def controls_of(picture: Picture) -> Asked:
    """Ask for the challenge, the detector and the threshold."""
    challenge = choose(
        "Challenge", told.CHALLENGES, key="challenge", help=words.CHALLENGE_HELP
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
        width_px=145,  # with the occluder all stand in one row
    )
    occluder = OCCLUDERS[0]
    if challenge == told.COVER:
        occluder = select(
            "Occluder",
            OCCLUDERS,
            OCCLUDERS[0],
            key="occluder",
            help=words.OCCLUDER_HELP,
            width_px=105,
        )
    return Asked(challenge, detector, threshold, occluder)


def show(picture: Picture, asked: Asked) -> View | None:
    """Show the picture, its slider and its curve; None where nothing is to be found."""
    image, scale = setup.working(picture)
    truth = setup.truth_of(picture, asked.detector, image, scale)
    key = setup.stage_key(picture, asked.detector)
    if truth is None:
        others = setup.other_detectors(picture, asked.detector)
        st.info(
            words.nothing(asked.detector.label, others, picture.name in BY_NAME),
            icon=":material/draw:",
        )
        _stage(image, key, asked, None, program(asked, None), None)
        return None
    start = setup.start_of(picture, asked.detector, truth, image, scale)
    with st.spinner("Running the detector over the whole range …", show_time=True):
        view = run(picture, asked, start, truth)
    if view is None:
        st.info(words.no_others(asked.detector.label), icon=":material/pets:")
        _stage(image, key, asked, truth, program(asked, None, asks=False), None)
        return None
    bar = f"challenge_bar_{asked.challenge.lower()}"
    _scrub(asked.challenge, view, bar)
    _stage(image, key, asked, truth, program(asked, view), bar)
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


@fragment
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
        first=1,
    )


def explain(view: View) -> None:
    """Say what came of it, and how the frames were made."""
    asked, start = view.asked, view.start
    label = asked.detector.label
    said = words.summary(
        asked.challenge, view.frames, view.scored, label, asked.threshold
    )
    # Where the image decides, no control names the detector.
    st.markdown(f"**Detector: {asked.detector.title}.** {said}")
    st.html(words.legend())
    mask = (
        "its exact silhouette" if start.mask is not None else "its GrabCut silhouette"
    )
    made = told.how(asked.challenge, asked.occluder, CLUTTER, label, mask)
    st.caption(f"{words.truth_said(view.truth.source, label)} {made}")


def prove(view: View | None) -> list[Proof]:
    """Compare frames, scores and names with others' and with slow twins."""
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
