"""What the lesson on precision and recall says."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import streamlit as st

from explorer.core.detection_rows import MAX_FILES
from explorer.core.labelled import Labelled
from explorer.core.numerals import counted, signed
from explorer.core.padilla import PUBLISHED
from explorer.core.precision_recall import METHODS
from explorer.ui.glossary import glossary_box
from explorer.ui.lessons.judging import ClassRow, Judged
from explorer.ui.uploads import MOST_BYTES

IOU_HELP = (
    "A detection is right when it overlaps a true box, not found before, by at least "
    "this much. High: only tight boxes count."
)
RULE_HELP = (
    "COCO: a detection takes the true box it overlaps most among those still free. "
    "VOC: it asks for the one it overlaps most of all; if that was found before, it is "
    "wrong. VOC counts a box's sides in whole pixels."
)
CLASS_HELP = (
    "The class that is judged. A true box that you draw now is of this class; the "
    "others stay and can explain a mistake."
)
EXAMPLE, STREETS, OWN = "Padilla's example", "Six drawn streets", "Your files"
OWN_GONE = (
    "The link shows a reader's own files. They stayed in the session that they were "
    "opened in, which a reload or another browser does not share: open them again "
    f"under “Files”. Until then the page shows {EXAMPLE}."
)
FILES = (
    "**COCO**: the annotations (`instances_….json`) and the results (`.json`), boxes "
    "alone. **VOC**: one `.xml` an image, and the results as lists (`.txt`, a class "
    "each, or `comp4_det_test_dog.txt`) or as `.xml` with a `score`. Or the output of "
    "this program's `detect --out`. Up to 12 photos (`.jpg`, …) may come along."
)
DRAW = "Drag the true boxes, or draw more on free ground."
COLORS_SAID = "Yellow: true. Green: right. Dashed orange: wrong."
NO_PICTURE = "The picture chosen at the top plays no part here."
QUESTION = (
    "A detector's list has all its mistakes at the end, below every right one. You cut "
    "the list off before the first mistake. What happens to its average precision?",
    (
        "It rises, because precision is now 1",
        "It stays the same",
        "It falls, because fewer boxes are found",
    ),
    1,
    "Average precision adds up precision at each step of recall. Mistakes after the "
    "last hit come too late to matter: no recall is gained there. Only mistakes "
    "*before* a hit cost something.",
)
SOURCES = (
    "Everingham et al. 2010, The Pascal VOC Challenge, section 4.2 (IoU, matching, "
    "11-point AP)",
    "Everingham et al. 2015, The Pascal VOC Challenge: a Retrospective, section 2 (the "
    "area itself, since 2010)",
    "Lin et al. 2014, Microsoft COCO, arXiv:1405.0312, and pycocotools (101 points, "
    "ten overlaps, area ranges)",
    "Hoiem, Chodpathumwan & Dai 2012, Diagnosing Error in Object Detectors, section 2 "
    "(kinds of mistakes)",
    "Padilla, Netto & da Silva 2020, A Survey on Performance Metrics for "
    "Object-Detection Algorithms (the example of 24 detections)",
    "Long et al. 2015, Fully Convolutional Networks, arXiv:1411.4038, section 5 (mean "
    "IoU and accuracy of masks)",
)
TERMS = """
- **Truth**: the boxes that a person drew; what a detector should find.
- **IoU**, intersection over union: the area two boxes share, divided by the area they
  cover together. 0 = apart, 1 = the same box.
- **True positive**: a detection that finds a true box, the first to do so. **False
  positive**: any other. **False negative**: a true box that nothing finds.
- **Precision**: of what was said, the share that is right. **Recall**: of what is
  there, the share that is found.
- **Ranked list**: all detections, best score first. Counting one more is the same as
  lowering the score threshold a little: a hit is a step up and to the right, a mistake
  a drop.
- **AP**, average precision: the area under the curve, after each point was raised to
  the best precision at the same or more recall (the envelope). **11-point**: its mean
  at recall 0, 0.1, …, 1; **all-point**: the area itself; **101-point**: its mean at 0,
  0.01, …, 1.
- **mAP**: the mean of AP over the classes. COCO's AP is also the mean over ten IoU
  thresholds, 0.50 to 0.95.
- **Accuracy**: the share of all decisions that are right. For boxes nobody can count
  the empty places that were rightly left empty, so it is told for masks only, where
  each pixel is a decision.
- **mIoU**: the mean over the classes of the IoU of masks.
- **Localisation** error: an object of the class, but overlapped too little, or found
  before. **Similar**, **other**: an object of such a class. **Background**: nothing.
