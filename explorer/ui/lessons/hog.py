"""The HOG lesson: its controls, and one pixel's way into the descriptor."""

from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.hog import (
    CONVENTIONS,
    MASKS,
    NORMS,
    WINDOW_PX,
    HogSettings,
    HogSteps,
    cell_means,
    cut_window,
    gradients,
    hog_blocks,
    hog_cells,
    hog_descriptor,
    hog_steps,
    person_window,
    window_box,
)
from explorer.figures import hog as marks
from explorer.figures import hog_charts as charts
from explorer.figures.layers import Grid, Segments
from explorer.figures.theme import COLORS
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import choose, select, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import hog_words as words
from explorer.ui.one_box import note_box
from explorer.ui.stage import Hover, scrubber, stage

Image = NDArray[np.uint8]
PARTS = ("One pixel", "Glyphs", "Masks")
LIBRARIES = {"opencv": "OpenCV", "skimage": "scikit-image"}
BARE = {"displayModeBar": False}
EDGE_PX = 8  # the first pixel shown lies this far inside the window at least
MASK_HELP = "How a pixel's brightness is compared with its neighbours'."
NORM_HELP = "How a block divides its numbers by its own contrast."
LIBRARY_HELP = (
    "OpenCV shares each vote between bins and cells and weighs it by a Gaussian on "
    "the block; scikit-image gives it whole to one bin of one cell."
)


def settings_controls(part: str) -> HogSettings:
    """Draw the controls that the part listens to and return the settings."""
    mask = select(
        "Gradient mask",
        tuple(MASKS),
        "centred",
        key="mask",
        format_func=lambda name: MASKS[name].title,
        help=MASK_HELP,
        width_px=165,
    )
    if part == PARTS[2]:
        return HogSettings(mask=mask)
    norm = select(
        "Normalisation",
        NORMS,
        "l2hys",
        key="norm",
        width_px=140,
        format_func=words.NORM_NAMES.__getitem__,
        help=NORM_HELP,
    )
    convention = choose(
        "Library",
        CONVENTIONS,
        key="library",
        format_func=LIBRARIES.__getitem__,
        help=LIBRARY_HELP,
    )
    chosen = _cells_and_bins()
    return replace(chosen, mask=mask, norm=norm, convention=convention)


def _cells_and_bins() -> HogSettings:
    with st.popover("Cells, bins", icon=":material/tune:"):
        return HogSettings(
            cell_px=choose("Side of a cell, px", (4, 8, 16), default=8, key="cell"),
            block_cells=choose(
                "Cells along a block", (1, 2, 3), default=2, key="block"
            ),
            orientations=choose("Bins", (4, 6, 9, 12, 18), default=9, key="bins"),
            signed=toggle("Signed: 360° instead of 180°", False, key="signed"),
            gamma=toggle("Square root of the intensities first", True, key="root"),
        )


def window_place(picture: Picture) -> tuple[float, float, float, float]:
    """Return the window's box: as the reader left it, else about a person."""
    height, width = picture.image.shape[:2]
    remember.forget(picture.digest, "window", "pixel")
    kept = remember("window", ())
    if len(kept) == 4:
        box = window_box(kept, width, height)
        if np.abs(np.subtract(box, kept)).max() >= 1:
            note_box(kept)
            remember.set("window", box)
        return box
    if kept:
        note_box(kept)
        remember.set("window", (), ())
    people = [
        box
        for box, label in zip(picture.gt_boxes, picture.gt_labels, strict=False)
        if label == "person"
    ]
    if people:
        tallest = max(people, key=lambda box: float(box[3] - box[1]))
        return person_window(tallest, width, height)
    tall = 0.8 * min(height, 2 * width)
    x, y = width / 2, height / 2
    return window_box(
        (x - tall / 4, y - tall / 2, x + tall / 4, y + tall / 2), width, height
    )


def window_stage(picture: Picture, box: tuple[float, float, float, float]) -> None:
    """Show the photo with the window to drag; a drawn box takes the window's shape."""
    height, width = picture.image.shape[:2]
    event = stage(
        picture.image,
        key=f"hog_photo_{picture.digest[:8]}",
        alt=f"{picture.name} with the detector's window on it",
        mode="boxes",
        boxes=[box],
        box_labels=["window"],
        box_colors=[COLORS["accent"]],
        min_boxes=1,  # this page always reads one window
        max_height_px=400,
    )
    if event.boxes is not None and len(event.boxes):
        wished = window_box(event.boxes[0], width, height)
        if np.abs(np.subtract(event.boxes[0], box)).max() >= 1:
            remember.set("window", wished)
            again()


def first_pixel(window: Image, mask: str) -> tuple[int, int]:
    """Return the pixel with the longest gradient away from the window's border."""
    inner = gradients(window, mask).magnitude[EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX]
    y, x = np.unravel_index(int(inner.argmax()), inner.shape)
    return int(x) + EDGE_PX, int(y) + EDGE_PX


