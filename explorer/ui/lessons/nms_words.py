"""What the lesson on NMS says: the present round in numbers, terms, the question."""

from collections.abc import Sequence

import streamlit as st

from explorer.core.boxes import box_area, box_intersection
from explorer.core.nms import NmsStep
from explorer.ui.controls import fold
from explorer.ui.fragment import fragment
from explorer.ui.glossary import glossary_box
from explorer.ui.lessons.nms_detectors import Raw

MOST_LISTED = 6  # removed boxes written out in the reading

THRESHOLD_HELP = (
    "A box is removed when its IoU with a kept box is above this number. "
    "Low: few boxes stay, close neighbours are lost. High: doubles stay."
)
CLASS_HELP = (
    "On: a box removes only boxes of its own class, so a face and an eye inside it "
    "can both stay. Off: any box removes any other."
)
NOTHING = (
    "The detector found nothing above the score threshold here. Lower the threshold, "
    "choose another detector, or another image: the drawn street has people, the "
    "astronaut and Grace Hopper have faces."
)
QUESTION = (
    "Two people stand close together: their true boxes have IoU 0.6. The detector "
    "finds both. What does NMS with threshold 0.5 do?",
    (
        "It keeps both boxes, because both are right",
        "It removes the one with the lower score",
        "It joins the two into one larger box",
    ),
    1,
    "NMS knows only boxes and scores: 0.6 is above 0.5, so the weaker box goes, though "
    "it is right. That is what soft-NMS is for. NMS never moves or joins boxes.",
)
SOURCES = (
    "Girshick et al. 2014, R-CNN, arXiv:1311.2524, section 2.2 (greedy NMS per class)",
    "Ren et al. 2015, Faster R-CNN, arXiv:1506.01497, section 3.3 (IoU 0.7)",
    "Bodla et al. 2017, Soft-NMS, arXiv:1704.04503, section 3",
    "Everingham et al. 2010, The Pascal VOC Challenge, section 4.2 (IoU)",
    "Viola & Jones 2001, Rapid object detection; Dalal & Triggs 2005, HOG (detectors)",
)
TERMS = """
- **Box**: the rectangle a detector draws around an object, as its left, top, right and
  bottom edge in pixels.
- **Score**: how sure the detector is of a box. Only the order matters to NMS.
- **IoU**, intersection over union: the area two boxes share, divided by the area they
  cover together. 0 = apart, 1 = the same box. The size of the boxes cancels out.
- **NMS**, non-maximum suppression: keep the best box, remove all that overlap it more
  than the threshold, and go on with the best of the rest.
- **Class by class**: the same, done separately for each kind of object.
- **Soft-NMS**: an overlapping box loses score instead of being removed, so a person
  half hidden behind another can still be found.
"""


LEGEND = (
    ":orange-badge[── thin: waits] :red-badge[╍╍ dashed: removed in this round] "
    ":green-badge[━━ thick: kept]"
)


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def round_name(step: NmsStep) -> str:
    """Name a round beside the scrubber."""
    return f"keeps box {step.kept + 1}, removes {len(step.suppressed)}"


def reading(
    raw: Raw,
    steps: Sequence[NmsStep],
    shown: int,
    iou_threshold: float,
    classwise: bool = False,
) -> str:
    """Say a round in words, with this scene's numbers."""
    total = len(raw.boxes)
    if shown == 0:
        return (
            f"## Before the first round\nThe detector gave **{total} boxes**: it "
            "looks at every place and size, and near a real object many windows say "
            "yes. Each is drawn in orange, and none is decided yet. Press **next**."
        )
    step = steps[shown - 1]
    done = sum(1 + len(one.suppressed) for one in steps[:shown])
    name = raw.name(step.kept)
    lines = [
        f"## Round {shown} of {len(steps)}",
        f"**1. Keep the best left.** Box {step.kept + 1}"
        f"{f' ({name})' if name else ''} has the highest score of those that wait, "
        f"**{raw.scores[step.kept]:.2f}**: :green[**kept**].",
        f"**2. Remove what overlaps it too much**, IoU above {iou_threshold:.2f}"
        f"{f', among the boxes of class {name}' if name and classwise else ''}: "
        + _removed(raw, step),
    ]
    if len(step.suppressed):
        lines.append(_worked(raw, step))
    lines.append(_after(total, done, len(steps)))
    return "\n\n".join(lines)


def _after(total: int, done: int, kept: int) -> str:
    if done < total:
        return f"**3. Go on** with the {total - done} boxes that still wait."
    return (
        f"**Finished.** Of {total} boxes, **{kept} are left**: no two of them that "
        "were compared overlap more than the threshold. What is still wrong has a low "
        "score or stands alone; NMS cannot see that, the score threshold can."
    )


def _removed(raw: Raw, step: NmsStep) -> str:
    count = len(step.suppressed)
    if not count:
        return "none."
    first = [
        f"box {row + 1} (score {raw.scores[row]:.2f}, IoU **{iou:.2f}**)"
        for row, iou in zip(step.suppressed, step.ious, strict=True)
    ][:MOST_LISTED]
    more = f" and {count - len(first)} more" if count > len(first) else ""
    return f":red[**{count} removed**]: " + ", ".join(first) + more + "."


def _worked(raw: Raw, step: NmsStep) -> str:
    row = step.suppressed[0]
    pair = raw.boxes[[step.kept, row]]
    shared = box_intersection(pair[:1], pair[1:])[0, 0]
    first, second = box_area(pair)
    union = first + second - shared
    return (
        f"Box {row + 1}'s IoU worked out: the two share {shared:.0f} px² and cover "
        f"{first:.0f} + {second:.0f} − {shared:.0f} = {union:.0f} px² together, so "
        f"{shared:.0f} ÷ {union:.0f} = **{step.ious[0]:.3f}**."
    )


@fragment
def table(raw: Raw, steps: Sequence[NmsStep]) -> None:
    """List all rounds: the box kept, and what it removes."""
    drawer = fold("All rounds as a table", key="table", icon=":material/table:")
    if drawer.open:  # a closed table would still cost every change of a slider
        drawer.dataframe(
            {
                "round": range(1, len(steps) + 1),
                "kept box": [step.kept + 1 for step in steps],
                "class": [raw.classes[raw.codes[step.kept]] for step in steps],
                "score": [round(float(raw.scores[step.kept]), 3) for step in steps],
                "removes": [len(step.suppressed) for step in steps],
                "removed boxes": [
                    ", ".join(str(row + 1) for row in step.suppressed) for step in steps
                ],
                "their IoU": [
                    ", ".join(f"{iou:.2f}" for iou in step.ious) for step in steps
                ],
            },
            hide_index=True,
            height=300,
            key="nms_table",
        )
