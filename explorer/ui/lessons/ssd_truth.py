"""The true boxes of the lesson on SSD: where they start, and what is left out."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.core.samples import SAMPLES
from explorer.ui import link
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import judging_truth as truth
from explorer.ui.lessons import ssd_words as words

Array = NDArray[np.float64]
MOST = 8  # true boxes: their matching is found anew in every frame of a drag


def known(picture: Picture, classes: tuple[str, ...]) -> Picture:
    """Return the picture with true boxes to start from, of the network's classes.

    Its own where they are known; a box to drag in the middle otherwise, of what the
    sample is known to show.
    """
    known_of = truth.given(picture, classes, MOST) or _guess(picture, classes)
    return replace(picture, gt_boxes=known_of.boxes, gt_labels=known_of.labels)


def _guess(picture: Picture, classes: tuple[str, ...]) -> truth.Drawn:
    shows = {one.name: one.shows for one in SAMPLES}
    there = () if any(picture.full_size) else shows.get(picture.name, ())
    label = next((name for name in there if name in classes), classes[0])
    height, width = picture.image.shape[:2]
    box = np.array([[0.25 * width, 0.2 * height, 0.75 * width, 0.85 * height]])
    return truth.Drawn(box.round(2), (label,))


def clean(drawn: truth.Drawn, classes: tuple[str, ...]) -> truth.Drawn:
    """Return what the network can learn of the drawn boxes: with an area, of a class.

    A link may ask for more; the page then says what it left out.
    """
    sides = (drawn.boxes[:, 2:] - drawn.boxes[:, :2]).min(axis=1, initial=np.inf)
    rows = [int(k) for k in np.flatnonzero(sides > 0)[:MOST]]
    if len(rows) < len(drawn.boxes):
        link.note(words.LEFT_OUT.format(count=len(drawn.boxes) - len(rows), most=MOST))
    named = []
    for k in rows:
        name = drawn.labels[k]
        if name not in classes:
            link.note(words.NO_CLASS.format(name=name, usual=classes[0]))
            name = classes[0]
        named.append(name)
    return truth.Drawn(drawn.boxes[rows].round(2), tuple(named))
