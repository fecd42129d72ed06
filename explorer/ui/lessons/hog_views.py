"""The HOG lesson's other parts: glyphs over the photo, and the gradient masks."""

from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.hog import (
    MASKS,
    WINDOW_PX,
    HogSettings,
    cell_means,
    cut_window,
    gradients,
    hog_blocks,
)
from explorer.core.proof import Proof
from explorer.core.proofs.hog import prove_gradient, prove_opencv, prove_skimage
from explorer.figures import hog as marks
from explorer.figures import hog_charts as charts
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import choose, slider, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import Question
from explorer.ui.lessons import hog_words as words
from explorer.ui.lessons.hog import BARE, PARTS, hue_key, window_place
from explorer.ui.stage import Hover, stage

Image = NDArray[np.uint8]
STROKES = 2  # a cell's strongest bins are drawn on the photo; hover reads all
SHADE_HELP = "Darkens the left half of the photo, as a shadow would."
QUESTION = Question(
    "A pixel in the middle of the window changes a little. In scikit-image's "
    "convention, with 2 × 2 cells a block, how many numbers of the descriptor get "
    "part of its vote?",
    ("1", "4", "9", "36"),
    1,
    "Its cell stands in four blocks, and each block keeps its own copy of the cell, "
    "divided by its own contrast. Through the four norms it then moves all 4 × 36 "
    "numbers a little, but its vote itself stands in four places.",
)
SOURCES = (
    "Dalal & Triggs 2005, Histograms of Oriented Gradients for Human Detection, CVPR: "
    "6.2 gradient masks, 6.3 votes, 6.4 normalisation; the masks' miss rates: table 1",
    "OpenCV, cv2.HOGDescriptor: shared votes, Gaussian on the block, order by columns",
    "scikit-image, skimage.feature.hog: whole votes, no Gaussian, order by rows",
)


