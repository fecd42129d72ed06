"""What the sliding window looks like: template, levels, scores, shares, examples."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.hog import OPENCV, cell_means
from explorer.core.numerals import signed
from explorer.core.pyramid import shrink
from explorer.core.windows import Template, Windows, WindowScan
from explorer.figures.layers import Boxes, Heat
from explorer.figures.scale import scale_html
from explorer.figures.theme import COLORS, DIVERGING, rgb

Image = NDArray[np.uint8]
Float64 = NDArray[np.float64]

GROUND = (24, 26, 32)  # behind glyphs and small levels, in both themes
PAPER = rgb(DIVERGING[1])  # behind a template: the colour of a weight of 0
BETWEEN = 128  # grey of the gaps between pictures
GLYPH_FRAC = 0.46  # half a stroke's length, of the cell's side
FULL_QUANTILE = 0.98  # weights from here on are drawn at full strength
TEMPLATE_POWER, HOG_POWER = 0.8, 1.6  # few weights are large, most HOG is noise
SIGNS = {"positive": 1.0, "negative": -1.0}
# The two ends of the diverging palette, that block shares are drawn in too: everywhere
# one colour speaks for a person and the other against.
SIGN_COLORS = {"positive": DIVERGING[-1], "negative": DIVERGING[0]}
CELL = OPENCV.cell_px
CUT_PX = (96, 192)  # an example window on the sheet
GAP_PX = 8
CAPTION_PX = 24
HEAT_LOW = -3.0  # scores below are all drawn alike: far from a person


def template_cells(template: Template, sign: str) -> Float64:
    """Return one sign of a template's weights by cell: (16, 8, 9), none below 0.

    Raises
    ------
    ValueError
        If the sign is neither ``"positive"`` nor ``"negative"``.
    """
    if sign not in SIGNS:
        raise ValueError(f"sign is one of {', '.join(SIGNS)}; got {sign!r}")
    cells = np.asarray(cell_means(template.weights), np.float64)
    return np.maximum(SIGNS[sign] * cells, 0.0)


def strokes_image(
    cells: Float64,
    color: str,
    pitch_px: int = 24,
    loudest: float | None = None,
    power: float = 1.0,
    ground: tuple[int, int, int] = GROUND,
) -> Image:
    """Draw every bin of every cell as a stroke along the edge it speaks of.

    Parameters
    ----------
    cells : (rows, cols, orientations)
        Not negative; bin k is centred at (k + 1/2) / orientations of half a turn.
    color : str
        Of a stroke at full strength.
    pitch_px : int
        Side of a cell in the picture.
    loudest : float, optional
        Weight drawn at full strength; nearly the largest without it.
    power : float
        Below 1 lifts weak strokes, above 1 thins them out.
    ground : tuple of int
        Behind the strokes.

    Returns
    -------
    (rows * pitch_px, cols * pitch_px, 3) uint8
        Strokes of a cell add up, so that the strong ones stand out.
    """
    rows, cols, bins = cells.shape
    full = loudest or float(np.quantile(cells.max(axis=2), FULL_QUANTILE)) or 1.0
    light = np.zeros((rows * pitch_px, cols * pitch_px), np.float32)
    middle = pitch_px // 2
    for bin_ in range(bins):
        # An edge runs across its gradient.
        along = np.pi * (bin_ + 0.5) / bins + np.pi / 2
        tip = np.array([np.cos(along), np.sin(along)]) * GLYPH_FRAC * pitch_px * 16
        ends = np.round(middle * 16 + np.stack([-tip, tip])).astype(int).tolist()
        stroke = np.zeros((pitch_px, pitch_px), np.uint8)
        thick = max(1, pitch_px // 12)
        cv2.line(stroke, ends[0], ends[1], 255, thick, cv2.LINE_AA, 4)
        share = (np.clip(cells[..., bin_] / full, 0, 1) ** power).astype(np.float32)
        light = np.maximum(light, np.kron(share, stroke.astype(np.float32) / 255))
    paper = np.array(ground, np.float32)
    ink = np.array(rgb(color), np.float32)
    return np.asarray(paper + light[..., None] * (ink - paper), np.uint8)


def template_image(template: Template, pitch_px: int = 24) -> Image:
    """Draw a template: positive weights left, negative right, in one strength."""
    both = {sign: template_cells(template, sign) for sign in SIGNS}
    pooled = np.concatenate([cells.max(axis=2).ravel() for cells in both.values()])
    loudest = float(np.quantile(pooled, FULL_QUANTILE)) or 1.0
    pictures = [
        strokes_image(
            cells, SIGN_COLORS[sign], pitch_px, loudest, TEMPLATE_POWER, PAPER
        )
        for sign, cells in both.items()
    ]
    gap = np.full((pictures[0].shape[0], GAP_PX, 3), BETWEEN, np.uint8)
    return np.concatenate([pictures[0], gap, pictures[1]], axis=1)


def level_image(image: Image, size_px: tuple[int, int]) -> Image:
    """Lay a level in the upper left corner of a ground as large as the image.

    The window stays 64x128 pixels on every level: it is the image that shrinks.
    """
    canvas = np.full_like(image, GROUND[0])
    canvas[:] = GROUND
    small = shrink(image, size_px)
    canvas[: small.shape[0], : small.shape[1]] = small
    return canvas


def score_heat(scan: WindowScan, level: int, opacity: float = 0.5) -> Heat:
    """Return a level's score map, each score at the centre of its window."""
    scores = scan.levels[level].scores
    rows, cols = scores.shape
    stride = scan.stride_px
    x = scan.window_px[0] / 2 - scan.padding_px - stride / 2
    y = scan.window_px[1] / 2 - scan.padding_px - stride / 2
    box = (x, y, x + cols * stride, y + rows * stride)
    highest = max(float(one.scores.max()) for one in scan.levels)
    return Heat(scores, box, opacity, lo=HEAT_LOW, hi=max(highest, 0.5))


