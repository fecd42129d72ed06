"""What the lesson on SSD says of its final boxes, in the photo and beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.core.default_places import levels_of
from explorer.figures.ssd import map_name
from explorer.ui.lessons.beside_photo import ALL_GREY, best_in_photo, grey_said
from explorer.ui.lessons.ssd_live import LEAST_SCORE
from explorer.ui.lessons.ssd_words import record_said

if TYPE_CHECKING:
    from explorer.ui.lessons.ssd_live import Seen
    from explorer.ui.lessons.ssd_scene import Network


def found_said(candidates: int, kept: int, grey: int) -> str:
    """Say what the threshold and NMS leave, in the photo and in the grey beside it."""
    one = "box is" if kept == 1 else "boxes are"
    more = "candidate reaches" if candidates == 1 else "candidates reach"
    return (
        f"{candidates:,} {more} the threshold; after NMS {kept:,} {one} left."
        f"{grey_said(grey)} Point at "
        "a box to see which default box it came from, at a row for one map alone."
    )


def nothing_said(network: "Network", answer: "Seen", score: float) -> str:
    """Say that nothing reaches the threshold, and what comes nearest."""
    scores = answer.probs[:, 1:]
    best = best_in_photo(answer.moved, scores, answer.extent)
    if best is None:
        return ALL_GREY
    row, label = best
    level = int(levels_of(network.maps)[row])
    lower = ": lower the threshold to see it" if scores[best] >= LEAST_SCORE else ""
    return (
        f"No score reaches {score:.2f}. The best in the photo is "
        f"{answer.classes[label]} with {scores[best]:.2f}, on the map "
        f"{map_name(network.maps[level])}{lower}."
    )


def maps_said(
    network: "Network",
    answer: "Seen",
    counts: Sequence[Sequence[int]],
    thresholds: tuple[float, float],
    grey: int,
) -> str:
    """Write the way from all scores to the final boxes, and which maps found them."""
    score, iou = thresholds
    every, classes = len(answer.boxes), len(answer.classes)
    above, kept = (sum(row[k] for row in counts) for k in (0, 1))
    by_map = ", ".join(
        f"{n} on {map_name(one)}"
        for one, (_, n) in zip(network.maps, counts, strict=True)
        if n
    )
    return (
        f"**The rule with this photo's numbers**: {every:,} default boxes × {classes} "
        f"classes = {every * classes:,} scores → from {score:.2f} on: **{above:,}** → "
        f"NMS, class by class, above an IoU of {iou:.2f}: **{kept:,}**"
        + (f" ({by_map})." if by_map else ".")
        + f"{grey_said(grey)}\n\n"
        + "A thing is found by the map whose default boxes have its size: a fine map "
        "for small things, a coarse one, whose cells see far, for large things.\n\n"
        + record_said()
    )
