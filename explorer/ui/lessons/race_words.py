"""What the race of the detectors says."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.core.numerals import percent
from explorer.core.pareto import pareto_front
from explorer.core.race_published import DEVICE, PUBLISHED, YOLO2_TABLE, YOLO_TABLE
from explorer.figures.ledger import duration
from explorer.models import zoo
from explorer.ui.glossary import glossary_box
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
FULL_SIZE_HELP = (
    "Sets torchvision's published networks beside the small ones, all that were "
    "fetched; the one chosen here is offered where it was not. Much larger files, "
    "trained on all of COCO."
)
MEANWHILE = "Meanwhile the race goes on without it."
BOX_AP = "box AP (IoU 0.5 to 0.95), COCO val2017"
QUESTION = (
    "You need boxes for a live camera on a laptop without a GPU. What will cost you "
    "most time on each picture in most of these detectors?",
    (
        "the backbone, which all of them share",
        "the non-maximum suppression",
        "making the picture smaller",
    ),
    0,
    "The small ones all read the same EfficientNet-Lite0. What differs is what comes "
    "after: a head over all cells at once (one stage), or a second look at each "
    "proposed region (two stages); before Faster R-CNN also a search for regions, by "
    "no network.",
)
LITTLE_MORE = 1.5
SOURCES = (
    f"{YOLO_TABLE}: DPM, Fast and Faster R-CNN, YOLO",
    f"{YOLO2_TABLE}: SSD, YOLO v2",
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
    (
        "parameters",
        "the numbers a detector has learned, its backbone's included, which all of the "
        "small ones share.",
    ),
    (
        "box AP",
        "COCO's measure: the mean of average precision over IoU 0.50, 0.55 … 0.95 and "
        "over all classes. It is always far below AP50.",
    ),
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


def older_help() -> str:
    """Say who the older ones are."""
    about = zoo.records().get("rcnn")
    regions = f"each of {about.arguments['proposals']} regions" if about else "a region"
    return (
        "Adds the people detectors from before deep features (HOG + SVM, deformable "
        f"parts) and R-CNN, which runs its network once for {regions}: some seconds."
    )


def full_size_label(name: str) -> str:
    """Return how the list calls a full-size detector; it stands in links."""
    return zoo.record(name).label if name else "none"


def running(count: int, slow: bool) -> str:
    """Say what the reader waits for."""
    last = "; R-CNN, which takes each of its regions by itself, comes last"
    return f"{count} detectors look at this photo{last if slow else ''} …"


def none_said(one: Lap, threshold: float) -> tuple[str, str]:
    """Say that nothing is shown, and what comes nearest: in a sentence, and shortly."""
    least = one.least(threshold)
    if not len(one.scores):
        return f"No box reaches {runs.least_of(one.record.name):.2f}.", "no box"
    best = f"{one.labels[0]} {one.scores[0]:.2f}"  # the best comes first
    return f"No box reaches {least:.2f}; the best is {best}.", f"best: {best}"


def racer_said(one: Lap, threshold: float) -> str:
    """Say in a sentence what a detector is, and what it found if that is nothing."""
    nothing = "" if len(one.above(threshold)) else none_said(one, threshold)[0] + " "
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
    elif not np.isnan(one.box_ap):
        about = one.record.scores["box_ap"]
        scored = (
            f" Published: {BOX_AP}, {about['n']:,} photos: {about['value']:.3f}. No "
            "figure to set beside the AP50 of people."
        )
    if one.record.architecture == "mask_rcnn":
        scored += (
            " Its boxes are those of Faster R-CNN + FPN; the masks that it adds are "
            "not in this time."
        )
    return nothing + (
        f"{one.family.capitalize()}, {one.parameters:,} parameters{_input(one)}. "
        f"{percent(share)} of its time: {slowest[0]}.{scored}"
    )


def _input(one: Lap) -> str:
    """Say how large the square is that one of the small ones is given."""
    side = one.record.preprocessing.get("side_px")
    return f", input {side} × {side} px" if side and one.record.backbone else ""


def most_accurate(laps: Sequence[Lap]) -> list[Lap]:
    """Return the detectors of the largest AP50 of people, the fastest first.

    Equal is what is written alike: today's times decide between no two of them.
    """
    best = max(round(one.ap_person, 2) for one in laps)
    equal = [one for one in laps if round(one.ap_person, 2) == best]
    return sorted(equal, key=lambda one: one.ms)


def _named(laps: Sequence[Lap], join: str) -> str:
    return join.join(runs.title(one.record.name) for one in laps)


def here_said(laps: Sequence[Lap]) -> str:
    """Say which detectors are on the front, and the two ends."""
    if not laps:
        return "None of the detectors has a score on COCO's photos."
    fast = min(laps, key=lambda one: one.ms)
    best = most_accurate(laps)
    alike = ", equally" if len(best) > 1 else ""
    front = pareto_front([one.ms for one in laps], [one.ap_person for one in laps])
    names = [
        runs.title(one.record.name)
        for one, kept in zip(laps, front, strict=True)
        if kept
    ]
    return (
        f"Fastest on this photo: {runs.title(fast.record.name)}, "
        f"{duration(fast.ms / 1e3)}. Most accurate on the held-out photos: "
        f"{_named(best, ' and ')}{alike}, AP50 {best[0].ap_person:.2f}. Beaten by none "
        f"in both: {', '.join(names)}. Dotted: the front, what nothing is both faster "
        "and better than. The small ones have the same backbone and data, so the heads "
        "are what is compared, and the size of the picture they are given: a larger "
        "one costs time and shows more of what is small. YOLO v1's confidences are "
        "low: at one threshold for all it shows least. Trained with little: their "
        "scores are no measure of these methods at their best."
    )


def papers_said() -> str:
    """Say what the papers' points are, and what they can be compared with."""
    return (
        f"{len(PUBLISHED)} rows of two papers' tables, all on {DEVICE}. Another "
        "machine, other photos and other backbones than on the left: compare the "
        "order, not the numbers. Dotted: the front."
    )


def families(laps: Sequence[Lap]) -> str:
    """Return the families of some detectors, each once."""
    return ", ".join(dict.fromkeys(one.family for one in laps))


def choice(laps: Sequence[Lap]) -> str:
    """Return the answer to the lesson's question with this photo's numbers."""
    rows = ["| if you need | take | because |", "|---|---|---|"]
    scored = [one for one in laps if not np.isnan(one.ap_person)]
    if not scored:
        return ""
    fast = min(scored, key=lambda one: one.ms)
    best = most_accurate(scored)
    soon = [one for one in scored if one.ms <= LITTLE_MORE * fast.ms]
    small = min(scored, key=lambda one: one.parameters)
    for need, taken, why in (
        ("the shortest wait", [fast], ""),
        ("the most people found right", best, ""),
        (
            f"both: the best within {LITTLE_MORE:g} times the shortest wait",
            most_accurate(soon),
            "",
        ),
        ("the fewest parameters", [small], f"{small.parameters:,} parameters, "),
    ):
        times = " and ".join(duration(one.ms / 1e3) for one in taken)
        rows.append(
            f"| {need} | {_named(taken, ' or ')} ({families(taken)}) | {why}"
            f"{times} here, AP50 of people {taken[0].ap_person:.2f} |"
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
    with glossary_box():
        st.markdown("\n".join(f"- **{term}**: {text}" for term, text in GLOSSARY))
