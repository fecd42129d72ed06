"""The lesson on anchors, second part: what a live network says of every anchor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.anchor_maps import MapPlan
from explorer.core.anchors import anchor_shapes
from explorer.core.box_codec import CLAMP, decode
from explorer.core.proof import BROWSER, Proof
from explorer.figures.anchors import ANCHOR_COLORS, shape_names
from explorer.figures.packing import pack
from explorer.ui import live
from explorer.ui.controls import choose, slider
from explorer.ui.imagebar import Picture
from explorer.ui.kept_choice import kept_choice
from explorer.ui.lesson import remember
from explorer.ui.lessons import anchors_objectness_words as words
from explorer.ui.lessons.anchors_grids import Grid, best_cells, view
from explorer.ui.lessons.anchors_plans import MODELS, PYRAMID, SINGLE, network_plans
from explorer.ui.stage import stage

ALL = "all"
BEST = (0, 30, 3, 1)  # low, high, start, step
OPACITY = 0.45
MOST_WIDE_PX = 620
MOST_HIGH_PX = 440
BROWSER_TOLERANCE = 1e-6

Array = NDArray[np.float64]
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Asked:
    """Which network, which of its maps, how many of the best anchors."""

    network: str
    stride: str
    best: int


@dataclass(frozen=True, eq=False)
class Seen:
    """What the second part showed."""

    name: str
    plans: tuple[MapPlan, ...]
    arrays: Arrays
    grids: tuple[Grid, ...]
    tag: str
    sent: Mapping[str, Any]


def objectness_controls() -> Asked:
    """Ask for the network and its map."""
    network = choose("Network", (PYRAMID, SINGLE), key="rpn", help=words.NETWORK_HELP)
    stride = ALL
    if network == PYRAMID:
        strides = [ALL, *(str(plan.stride) for plan in network_plans(network))]
        stride = choose("Stride", strides, key="rpn_stride", help=words.STRIDE_HELP)
    low, high, start, step = BEST
    best = slider(
        "Best drawn",
        low,
        high,
        start,
        step,
        key="drawn",
        help=words.BEST_HELP,
        width_px=140,
    )
    return Asked(network, stride, best)


def objectness_part(picture: Picture, asked: Asked) -> Seen | None:
    """Show the network's answer for every anchor."""
    name = MODELS[asked.network]
    answer = live.model(name, "opened", image=picture.image)
    if answer is None:
        return None
    arrays, plans = answer.arrays, network_plans(asked.network)
    scale = float(arrays["scale"])
    height, width = picture.image.shape[:2]
    size = (height * scale, width * scale)
    chosen = None if asked.stride == ALL else int(asked.stride)
    if asked.network == SINGLE:
        chosen = plans[0].stride
    grids = view(plans, arrays["rpn_logits"], size, chosen)
    tag = live.digest(name, picture.digest, asked.stride)
    key = f"objectness_{picture.digest[:6]}"
    best = best_cells(grids, arrays["rpn_logits"], max(1, asked.best))
    chosen_place = _chosen_place(picture)
    program = {
        **_constants(plans, chosen),
        "grids": [_grid(grid, arrays, chosen is not None) for grid in grids],
        "scale": scale,
        "place": chosen_place or _best_place(grids, best[0], scale),
        "mine": chosen_place is not None,
        "best": best[: asked.best],
        "map": kept_choice(key, "map", [grid.name for grid in grids], ""),
        "across": 3 if chosen else len(grids),
        "tag": tag,
    }
    event = stage(
        picture.image,
        key=key,
        alt="A photo under a heat map of objectness, and anchors before and after",
        max_width_px=MOST_WIDE_PX,
        max_height_px=MOST_HIGH_PX,
        program=program,
    )
    sent = event.program or {}
    _keep_place(sent, tag)
    seen = Seen(name, plans, arrays, grids, tag, sent)
    st.markdown(words.best_said(seen_best(seen, best[0]), seen.name))
    st.html(words.levels_table(plans, arrays["rpn_logits"], arrays["proposal_rows"]))
    st.caption(words.LEVELS)
    return seen


def _constants(plans: tuple[MapPlan, ...], chosen: int | None) -> dict[str, Any]:
    """Return what the browser needs whatever the photo."""
    shapes = [anchor_shapes(plan.sizes_px, plan.ratios) for plan in plans]
    return {
        "name": "objectness",
        "shapes": np.concatenate(shapes).tolist(),
        "names": [n for p in plans for n in shape_names(p.sizes_px, p.ratios)],
        "clamp": CLAMP,
        "colors": ANCHOR_COLORS,
        "opacity": OPACITY,
        "title": words.title(chosen),
        "what": words.WHAT[chosen is not None],
    }


