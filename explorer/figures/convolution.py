"""Pictures of the convolution lesson: where the panes lie, and maps as colours."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.figures.theme import DIVERGING, rgb

Array = NDArray[np.float64]
Image = NDArray[np.uint8]
Pane = tuple[float, float, float, float]  # x, y, width, height in image pixels

CELL_PX = 40  # of the small grids
TITLE_PX = 34  # free above each pane for its title
GAP_PX = 56  # between two panes
PANE_PX = (470, 400)  # most a photo's or map's pane takes: width, height
OUTLIER_FRAC = 0.005  # of the values may leave the colour scale


@dataclass(frozen=True)
class Panes:
    """Where things stand on the stage's picture.

    Attributes
    ----------
    size : (width, height)
        Of the whole picture, in pixels.
    places : dict of str to Pane
        input, output and, for the small grid, kernel.
    signs : tuple of (x, y)
        Middles of the signs between the panes; empty beside photos.
    """

    size: tuple[int, int]
    places: dict[str, Pane]
    signs: tuple[tuple[float, float], ...] = ()

    def data(self) -> dict[str, object]:
        """Give the places as plain lists for the browser."""
        kernel = self.places.get("kernel")
        places: dict[str, object] = {k: list(v) for k, v in self.places.items()}
        return {"kernel": kernel, **places, "signs": [list(p) for p in self.signs]}


def grid_panes(
    shape: tuple[int, int], padding: int, kernel_size: int, out: tuple[int, int]
) -> Panes:
    """Lay input with its padding, kernel and output side by side, all middles level.

    Examples
    --------
    >>> grid_panes((7, 7), 1, 3, (4, 4)).places["input"]
    (41.0, 75.0, 280.0, 280.0)
    """
    tall = CELL_PX * max(shape[0] + 2 * padding, kernel_size, out[0])
    middle = TITLE_PX + tall / 2
    x, signs = 1.0, []
    places: dict[str, Pane] = {}
    for name, (high, wide), ring in (
        ("input", shape, padding),
        ("kernel", (kernel_size, kernel_size), 0),
        ("output", out, 0),
    ):
        if places:
            signs.append((x + GAP_PX / 2, middle))
            x += GAP_PX
        x += ring * CELL_PX
        top = middle - high * CELL_PX / 2 + 1
        width, height = float(wide * CELL_PX), float(high * CELL_PX)
        places[name] = (x, top, width, height)
        x += width + ring * CELL_PX
    return Panes((int(x) + 1, int(TITLE_PX + tall) + 2), places, tuple(signs))


def pair_panes(
    shape: tuple[int, int], sides: tuple[int, int, int, int], out: tuple[int, int]
) -> Panes:
    """Lay two pictures side by side, the first with room for its padding."""
    high, wide = shape
    full_wide, full_high = wide + sides[2] + sides[3], high + sides[0] + sides[1]
    cell = min(PANE_PX[0] / full_wide, PANE_PX[1] / full_high)
    cell_out = min(PANE_PX[0] / out[1], PANE_PX[1] / out[0])
    tall = max(full_high * cell, out[0] * cell_out)
    left = 2 + sides[2] * cell
    top = TITLE_PX + (tall - full_high * cell) / 2 + sides[0] * cell
    right = left + (wide + sides[3]) * cell + GAP_PX
    top_out = TITLE_PX + (tall - out[0] * cell_out) / 2
    places = {
        "input": (left, top, wide * cell, high * cell),
        "output": (right, top_out, out[1] * cell_out, out[0] * cell_out),
    }
    size = (int(right + out[1] * cell_out) + 2, int(TITLE_PX + tall) + 2)
    return Panes(size, places)


def compose(panes: Panes, first: Image, second: Image) -> Image:
    """Paint two pictures into their panes: grown in squares, shrunk by areas."""
    width, height = panes.size
    canvas = np.full((height, width, 3), 255, np.uint8)
    for name, picture in (("input", first), ("output", second)):
        x, y, wide, high = (round(v) for v in panes.places[name])
        wide, high = max(1, min(wide, width - x)), max(1, min(high, height - y))
        grows = wide >= picture.shape[1]
        way = cv2.INTER_NEAREST if grows else cv2.INTER_AREA
        canvas[y : y + high, x : x + wide] = cv2.resize(
            picture, (wide, high), interpolation=way
        )
    return canvas


def grey_image(values: Array, low: float = 0.0, high: float = 255.0) -> Image:
    """Show ``(H, W)`` values from low (black) to high (white); what is beyond is cut.

    Examples
    --------
    >>> grey_image(np.array([[-5.0, 51.0, 999.0]]))[0, :, 0].tolist()
    [0, 51, 255]
    """
    scaled = 255.0 * (values - low) / ((high - low) or 1.0)
    grey = np.clip(np.round(scaled), 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, 2)


def signed_image(values: Array) -> Image:
    """Show ``(H, W)`` values of both signs: blue below 0, white at 0, orange above.

    The scale ends where all but 0.5 % of the values lie inside.

    Examples
    --------
    >>> signed_image(np.array([[-1.0, 0.0, 1.0]]))[0].tolist()
    [[0, 114, 178], [247, 247, 247], [213, 94, 0]]
    """
    end = float(np.quantile(np.abs(values), 1 - OUTLIER_FRAC)) or 1.0
    t = np.clip(values / end, -1, 1)[:, :, None]
    below, middle, above = (np.array(rgb(color), float) for color in DIVERGING)
    mixed = np.where(
        t < 0, middle + t * (middle - below), middle + t * (above - middle)
    )
    return np.asarray(np.clip(np.round(mixed), 0, 255), np.uint8)
