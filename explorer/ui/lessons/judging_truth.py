"""The true boxes that a reader draws: their classes, and their place in the link."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.letterbox import boxes_in_square
from explorer.core.samples import FIRST_TRUTHS
from explorer.ui.imagebar import OWN, Picture
from explorer.ui.lesson import again, remember
from explorer.ui.stage.event import StageEvent

Array = NDArray[np.float64]
MOST = 50  # boxes that the stage holds
CLOSE_PX = 0.02  # boxes come back rounded to hundredths
MOST_LABEL = 20  # letters: longer ones would cover the picture
NAME = re.compile(r"\w[\w .'()/-]*")  # of a class


@dataclass(frozen=True, eq=False)
class Drawn:
    """True boxes (G, 4) and the class of each."""

    boxes: Array
    labels: tuple[str, ...]

    def text(self) -> str:
        """Write them as the link holds them.

        Examples
        --------
        >>> Drawn(np.array([[1, 2, 3.5, 4]]), ("cat face",)).text()
        '1,2,3.5,4,cat face'
        """
        rows = zip(self.boxes.tolist(), self.labels, strict=True)
        return ";".join(
            ",".join([*(f"{v:.6g}" for v in box), label]) for box, label in rows
        )


def given(picture: Picture, classes: Collection[str], most: int) -> Drawn | None:
    """Return the boxes of some classes that are known of a picture, None without any.

    They are the picture's own, or were drawn by hand on a sample; at most ``most``.
    """
    drawn = () if any(picture.full_size) else FIRST_TRUTHS.get(picture.name, ())
    by_hand = [(name, list(box)) for name, box in drawn]
    own = zip(picture.gt_labels, picture.gt_boxes.tolist(), strict=True)
    found = [(n, box) for n, box in [*own, *by_hand] if n in classes][:most]
    if not found:
        return None
    boxes = np.array([box for _, box in found], np.float64)
    return Drawn(boxes, tuple(name for name, _ in found))


def in_square(picture: Picture, boxes: Array, side_px: int) -> Array:
    """Return boxes of a picture as a network's losses take them: in its square."""
    height, width = picture.image.shape[:2]
    return boxes_in_square(boxes, (width, height), side_px)


def parse(text: str) -> str:
    """Return a link's text if it can be read, for ``remember``.

    Raises
    ------
    ValueError
        If it is no list of boxes.
    """
    return read(text).text()


def read(text: str) -> Drawn:
    """Read boxes as ``Drawn.text`` writes them.

    Raises
    ------
    ValueError
        If a box has not four finite numbers in order and a name, or they are too many.

    Examples
    --------
    >>> read("1,2,3,4,person").labels
    ('person',)
    """
    rows = [part.split(",", 4) for part in text.split(";") if part]
    if len(rows) > MOST or any(len(row) != 5 for row in rows):
        raise ValueError(f"at most {MOST} boxes of five parts, got {text[:40]!r}")
    boxes = np.array([[float(v) for v in row[:4]] for row in rows]).reshape(-1, 4)
    turned = (boxes[:, 2:] < boxes[:, :2]).any()
    if not (np.abs(boxes) < 1e5).all() or turned:
        raise ValueError(f"a box needs four edges in order, got {text[:40]!r}")
    if not all(NAME.fullmatch(row[4]) for row in rows):
        raise ValueError(f"a box needs the name of a class, got {text[:40]!r}")
    return Drawn(boxes, tuple(row[4][:MOST_LABEL] for row in rows))


def place(picture: Picture) -> str:
    """Return the name under which a picture's truth is remembered."""
    own = picture.name not in _sample_names()
    return f"truth_{OWN}_{picture.digest[:8]}" if own else f"truth_{picture.name}"


def forget_others(key: str) -> None:
    """Take other pictures' truths out of the link: they would only make it long."""
    prefix = remember.name("truth_")
    for name in [n for n in st.query_params if n.startswith(prefix)]:
        if name != remember.name(key):
            del st.query_params[name]


def _sample_names() -> set[str]:
    from explorer.ui.imagebar import BY_NAME

    return set(BY_NAME)


def start(picture: Picture) -> Drawn:
    """Return what is known of a picture: its own true boxes, or none."""
    return Drawn(np.round(picture.gt_boxes, 2), tuple(picture.gt_labels))


def kept(picture: Picture) -> Drawn:
    """Return the boxes as the reader left them, the picture's own at first."""
    key = place(picture)
    forget_others(key)
    drawn = read(remember(key, start(picture).text(), parse))
    height, width = picture.image.shape[:2]
    boxes = np.clip(drawn.boxes, 0, [width, height, width, height])
    return Drawn(boxes, drawn.labels)


def keep(picture: Picture, drawn: Drawn) -> None:
    """Put the reader's boxes into the session and the link."""
    remember.set(place(picture), drawn.text(), start(picture).text())


def restore(picture: Picture, now: Drawn) -> None:
    """Offer a picture's own true boxes again once the reader has changed them."""
    own = start(picture)
    if now.text() == own.text():
        return
    word = "the picture's own boxes" if len(own.boxes) else "no true boxes"
    key = remember.name("restore_truth")
    if st.button(f"Back to {word}", key=key, icon=":material/undo:"):
        keep(picture, own)
        again()


def follow(before: Drawn, event: StageEvent, label: str) -> Drawn:
    """Return the boxes after what the reader did; a new one is of class ``label``.

    The browser keeps the classes while boxes come and go, and says them; without
    its word, boxes that did not move keep theirs.
    """
    boxes = before.boxes if event.boxes is None else event.boxes
    said = _said(event.program or {}, boxes)
    if said is not None:
        return Drawn(boxes, said)
    if len(boxes) == len(before.boxes):
        return Drawn(boxes, before.labels)
    return Drawn(boxes, tuple(_nearest(before, box, label) for box in boxes))


def _said(sent: dict[str, Any], boxes: Array) -> tuple[str, ...] | None:
    """Return the classes the browser sent, if they are of these very boxes."""
    labels, theirs = sent.get("labels"), sent.get("boxes")
    if not isinstance(labels, Sequence) or len(labels) != len(boxes):
        return None
    try:
        array = np.asarray(theirs, np.float64).reshape(-1, 4)
    except (TypeError, ValueError):
        return None
    if array.shape != boxes.shape or np.abs(array - boxes).max(initial=0) > CLOSE_PX:
        return None
    return tuple(_clean(label) for label in labels)


def _clean(label: object) -> str:
    """Return a class's name without what would break the link."""
    plain = re.sub(r"[^\w .'()/-]", " ", str(label)).strip(" .'()/-")
    return plain[:MOST_LABEL] or "thing"


def _nearest(before: Drawn, box: Array, label: str) -> str:
    far = np.abs(before.boxes - box).max(1)
    at = int(far.argmin()) if len(far) else -1
    return before.labels[at] if at >= 0 and far[at] < CLOSE_PX else label
