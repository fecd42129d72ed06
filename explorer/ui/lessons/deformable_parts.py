"""The lesson on deformable parts: the people a photo holds, and one taken apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.people import (
    IOU_THRESHOLD,
    PADDING_PX,
    suppress_windows,
)
from explorer.core.proof import Proof
from explorer.core.proofs import star as proofs
from explorer.core.star import StarMaps, StarModel
from explorer.core.star_file import load_star
from explorer.core.star_place import StarPlace, take_apart
from explorer.core.star_scan import (
    StarScan,
    level_pair,
    maps_of_level,
    part_boxes,
    scan_star,
)
from explorer.core.windows import Windows, windows_above
from explorer.models import records, zoo
from explorer.ui import live
from explorer.ui.controls import slider
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import deformable_words as words

PARTS = ("Drag a part", "The model", "Distance transform")
MODEL = "dpm"
THRESHOLDS = (-0.5, 2.0, 0.5, 0.1)  # low, high, start, step

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


def threshold_control() -> float:
    """Ask for the score threshold; its help gives the record's number of mistakes."""
    at: float = slider(
        "Score threshold",
        *THRESHOLDS,
        key="score",
        help=words.threshold_help(zoo.record(MODEL)),
    )
    return at


def scanned(picture: Picture) -> StarScan:
    """Score every window of the picture (kept)."""
    with st.spinner(words.SEARCHING):  # seen only where it takes half a second
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


def prove(
    picture: Picture, found: Found, person: Person, part: int, bent: list[Proof]
) -> list[Proof]:
    """Compare the transforms and the person's score with slower ways.

    ``part`` is the one whose bowl SciPy is given, ``bent`` what the browser's
    own sums were found to be, for the parts as dragged.
    """
    size = found.scan.windows.levels[person.level].size_px
    star, maps = found.model, person.maps
    return [
        live.compute("Brute force", proofs.prove_placements, maps, star),
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
        *bent,
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