def _grid(grid: Grid, arrays: Arrays, one_kind: bool) -> dict[str, Any]:
    rows = grid.rows.ravel()
    kinds = grid.kinds.ravel()
    return {
        "name": grid.name,
        "stride": grid.plan.stride,
        "rows": grid.shown[0],
        "cols": grid.shown[1],
        "kind": int(kinds[0]),
        "kinds": None if one_kind else pack(kinds.astype(np.uint8)),
        "logits": pack(arrays["rpn_logits"][rows]),
        "deltas": pack(arrays["rpn_deltas"][rows]),
    }


def _chosen_place(picture: Picture) -> list[float] | None:
    """Return the place that a reader chose on this picture, by the link."""
    remember.forget(picture.digest, "place")
    kept: tuple[float, ...] = remember("place", ())
    height, width = picture.image.shape[:2]
    if len(kept) == 2 and 0 <= kept[0] <= width and 0 <= kept[1] <= height:
        return [float(v) for v in kept]
    return None


def _best_place(grids: tuple[Grid, ...], best: list[int], scale: float) -> list[float]:
    """Return where the likeliest anchor stands, in the picture's pixels."""
    grid = grids[best[0]]
    row, col = divmod(best[1], grid.shown[1])
    return [col * grid.plan.stride / scale, row * grid.plan.stride / scale]


def _keep_place(sent: Mapping[str, Any], tag: str) -> None:
    place = sent.get("place")
    if sent.get("tag") != tag or not isinstance(place, list) or len(place) != 2:
        return
    try:
        remember.set("place", tuple(float(v) for v in place), ())
    except (TypeError, ValueError):
        return


def seen_best(seen: Seen, best: list[int]) -> words.Best:
    """Return the likeliest anchor's numbers, for the words."""
    grid = seen.grids[best[0]]
    row = int(grid.rows.ravel()[best[1]])
    names = [n for p in seen.plans for n in shape_names(p.sizes_px, p.ratios)]
    before = np.asarray(seen.arrays["anchors"][row], np.float64)
    deltas = np.asarray(seen.arrays["rpn_deltas"][row], np.float64)
    return words.Best(
        names[int(grid.kinds.ravel()[best[1]])],
        grid.plan.stride,
        float(seen.arrays["rpn_logits"][row]),
        before,
        deltas,
        decode(before[None], deltas[None])[0],
    )


def prove(seen: Seen | None) -> list[Proof]:
    """Compare anchors, head, moved boxes and the browser with their references."""
    from explorer.models.proofs.anchors import OPENED, prove_opened

    if seen is None:
        return []
    strides = sorted({grid.plan.stride for grid in seen.grids})
    maps = [f"map{stride.bit_length() - 1}" for stride in strides]
    given = {name: seen.arrays[name] for name in (*OPENED, *maps)}
    # One call, so that each array is digested once.
    made = list(
        live.compute("every anchor again", prove_opened, seen.name, seen.plans, given)
    )
    delta = browser_delta(seen)
    if delta is not None:
        note = "probabilities and moved anchors at the place kept"
        made.append(Proof(BROWSER, delta, BROWSER_TOLERANCE, note=note))
    return made


def browser_delta(seen: Seen) -> float | None:
    """Return how far the browser's numbers are off; None for those of another view."""
    sent = seen.sent
    if sent.get("tag") != seen.tag:
        return None
    try:
        cells = np.asarray(sent["cells"], np.int64)
        probs = np.asarray(sent["probs"], np.float64)
        moved = np.asarray(sent["moved"], np.float64)
        rows = [
            int(grid.rows.ravel()[cell])
            for grid, cell in zip(seen.grids, cells, strict=True)
        ]
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    logits = seen.arrays["rpn_logits"][rows].astype(np.float64)
    ours = decode(seen.arrays["anchors"][rows], seen.arrays["rpn_deltas"][rows])
    if probs.shape != logits.shape or moved.shape != ours.shape:
        return float("inf")
    apart = np.abs(1 / (1 + np.exp(-logits)) - probs).max()
    return float(max(apart, np.abs(ours - moved).max()))


def numbers(seen: Seen | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if seen is None:
        return {}
    return {
        name: seen.arrays[name]
        for name in ("anchors", "levels", "rpn_logits", "rpn_deltas")
    }