"""
MISTAKES = ("localisation", "similar class", "other class", "background")
COCO_NAMES: Mapping[str, str] = {
    "AP": "mean over IoU 0.50 to 0.95",
    "AP50": "at IoU 0.50",
    "AP75": "at IoU 0.75",
    "AP small": "truths below 32² px",
    "AP medium": "32² to 96² px",
    "AP large": "above 96² px",
    "AR1": "largest recall with 1 detection an image",
    "AR10": "with 10",
    "AR100": "with 100",
    "AR small": "truths below 32² px",
    "AR medium": "32² to 96² px",
    "AR large": "above 96² px",
}


def alt(found: int, truths: int) -> str:
    """Say what the picture shows, for those who do not see it.

    Examples
    --------
    >>> alt(1, 2)
    '1 detection and 2 true boxes on the picture'
    """
    boxes = "1 true box" if truths == 1 else f"{truths} true boxes"
    return f"{counted(found, 'detection')} and {boxes} on the picture"


def example_said(labelled: Labelled) -> str:
    """Say what the example is and why its pictures are empty.

    Examples
    --------
    >>> from explorer.core.padilla import padilla_example
    >>> example_said(padilla_example())[:56]
    "A worked example from Padilla et al.'s survey: 15 people"
    """
    return (
        f"A worked example from Padilla et al.'s survey: {len(labelled.truths)} people "
        f"in {len(labelled.images)} pictures and {len(labelled.found)} detections. It "
        "gives boxes and scores alone, so the pictures are empty; the answers are "
        f"published for {' and '.join(PUBLISHED)} AP."
    )


def glossary() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def number(value: float, digits: int = 3) -> str:
    """Write a number, and a dash where there is none."""
    return "–" if np.isnan(value) else f"{value:.{digits}f}"


def class_table(rows: Sequence[ClassRow], judged: Judged) -> str:
    """Write a row a class and their mean as an HTML table."""
    heads = ["class", "truths", "detections", "found"]
    heads += [f"{method} AP" for method in METHODS] + ["COCO AP"]
    cells = [
        [row.label, f"{row.truths}", f"{row.detections}", f"{row.found}"]
        + [number(v) for v in (*row.ap, row.coco)]
        for row in rows
    ]
    bold = [k for k, row in enumerate(rows) if row.label == judged.label]
    if len(rows) > 1:
        means = np.mean([[*row.ap, row.coco] for row in rows], axis=0)
        mean = [f"mAP of {len(rows)} classes", "", "", ""]
        cells.append(mean + [number(v) for v in means])
        bold.append(len(rows))
    return table_of([heads], cells, bold)


def coco_table(scores: Mapping[str, float]) -> str:
    """Write COCO's twelve numbers as an HTML table."""
    rows = [(name, number(v), COCO_NAMES[name]) for name, v in scores.items()]
    return table_of([], rows)


def table_of(
    heads: Sequence[Sequence[str]],
    rows: Sequence[Sequence[str]],
    bold: Sequence[int] = (),
) -> str:
    """Write rows of cells as a plain HTML table; rows in ``bold`` stand out."""
    lines = [_row("th", row) for row in heads]
    lines += [_row("td", row, k in bold) for k, row in enumerate(rows)]
    style = "border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums"
    table = f"<table style='{style}'>{''.join(lines)}</table>"
    return f"<div style='overflow-x:auto'>{table}</div>"


def _row(tag: str, cells: Sequence[str], bold: bool = False) -> str:
    weight = ";font-weight:700" if bold or tag == "th" else ""
    inside = "".join(
        f"<{tag} style='padding:2px 12px 2px 0;text-align:"
        f"{'left' if k == 0 else 'right'}{weight}'>{escape(cell)}</{tag}>"
        for k, cell in enumerate(cells)
    )
    return f"<tr>{inside}</tr>"


def summary(judged: Judged) -> str:
    """Say what came of the whole list, in this scene's numbers."""
    truths = judged.curve.truths
    if not truths:
        return (
            f"There is no true {judged.label} yet, so recall is not defined, and "
            "neither is average precision. Draw one on the picture."
        )
    hits = int((judged.verdicts.outcomes > 0).sum())
    judged_of = int((judged.verdicts.outcomes >= 0).sum())
    if not judged_of:
        return f"Nothing was found: all {truths} are missed."
    words = "detection is" if judged_of == 1 else "detections are"
    return (
        f"The whole list: **{hits} of {judged_of}** {words} right (precision "
        f"{hits / judged_of:.3f}), **{hits} of {truths}** true boxes are found "
        f"(recall {hits / truths:.3f}), **{truths - hits} missed**."
    )


def apart(judged: Judged) -> str:
    """Say why the three average precisions differ here."""
    eleven, every, many = judged.ap()
    if np.isnan(every):
        return ""
    gap = eleven - every
    if not every:
        return "Nothing is found, so there is no area to measure."
    if abs(gap) < 0.0005:
        return "Here 11 points are as good as all."
    why = (
        "because recall 0 counts as a full eleventh, where nothing need be found"
        if gap > 0
        else "their few places miss what the curve does in between"
    )
    return (
        f"The 11 points give {signed(gap, 3, '+')} against the area itself: "
        f"{why}. The 101 points are {signed(many - every, 3, '+')} from it."
    )


def published(judged: Judged) -> str:
    """Say how the example compares with what its authors published."""
    said = ", ".join(f"{method} {value:.6f}" for method, value in PUBLISHED.items())
    ours = dict(zip(map(str, METHODS), judged.ap(), strict=True))
    same = all(abs(ours[name] - value) < 1e-6 for name, value in PUBLISHED.items())
    if same:
        return f"As published: {said}."
    return (
        f"Published with VOC's rule at IoU 0.30: {said}. Another rule or threshold "
        "judges otherwise; under COCO's, detection 23 falls short of 0.30 by the pixel "
        "that VOC adds to each side."
    )


def dropped(lost: int, asked: int) -> str:
    """Say that some of the files were let go before they could be read."""
    return (
        f"{lost} of the {asked} files were dropped before they were read, so nothing "
        f"was judged: up to {MAX_FILES} files with {MOST_BYTES // 2**20} MB in all are "
        "taken at once."
    )


def drawn(most: int, total: int) -> str:
    """Say that the browser draws a part of a long list."""
    return (
        f"The list and the curve show the best {most:,} of {total:,} detections; the "
        "numbers below count all."
    )
