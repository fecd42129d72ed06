"""One window taken apart, and windows as examples: two parts of the lesson."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.boxes import box_iou
from explorer.core.hog import cell_means
from explorer.core.nms import nms_steps
from explorer.core.numerals import signed
from explorer.core.people import framing_windows, person_boxes
from explorer.core.windows import (
    BLOCK_COLS,
    BLOCK_ROWS,
    Template,
    Windows,
    WindowScan,
    level_blocks,
    shares_of,
    window_boxes,
    windows_above,
)
from explorer.figures import windows as draw
from explorer.figures.layers import Boxes, Texts
from explorer.figures.theme import COLORS
from explorer.ui import live
from explorer.ui.fragment import fragment
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons.window_words import score_words, share_words
from explorer.ui.stage.event import Hover
from explorer.ui.stage.stage import stage

HARD_IOU = 0.3  # a window overlapping every true one less is background
SPREAD_IOU = 0.2  # examples overlap less, so that they are different places
NEAREST = 600  # windows looked at for examples, from either end of the ranking
EXAMPLES = 6
ZOOM = 3

Float64 = NDArray[np.float64]


def best_place(scan: WindowScan) -> tuple[float, float]:
    """Return the centre of the best window of all, in the photo."""
    best = [float(level.scores.max()) for level in scan.levels]
    index = int(np.argmax(best))
    scores = scan.levels[index].scores
    row, col = divmod(int(scores.argmax()), scores.shape[1])
    box = box_at(scan, (index, row, col))
    return float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2


def box_at(scan: WindowScan, place: tuple[int, int, int]) -> Float64:
    """Return the box (4,) of the window at (level, row, col)."""
    level, row, col = (np.array([number]) for number in place)
    return np.asarray(window_boxes(scan, level, row, col)[0])


def window_at(scan: WindowScan, x: float, y: float) -> tuple[int, int, int]:
    """Return (level, row, col) of the best window centred nearest to a place."""
    places = []
    half = np.array(scan.window_px) / 2
    for index, level in enumerate(scan.levels):
        corner = np.array([x, y]) / level.scale + scan.padding_px - half
        col, row = np.round(corner / scan.stride_px).astype(int)
        row = int(np.clip(row, 0, level.scores.shape[0] - 1))
        col = int(np.clip(col, 0, level.scores.shape[1] - 1))
        box = box_at(scan, (index, row, col))
        off = np.abs((box[:2] + box[2:]) / 2 - (x, y)).max() / level.scale
        near = off <= scan.stride_px
        places.append((near, float(level.scores[row, col]), index, row, col))
    return max(places)[2:]


def chosen_place(picture: Picture, scan: WindowScan) -> tuple[float, float]:
    """Return the place clicked in this picture, else the centre of its best window.

    A place belongs to its picture: another picture forgets it. A link's place counts
    for the picture that the link opens.
    """
    remember.forget(picture.digest, "at")
    kept = remember("at", ())
    height, width = picture.image.shape[:2]
    if len(kept) == 2 and 0 <= kept[0] < width and 0 <= kept[1] < height:
        return float(kept[0]), float(kept[1])
    x, y = best_place(scan)
    return round(x, 1), round(y, 1)


def true_people(picture: Picture) -> Float64:
    """Return the picture's known people (N, 4)."""
    labels = picture.gt_labels
    rows = [k for k, label in enumerate(labels) if label == "person"]
    return np.asarray(picture.gt_boxes, np.float64).reshape(-1, 4)[rows]


@fragment
def one_window(picture: Picture, template: Template, scan: WindowScan) -> None:
    """Click a place: the best window there, taken apart block by block."""
    place = chosen_place(picture, scan)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        holder = st.container()
    chosen = window_at(scan, *place)
    box = box_at(scan, chosen)
    with holder:
        event = stage(
            picture.image,
            key=f"sliding_window_click_{picture.digest[:8]}",
            alt="Click anywhere: the best window centred there is taken apart",
            mode="click",
            selected=place,
            layers=_outline(scan, chosen, box),
        )
        st.caption(
            "Click anywhere in the photo: of all levels, the best window centred there."
        )
    clicked = event.click
    if clicked is not None and (clicked.x, clicked.y) != tuple(place):
        remember.set("at", (round(clicked.x, 1), round(clicked.y, 1)), ())
        again()
    with right:
        _apart(picture, template, scan, chosen, box)


def _outline(
    scan: WindowScan, place: tuple[int, int, int], box: Float64
) -> list[Boxes]:
    """Return a window's border, and the person in it where the SVM says so."""
    level, row, col = place
    layers = [Boxes([box], COLORS["proposal"], labels=["window"], width_px=3)]
    if scan.levels[level].scores[row, col] >= 0:
        layers.append(Boxes(person_boxes([box]), COLORS["kept"], dash=True))
    return layers


