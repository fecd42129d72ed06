"""The steps of the funnel of Faster R-CNN: a name, a count and a sentence each."""

from typing import TYPE_CHECKING, Any

from explorer.core.anchors import RATIOS
from explorer.core.funnel import MOST_FOUND
from explorer.core.numerals import counted
from explorer.ui.lessons.beside_photo import grey_said

if TYPE_CHECKING:
    from explorer.core.funnel import DetectionFunnel
    from explorer.ui.lessons.faster_seen import Seen

DASHED = "Dashed: those the white one removed."


def funnel_steps(
    seen: "Seen", end: "DetectionFunnel", score: float, iou: float
) -> list[dict[str, Any]]:
    """Return the funnel's steps: id, name, count, and one sentence each."""
    rois, classes = len(seen.rois), len(seen.classes)
    made = searched_steps(seen) if seen.first is None else first_steps(seen)
    each = f"Features of each RoI give {1 + classes} probabilities, background among "
    return [
        *made,
        _step(
            "classes",
            "Class scores",
            rois * classes,
            f"{each}them. Colour: the likeliest; grey: background.",
        ),
        _step(
            "above",
            "Above threshold",
            len(end.rows),
            f"Boxes of a class with at least {score:.2f}, moved once more.",
        ),
        _step(
            "apart",
            "NMS by class",
            len(end.kept),
            f"Of a class, none overlaps a better one by more than {iou:.2f}. {DASHED}",
        ),
        _step(
            "found",
            "Detections",
            len(end.found),
            f"At most {MOST_FOUND}, the best first.{grey_said(in_grey(end))} {DASHED}",
        ),
    ]


def searched_steps(seen: "Seen") -> list[dict[str, Any]]:
    """Return the steps of selective search and of the first look at its boxes."""
    searched, rois = len(seen.arrays["regions"]), len(seen.rois)
    return [
        _step(
            "searched",
            "Proposals",
            searched,
            f"Selective search's first {counted(searched, 'box')}; no network proposed "
            "them. Each is classified and moved once. Grey: none is likely enough to "
            "be looked at again.",
        ),
        _step(
            "rois",
            "Second look",
            rois,
            f"The best {rois} by their likeliest class, where they were moved to: cut "
            "out and classified again. The paper looks once.",
        ),
    ]


def first_steps(seen: "Seen") -> list[dict[str, Any]]:
    """Return the steps of the proposal network."""
    from explorer.ui.lessons.faster_seen import settings, sizes

    first, asked = seen.first, settings()
    assert first is not None
    anchors, best = len(seen.arrays["anchors"]), len(first.large)
    levels, level = sizes(seen.title), int(asked["top_level"])
    shapes = len(RATIOS) * len(next(iter(levels.values())))
    many = len(levels) > 1
    of = f"each of the {len(levels)} maps" if many else "the one map of stride 16"
    count, nms = int(first.large.sum()), asked["nms_iou"]
    names = ("Best of each level", "of each level") if many else ("Best", "of all")
    return [
        _step(
            "anchors",
            "Anchors",
            anchors,
            f"{shapes} around each cell of {of} (dots). Point: those of a cell.",
        ),
        _step(
            "best",
            names[0],
            best,
            f"The best {level} {names[1]} by objectness, moved by the four numbers.",
        ),
        _step(
            "large",
            "Large enough",
            count,
            f"Both sides at least {asked['least_px']:.0f} px once cut at the edge.",
        ),
        _step(
            "nms",
            "NMS of proposals",
            len(first.kept),
            f"None overlaps a better one of its level by more than {nms:.1f}. {DASHED}",
        ),
        _step(
            "rois",
            "RoIs",
            len(first.proposals),
            f"The best {int(asked['top'])} at most: their features are cut out.",
        ),
    ]


def _step(name: str, title: str, count: int, said: str) -> dict[str, Any]:
    return {"id": name, "name": title, "count": count, "said": said}


def in_grey(end: "DetectionFunnel") -> int:
    """Return how many of the best boxes lie in the grey beside the photo."""
    return min(len(end.kept), MOST_FOUND) - len(end.found)
