"""Class maps under every switch beside each other, and below them what changed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.figures.diagram import Diagram
from explorer.figures.segmentation import labels_image, overlay_image

Image = NDArray[np.uint8]
WIDE, GAP, CAPTION = 1460.0, 14.0, 62.0
MOST_HIGH = 170.0  # of a tile: a portrait must leave room for what stands below
DIMMED = 0.35  # of the photo's light where nothing changed


def changed_image(
    image: Image,
    labels: NDArray[np.uint8],
    changed: NDArray[np.bool_],
    palette: Sequence[str],
) -> Image:
    """Show the changed pixels in their new class's colour, on a dimmed grey photo.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    labels : (H, W) uint8 array
    changed : (H, W) bool array
    palette : sequence of ``#RRGGBB``

    Examples
    --------
    >>> photo = np.full((1, 2, 3), 100, np.uint8)
    >>> labels, changed = np.zeros((1, 2), np.uint8), np.array([[True, False]])
    >>> changed_image(photo, labels, changed, ["#FF0000"]).tolist()
    [[[255, 0, 0], [35, 35, 35]]]
    """
    grey = np.repeat(image.mean(axis=2, keepdims=True) * DIMMED, 3, axis=2)
    colors = labels_image(labels, palette)
    return np.where(changed[..., None], colors, grey).astype(np.uint8)


def strip_diagram(
    image: Image,
    labels: NDArray[np.uint8],
    palette: Sequence[str],
    names: Sequence[str],
    told: Sequence[str],
) -> Diagram:
    """Lay out V label maps, and below each what differs from the first.

    Parameters
    ----------
    image : (H, W, 3) uint8 array
    labels : (V, H, W) uint8 array
        The first is the whole network's.
    palette : sequence of ``#RRGGBB``
    names, told : V short titles, and V lines that say how much changed

    Returns
    -------
    Diagram
        A row to choose for each map: ``net`` 0, ``level`` its place.

    Raises
    ------
    ValueError
        If the titles do not fit.
    """
    if not len(names) == len(told) == len(labels):
        raise ValueError(
            f"{len(names)} names and {len(told)} lines for {len(labels)} label maps"
        )
    pitch = WIDE / len(labels)
    room = pitch - GAP
    scale = min(room / image.shape[1], MOST_HIGH / image.shape[0])
    wide, high = image.shape[1] * scale, image.shape[0] * scale
    diagram = Diagram((WIDE, CAPTION + 2 * high + 14))
    for i, one in enumerate(labels):
        middle = (i + 0.5) * pitch
        left = middle - wide / 2
        below = changed_image(image, one, one != labels[0], palette) if i else image
        for top, picture in (
            (CAPTION, overlay_image(image, one, palette, 0.75)),
            (CAPTION + high + 6, below),
        ):
            rect = (left, top, wide, high)
            diagram.pictures.append((rect, picture))
        diagram.texts.append({"x": middle, "y": 18.0, "text": names[i], "bold": True})
        diagram.texts.append({"x": middle, "y": 43.0, "text": told[i]})
        frame = [i * pitch + 2, 2.0, pitch - 4, diagram.size[1] - 4]
        diagram.rows.append(
            {"net": 0, "level": i, "rect": frame, "told": f"{names[i]}: {told[i]}"}
        )
    return diagram
