"""What the lessons on segmentation share: the data, the networks, the class maps."""

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.samples import SAMPLES
from explorer.models import zoo
from explorer.models.records import Record
from explorer.ui import live, shelf
from explorer.ui.controls import choose
from explorer.ui.imagebar import Picture
from explorer.ui.lessons.segmentation_stage import ClassMap

if TYPE_CHECKING:
    from explorer.models.engine import Answer

STREET, PEOPLE = "street", "people"
DATA = {STREET: "Street", PEOPLE: "People"}
STREET_SAMPLES = ("street",)
PEOPLE_FINDER = "people_fcn8s"
LEAST_PEOPLE_FRAC = 0.15  # portraits of the samples: 0.29 and more; the street: 0.10
DATA_HELP = (
    "What the networks learnt from. Street: photos from a car (CamVid), 11 classes. "
    "People: dressed people (Clothing Co-Parsing and others), 8 classes. A network "
    "knows its own classes only and must call everything one of them. A photo of yours "
    f"begins with People where these fill {LEAST_PEOPLE_FRAC:.0%} of it, else Street."
)
FULL_SIZE = ("torchvision_fcn", "torchvision_deeplabv3", "torchvision_lraspp")
STEP_PX = 8  # of the grid whose scores are read out under the pointer
ALIKE = {  # what a class is called elsewhere
    "person": ("person", "pedestrian"),
    "motorcycle": ("motorcycle", "motorbike"),
}


def suggested(picture: Picture) -> str:
    """Return which training data a sample suits: streets and buildings, or people.

    A reader's own photo is taken for one of people.
    """
    shows = {x.name: x.shows for x in SAMPLES}.get(picture.name, ())
    streets = picture.name in STREET_SAMPLES or "building" in shows
    return STREET if streets else PEOPLE


def looked_at(picture: Picture) -> str:
    """Return which training data suits the picture; a reader's own photo is looked at.

    It is one of people where a network finds people on enough of it.
    """
    own = picture.name not in {x.name for x in SAMPLES}
    if not own or PEOPLE_FINDER not in zoo.records():
        return suggested(picture)
    found = segmented(PEOPLE_FINDER, picture)
    if found is None:
        return suggested(picture)
    people = float((found.arrays["labels"] != 0).mean())  # 0: the background
    return PEOPLE if people >= LEAST_PEOPLE_FRAC else STREET


def data_choice(picture: Picture) -> str:
    """Ask what the networks were trained on; the image decides at first.

    Returns
    -------
    {"street", "people"}
        The prefix of the networks' names.
    """
    first = looked_at(picture)
    # The default's own key: a choice made for a portrait holds for all portraits, and
    # a link says it only where it is not the default.
    return choose(
        "Trained on",
        tuple(DATA),
        key=f"data_{first}",
        default=first,
        format_func=DATA.__getitem__,
        help=DATA_HELP,
    )


def record(name: str) -> Record | None:
    """Return a network's record, or None and a sentence where it is not installed."""
    try:
        return zoo.record(name)
    except zoo.ZooError:
        st.warning(
            f"The network {name!r} is not among the installed models, so this part of "
            "the page has to do without it.",
            icon=":material/cloud_off:",
        )
        return None


def segmented(
    name: str, picture: Picture, method: str = "segment", **switches: Any
) -> "Answer | None":
    """Ask a segmenter for its classes; None and a sentence if it can't be asked.

    ``method`` is ``segment`` or ``scores`` (with the class scores on a grid), or one
    of the architecture's own; switches are those of ``models.segmenters.SWITCHES``.
    """
    return live.model(name, method, image=picture.image, **switches)


def class_map(
    name: str, picture: Picture, title: str = "", **switches: Any
) -> ClassMap | None:
    """Return a shipped network's map with its scores; None and a sentence without it.

    Scores are means over cells of ``STEP_PX``; pass ``step_px`` for another grid.
    """
    about = record(name)
    if about is None:
        return None
    asked = {"step_px": STEP_PX} | switches
    answer = segmented(name, picture, "scores", **asked)
    if answer is None:
        return None
    found = answer.arrays
    return ClassMap(
        title or about.label, found["labels"], about.classes, found["logits"]
    )


def full_size_map(name: str, picture: Picture, title: str = "") -> ClassMap | None:
    """Return a full-size network's map; offer its download where it isn't here yet."""
    about = record(name)
    if about is None or not shelf.ready(name):
        return None
    answer = segmented(name, picture)
    if answer is None:
        return None
    return ClassMap(title or about.label, answer.arrays["labels"], about.classes)


def full_size_choice(key: str = "full_size") -> str:
    """Ask for a full-size network to show beside the shipped ones; "" for none."""
    names = ("", *(name for name in FULL_SIZE if name in zoo.records()))
    return choose(
        "Full-size network",
        names,
        key=key,
        format_func=lambda name: zoo.record(name).label if name else "None",
        help="torchvision's published networks, 21 classes of Pascal VOC; large files "
        "that are fetched only when you ask.",
    )


def score(about: Record, name: str = "miou") -> float | None:
    """Return a score of a record, None where it was not measured."""
    found = about.scores.get(name)
    return None if found is None else float(found["value"])


Labels = NDArray[np.uint8]


def shared_class(labels: tuple[str, ...], classes: tuple[str, ...]) -> tuple[str, str]:
    """Return the best instance's class that a class map has too, and its name there.

    Raises
    ------
    ValueError
        If the class map has none of them, nor people.

    Examples
    --------
    >>> shared_class(("cup", "person"), ("road", "pedestrian"))
    ('person', 'pedestrian')
    """
    for label in (*labels, "person"):
        for name in ALIKE.get(label, (label,)):
            if name in classes:
                return label, name
    raise ValueError(f"none of {labels} is among {classes}")
