"""The arithmetic of one pixel's way, written out with its own numbers."""

import numpy as np
import streamlit as st

from explorer.core.hog import (
    HYS_CLIP,
    MASKS,
    HogSettings,
    HogSteps,
    block_slot,
    descriptor_place,
    tent,
)
from explorer.ui.glossary import glossary_box

CHANNELS = ("red", "green", "blue")
MASK_ALTS = {
    "Gradient": "the photo's gradient: hue is direction, brightness is length",
    "Photo": "the photo whose gradient is taken",
}
STEPS = ("Window", "Pixel", "Vote", "Cell", "Blocks", "Vector")
TITLES = (
    "What the window becomes",
    "How bright is it beside the pixel?",
    "Which bins does it vote for?",
    "Which cell counts the vote?",
    "Which blocks divide the cell?",
    "Where does it stand in the vector?",
)
WINDOW_TEXT = (
    "The strokes are the descriptor drawn: each cell's strongest directions, along the "
    "edge. Every pixel ends in these numbers. Press play, or step through the way of "
    "the orange pixel: its gradient, its vote, its cell, its blocks, its places."
)
TERMS = f"""
- **Gradient**: how fast, and towards where, the image brightens at a pixel: dx from
  left to right, dy from top to bottom.
- **Magnitude**: the gradient's length. **Orientation**: its direction, clockwise from
  the x axis. The edge itself runs across it.
- **Bin**: a range of orientations that are counted together; 9 bins of 20° by default.
- **Vote**: what a pixel adds to its bins, as much as its gradient is long.
- **Cell**: a square of 8 × 8 pixels by default, with one histogram: a sum a bin.
- **Block**: 2 × 2 neighbouring cells by default. Blocks step by one cell, so that they
  overlap and most cells stand in four.
- **Normalisation**: a block divided by its own length, so that a shadow does not change
  it. **L2-Hys** cuts the result at {HYS_CLIP} and divides once more.
- **Descriptor**: all normalised blocks in one vector. A detector sees nothing else.
"""
NORM_NAMES = {
    "none": "none",
    "l1": "L1",
    "l1sqrt": "L1-sqrt",
    "l2": "L2",
    "l2hys": "L2-Hys",
}
RULES = {
    "none": r"v' = v",
    "l1": r"v' = \frac{v}{\|v\|_1 + \varepsilon}",
    "l1sqrt": r"v' = \sqrt{\frac{v}{\|v\|_1 + \varepsilon}}",
    "l2": r"v' = \frac{v}{\|v\|_2 + \varepsilon}",
    "l2hys": r"v' = \frac{v}{\|v\|_2 + \varepsilon},\ \text{cut at } "
    rf"{HYS_CLIP},"
    r"\ \text{divided again}",
}


def words() -> None:
    """Explain the terms in one line each."""
    with glossary_box():
        st.markdown(TERMS)


def size_words(settings: HogSettings, width_px: int, height_px: int) -> str:
    """Return the descriptor's length as a product with the present settings.

    Examples
    --------
    >>> size_words(HogSettings(), 64, 128)
    '15 × 7 blocks × 4 cells × 9 bins = **3,780** numbers'
    """
    rows, cols = settings.block_grid(width_px, height_px)
    cells = settings.block_cells**2
    total = settings.descriptor_size(width_px, height_px)
    return (
        f"{rows} × {cols} blocks × {cells} {'cell' if cells == 1 else 'cells'} × "
        f"{settings.orientations} bins = **{total:,}** numbers"
    )


def derivative_terms(steps: HogSteps, mask: str, axis: str) -> str:
    """Return a derivative as the mask's sum over the patch.

    Examples
    --------
    >>> from explorer.core.hog import hog_steps
    >>> window = np.tile(np.arange(16, dtype=np.uint8) * 4, (16, 1))
    >>> steps = hog_steps(window, 5, 5, HogSettings(gamma=False))
    >>> derivative_terms(steps, "centred", "x")
    '24 - 16 = 8'
    """
    chosen = MASKS[mask]
    if chosen.diagonal:
        pairs = [
            (c, f"{v:+.3g}") for c, v in zip("xy", (steps.dx, steps.dy), strict=True)
        ]
        return dict(pairs)[axis]
    rows = np.asarray(chosen.dx if axis == "x" else chosen.dy)
    anchor = (rows.shape[1] - 1) // 2, (rows.shape[0] - 1) // 2
    terms = []
    for i, j in np.argwhere(rows != 0).tolist():
        value = steps.patch[2 + i - anchor[1], 2 + j - anchor[0]]
        terms.append((int(rows[i, j]), float(value)))
    terms.sort(key=lambda term: -term[0])
    total = steps.dx if axis == "x" else steps.dy
    return f"{_sum(terms)} = {_number(total)}"


