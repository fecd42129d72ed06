"""The lesson on Viola and Jones, the sums: any box from four numbers."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.boxes import whole_pixels
from explorer.core.integral import box_sum, corners, integral_image
from explorer.core.proof import BROWSER, Proof
from explorer.core.proofs.viola_jones import prove_feature, prove_integrals
from explorer.figures.viola_jones import CORNER_COLORS
from explorer.ui import live
from explorer.ui.controls import choose
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import viola_words as words
from explorer.ui.one_box import first_box, keep_box
from explorer.ui.stage.stage import stage

SCENES = ("My photo", "Small grid")
CELL_PX = 48
GRID_SHAPE = (5, 6)
GRID = (
    (3, 1, 4, 1, 5, 9), (2, 6, 5, 3, 5, 8), (9, 7, 9, 3, 2, 3),
    (8, 4, 6, 2, 6, 4), (3, 3, 8, 3, 2, 7),
)  # fmt: skip
MOST = 255  # of a number: they are grey levels

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Scene:
    """Grey levels to add up, and the picture that shows them, ``cell`` px for each."""

    image: Grey
    grey: Grey
    cell: int
    start: tuple[float, float, float, float]

    @property
    def key(self) -> str:
        """The name of its stage and of its box in the link."""
        return "photo" if self.cell == 1 else "grid"


def scene(picture: Picture) -> Scene:
    """Ask for what is added up: the photo or a small grid."""
    asked = choose("Of", SCENES, key="sums_of", help=words.SCENE_HELP)
    if asked == SCENES[1]:
        return _grid()
    grey = np.asarray(cv2.cvtColor(picture.image, cv2.COLOR_RGB2GRAY), np.uint8)
    height, width = grey.shape
    x1, x2 = (float(round(share * width)) for share in (0.36, 0.58))
    y1, y2 = (float(round(share * height)) for share in (0.12, 0.36))
    remember.forget(picture.digest, "photo")
    return Scene(grey, grey, 1, (x1, y1, x2, y2))


def _grid() -> Scene:
    flat = tuple(float(v) for row in GRID for v in row)
    kept = np.array(remember("numbers", flat)).reshape(GRID_SHAPE)
    with st.popover("Your numbers", icon=":material/edit:"):
        edited = st.data_editor(kept.astype(int), key="viola_grid", width="stretch")
    values = np.nan_to_num(np.asarray(edited, np.float64)).clip(0, MOST).round()
    remember.set("numbers", tuple(float(v) for v in values.ravel()), flat)
    grey = values.astype(np.uint8)
    plain = np.full((*GRID_SHAPE, 3), 255, np.uint8)
    image = plain.repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)
    c = CELL_PX
    return Scene(image, grey, c, (1.0 * c, 1.0 * c, 4.0 * c, 3.0 * c))


def show(scene: Scene) -> tuple[list[Proof], dict[str, Any]]:
    """Show the box to drag with its sum; return the proof and the numbers."""
    tag = live.digest(scene.grey)
    event = stage(
        scene.image,
        key=f"viola_sums_{scene.key}",
        alt="A picture with a box whose pixels are added up from four corners",
        mode="boxes",
        boxes=[first_box(scene.key, scene)],
        box_colors=[CORNER_COLORS["box"]],
        min_boxes=1,
        program={
            "name": "integral",
            "grey": scene.grey,
            "cell": scene.cell,
            "colors": CORNER_COLORS,
            "tag": tag,
        },
        pixelated=scene.cell > 1,
        max_width_px=520,
        max_height_px=400,
    )
    assert event.boxes is not None  # min_boxes
    keep_box(scene.key, scene, event.boxes[0])
    height, width = scene.grey.shape
    x1, y1, x2, y2 = whole_pixels(event.boxes[0] / scene.cell, width, height)
    box = (x1, y1, x2 - x1, y2 - y1)
    sums = live.compute("Integral image", integral_image, scene.grey)
    st.markdown(words.sums_said(sums, box))
    numbers = {"grey": scene.grey, "integral": sums, "box_xywh": np.array(box)}
    sent = event.program or {}
    return _prove(scene, box, sums, sent if sent.get("tag") == tag else {}), numbers


def _prove(
    scene: Scene,
    box: tuple[int, int, int, int],
    sums: NDArray[Any],
    sent: dict[str, Any],
) -> list[Proof]:
    """Compare with cv2.integral3, the box with its pixels, and with the browser."""
    proofs = [
        live.compute("Proof", prove_integrals, scene.grey),
        prove_feature(scene.grey, np.array([(*box, 1.0)]), (0, 0)),
    ]
    if sent.get("box") == list(box):
        delta = browser_delta(sums, box, sent)
        proofs.append(Proof(BROWSER, delta, 0.0, note="four corners and the sum"))
    return proofs


def browser_delta(
    sums: NDArray[Any], box: tuple[int, int, int, int], sent: dict[str, Any]
) -> float:
    """Return how far the browser's corners and sum are off; NaN if unreadable."""
    four = [int(sums[row, col]) for row, col, _ in corners(box, tilted=False)]
    try:
        theirs = np.array([*sent["four"], sent["sum"]], np.float64)
    except (KeyError, TypeError, ValueError):
        return float("nan")
    ours = np.array([*four, box_sum(sums, box)], np.float64)
    same = theirs.shape == ours.shape
    return float(np.abs(theirs - ours).max()) if same else float("nan")
