"""The lesson on precision and recall, part by part."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explorer.core.coco_eval import CocoScores
from explorer.core.labelled import Found, Labelled, one_image, truths
from explorer.core.matching import RULES, Rule
from explorer.core.proof import Proof
from explorer.figures.precision_recall import mistakes_figure
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import choose, fold, select, slider
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import judging_files as files
from explorer.ui.lessons import judging_masks as masks
from explorer.ui.lessons import judging_truth as drawn_truth
from explorer.ui.lessons import judging_words as words
from explorer.ui.lessons.judging import (
    ClassRow,
    Judged,
    class_rows,
    coco_of,
    judge,
    mistakes,
    program,
    prove,
)
from explorer.ui.lessons.judging_detectors import (
    Answered,
    classes_of,
    detections,
    detector_controls,
    nms_control,
    offer,
)
from explorer.ui.stage.event import StageEvent
from explorer.ui.stage.stage import stage

PARTS = ("Picture", "Sets", "Masks")
SLOW = 5_000  # detections; beyond it an evaluation takes a second or more
PLAIN: dict[str, Any] = {"displayModeBar": False}


@dataclass(frozen=True, eq=False)
class View:
    """What a part showed, for the words, the proofs and the downloads."""

    judged: Judged | None = None
    event: StageEvent | None = None
    example: bool = False
    scored: masks.Scored | None = None
    is_masks: bool = False


def part_control() -> str:
    """Ask which part of the lesson is shown."""
    return choose("Part", PARTS, key="part")


@dataclass(frozen=True)
class Asked:
    """What the toolbar says about a picture."""

    wanted: str
    detector: str
    label: str
    iou: float
    rule: Rule
    nms: float


def picture_controls(picture: Picture) -> Asked:
    """Ask for the detector, the class, the overlap, the rule and the suppression."""
    wanted, detector = detector_controls(picture)
    classes = classes_of(detector)
    label = classes[0]
    if len(classes) > 1:
        key = f"class_{detector}"
        label = select(
            "Class", classes, label, key=key, help=words.CLASS_HELP, width_px=110
        )
    iou = slider("IoU threshold", 0.1, 0.95, 0.5, 0.05, key="iou", help=words.IOU_HELP)
    nms = nms_control()
    rule = select(
        "Rule", RULES, RULES[0], key="rule", help=words.RULE_HELP, width_px=95
    )
    return Asked(wanted, detector, label, iou, rule, nms)


def controls_of(part: str, picture: Picture) -> Any:
    """Show a part's controls and return what they say."""
    if part == PARTS[0]:
        return picture_controls(picture)
    if part == PARTS[1]:
        return files.controls_of()
    return masks.controls_of(picture)


def show(part: str, picture: Picture, asked: Any) -> View:
    """Show a part's picture and its working."""
    if part == PARTS[0]:
        return picture_part(picture, asked)
    if part == PARTS[1]:
        shown = files.show(asked)
        if shown is None:
            return View()
        return View(*shown, example=asked.name == files.EXAMPLE)
    return View(scored=masks.show(picture, asked), is_masks=True)


def picture_part(picture: Picture, asked: Asked) -> View:
    """Judge the detector against the boxes that the reader draws."""
    offer(asked.wanted, asked.detector)
    answer = detections(picture, asked.detector, asked.nms)
    if answer is None:
        return View()
    key = f"judge_{picture.digest[:10]}"
    before = drawn_truth.kept(picture)
    seen = answer.of(asked.label)
    classes = tuple(dict.fromkeys((*answer.classes, *before.labels)))
    first = judge(
        _labelled(picture, answer, before), asked.label, asked.iou, asked.rule
    )
    bar = files.list_of(first, f"{key}_list")
    event = stage(
        picture.image,
        key=key,
        alt=words.alt(len(seen), len(before.boxes)),
        mode="boxes",
        boxes=before.boxes,
        box_labels=list(before.labels),
        max_boxes=drawn_truth.MOST,
        frames=bar,
        program=program(first, classes) | {"labels": list(before.labels)},
        max_width_px=560,
        max_height_px=420,
    )
    st.caption(f"{words.DRAW} {words.COLORS_SAID}")
    now = drawn_truth.follow(before, event, asked.label)
    drawn_truth.keep(picture, now)
    drawn_truth.restore(picture, now)
    judged = judge(_labelled(picture, answer, now), asked.label, asked.iou, asked.rule)
    return View(judged, event)


def _labelled(picture: Picture, answer: Answered, drawn: drawn_truth.Drawn) -> Labelled:
    """Return the picture as a set of one image, of all classes either side knows."""
    classes = tuple(dict.fromkeys((*answer.classes, *answer.labels, *drawn.labels)))
    row = {name: k for k, name in enumerate(classes)}
    true = truths(drawn.boxes, [row[name] for name in drawn.labels])
    seen = Found(
        answer.found.boxes,
        answer.found.scores,
        np.array([row[name] for name in answer.labels], np.int64),
        answer.found.images,
    )
    height, width = picture.image.shape[:2]
    return one_image((width, height), classes, true, seen)


def explain(view: View) -> None:
    """Say what came of it: the list, the classes, the mistakes."""
    judged = view.judged
    if judged is None:
        return
    st.markdown(words.summary(judged))
    if not judged.curve.truths:
        return
    left, right = st.columns([1.35, 1], gap="medium")
    with left:
        coco, rows = evaluated(judged)
        st.html(words.class_table(rows, judged))
        st.caption(words.published(judged) if view.example else words.apart(judged))
        drawer = fold("COCO's twelve numbers", key="twelve")
        if drawer.open:
            drawer.html(words.coco_table(coco.summary()))
    with right:
        counts, gains = mistakes(judged)
        heading("Why the wrong ones are wrong")
        chart(
            mistakes_figure(counts, gains, words.MISTAKES),
            config=PLAIN,
            key="judge_mistakes",
        )


def evaluated(judged: Judged) -> tuple[CocoScores, list[ClassRow]]:
    """Return COCO's evaluation and a row for each class; a large set takes seconds."""
    many = len(judged.labelled.found)
    waiting = st.spinner(f"Evaluating {many:,} detections …")
    with waiting if many > SLOW else nullcontext():
        coco = coco_of(judged)
        given = (judged.labelled, judged.iou, judged.rule, coco)
        return coco, live.compute("classes", class_rows, *given)


def prove_view(view: View) -> list[Proof]:
    """Compare what the page shows with the reference libraries."""
    if view.is_masks:
        return masks.prove(view.scored)
    return [] if view.judged is None else prove(view.judged, view.event)


def numbers(view: View) -> dict[str, Any]:
    """Return what can be downloaded."""
    if view.is_masks:
        return masks.numbers(view.scored)
    judged = view.judged
    if judged is None:
        return {}
    return {
        "detections": judged.seen.boxes,
        "scores": judged.seen.scores,
        "truths": judged.true.boxes,
        "outcomes": judged.verdicts.outcomes,
        "ious": judged.verdicts.ious,
        "precision": judged.curve.precision,
        "recall": judged.curve.recall,
        "envelope": judged.curve.envelope,
        "ap": np.array(judged.ap()),
        "kinds": list(judged.kinds),
    }