def score_key_html(heat: Heat) -> str:
    """Return a colour bar for a score map, with the values at its ends.

    Examples
    --------
    >>> "−3.00 or less" in score_key_html(Heat([[0.0]], lo=-3, hi=2))
    True
    """
    low, high = (signed(value) for value in heat.limits())
    return (
        scale_html(f"Score map: {low} or less", f"{high}, the photo's best")
        + '<div style="font-size:.8rem;opacity:.75">Yellow is most like a person, '
        "violet least; each colour stands at the centre of its window.</div>"
    )


def level_boxes(scan: WindowScan, windows: Windows, level: int) -> Boxes:
    """Return the windows of one level, in that level's own pixels."""
    here = windows.levels == level
    corner = np.stack([windows.cols[here], windows.rows[here]], axis=1)
    low = corner * scan.stride_px - scan.padding_px
    boxes = np.concatenate([low, low + np.array(scan.window_px)], axis=1)
    return Boxes(
        boxes.astype(np.float64),
        COLORS["proposal"],
        width_px=1.5,
        told="windows of this level",
    )


def level_outlines(scan: WindowScan, level: int) -> Boxes:
    """Return the borders of the larger levels: how far the photo has shrunk so far."""
    sizes = np.array([one.size_px for one in scan.levels[:level]], np.float64)
    sizes = sizes.reshape(-1, 2)
    boxes = np.concatenate([np.zeros_like(sizes), sizes], axis=1)
    return Boxes(boxes, COLORS["muted"], width_px=1, told=None)


