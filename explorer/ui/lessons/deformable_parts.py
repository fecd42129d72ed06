"""The lesson on deformable parts: the model on a photo, bent by hand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.people import (
    IOU_THRESHOLD,
    PADDING_PX,
    person_boxes,
    suppress_windows,
)
from explorer.core.proof import Proof
from explorer.core.proofs import star as proofs
from explorer.core.star import StarMaps, StarModel
from explorer.core.star_file import load_star
from explorer.core.star_place import StarPlace, around, take_apart
from explorer.core.star_scan import (
    StarScan,
    level_pair,
    maps_of_level,
    part_boxes,
    scan_star,
)
from explorer.core.windows import Windows, windows_above
from explorer.figures import star as draw
from explorer.figures.layers import Boxes
from explorer.figures.theme import COLORS
from explorer.models import records
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import deformable_words as words
from explorer.ui.stage.stage import stage

PARTS = ("Drag a part", "The model", "Distance transform")
MODEL = "dpm"
THRESHOLDS = (-0.5, 2.0, 0.5, 0.1)  # low, high, start, step
REACH = 8  # blocks a part can be dragged from its rest, to each side

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """What the page computed on a photo.

    ``windows`` holds the people found, or the photo's best window where ``none``
    reached the threshold.
    """

    model: StarModel
    scan: StarScan
    windows: Windows
    none: bool

    @property
    def fits(self) -> bool:
        """Whether the window fits into the photo at all."""
        return len(self.windows.boxes) > 0


@dataclass(frozen=True)
class Person:
    """One of the windows found, with the maps of its level."""

    index: int
    level: int
    row: int
    col: int
    box: Float64
    score: float
    maps: StarMaps
    place: StarPlace


@st.cache_resource(max_entries=1, show_spinner=False)
def model() -> StarModel:
    """Return the shipped model, read once a process."""
    return load_star(records.FOLDER / f"{MODEL}.safetensors", MODEL)


def threshold(chosen: float | None = None) -> float:
    """Keep the score threshold for the views that do not ask for it."""
    if chosen is not None:
        st.session_state["deformable_parts_last_score"] = chosen
    kept: float = st.session_state.get("deformable_parts_last_score", THRESHOLDS[2])
    return kept


def scanned(picture: Picture) -> StarScan:
    """Score every window of the picture (kept)."""
    return live.compute("Scan", scan_star, picture.image, model())


def fits(picture: Picture) -> bool:
    """Return whether any window fits: otherwise no threshold has anything to do."""
    return scanned(picture).windows.windows > 0


def find(picture: Picture, score_threshold: float) -> Found:
    """Scan the picture (kept), then threshold and suppress."""
    star, scan = model(), scanned(picture)
    windows = live.compute("Threshold", windows_above, scan.windows, score_threshold)
    steps = live.compute("NMS", suppress_windows, windows, IOU_THRESHOLD)
    kept = windows.take(np.array([step.kept for step in steps], dtype=np.intp))
    if len(kept.boxes):
        return Found(star, scan, kept, False)
    every = live.compute("All windows", windows_above, scan.windows, -np.inf)
    return Found(star, scan, every.take(np.arange(min(1, len(every.boxes)))), True)


def chosen(picture: Picture, found: Found) -> Person:
    """Return the person nearest to the place clicked in this picture, else the best."""
    remember.forget(picture.digest, "at")
    at, boxes = remember("at", ()), found.windows.boxes
    index = 0
    if len(at) == 2:
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        index = int(np.hypot(*(middle - at).T).argmin())
    one = found.windows
    level, row, col = int(one.levels[index]), int(one.rows[index]), int(one.cols[index])
    maps = live.compute(
        "Maps of the level",
        maps_of_level,
        picture.image,
        found.model,
        found.scan.windows.levels[level].size_px,
        PADDING_PX,
    )
    place = take_apart(maps, found.model, row, col)
    score = float(one.scores[index])
    return Person(index, level, row, col, boxes[index], score, maps, place)


def bend(picture: Picture, found: Found, person: Person) -> None:
    """Show the photo to choose a person on, and that person to bend."""
    left, right = st.columns([1, 2.15], gap="small")
    with left:
        _photo(picture, found, person)
    with right:
        _person(picture, found, person)


def _photo(picture: Picture, found: Found, person: Person) -> None:
    """Show all people with their parts; a click chooses one."""
    size = (picture.image.shape[1], picture.image.shape[0])
    middle = (person.box[:2] + person.box[2:]) / 2
    event = stage(
        picture.image,
        key=f"deformable_parts_photo_{picture.digest[:8]}",
        alt=f"{len(found.windows.boxes)} people with their boxes; click one to bend it",
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
        st.markdown(words.people_words(len(found.windows.boxes), best))
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
        Boxes([person.box], "#FFFFFF", [words.signed(person.score)], 3),
    ]


def _person(picture: Picture, found: Found, person: Person) -> None:
    """Show the chosen person enlarged, its parts to be dragged."""
    place, star = person.place, found.model
    reach = max(REACH, int(np.abs(place.moved).max(initial=0)))
    block = draw.ZOOM * draw.CELL
    window = draw.ZOOM * 2 * np.array(star.root.window_px)
    stage(
        draw.bend_image(picture.image, person.box),
        key="deformable_parts_bend",
        alt="The chosen person with the root's window and its parts, to be dragged",
        program={
            "name": "star",
            "looks": around(person.maps.responses, place.rest, reach),
            "costs": star.costs,
            "rest": star.anchors,
            "root": place.root,
            "bias": place.bias,
            "block": block,
            "side": draw.ZOOM * draw.PART_PX,
            "origin": [draw.ZOOM * draw.MARGIN_PX] * 2,
            "window": window,
            "colors": draw.part_colors(star),
            "active": int(place.costs.argmax()),
            "tag": f"{picture.digest[:8]} {person.level} {person.row} {person.col}",
        },
        max_height_px=460,
        max_width_px=300,
    )


def prove(picture: Picture, found: Found, person: Person, part: int) -> list[Proof]:
    """Compare one part's transform and the person's score with slower ways."""
    size = found.scan.windows.levels[person.level].size_px
    star, maps = found.model, person.maps
    return [
        live.compute("Brute force", proofs.prove_placements, maps, star, part),
        live.compute("Dilation", proofs.prove_dilation, maps, star, part),
        live.compute(
            "Multiplied out",
            _prove_score,
            picture.image,
            star,
            size,
            person.place,
            person.score,
            (person.row, person.col),
        ),
    ]


def _prove_score(
    image: NDArray[np.uint8],
    star: StarModel,
    size: tuple[int, int],
    place: StarPlace,
    score: float,
    corner: tuple[int, int],
) -> Proof:
    coarse, fine = level_pair(image, size)
    return proofs.prove_score(coarse, fine, star, place, score, corner)


def numbers(found: Found, person: Person | None) -> dict[str, Any]:
    """Return what the page offers to download."""
    arrays = {
        "boxes": found.windows.boxes,
        "scores": found.windows.scores,
        "parts": part_boxes(found.scan, found.windows).reshape(-1, 4),
        "anchors": found.model.anchors,
        "costs": found.model.costs,
    }
    if person is not None:
        arrays |= {
            "appearance": person.place.looks,
            "deformation": person.place.costs,
            "moved": person.place.moved,
        }
    return arrays


def too_small(picture: Picture) -> None:
    """Say that no window fits."""
    height, width = picture.image.shape[:2]
    st.info(
        words.SMALL.format(width=width, height=height),
        icon=":material/photo_size_select_small:",
    )