def _sum(terms: list[tuple[int, float]]) -> str:
    said = ""
    for factor, value in terms:
        sign = " - " if factor < 0 else (" + " if said else "")
        times = "" if abs(factor) == 1 else f"{abs(factor)} · "
        said += f"{sign}{times}{_number(value)}"
    return said.strip()


def _number(value: float) -> str:
    """Write whole numbers whole and others with two decimals."""
    return f"{value:.0f}" if abs(value - round(value)) < 1e-9 else f"{value:.2f}"


def pixel_words(steps: HogSteps, settings: HogSettings, colour: bool) -> str:
    """Say where the gradient comes from."""
    root = "Square roots of the intensities" if settings.gamma else "Intensities"
    channel = f", {CHANNELS[steps.channel]} channel (its gradient is the longest)"
    lines = [f"{root}{channel if colour else ''}; the mask reads the framed ones."]
    if MASKS[settings.mask].diagonal:
        lines.append("The two diagonal differences, turned by 45° to x and y:")
    lines.append(
        f"$d_x = {derivative_terms(steps, settings.mask, 'x')}$\n\n"
        f"$d_y = {derivative_terms(steps, settings.mask, 'y')}$"
    )
    lines.append(rf"length $\sqrt{{d_x^2 + d_y^2}} = {steps.magnitude:.2f}$")
    lines.append(direction_words(steps, settings))
    return "\n\n".join(lines)


def direction_words(steps: HogSteps, settings: HogSettings) -> str:
    """Write the angle as atan2 gives it, then how it comes into the bins' range.

    Examples
    --------
    >>> from explorer.core.hog import hog_steps
    >>> window = np.tile(np.arange(16, dtype=np.uint8)[::-1] * 4, (16, 1))
    >>> print(direction_words(hog_steps(window, 5, 5), HogSettings()))
    direction $\\operatorname{atan2}(d_y, d_x) = 180.0°$, − 180° = **0.0°**, because \
opposite directions count as one
    """
    if steps.magnitude == 0:
        return "No gradient, so no direction: this pixel does not vote."
    true = float(np.rad2deg(np.arctan2(steps.dy, steps.dx)))
    turn = 180 * round((steps.orientation_deg - true) / 180)
    folded = round(steps.orientation_deg, 1)
    atan2 = rf"direction $\operatorname{{atan2}}(d_y, d_x) = {folded - turn:.1f}°$"
    if not turn:
        return atan2
    why = (
        "counted from 0° to 360°"
        if settings.signed
        else "because opposite directions count as one"
    )
    sign = "+" if turn > 0 else "−"
    return f"{atan2}, {sign} {abs(turn)}° = **{folded:.1f}°**, {why}"


def vote_words(steps: HogSteps, settings: HogSettings) -> str:
    """Say which bins the pixel votes for and how much each gets."""
    width = settings.range_deg / settings.orientations
    angle, (low, high) = steps.orientation_deg, steps.bins
    first, second = steps.votes
    strong = f"A vote is as strong as the gradient is long: **{steps.magnitude:.2f}**."
    if settings.convention == "skimage":
        return (
            f"{strong}\n\n"
            f"scikit-image gives all of it to the bin that holds {angle:.1f}°: "
            f"$\\lfloor {angle:.1f} / {width:g} \\rfloor$ = bin **{low}**, from "
            f"{low * width:g}° to {(low + 1) * width:g}°."
        )
    total = max(first + second, 1e-12)
    return (
        f"{strong}\n\n"
        f"OpenCV shares it between the two nearest bin centres:\n\n"
        f"$\\frac{{{angle:.1f}}}{{{width:g}}} - \\frac{{1}}{{2}} = "
        f"{angle / width - 0.5:.2f}$\n\n"
        f"bin {low} gets {first / total:.0%} = **{first:.2f}**, "
        f"bin {high} gets {second / total:.0%} = **{second:.2f}**"
    )