def pixel_stage(window: Image, settings: HogSettings) -> HogSteps:
    """Show the window to click on, with what the present step looks at."""
    kept = remember("pixel", ())
    wide, tall = WINDOW_PX
    if len(kept) == 2 and 0 <= kept[0] < wide and 0 <= kept[1] < tall:
        x, y = int(kept[0]), int(kept[1])
    else:
        x, y = first_pixel(window, settings.mask)
    cells = live.compute("cells", hog_cells, window, settings)
    # The layers need the clicked pixel, which the stage knows from its last click.
    steps = live.compute("one pixel", hog_steps, window, x, y, settings)
    event = stage(
        window,
        key="hog_enlarged",
        alt="the window, enlarged; click a pixel",
        mode="click",
        selected=(x + 0.5, y + 0.5),
        layers=[
            Grid((settings.cell_px,) * 2, color=COLORS["grid"]),
            _first_frame(window, settings),
            *marks.way_layers(steps, settings),
        ],
        hover=Hover(cells, marks.bin_names(settings), (settings.cell_px,) * 2),
        frames="hog_steps_bar",
        pixelated=True,
        max_height_px=390,
    )
    if event.click and (int(event.click.x), int(event.click.y)) != (x, y):
        place = min(int(event.click.x), wide - 1), min(int(event.click.y), tall - 1)
        if place != (x, y):
            remember.set("pixel", place)
            again()
    return steps


def hue_key(settings: HogSettings) -> None:
    """Show which hue stands for which direction of the gradient."""
    st.html(marks.hue_key_html(settings))


def _first_frame(window: Image, settings: HogSettings) -> Segments:
    """Return the window's glyphs, shown before a pixel is followed."""
    blocks = live.compute("blocks", hog_blocks, window, settings)
    layer = marks.glyph_layer(cell_means(blocks, settings), settings, strongest=4)
    count = len(np.asarray(layer.segments))
    return replace(layer, first=np.zeros(count), last=np.ones(count))


def pixel_way(picture: Picture, settings: HogSettings) -> Image:
    """Part one: photo, window, and the working of the clicked pixel step by step."""
    box = window_place(picture)
    last = len(words.STEPS) - 1
    start = int(np.clip(remember("step", 1), 0, last))
    shown = scrubber(
        "Step", last, key="hog_steps_bar", names=words.STEPS, start=start, first=1
    )
    remember.set("step", shown, 1)
    photo, enlarged, working = st.columns([1.15, 0.85, 1.6], gap="medium")
    with photo:
        st.markdown(f"**1** Place the window: {box[2] - box[0]:.0f} px wide here")
        window_stage(picture, box)
    window = live.compute("window", cut_window, picture.image, box)
    with enlarged:
        st.markdown(f"**2** Click a pixel of its {WINDOW_PX[0]} × {WINDOW_PX[1]}")
        steps = pixel_stage(window, settings)
    with working:
        st.markdown(f"**3** {words.TITLES[shown]}")
        show_step(shown, window, steps, settings)
    return window


def show_step(
    shown: int, window: Image, steps: HogSteps, settings: HogSettings
) -> None:
    """Write one step's arithmetic with its figure."""
    if shown == 0:
        st.markdown(words.size_words(settings, *WINDOW_PX))
        st.markdown(words.WINDOW_TEXT)
        hue_key(settings)
    elif shown == 1:
        _chart(charts.neighbourhood_figure(steps, settings), "pixel")
        st.markdown(words.pixel_words(steps, settings, window.ndim == 3))
    elif shown == 2:
        _chart(charts.vote_figure(steps, settings), "vote")
        st.markdown(words.vote_words(steps, settings))
    elif shown == 3:
        _cell_step(window, steps, settings)
    elif shown == 4:
        _chart(charts.blocks_figure(steps, settings), "blocks")
        hue_key(settings)
        st.markdown(words.block_words(steps, settings))
    else:
        _vector_step(window, steps, settings)


def _cell_step(window: Image, steps: HogSteps, settings: HogSettings) -> None:
    cells = live.compute("cells", hog_cells, window, settings)
    rows, cols = cells.shape[:2]
    if steps.cell[0] >= rows or steps.cell[1] >= cols:
        st.markdown("This pixel lies in the margin that fills no cell.")
        return
    share = words.cell_share(steps, settings, (rows, cols))
    own = np.zeros(settings.orientations)
    for bin_, vote in zip(steps.bins, steps.votes, strict=True):
        own[bin_] += vote * share
    _chart(charts.cell_figure(cells[steps.cell], own, settings), "cell")
    st.markdown(words.cell_words(steps, settings, share))
    st.caption("The framed part of a bar is this pixel's.")


def _vector_step(window: Image, steps: HogSteps, settings: HogSettings) -> None:
    descriptor = live.compute("descriptor", hog_descriptor, window, settings)
    places = [block.places for block in steps.blocks]
    _chart(charts.vector_figure(descriptor, places), "vector")
    st.markdown(words.size_words(settings, *WINDOW_PX))
    grid = settings.block_grid(*WINDOW_PX)
    st.markdown(words.place_words(steps, settings, grid))


def _chart(figure: object, name: str) -> None:
    chart(figure, config=BARE, key=f"hog_chart_{name}")