def raw_layers(windows: Windows, kept: Float64, truth: Float64) -> list[Boxes]:
    """Return the raw windows of all levels, those of the shown level, final boxes.

    The frame number is the level: the bright boxes follow the scrubber.
    """
    first = windows.levels
    layers = [
        Boxes(windows.boxes, COLORS["suppressed"], width_px=1, told="raw windows"),
        Boxes(
            windows.boxes,
            COLORS["proposal"],
            width_px=2,
            first=first,
            last=first + 1,
            told=None,
        ),
        Boxes(kept, COLORS["kept"], width_px=3, told="kept"),
    ]
    if len(truth):
        layers.append(
            Boxes(truth, COLORS["truth"], width_px=1.5, dash=True, told="truth")
        )
    return layers


def shares_heat(shares: Float64, zoom: int = 1, opacity: float = 0.75) -> Heat:
    """Return each block's share over an enlarged window, at the block's centre.

    Blocks are two cells wide and overlap; each is drawn as the one cell about its
    centre, so that none hides another.
    """
    rows, cols = shares.shape
    start = CELL / 2 * zoom
    box = (start, start, start + cols * CELL * zoom, start + rows * CELL * zoom)
    return Heat(shares, box, opacity, "diverging")


def cut_window(image: Image, box: Float64, size_px: tuple[int, int]) -> Image:
    """Return what a window sees at the given width and height, mirrored outside."""
    x1, y1, x2, y2 = np.round(box).astype(int)
    height, width = image.shape[:2]
    out = max(0, -x1, -y1, x2 - width, y2 - height)
    if out:
        image = np.asarray(
            cv2.copyMakeBorder(image, out, out, out, out, cv2.BORDER_REFLECT_101),
            np.uint8,
        )
    patch = np.ascontiguousarray(image[y1 + out : y2 + out, x1 + out : x2 + out])
    shrinks = patch.shape[0] > size_px[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(patch, size_px, interpolation=how), np.uint8)


def window_sheet(
    image: Image, box: Float64, cells: Float64, template: Template, zoom: int
) -> Image:
    """Return side by side: a window, its HOG, the template's positive and negative.

    Parameters
    ----------
    image : (H, W, 3) uint8
    box : (4,)
        The window in the image.
    cells : (16, 8, 9)
        The window's histograms.
    template : Template
    zoom : int
        Pixels of the sheet for one of the window.
    """
    pitch = CELL * zoom
    width, height = (side * zoom for side in template.window_px)
    pictures = [cut_window(image, box, (width, height))]
    hog = np.asarray(cells, np.float64)
    pictures.append(strokes_image(hog, "#FFFFFF", pitch, power=HOG_POWER))
    pictures.append(template_image(template, pitch))
    gap = np.full((height, GAP_PX, 3), BETWEEN, np.uint8)
    row = [part for picture in pictures for part in (picture, gap)][:-1]
    return np.concatenate(row, axis=1)


def examples_image(
    image: Image, rows: Sequence[Float64], columns: int = 6
) -> tuple[Image, list[Float64]]:
    """Cut windows from the image and lay them out in rows on one sheet.

    Parameters
    ----------
    image : (H, W, 3) uint8
    rows : sequence of (N, 4)
        Windows of each row; the first ``columns`` of them are shown.
    columns : int

    Returns
    -------
    sheet : (h, w, 3) uint8
        With ``CAPTION_PX`` free above each row for its title and below each cut.
    places : list of (N, 2)
        Upper left corner of each cut.
    """
    wide, tall = CUT_PX
    pitch = tall + 2 * CAPTION_PX + GAP_PX
    shape = (len(rows) * pitch, columns * (wide + GAP_PX) + GAP_PX, 3)
    sheet = np.empty(shape, np.uint8)
    sheet[:] = GROUND
    places = []
    for number, boxes in enumerate(rows):
        x = GAP_PX + np.arange(min(len(boxes), columns)) * (wide + GAP_PX)
        y = number * pitch + CAPTION_PX + GAP_PX
        for box, left in zip(boxes, x, strict=False):
            sheet[y : y + tall, left : left + wide] = cut_window(image, box, CUT_PX)
        places.append(np.stack([x, np.full(len(x), y)], axis=1).astype(np.float64))
    return sheet, places