def cell_share(steps: HogSteps, settings: HogSettings, grid: tuple[int, int]) -> float:
    """Return the part of the vote that the pixel's own cell takes."""
    cell = settings.cell_px
    if settings.convention == "skimage":
        return 1 / cell**2
    down = tent(grid[0], grid[0] * cell, cell)[steps.cell[0], steps.y]
    along = tent(grid[1], grid[1] * cell, cell)[steps.cell[1], steps.x]
    return float(down * along)


def cell_words(steps: HogSteps, settings: HogSettings, share: float) -> str:
    """Say how the vote enters the pixel's own cell."""
    cell, (row, col) = settings.cell_px, steps.cell
    where = f"Pixel ({steps.x}, {steps.y}) lies in cell row {row}, column {col}"
    if settings.convention == "skimage":
        return (
            f"{where}. The cell's histogram is the mean over its "
            f"{cell} × {cell} = {cell**2} pixels, so this vote adds "
            f"{steps.magnitude:.2f} / {cell**2} = **{steps.magnitude * share:.3f}**."
        )
    x, y = (steps.x + 0.5) / cell - 0.5, (steps.y + 0.5) / cell - 0.5
    return (
        f"{where}. The vote is shared between the four nearest cell centres, by "
        f"distance. In cells, the pixel lies at column {x:.2f}, row {y:.2f}: its own "
        f"cell takes (1 - {abs(x - col):.2f}) x (1 - {abs(y - row):.2f}) = "
        f"**{share:.0%}** = {steps.magnitude * share:.2f}."
    )


def block_words(steps: HogSteps, settings: HogSettings) -> str:
    """Say what each block makes of the cell, as a table."""
    if not steps.blocks:
        return "This pixel lies in the margin that fills no cell: it feeds no block."
    count = len(steps.blocks)
    lines = [
        f"The cell stands in **{count}** {'block' if count == 1 else 'blocks'} of "
        f"{settings.block_cells} × {settings.block_cells} cells. Each divides by its "
        f"own contrast, so the same cell enters with different numbers.\n\n"
        f"{NORM_NAMES[settings.norm]}: ${RULES[settings.norm]}$",
        "| block row, column | this pixel adds | the slot before | and after |",
        "|---|---|---|---|",
    ]
    for block in steps.blocks:
        if not block.slots.size:
            lines.append(f"| {block.row}, {block.col} | 0 | | |")
            continue
        most = int(block.amounts.argmax())
        slot = int(block.slots[most])
        lines.append(
            f"| {block.row}, {block.col} | {block.amounts[most]:.3f} | "
            f"{block.raw[slot]:.2f} | **{block.normalised[slot]:.3f}** |"
        )
    return lines[0] + "\n\n" + "\n".join(lines[1:])


def place_words(steps: HogSteps, settings: HogSettings, grid: tuple[int, int]) -> str:
    """Say how a place in the vector is counted, for the pixel's largest share."""
    shares = [
        (float(amount), block, int(slot))
        for block in steps.blocks
        for amount, slot in zip(block.amounts, block.slots, strict=True)
    ]
    if not shares:
        return "This pixel has no gradient or feeds no block: it reaches no place."
    _, block, slot = max(shares, key=lambda share: share[0])
    bins, side = settings.orientations, settings.block_cells
    cell, bin_ = divmod(slot, bins)
    first, second = divmod(cell, side)
    inner, outer = (
        ("row", "column") if settings.convention == "opencv" else ("column", "row")
    )
    if settings.convention == "opencv":
        across, along, length = block.col, block.row, grid[0]
        place_cell = (second, first)
    else:
        across, along, length = block.row, block.col, grid[1]
        place_cell = (first, second)
    slot = block_slot(place_cell, bin_, settings)
    place = descriptor_place((block.row, block.col), slot, grid, settings)
    return (
        f"The pixel reaches **{len(steps.places)}** places. Its largest share: block "
        f"{outer} {across}, block {inner} {along}, cell {outer} {first}, cell {inner} "
        f"{second}, bin {bin_}:\n\n"
        f"({across} · {length} + {along}) · {settings.block_size} + "
        f"({first} · {side} + {second}) · {bins} + {bin_} = place **{place:,}**"
    )
