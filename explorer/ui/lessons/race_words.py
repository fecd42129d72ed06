"""What the race of the detectors says."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.core.pareto import pareto_front
from explorer.core.race_published import DEVICE, PUBLISHED, YOLO2_TABLE, YOLO_TABLE
from explorer.figures.ledger import duration
from explorer.ui.lessons import race_runs as runs
from explorer.ui.lessons.race_runs import Lap

SCORE_HELP = (
    "Boxes with a lower score are not shown. HOG + SVM and the deformable parts have "
    "no probability but a distance from their border: of these, all beyond it show."
)
IOU_HELP = (
    "Of two boxes of one class that overlap more, the better stays (non-maximum "
    "suppression, NMS). Every detector runs again with another value."
)
OLDER_HELP = (
    "Adds the people detectors from before deep features (HOG + SVM, deformable parts) "
    "and R-CNN, which runs its network once for each of 120 regions: some seconds."
)
SLOW = "R-CNN looks at each of its regions by itself: this takes some seconds …"
QUESTION = (
    "You need boxes for a live camera on a laptop without a GPU. What will cost you "
    "most time on each picture in these detectors?",
    (
        "the backbone, which all of them share",
        "the non-maximum suppression",
        "making the picture smaller",
    ),
    0,
    "All eight read the same EfficientNet-Lite0. What differs is what comes after: a "
    "head over all cells at once (one stage), or a second look at each proposed region "
    "(two stages); before Faster R-CNN also a search for regions, by no network.",
)
SOURCES = (
    f"{YOLO_TABLE}: DPM, Fast and Faster R-CNN, YOLO",
    f"{YOLO2_TABLE}: SSD, YOLOv2",
    "Huang et al. 2017, Speed/Accuracy Trade-offs for Modern Convolutional Object "
    "Detectors, arXiv:1611.10012: one backbone, one data set, several heads",
    "Lin et al. 2014, Microsoft COCO, arXiv:1405.0312: the photos of the scores",
)
GLOSSARY = (
    ("one stage", "boxes and classes come from every cell of the maps in one pass."),
    (
        "two stages",
        "first regions that may hold something, then a second look at each of them.",
    ),
    (
        "AP50",
        "average precision: the area under precision against recall; a box counts as "
        "right where it overlaps an object of its class by IoU 0.5 or more. Between 0 "
        "and 1.",
    ),
    (
        "backbone, head",
        "the network that turns the picture into feature maps; what reads boxes from "
        "them.",
    ),
    ("parameters", "the numbers a network has learned; here of the head alone."),
    (
        "front",
        "the detectors that no other beats in both time and accuracy: choose among "
        "these.",
    ),
)


def runs_said(count: int) -> str:
    """Say how often each detector ran."""
    times = "once" if count == 1 else f"{count} times; the medians are shown"
    return (
        f"Each detector ran {times}, after a first run on a grey picture that does "
        "not count. Other work on this machine shows in the times."
    )


def tile_line(one: Lap, count: int) -> str:
    """Say time and number of boxes above a small picture."""
    boxes = "box" if count == 1 else "boxes"
    return f"{duration(one.ms / 1e3)}, {count} {boxes}"


def racer_said(one: Lap) -> str:
    """Say in a sentence what a detector is."""
    slowest = max(one.parts, key=lambda pair: pair[1])
    share = slowest[1] / one.ms if one.ms else 0.0
    scored = ""
    if not np.isnan(one.ap_person):
        about = one.record.scores["ap50"]
        scored = (
            f" On {about['photos']} held-out COCO photos: AP50 {one.ap_person:.2f} of "
            "people"
        )
        if about["value"] is not None:  # no class may have enough held-out objects
            scored += (
                f", {about['value']:.2f} as the mean of {about['classes']} classes"
            )
        scored += "."
    return (
        f"{one.family.capitalize()}, {one.record.parameters:,} parameters of its own. "
        f"{share:.0%} of its time: {slowest[0]}.{scored}"
    )


def here_said(laps: Sequence[Lap]) -> str:
    """Say which detectors are on the front, and the two ends."""
    if not laps:
        return "None of the detectors has a score on COCO's photos."
    fast = min(laps, key=lambda one: one.ms)
    best = max(laps, key=lambda one: one.ap_person)
    front = pareto_front([one.ms for one in laps], [one.ap_person for one in laps])
    names = [
        runs.title(one.record.name)
        for one, kept in zip(laps, front, strict=True)
        if kept
    ]
    return (
        f"Fastest on this photo: {runs.title(fast.record.name)}, "
        f"{duration(fast.ms / 1e3)}. Most accurate on the held-out photos: "
        f"{runs.title(best.record.name)}, AP50 {best.ap_person:.2f}. Beaten by none in "
        f"both: {', '.join(names)}. All have the same backbone, data and input size, "
        "so the heads are what is compared; they were trained for hours on a few "
        "hundred photos, not for days on 118,000, and all scores are far below the "
        "papers'."
    )


def papers_said() -> str:
    """Say what the papers' points are, and what they can be compared with."""
    return (
        f"{len(PUBLISHED)} rows of two papers' tables, all on {DEVICE}. Another "
        "machine, other photos and other backbones than on the left: compare the "
        "order, not the numbers."
    )


def choice(laps: Sequence[Lap]) -> str:
    """Return the answer to the lesson's question with this photo's numbers."""
    rows = ["| if you need | take | because |", "|---|---|---|"]
    scored = [one for one in laps if not np.isnan(one.ap_person)]
    if not scored:
        return ""
    stages = {
        kind: [one for one in scored if one.family == kind]
        for kind in ("one stage", "two stages")
    }
    for kind, why in (
        ("one stage", "a picture at a time, as fast as it comes"),
        ("two stages", "boxes that fit, objects close together"),
    ):
        if not stages[kind]:
            continue
        best = max(stages[kind], key=lambda one: one.ap_person)
        rows.append(
            f"| {why} | {kind}: {runs.title(best.record.name)} | "
            f"{duration(best.ms / 1e3)} here, AP50 of people {best.ap_person:.2f} |"
        )
    small = min(scored, key=lambda one: one.record.parameters)
    rows.append(
        f"| the smallest file | {runs.title(small.record.name)} | "
        f"{small.record.parameters:,} parameters beside the backbone |"
    )
    masks = [one for one in laps if one.record.task == "instance"]
    if masks:
        rows.append(
            f"| outlines, not boxes | {runs.title(masks[0].record.name)} | "
            "the only one here that says which pixels are the object |"
        )
    return "\n".join(rows)


def glossary() -> None:
    """Explain the terms, a line each."""
    with st.expander("Words on this page"):
        st.markdown("\n".join(f"- **{term}**: {text}" for term, text in GLOSSARY))
