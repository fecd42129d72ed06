"""The second part of the lesson on FCN: one class's sum, written out at one pixel."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.fusion import STRIDES, enlarge
from explorer.core.proof import BROWSER, Proof
from explorer.figures.segmentation import mosaic
from explorer.ui import live
from explorer.ui.controls import select
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import fcn_words as words
from explorer.ui.lessons.fcn import Net, keep_place, place
from explorer.ui.stage import StageEvent, scrubber, stage

UNDER_MARK = "Under the mark"
TILE_PX = 320
COLUMNS = 4  # source, doubled, score, sum
WIDE_PX = 650
ROW_PX = 180  # of the screen's height for one row of tiles
OPACITY = 0.75
LEAST_LIMIT = 1.0  # a map of nothing but small scores is not blown up
BROWSER_TOLERANCE = 1e-3  # scores of about 10 in float32, summed in another order


def fusion(picture: Picture, net: Net) -> list[Proof]:
    """Show the maps and the sum; return what the browser's arithmetic is off."""
    if net.stride == STRIDES[0]:
        st.markdown(words.NO_FUSION)
    else:
        st.markdown(words.fusion(net.arrays[f"weight_{net.stride}"].shape[-1]))
    asked = select(
        "Class",
        (UNDER_MARK, *net.classes),
        UNDER_MARK,
        key=f"class_{len(net.classes)}",
        help=words.CLASS_HELP,
        width_px=180,
    )
    index = class_at(net, place()) if asked == UNDER_MARK else net.classes.index(asked)
    steps = [s for s in STRIDES[1:] if s >= net.stride]
    whole, boxes = mosaic(
        picture.image, COLUMNS * len(steps) or 1, COLUMNS, TILE_PX, gap_px=5
    )
    tag = live.digest(net.finest, net.off)
    bar = f"fcn_steps_bar_{net.stride}"
    names = words.steps(steps)
    scrubber("Step", len(names), key=bar, names=names, linked=f"step_{net.stride}")
    event = stage(
        whole,
        key="fcn_fusion",
        alt=f"Maps of the score of {net.classes[index]}, from stride to stride",
        program=program(net, index, steps, boxes.tolist()) | {"tag": tag},
        frames=bar,
        max_height_px=max(300, ROW_PX * len(steps)),
        max_width_px=WIDE_PX if steps else 420,
    )
    keep_place("fcn_fusion", event)
    return browser_proof(event, net, tag)


def class_at(net: Net, at: tuple[float, float]) -> int:
    """Return the class of the pixel at a place given as shares of width and height."""
    row, col = _pixel(net.arrays["labels"].shape, at)
    return int(net.arrays["labels"][row, col])


def _pixel(shape: tuple[int, ...], at: tuple[float, float]) -> tuple[int, int]:
    height, width = shape[:2]
    row, col = int(at[1] * height), int(at[0] * width)
    return min(row, height - 1), min(col, width - 1)


def program(
    net: Net, index: int, steps: list[int], boxes: list[list[float]]
) -> dict[str, Any]:
    """Return what the browser needs to draw and to add up one class's maps."""
    found = net.arrays
    rows = []
    for k, s in enumerate(steps):
        rows.append(
            {
                "stride": s,
                "coarse": 2 * s,
                "first": k == 0,
                "from": 1 + 3 * k,  # the scrubber's step of the row's first tile
                "off": s in net.off,
                "boxes": boxes[COLUMNS * k : COLUMNS * (k + 1)],
                "source": found[f"fused_{2 * s}"],
                "weight": found[f"weight_{s}"][:, index],
                "doubled": found[f"doubled_{s}"][..., index],
                "score": found[f"score_{s}"][..., index],
                "fused": found[f"fused_{s}"][..., index],
            }
        )
    last = {
        "box": boxes[0],
        "stride": net.stride,
        "grid": net.finest[..., index],
        "size": net.arrays["size"].tolist(),
    }
    return {
        "name": "fuse",
        "rows": rows,
        "last": last,
        "names": list(net.classes),
        "k": index,
        "limit": limit(net, index),
        "place": list(place()),
        "opacity": OPACITY,
    }


def limit(net: Net, index: int) -> float:
    """Return the score at the palette's ends, the same for all maps of a class."""
    maps = [
        np.abs(grid[..., index]).ravel()
        for name, grid in net.arrays.items()
        if name.startswith(("score", "doubled", "fused"))
    ]
    top = max(float(np.percentile(values, 98)) for values in maps)
    return max(top, LEAST_LIMIT)


def browser_proof(event: StageEvent, net: Net, tag: str) -> list[Proof]:
    """Compare the sum that the browser wrote out, once a pixel was clicked there.

    The click may have changed the class shown: the sum is that of the class before.
    """
    sent = event.program or {}
    delta = browser_delta(sent, net) if sent.get("tag") == tag else None
    if delta is None:
        return []
    note = "each sum and the pixel's score, at the clicked place"
    return [Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note)]


def browser_delta(sent: dict[str, Any], net: Net) -> float | None:
    """Return how far the browser's sums are from the network's, None for nonsense."""
    try:
        at = float(sent["x"]), float(sent["y"])
        index = int(sent["k"])
        theirs = np.asarray([*sent["sums"], sent["logit"]], np.float64)
    except (KeyError, TypeError, ValueError):
        return None
    steps = [s for s in STRIDES[1:] if s >= net.stride]
    if len(theirs) != len(steps) + 1 or not np.isfinite(theirs).all():
        return None
    if not all(0 <= share <= 1 for share in at) or not 0 <= index < len(net.classes):
        return None
    ours = [_at(net.arrays[f"fused_{s}"], at)[index] for s in steps]
    size = net.arrays["size"]
    grown = enlarge(net.finest[..., index : index + 1], int(size[0]), int(size[1]))
    ours.append(float(_at(grown, at)[0]))
    return float(np.abs(theirs - ours).max())


def _at(grid: NDArray[Any], at: tuple[float, float]) -> NDArray[Any]:
    row, col = _pixel(grid.shape, at)
    values: NDArray[Any] = grid[row, col]
    return values
