"""The lesson on receptive fields: choose a network, a layer, and a unit of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.effective_field import MassProfile, mass_profile
from explorer.core.field_table import LayerField, layer_fields
from explorer.core.proof import Proof
from explorer.core.receptive_field import unit_box, unit_spans
from explorer.figures.receptive_field import (
    FIELD_COLORS,
    gradient_levels,
    growth_figure,
    mass_figure,
)
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import toggle
from explorer.ui.heading import heading
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import receptive_words as words
from explorer.ui.lessons.receptive_scene import (
    Scene,
    published,
    published_fields,
    settings,
)
from explorer.ui.stage import StageEvent, stage
from explorer.ui.stage.memory import peek

MOST_WIDE_PX, MOST_HIGH_PX = 600, 400  # on the screen: the panel stands beside it
MIDDLE = (0.5, 0.5)
TABLE_ROWS, TABLE_HEIGHT_PX = 7, 284  # so high that these rows need no scrolling
STAGE = "field_stage"

__all__ = ["explain", "measure", "numbers", "prove", "settings", "show"]


@dataclass(frozen=True, eq=False)
class Measured:
    """What was found for the chosen unit; no gradient where there are no weights."""

    row: int
    col: int
    box: tuple[int, int, int, int]
    gradient: NDArray[np.float32] | None
    profile: MassProfile | None


def show(picture: Picture, scene: Scene) -> Measured | None:
    """Show the photo with the chosen unit's box; return what was measured there."""
    height, width = scene.image.shape[:2]
    rows, cols = scene.field.shape
    place = _place(width, height)
    row = min(int(place[1] * rows), rows - 1)
    col = min(int(place[0] * cols), cols - 1)
    found = measure(picture, scene, row, col)
    if found is None:
        return None
    _stage(scene, found, (place[0] * width, place[1] * height))
    return found


def _place(width: int, height: int) -> tuple[float, float]:
    """Return the chosen place, as shares of the picture, with a click just made."""
    clicked = peek(STAGE, "click")
    if clicked != st.session_state.setdefault("_field_click", None):
        st.session_state["_field_click"] = clicked
        if isinstance(clicked, list) and len(clicked) == 2:
            shares = (clicked[0] / width, clicked[1] / height)
            remember.set("place", tuple(min(max(v, 0.0), 1.0) for v in shares), MIDDLE)
    x, y = remember("place", MIDDLE)
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)


def measure(picture: Picture, scene: Scene, row: int, col: int) -> Measured | None:
    """Return a unit's box and, where the network runs, its gradient."""
    node = scene.field.node
    box = unit_box(scene.graph, node, row, col)
    if not scene.model:
        return Measured(row, col, box, None, None)
    answer = live.model(
        scene.model,
        "field",
        image=picture.image,
        layer=scene.field.name,
        row=row,
        col=col,
        side_px=scene.side_px,
        untrained=scene.untrained,
    )
    if answer is None:
        return None
    gradient = answer.arrays["gradient"]
    whole = unit_box(scene.graph, node, row, col, inside=False)
    profile = live.compute("where the gradient lies", mass_profile, gradient, whole)
    return Measured(row, col, box, gradient, profile)


def _stage(scene: Scene, found: Measured, place: tuple[float, float]) -> StageEvent:
    profile, gradient = found.profile, found.gradient
    half = None
    lines = [words.NO_WEIGHTS]
    if profile is not None and gradient is not None:
        lines = words.measured(profile, scene.field.size[0])
        half = profile.half_box if profile.mass[-1] > 0 else None
    node = scene.field.node
    return stage(
        scene.image,
        key=STAGE,
        alt="The photo with the receptive field of one unit",
        mode="click",
        cell=scene.cell,
        selected=place,
        max_height_px=MOST_HIGH_PX,
        max_width_px=MOST_WIDE_PX,
        program={
            "name": "field",
            "rows": unit_spans(scene.graph, node, 0).astype(np.int32),
            "cols": unit_spans(scene.graph, node, 1).astype(np.int32),
            "unit": [found.row, found.col],
            "gradient": None if gradient is None else gradient_levels(gradient),
            "half": half,
            "lines": [words.own_cell(scene.cell), *lines],
            "size": scene.field.size,
            "live": bool(scene.model),
            "colors": FIELD_COLORS,
        },
    )


