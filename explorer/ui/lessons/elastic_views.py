"""Below the elastic lesson's stage: the field's making, many seeds, how far to go."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from explorer.core.elastic import displacement, elastic_variants
from explorer.core.elastic_fields import Field
from explorer.core.elastic_mask import fold_shares, folded
from explorer.figures.convolution import signed_image
from explorer.figures.elastic import (
    TILE_GAP_PX,
    arrows_image,
    folds_figure,
    sheet_image,
    tinted,
)
from explorer.figures.layers import Texts
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again
from explorer.ui.lessons import elastic_deformation as lesson
from explorer.ui.lessons import elastic_words as words
from explorer.ui.lessons.elastic_deformation import Bent, Settings
from explorer.ui.lessons.elastic_masks import Masked
from explorer.ui.stage import stage

TILES, COLUMNS = 12, 6
SHEET_STAGE = "many pairs"
SIGMAS_PX = (4.0, 8.0, 16.0)
RATIOS = np.linspace(0, 1, 41)  # of a curve of folds, if the reader stays below 1
LEAST_SIDE_PX = 2  # a fold needs a neighbour

Image = NDArray[np.uint8]


def working(scene: Masked, asked: Settings, bent: Bent) -> None:
    """Show the field being made: random numbers, smoothed, scaled."""
    heading("How the field is made")
    first, second, third = st.columns(3, gap="medium")
    if asked.smooth:
        st.latex(
            words.smooth_rule(
                asked.sigma_px, asked.alpha_px / bent.gain, bent.gain, asked.alpha_px
            )
            if asked.alpha_px
            else words.STILL
        )
        start = signed_image(lesson.noise_of(scene.mask.shape, asked.seed)[1])
    else:
        st.latex(words.coarse_rule(asked.nodes, asked.alpha_px))
        start = signed_image(lesson.vectors(asked)[1])
    told = words.working(asked.smooth, asked.sigma_px, asked.nodes)
    _panel(first, start, told[0], scene.image)
    _panel(second, signed_image(bent.smooth[1].astype(float)), told[1], scene.image)
    _panel(third, arrows_image(scene.image, bent.field), told[2], scene.image)


def _panel(place: DeltaGenerator, picture: Image, told: str, like: Image) -> None:
    """Show a picture in the photo's proportions, its cells as squares."""
    rows = np.arange(like.shape[0]) * picture.shape[0] // like.shape[0]
    columns = np.arange(like.shape[1]) * picture.shape[1] // like.shape[1]
    shown = picture[rows][:, columns]
    size = f"{shown.shape[1]} by {shown.shape[0]} pixels"
    place.image(shown, width="stretch", alt=f"{told} A picture of {size}.")
    place.caption(told)


def sheet(picture: Picture, scene: Masked, asked: Settings) -> None:
    """Show the pair under twelve seeds; a click chooses one of them."""
    first = asked.seed // TILES * TILES
    images, masks = live.compute(
        SHEET_STAGE, pairs, scene.image, scene.mask, asked, first
    )
    pairs_ = zip(images, masks, strict=True)
    tiles = [tinted(photo, mask, scene.colors) for photo, mask in pairs_]
    height, width = scene.mask.shape
    cell = (float(width + TILE_GAP_PX), float(height + TILE_GAP_PX))
    corners = [
        (k % COLUMNS * cell[0] + 4, k // COLUMNS * cell[1] + 4) for k in range(TILES)
    ]
    here = asked.seed - first
    st.markdown(words.SHEET_TITLE)
    event = stage(
        sheet_image(tiles, COLUMNS),
        key=f"elastic_sheet_{picture.digest[:8]}",
        alt="The photo and its mask under twelve random fields",
        mode="click",
        cell=cell,
        selected=(
            (here % COLUMNS + 0.5) * cell[0],
            (here // COLUMNS + 0.5) * cell[1],
        ),
        layers=[Texts(corners, [f"seed {first + k}" for k in range(TILES)])],
        max_height_px=520,
    )
    times = {one.name: one.ms for one in live.stages()}
    st.caption(words.many_words(TILES, times[SHEET_STAGE]))
    if event.click is not None:
        chosen = first + event.click.row * COLUMNS + event.click.col
        if chosen != asked.seed and event.click.row * COLUMNS < TILES:
            lesson.keep_seed(chosen)
            again()


def pairs(
    image: Image, mask: Image, asked: Settings, first: int
) -> tuple[Image, Image]:
    """Make the pairs of twelve seeds from ``first`` on, as training would."""
    shape = (mask.shape[0], mask.shape[1])
    fields: list[Field] = []
    for seed in range(first, first + TILES):
        one = Settings(asked.smooth, asked.alpha_px, asked.sigma_px, asked.nodes, seed)
        rng = np.random.default_rng(seed)
        fields.append(
            displacement(shape, one.alpha_px, one.sigma_px, rng)
            if one.smooth
            else lesson.coarse_field(shape, one)
        )
    return elastic_variants(image, mask, fields)


def how_far(asked: Settings, bent: Bent) -> None:
    """Draw how much folds over as the field grows."""
    height, width = bent.mask.shape
    if min(height, width) < LEAST_SIDE_PX:
        return
    heading("How far may one go?")
    shape = (height, width)
    if asked.smooth:
        axis, ratio = "α / σ", asked.alpha_px / asked.sigma_px
        ratios = ratios_to(ratio)
        names = [f"σ = {sigma:g} px" for sigma in SIGMAS_PX]
        shares = [
            live.compute("folds", smooth_folds, shape, asked.seed, sigma, ratios)
            for sigma in SIGMAS_PX
        ]
    else:
        axis = "standard deviation / distance of two nodes"
        ratio = asked.alpha_px / spacing_px(shape, asked.nodes)
        ratios = ratios_to(ratio)
        names = [f"{asked.nodes} × {asked.nodes} nodes"]
        shares = [live.compute("folds", coarse_folds, shape, asked, ratios)]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart(
            folds_figure(
                ratios, shares, names, (ratio, float(folded(bent.field).mean())), axis
            ),
            config={"displayModeBar": False},
            key="elastic_deformation_folds",
        )
    with right:
        st.markdown(words.folds(asked.smooth, ratios, shares))
        st.caption(words.EXACTNESS)


def ratios_to(own: float) -> NDArray[np.float64]:
    """Return the ratios of a curve: close together up to 1, then to the reader's own.

    Examples
    --------
    >>> ratios_to(0.3)[-1].item(), ratios_to(2.5)[-1].item()
    (1.0, 2.5)
    """
    beyond = np.linspace(1, own, len(RATIOS) // 2)[1:] if own > 1 else ()
    return np.concatenate([RATIOS, beyond])


def smooth_folds(
    shape: tuple[int, int], seed: int, sigma_px: float, ratios: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the folded share of Simard's field at each ratio of alpha to sigma."""
    field = displacement(shape, 1.0, sigma_px, np.random.default_rng(seed))
    return fold_shares(field, ratios * sigma_px)


def coarse_folds(
    shape: tuple[int, int], asked: Settings, ratios: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the folded share of U-Net's field at each ratio to the nodes' distance."""
    unit = Settings(False, 1.0, asked.sigma_px, asked.nodes, asked.seed)
    field = lesson.coarse_field(shape, unit)
    return fold_shares(field, ratios * spacing_px(shape, asked.nodes))


def spacing_px(shape: tuple[int, int], nodes: int) -> float:
    """Return the distance of two nodes along the shorter side.

    Examples
    --------
    >>> spacing_px((217, 289), 3)
    108.0
    """
    return max(min(shape) - 1, 1) / (nodes - 1)