def shaded(image: Image, light_frac: float) -> Image:
    """Return the image with its left half at a fraction of its light."""
    dark = image.astype(np.float32)
    dark[:, : image.shape[1] // 2] *= light_frac
    return np.asarray(np.round(dark), np.uint8)


def glyphs(picture: Picture, settings: HogSettings) -> Image:
    """Part two: glyphs over the whole photo, and what a shadow does to them."""
    seen, said = st.columns([2.1, 1], gap="medium")
    with said:
        light = slider(
            "Light on the left half", 0.1, 1.0, 1.0, 0.05, key="light", help=SHADE_HELP
        )
        faded = toggle("Photo under the glyphs", True, key="under")
    image = shaded(picture.image, light)
    try:
        blocks = live.compute("HOG blocks", hog_blocks, image, settings)
    except ValueError as error:
        st.error(f"{error}.")
        return cut_window(picture.image, window_place(picture))
    cells = cell_means(blocks, settings)
    with seen:
        stage(
            image // 2 if faded else np.zeros_like(image),
            key="hog_glyphs",
            alt="strokes along the edges of every cell of the photo",
            layers=[marks.glyph_layer(cells, settings, strongest=STROKES)],
            hover=Hover(
                np.round(255 * cells / (float(cells.max()) or 1)).astype(np.uint8),
                marks.bin_names(settings),
                (settings.cell_px,) * 2,
                scale=(float(cells.max()) or 1) / 255,
            ),
            max_height_px=560,
        )
    with said:
        _light_words(picture, settings, light, cells)
        st.caption(
            f"A stroke runs along the edge, across its gradient; a cell's {STROKES} "
            "strongest bins are drawn. Hover over a cell to read all its bins, the "
            "means over its blocks."
        )
        hue_key(settings)
    return live.compute("window", cut_window, image, window_place(picture))


def _light_words(
    picture: Picture, settings: HogSettings, light: float, cells: NDArray[np.floating]
) -> None:
    rows, cols = cells.shape[:2]
    st.markdown(
        f"**{words.NORM_NAMES[settings.norm]}** on {rows} × {cols} cells of "
        f"{settings.cell_px} px. {words.size_words(settings, *WINDOW_PX)} for each "
        f"{WINDOW_PX[0]} × {WINDOW_PX[1]} window."
    )
    if light >= 1:
        st.info(
            "Put the left half into shadow with the slider, then switch the "
            "normalisation to “none”: which strokes fade?",
            icon=":material/touch_app:",
        )
        return
    lines = ["| | strokes left in the shadow |", "|---|---|"]
    dark = shaded(picture.image, light)
    for norm in dict.fromkeys(("none", settings.norm, "l2hys")):
        left = _strength_left(picture.image, dark, replace(settings, norm=norm))
        lines.append(f"| {words.NORM_NAMES[norm]} | **{left:.0%}** |")
    st.markdown("\n".join(lines))
    st.caption(
        f"Sum of all bins in the darkened half, of what it is in full light. The light "
        f"there is {light:.0%}"
        + (f", its square root {np.sqrt(light):.0%}." if settings.gamma else ".")
    )


def _strength_left(bright: Image, dark: Image, settings: HogSettings) -> float:
    half = bright.shape[1] // 2 // settings.cell_px - settings.block_cells
    sums = [
        float(
            live.compute(f"HOG {settings.norm}", hog_blocks, image, settings)[
                :, : max(half, 1)
            ].sum()
        )
        for image in (dark, bright)
    ]
    return sums[0] / sums[1] if sums[1] else 1.0


def masks(picture: Picture, settings: HogSettings) -> Image:
    """Part three: the photo's gradient under each mask, and what was published."""
    seen, said = st.columns([1.5, 1], gap="medium")
    found = live.compute("gradients", gradients, picture.image, settings.mask)
    with seen:
        pick, key = st.columns([1, 1.7], vertical_alignment="center")
        with pick:
            view = choose("Shown", ("Gradient", "Photo"), key="view")
        with key:
            if view == "Gradient":
                hue_key(settings)
                st.caption("The brighter, the longer.")
        stage(
            marks.gradient_image(found) if view == "Gradient" else picture.image,
            key="hog_masks",
            alt=words.MASK_ALTS[view],
            hover=Hover(
                _mean_by_cell(found.magnitude),
                ("mean gradient length",),
                (settings.cell_px,) * 2,
                digits=1,
            ),
            max_height_px=500,
        )
    with said:
        _mask_words(settings.mask)
        chart(
            charts.miss_rate_figure(settings.mask),
            config=BARE,
            key="hog_chart_masks",
        )
        st.caption(
            "People missed at one false alarm in 10,000 windows, INRIA people, "
            "Dalal & Triggs 2005: lower is better."
        )
        _turn_words(picture.image, settings.mask)
    return live.compute("window", cut_window, picture.image, window_place(picture))


def _mean_by_cell(values: NDArray[np.floating], cell: int = 8) -> NDArray[np.floating]:
    rows, cols = values.shape[0] // cell, values.shape[1] // cell
    whole = values[: rows * cell, : cols * cell].reshape(rows, cell, cols, cell)
    return np.asarray(whole.mean((1, 3)))


def _mask_words(name: str) -> None:
    mask = MASKS[name]
    st.markdown(
        f"**{mask.title}**\n\n$d_x = {_matrix(mask.dx)}$ &emsp; "
        f"$d_y = {_matrix(mask.dy)}$"
        + (
            "\n\nalong the two diagonals, then turned to x and y"
            if mask.diagonal
            else ""
        )
    )


def _matrix(rows: tuple[tuple[int, ...], ...]) -> str:
    inside = r" \\ ".join(" & ".join(str(v) for v in row) for row in rows)
    return rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}"


def _turn_words(image: Image, mask: str) -> None:
    """Say how far the mask's directions are from the centred mask's, measured."""
    if mask == "centred":
        st.markdown(
            "The centred mask compares the two neighbours and leaves the pixel itself "
            "out, so dx and dy belong to the same point. Choose another mask to see "
            "how far it turns the directions of this photo."
        )
        return
    turned = live.compute("turn", mean_turn_deg, image, mask)
    st.markdown(
        f"On this photo its directions differ from the centred mask's by "
        f"**{turned:.1f}°** on average (strong gradients count more); "
        "a bin is 20° wide."
    )


def mean_turn_deg(image: Image, mask: str) -> float:
    """Return the mean angle between a mask's gradient and the centred mask's.

    Weighted by the centred gradient's length; angles on the half circle, 0 to 90.
    """
    centred, other = gradients(image), gradients(image, mask)
    apart = np.abs(centred.orientation_deg - other.orientation_deg) % 180
    apart = np.minimum(apart, 180 - apart)
    weights = centred.magnitude * (other.magnitude > 0)
    return float((apart * weights).sum() / max(float(weights.sum()), 1e-12))


def prove(
    part: str, picture: Picture, window: Image, settings: HogSettings
) -> list[Proof]:
    """Compare what the part shows with its references, now.

    The masks' part shows the photo's gradient, the others make a descriptor of the
    window.
    """
    if part == PARTS[2]:
        beside = "SciPy beside ours"
        return [live.compute(beside, prove_gradient, picture.image, settings.mask)]
    return [
        live.compute("OpenCV beside ours", prove_opencv, window, settings),
        live.compute("scikit-image beside ours", prove_skimage, window, settings),
    ]
