"""What a HOG descriptor looks like on the picture: glyphs, cells, blocks, hues."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.hog import MASKS, Gradients, HogSettings, HogSteps
from explorer.figures.layers import Boxes, Segments
from explorer.figures.theme import CLASSES, COLORS, ORIENTATIONS, rgb

GLYPH_FRAC = 0.46  # half a stroke's length, of the cell's side
FULL_QUANTILE = 0.98  # weights from here on are drawn at full strength
CONTRAST = 1.5  # above 1, weak strokes step back behind strong ones
LIGHT_GAMMA = 0.7  # below 1, lifts weak gradients out of the dark
LEAST_OPACITY = 0.08  # fainter strokes are left out: nobody sees them
BLOCK_COLORS = (CLASSES[1], CLASSES[0], CLASSES[2], CLASSES[3])


def bin_color(bin_: int, orientations: int) -> str:
    """Return the hue of an orientation bin, spread over the circle of hues.

    Examples
    --------
    >>> bin_color(0, 9) == bin_color(0, 18) == ORIENTATIONS[0]
    True
    """
    return ORIENTATIONS[int(bin_ * len(ORIENTATIONS) / orientations)]


def bin_names(settings: HogSettings) -> tuple[str, ...]:
    """Return each bin's centre in degrees, as words for axes and read-outs.

    Examples
    --------
    >>> bin_names(HogSettings())[:2]
    ('10°', '30°')
    """
    return tuple(f"{centre:.3g}°" for centre in bin_centres(settings))


def bin_centres(settings: HogSettings) -> NDArray[np.float64]:
    """Return each bin's middle angle in degrees."""
    width = settings.range_deg / settings.orientations
    return np.asarray((np.arange(settings.orientations) + 0.5) * width)


def hue_key_html(settings: HogSettings) -> str:
    """Return a row of swatches: each bin's hue, its edge as a stroke, its degrees.

    Examples
    --------
    >>> hue_key_html(HogSettings(orientations=4)).count("rotate")
    4
    """
    row = "display:inline-flex;align-items:center;gap:.2rem"
    swatches = []
    for bin_, name in enumerate(bin_names(settings)):
        # An edge runs across its gradient; both turn clockwise on the screen.
        along = bin_centres(settings)[bin_] + 90
        hue = bin_color(bin_, settings.orientations)
        stroke = (
            "display:inline-block;width:.8rem;height:.25rem;border-radius:2px;"
            f"background:{hue};transform:rotate({along:.4g}deg)"
        )
        swatches.append(
            f'<span style="{row}"><span style="{stroke}"></span>{name}</span>'
        )
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:.15rem .45rem;font-size:.82rem">'
        + "".join(swatches)
        + '</div><div style="font-size:.8rem;opacity:.75;margin-top:.15rem">Hue: the '
        "gradient's direction, clockwise from x; a stroke is the edge.</div>"
    )


def glyph_layer(
    cells: ArrayLike,
    settings: HogSettings,
    origin: tuple[float, float] = (0.0, 0.0),
    pitch_px: float | None = None,
    strongest: int | None = None,
) -> Segments:
    """Return a stroke for every bin of every cell, along the edge it speaks of.

    Parameters
    ----------
    cells : (rows, cols, orientations)
        Weights, not negative.
    origin : (x, y)
        Where the first cell's corner lies in the picture.
    pitch_px : float, optional
        Side of a cell in the picture; the settings' own without it.
    strongest : int, optional
        Draw only this many bins of a cell.

    Returns
    -------
    Segments
        Colour says the gradient's direction, opacity its weight. A stroke lies across
        its bin's gradient, because an edge runs across the gradient.
    """
    weights = np.asarray(cells, dtype=np.float64)
    pitch = float(settings.cell_px) if pitch_px is None else pitch_px
    loud = float(np.quantile(weights.max(-1), FULL_QUANTILE)) or 1.0
    opacity = np.clip(weights / loud, 0, 1) ** CONTRAST
    if strongest is not None and strongest < settings.orientations:
        bound = np.partition(opacity, -strongest, axis=-1)[..., -strongest, None]
        opacity = np.where(opacity >= bound, opacity, 0)
    row, col, bin_ = np.nonzero(opacity > LEAST_OPACITY)
    along = np.deg2rad(bin_centres(settings)[bin_] + 90)
    half = np.stack([np.cos(along), np.sin(along)], 1) * GLYPH_FRAC * pitch
    middle = np.stack([col + 0.5, row + 0.5], 1) * pitch + np.asarray(origin)
    hues = [bin_color(k, settings.orientations) for k in range(settings.orientations)]
    return Segments(
        np.hstack([middle - half, middle + half]),
        [hues[k] for k in bin_],
        opacity[row, col, bin_],
        width_px=1.8,
    )