def _apart(
    picture: Picture,
    template: Template,
    scan: WindowScan,
    place: tuple[int, int, int],
    box: Float64,
) -> None:
    """Show a window, its HOG, the template's two signs, and each block's share."""
    index, row, col = place
    level = scan.levels[index]
    blocks = live.compute(
        "HOG of the level",
        level_blocks,
        picture.image,
        level.size_px,
        scan.padding_px,
    )
    shares = shares_of(blocks, template, row, col)
    cells = np.asarray(
        cell_means(blocks[row : row + BLOCK_ROWS, col : col + BLOCK_COLS]), np.float64
    )
    st.markdown(score_words(shares, template.bias))
    _sheet(draw.window_sheet(picture.image, box, cells, template, ZOOM), shares)
    st.markdown(share_words(shares, round(scan.window_px[1] * level.scale)))
    st.caption(
        "Left to right: the window with each block's share of the score; its HOG x; "
        "the template's positive weights; its negative weights. Each block's share is "
        "its 36 numbers of x times the 36 weights of w at its place, added up."
    )


def _sheet(sheet: NDArray[np.uint8], shares: Float64) -> None:
    """Show a window's sheet, each block's share laid over its first picture."""
    pitch = draw.CELL * ZOOM
    stage(
        sheet,
        key="sliding_window_apart",
        alt="The window with each block's share, its HOG, and the template's signs",
        layers=[draw.shares_heat(shares, ZOOM)],
        hover=Hover(
            shares,
            names=("this block adds",),
            cell=(pitch, pitch),
            origin=(pitch / 2, pitch / 2),
        ),
        max_height_px=400,
    )


def template_part(
    picture: Picture, template: Template, scan: WindowScan, record: str
) -> None:
    """Show the template, and windows of this picture that it likes or dislikes."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        stage(
            draw.template_image(template),
            key="sliding_window_template",
            alt="The template: edges it wants, and edges it does not want",
            max_height_px=520,
        )
        st.caption(
            "Orange: edges that raise the score. Blue: edges that lower it. A stroke "
            "lies along the edge it stands for; the stronger, the heavier its weight."
        )
        st.markdown(record)
    with right:
        _examples(picture, scan)


def _examples(picture: Picture, scan: WindowScan) -> None:
    """Show rows of windows cut from the picture, with their titles and scores."""
    rows = examples(picture, scan)
    sheet, places = draw.examples_image(picture.image, [row[1] for row in rows])
    below = draw.CUT_PX[1] + 4
    titles = [(draw.GAP_PX, place[0, 1] - draw.CAPTION_PX) for place in places]
    stage(
        sheet,
        key="sliding_window_examples",
        alt="; ".join(f"{title}: {len(boxes)} windows" for title, boxes, _ in rows),
        layers=[
            Texts(titles, [title for title, _, _ in rows], "#FFFFFF", 14),
            *(
                Texts(place + (4, below), [signed(one, plus="+") for one in row[2]])
                for place, row in zip(places, rows, strict=True)
            ),
        ],
        max_height_px=620,
    )
    st.caption(
        "Windows cut from this picture, each with its score w·x + b. The middle "
        "row is what training would take as hard negatives."
        if len(true_people(picture))
        else "Windows cut from this picture, each with its score w·x + b."
    )


def examples(picture: Picture, scan: WindowScan) -> list[tuple[str, Float64, Float64]]:
    """Return rows of windows to show: title, boxes (N, 4) and scores (N,)."""
    every = live.compute("All windows", windows_above, scan, -np.inf)
    truth = framing_windows(true_people(picture))
    free = every
    rows = []
    if len(truth):
        ious = box_iou(truth, every.boxes)  # (T, N)
        near = np.where(ious >= 0.5, every.scores, every.scores.min()).max(axis=1)
        rows.append(("True people, and the best score there", truth, near))
        free = every.take(np.flatnonzero(ious.max(axis=0) < HARD_IOU))
        title = "Background that looks most like people"
    else:
        title = "Highest scores"
    high = _spread(free, free.scores)
    low = _spread(free.take(np.arange(len(free.scores))[::-1]), -free.scores[::-1])
    rows.append((title, high.boxes, high.scores))
    rows.append(("Least like people", low.boxes, low.scores))
    return [(name, boxes[:EXAMPLES], found[:EXAMPLES]) for name, boxes, found in rows]


def _spread(windows: Windows, ranks: Float64) -> Windows:
    """Return the first few windows that hardly overlap."""
    steps = nms_steps(windows.boxes[:NEAREST], ranks[:NEAREST], SPREAD_IOU)
    kept = np.array([step.kept for step in steps[:EXAMPLES]], dtype=np.intp)
    return windows.take(kept)
