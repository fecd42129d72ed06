"""One person bent by hand: parts dragged, kept in the link, and worked out again."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import signed
from explorer.core.people import person_boxes
from explorer.core.proof import BROWSER, Proof
from explorer.core.star_place import around, bent
from explorer.core.star_scan import part_boxes
from explorer.figures import star as draw
from explorer.figures.layers import Boxes
from explorer.figures.theme import COLORS
from explorer.ui import link
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import deformable_words as words
from explorer.ui.lessons.deformable_parts import Found, Person
from explorer.ui.stage.stage import stage

REACH = 8  # blocks a part can be dragged from its rest, to each side
BROWSER_TOLERANCE = 1e-9  # both sides add the same float64 numbers

Ints = NDArray[np.intp]


def bend(picture: Picture, found: Found, person: Person) -> list[Proof]:
    """Show the photo to choose a person on, and that person to bend; prove the sums."""
    left, right = st.columns([1, 2.15], gap="small")
    with left:
        _photo(picture, found, person)
    with right:
        return _person(picture, found, person)


def _photo(picture: Picture, found: Found, person: Person) -> None:
    """Show all windows found, one with its parts; a click chooses one."""
    size = (picture.image.shape[1], picture.image.shape[0])
    middle = (person.box[:2] + person.box[2:]) / 2
    event = stage(
        picture.image,
        key=f"deformable_parts_photo_{picture.digest[:8]}",
        alt=f"{len(found.windows.boxes)} windows found; click one to bend it",
        mode="click",
        selected=(float(middle[0]), float(middle[1])),
        layers=_layers(found, person, size),
        max_height_px=400,
    )
    click = event.click
    if click is not None and np.hypot(click.x - middle[0], click.y - middle[1]) > 1:
        boxes = found.windows.boxes
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        nearest = int(np.hypot(*(middles - (click.x, click.y)).T).argmin())
        if nearest != person.index:
            remember.set("at", (round(click.x, 1), round(click.y, 1)), ())
            again()
    if found.none:
        st.info(words.NOTHING, icon=":material/search_off:")
    else:
        best = float(found.windows.scores[0])
        people = picture.gt_labels.count("person")
        st.markdown(words.found_words(len(found.windows.boxes), best, people))
    scan = found.scan.windows
    said = words.search_words(scan.windows, found.model.parts, len(scan.levels))
    st.caption(said if found.none else f"{said} {words.CLICK}")


def _layers(found: Found, person: Person, size: tuple[int, int]) -> list[Boxes]:
    """Return everybody's box, and the chosen window with its parts."""
    one = found.windows.take(np.array([person.index]))
    people = person_boxes(found.windows.boxes, size)
    others = np.arange(len(people)) != person.index
    return [
        Boxes(people[others], COLORS["kept"], width_px=2),
        Boxes(part_boxes(found.scan, one)[0], draw.part_colors(found.model)),
        Boxes([person.box], "#FFFFFF", [signed(person.score)], 3),
    ]


def _person(picture: Picture, found: Found, person: Person) -> list[Proof]:
    """Show the chosen person enlarged, its parts to be dragged."""
    place, star = person.place, found.model
    reach = max(REACH, int(np.abs(place.moved).max(initial=0)))
    looks = around(person.maps.responses, place.rest, reach)
    tag = f"{picture.digest[:8]} {person.level} {person.row} {person.col}"
    remember.forget(tag, "parts")
    event = stage(
        draw.bend_image(picture.image, person.box),
        key="deformable_parts_bend",
        alt="The chosen person with the root's window and its parts, to be dragged",
        program={
            "name": "star",
            "looks": looks,
            "costs": star.costs,
            "rest": star.anchors,
            "root": place.root,
            "bias": place.bias,
            "block": draw.ZOOM * draw.CELL,
            "side": draw.ZOOM * draw.PART_PX,
            "origin": [draw.ZOOM * draw.MARGIN_PX] * 2,
            "window": draw.ZOOM * 2 * np.array(star.root.window_px),
            "colors": draw.part_colors(star),
            "active": int(place.costs.argmax()),
            "places": _kept(looks),
            "tag": tag,
        },
        max_height_px=460,
        max_width_px=300,
    )
    sent = event.program or {}
    if sent.get("tag") != tag:
        return []
    return follow(found, person, looks, sent)


def _kept(looks: NDArray[np.float32]) -> list[list[int]] | None:
    """Return where the link has the parts, in blocks from their rests; None at best."""
    kept = np.asarray(remember("parts", ()))
    if not kept.size:
        return None
    if kept.size == 2 * len(looks):
        moved = kept.reshape(-1, 2).round().astype(np.intp)
        if _allowed(moved, looks):
            places: list[list[int]] = moved.tolist()
            return places
    link.note(words.PARTS_UNREADABLE)
    remember.set("parts", (), ())
    return None


def _allowed(moved: Ints, looks: NDArray[np.float32]) -> bool:
    """Return whether every part is within its reach and on the photo."""
    reach = looks.shape[1] // 2
    if np.abs(moved).max(initial=0) > reach:
        return False
    each = np.arange(len(looks))
    return bool(np.isfinite(looks[each, *(moved + reach).T]).all())


def follow(
    found: Found, person: Person, looks: NDArray[np.float32], sent: dict[str, Any]
) -> list[Proof]:
    """Keep the dragged parts in the link; compare the browser's sums with ours."""
    try:
        moved = np.asarray(sent["moved"], np.intp).reshape(-1, 2)
        theirs = np.array([sent[k] for k in ("looks", "costs", "score")], np.float64)
    except (KeyError, TypeError, ValueError):
        return [Proof(BROWSER, np.nan, BROWSER_TOLERANCE)]
    if len(moved) != len(looks) or not _allowed(moved, looks):
        return [Proof(BROWSER, np.nan, BROWSER_TOLERANCE)]
    own = () if sent.get("best") else tuple(int(v) for v in moved.ravel())
    remember.set("parts", own, ())
    place = bent(person.maps, found.model, person.row, person.col, moved)
    ours = [place.looks.sum(), place.costs.sum(), place.score]
    delta = float(np.abs(theirs - ours).max())
    note = "appearance, deformation and score of the parts as they lie now"
    return [Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note)]