def way_layers(steps: HogSteps, settings: HogSettings) -> list[Boxes]:
    """Return what each step of a pixel's way looks at, for frames 1 to 5.

    The mask's reach at 1, the pixel at all, its cell from 2, its blocks at 4 and 5.
    """
    cell = settings.cell_px
    row, col = steps.cell
    x, y = steps.x, steps.y
    reach = _reach(settings.mask)
    mask_box = (x + reach[0], y + reach[1], x + reach[2] + 1, y + reach[3] + 1)
    home = (col * cell, row * cell, (col + 1) * cell, (row + 1) * cell)
    side = settings.block_px
    blocks = [
        (b.col * cell, b.row * cell, b.col * cell + side, b.row * cell + side)
        for b in steps.blocks
    ]
    # Nested by a hair, so that blocks sharing an edge stay apart.
    inset = [
        (a + 0.35 * k, b + 0.35 * k, c - 0.35 * k, d - 0.35 * k)
        for k, (a, b, c, d) in enumerate(blocks)
    ]
    layers = [
        Boxes(
            [mask_box],
            COLORS["second"],
            width_px=2,
            first=[1],
            last=[2],
            told="read by the mask",
        ),
        Boxes(
            [home], COLORS["truth"], width_px=3, first=[2], last=[6], told="its cell"
        ),
        Boxes(
            [(x, y, x + 1, y + 1)],
            COLORS["accent"],
            fill_frac=0.9,
            width_px=2,
            told="pixel",
        ),
    ]
    if inset:
        layers.insert(
            1,
            Boxes(
                inset,
                block_colors(len(inset)),
                width_px=3,
                fill_frac=0.08,
                first=[4] * len(inset),
                last=[6] * len(inset),
                told="its blocks",
            ),
        )
    return layers


def block_colors(count: int) -> list[str]:
    """Return one colour a block."""
    return [BLOCK_COLORS[k % len(BLOCK_COLORS)] for k in range(count)]


def _reach(mask: str) -> tuple[int, int, int, int]:
    """Return how far both masks read: left, up (not above 0), right, down."""
    shapes = [np.shape(MASKS[mask].dx), np.shape(MASKS[mask].dy)]
    up = max((h - 1) // 2 for h, _ in shapes)
    left = max((w - 1) // 2 for _, w in shapes)
    down = max(h // 2 for h, _ in shapes)
    right = max(w // 2 for _, w in shapes)
    return -left, -up, right, down


def gradient_image(found: Gradients) -> NDArray[np.uint8]:
    """Return the gradient as a picture: hue its direction, brightness its length.

    Returns
    -------
    (H, W, 3) uint8
        Directions half a turn apart share a hue, as they share a bin.
    """
    hues = np.array([rgb(color) for color in ORIENTATIONS], float)
    centres = (np.arange(len(hues)) + 0.5) * 180 / len(hues)
    table = [
        np.interp(np.arange(180), centres, hues[:, k], period=180) for k in (0, 1, 2)
    ]
    hue = np.stack(table, 1).astype(np.float32)[found.orientation_deg.astype(int) % 180]
    loud = float(np.quantile(found.magnitude[::3, ::3], 0.99)) or 1.0
    light = np.clip(found.magnitude / loud, 0, 1).astype(np.float32) ** LIGHT_GAMMA
    return np.asarray(hue * light[..., None] + 0.5, np.uint8)
