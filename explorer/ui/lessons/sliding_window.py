"""The lesson on the sliding window, part by part."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.people import (
    IOU_THRESHOLD,
    PADDING_PX,
    person_boxes,
    suppress_windows,
)
from explorer.core.proof import Proof
from explorer.core.proofs import windows as proofs
from explorer.core.windows import (
    Template,
    Windows,
    WindowScan,
    detect_windows,
    load_template,
    opencv_people_template,
    windows_above,
)
from explorer.figures import windows as draw
from explorer.figures.windows_charts import scores_figure
from explorer.models import records, zoo
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import Picture
from explorer.ui.lessons.window_parts import one_window, template_part, true_people
from explorer.ui.lessons.window_words import (
    NOTHING,
    QUESTION,
    SOURCES,
    STEP_HELP,
    SVM_HELP,
    THRESHOLD_HELP,
    funnel_words,
    level_name,
    level_words,
    truth_words,
    words,
)
from explorer.ui.stage.event import Hover
from explorer.ui.stage.scrubber import scrubber
from explorer.ui.stage.stage import stage

__all__ = [
    "PARTS",
    "QUESTION",
    "SOURCES",
    "STEPS",
    "STEP_HELP",
    "SVMS",
    "SVM_HELP",
    "THRESHOLD_HELP",
    "Found",
    "find",
    "prove",
    "show",
    "template_of",
    "words",
]

PARTS = ("Every window", "One window", "Template, examples")
STEPS = (1.05, 1.1, 1.2, 1.5)
SVMS = {"OpenCV's": "opencv_people", "trained here": "hog_svm"}  # in links: the keys
PROOF_ABOVE = -1.0  # the threshold slider's lower end: all boxes it can show

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """What the page computed: template, scan, raw windows, and those NMS keeps."""

    template: Template
    scan: WindowScan
    windows: Windows
    kept: Windows


@st.cache_resource(max_entries=4, show_spinner=False)
def template_of(svm: str) -> Template:
    """Return a template by its name in the menu, read once a process."""
    if SVMS[svm] == "opencv_people":
        return opencv_people_template()
    return load_template(records.FOLDER / f"{SVMS[svm]}.safetensors", svm)


def record_words() -> str:
    """Say how both SVMs did on photos that neither was trained on."""
    scores = zoo.record("hog_svm").scores
    recall, precision = scores["recall"], scores["ap50_person"]
    return (
        f"On {recall['photos']} Penn-Fudan photos held out of training, at score "
        f"{recall['score_threshold']:g} and IoU 0.5: the SVM **trained here** finds "
        f"{recall['value']:.0%} of {recall['n']} people with "
        f"{recall['false_per_photo']:.1f} false boxes a photo (average precision "
        f"{precision['value']:.2f}); **OpenCV's** finds {recall['opencv']:.0%} with "
        f"{recall['opencv_false_per_photo']:.1f} ({precision['opencv']:.2f})."
    )


def find(
    picture: Picture,
    template: Template,
    score_threshold: float,
    scale_step: float,
) -> Found:
    """Scan the picture (kept), then threshold and suppress."""
    scan = live.compute(
        "Scan",
        detect_windows,
        picture.image,
        template,
        scale_step,
        padding_px=PADDING_PX,
    )
    windows = live.compute("Threshold", windows_above, scan, score_threshold)
    steps = live.compute("NMS", suppress_windows, windows, IOU_THRESHOLD)
    kept = windows.take(np.array([step.kept for step in steps], dtype=np.intp))
    return Found(template, scan, windows, kept)


def show(part: str, picture: Picture, found: Found, score_threshold: float) -> None:
    """Show one part of the page."""
    if not found.scan.levels:
        height, width = picture.image.shape[:2]
        st.info(
            f"This image is {width} × {height} pixels: smaller than the window, "
            "64 × 128. No window fits, so nothing can be found. Choose a larger image.",
            icon=":material/photo_size_select_small:",
        )
    elif part == PARTS[0]:
        every_window(picture, found, score_threshold)
    elif part == PARTS[1]:
        one_window(picture, found.template, found.scan)
    else:
        template_part(picture, found.template, found.scan, record_words())


@fragment
def every_window(picture: Picture, found: Found, score_threshold: float) -> None:
    """Scrub through the levels: the shrunk photo left, the photo right."""
    scan, windows = found.scan, found.windows
    level = scrubber(
        "Level",
        len(scan.levels) - 1,
        key="sliding_window_scrub",
        names=[level_name(scan, k) for k in range(len(scan.levels))],
        start=len(scan.levels) // 4,
        linked="level",
        first=None,
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _level(picture, scan, windows, level)
    with right:
        _photo(picture, found, score_threshold)
    chart(
        scores_figure(scan, score_threshold),
        config={"displayModeBar": False},
        key="sliding_window_scores",
    )


def _level(picture: Picture, scan: WindowScan, windows: Windows, level: int) -> None:
    """Show the shrunk photo with the score of every window on it."""
    heat = draw.score_heat(scan, level)
    assert heat.box is not None
    stage(
        draw.level_image(picture.image, scan.levels[level].size_px),
        key="sliding_window_pyramid",
        alt=f"Level {level} of the pyramid with the score of every window",
        layers=[
            draw.level_outlines(scan, level),
            heat,
            draw.level_boxes(scan, windows, level),
        ],
        hover=Hover(
            scan.levels[level].scores,
            names=("score of the window centred here:",),
            cell=(scan.stride_px, scan.stride_px),
            origin=(heat.box[0], heat.box[1]),
        ),
        max_height_px=430,
    )
    st.html(draw.score_key_html(heat))
    st.markdown(level_words(scan, windows, level))


def _photo(picture: Picture, found: Found, score_threshold: float) -> None:
    """Show the photo with the raw boxes of all levels, and what NMS keeps."""
    scan, windows = found.scan, found.windows
    height, width = picture.image.shape[:2]
    truth = true_people(picture)
    people = person_boxes(found.kept.boxes, (width, height))
    stage(
        picture.image,
        key="sliding_window_photo",
        alt=f"{len(windows.boxes)} raw boxes, {len(people)} after suppression",
        layers=draw.raw_layers(windows, people, truth),
        frames="sliding_window_scrub",
        max_height_px=430,
    )
    st.markdown(funnel_words(scan, windows, len(people), score_threshold))
    if len(windows.boxes):
        if said := truth_words(people, truth):
            st.markdown(said)
        st.caption(_legend(len(truth) > 0))
    else:
        st.info(NOTHING, icon=":material/search_off:")


def _legend(truth: bool) -> str:
    dashed = ", dashed yellow: where the people truly are" if truth else ""
    return (
        "Orange: raw boxes of this level, grey: of all levels, green: what NMS keeps, "
        f"without the window's margin{dashed}."
    )


def prove(picture: Picture, found: Found) -> list[Proof]:
    """Compare the whole scan and one level with their references."""
    if not found.scan.levels:
        return []
    middle = found.scan.levels[len(found.scan.levels) // 2]
    return [
        live.compute(
            "Proof",
            proofs.prove_scan,
            picture.image,
            found.template,
            found.scan,
            PROOF_ABOVE,
        ),
        live.compute(
            "Proof of the correlation",
            proofs.prove_correlation,
            picture.image,
            found.template,
            middle,
        ),
    ]