def explain(scene: Scene, found: Measured) -> None:
    """Show where the gradient lies, how the field grows, and the table."""
    by_node = {field.node: field for field in layer_fields(scene.graph)}
    st.caption(" ".join(words.reading(scene.field, found.profile, scene.untrained)))
    st.latex(words.growth(scene.graph, by_node, scene.field))
    known = live.compute("fields of published networks", published_fields)
    networks = {**known, scene.network: scene.fields}
    side_px = max(scene.image.shape[:2])
    figure = growth_figure(networks, scene.network, scene.field.node, side_px)
    if found.profile is None:
        st.markdown(words.GROWS)
        _chart(figure, "growth")
    else:
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown(words.LIES)
            _chart(mass_figure(found.profile), "mass")
        with right:
            st.markdown(words.GROWS)
            _chart(figure, "growth")
    table(scene)


def _chart(figure: Any, key: str) -> None:
    chart(
        figure,
        config={"displayModeBar": False},
        key=f"receptive_field_{key}",
    )


def table(scene: Scene) -> None:
    """List layers with kernel, stride, size, jump and start: those around the chosen.

    The chosen one is always in sight, and what it grows from above it.
    """
    heading(f"The layers of {scene.network}, in the order they run")
    every = toggle("All layers", False, key="all_layers", help=words.ALL_HELP)
    fields = scene.fields if every else around(scene.fields, scene.field)
    columns = {
        "layer": [
            ("▸ " if field.node == scene.field.node else "")
            + field.name.removesuffix(".conv")
            for field in fields
        ],
        "made by": [field.op for field in fields],
        "kernel": [words.kernel_text(field.reach) for field in fields],
        "stride": [words.stride_text(field.reach) for field in fields],
        "units": [f"{field.shape[0]} × {field.shape[1]}" for field in fields],
        "size, px": [field.size[0] for field in fields],
        "jump, px": [field.jump[0] for field in fields],
        "start, px": [field.start[0] for field in fields],
    }
    st.dataframe(columns, hide_index=True, width="stretch", height=TABLE_HEIGHT_PX)
    st.caption(words.LEFT_OUT)
    if any(field.reach.step < 1 for field in fields):
        st.caption(words.ENLARGED)


def around(fields: tuple[LayerField, ...], field: LayerField) -> tuple[LayerField, ...]:
    """Return the layers next to one, as many at either end of the network as inside."""
    first = max(0, min(fields.index(field) - TABLE_ROWS // 2, len(fields) - TABLE_ROWS))
    return fields[first : first + TABLE_ROWS]


def prove(scene: Scene, found: Measured) -> list[Proof]:
    """Compare boxes with gradients and responses, and sizes with published ones."""
    from explorer.models.proofs import receptive_field as proofs

    rows, cols = scene.field.shape
    units = ((found.row, found.col), (0, 0), (rows - 1, cols - 1))
    node = scene.field.node
    made = [live.compute("box proof", proofs.prove_boxes, scene.graph, node, units)]
    if found.profile is not None:
        made += _live_proofs(scene, found, found.profile)
    made.append(live.compute("sizes proof", _sizes_proof))
    return made


def _sizes_proof() -> Proof:
    """Prove the published sizes; no arguments, for graphs are long to fingerprint."""
    from explorer.models.proofs import receptive_field as proofs

    return proofs.prove_published(published())


def _live_proofs(scene: Scene, found: Measured, profile: MassProfile) -> list[Proof]:
    from explorer.models.proofs import receptive_field as proofs

    x1, y1, x2, y2 = found.box
    height, width = scene.image.shape[:2]
    answer = live.model(
        scene.model,
        "field_check",
        layer=scene.field.name,
        row=found.row,
        col=found.col,
        height=height,
        width=width,
        **{"x1": x1, "y1": y1, "x2": x2, "y2": y2},
    )
    made = [proofs.prove_outside(profile.outside)]
    if answer is not None:
        before = scene.graph.nodes[: scene.field.node + 1]
        unpooled = any(node.op == "unpooling" for node in before)
        responses = answer.arrays["responses"]
        made.insert(0, proofs.prove_responses(responses, unpooled))
    return made


def numbers(scene: Scene | None, found: Measured | None) -> dict[str, Any]:
    """Return what can be downloaded."""
    if scene is None or found is None:
        return {}
    fields = scene.fields
    made: dict[str, Any] = {
        "layers": np.array([field.name for field in fields]),
        "size_px": np.array([field.size for field in fields]),
        "jump_px": np.array([field.jump for field in fields]),
        "start_px": np.array([field.start for field in fields]),
        "box": np.array(found.box),
    }
    if found.gradient is not None:
        made["gradient"] = found.gradient
    return made
