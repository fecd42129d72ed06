"""The star model's filters and springs, and the distance transform on one level."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.numerals import signed
from explorer.core.people import PADDING_PX
from explorer.core.pyramid import shrink
from explorer.core.star import FINER, StarModel
from explorer.figures import star as draw
from explorer.figures.layers import Boxes, Points
from explorer.figures.scale import scale_html
from explorer.figures.star_charts import envelope_figure
from explorer.figures.theme import class_color
from explorer.figures.windows import score_heat
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import deformable_words as words
from explorer.ui.lessons.deformable_parts import MODEL, Found, Person
from explorer.ui.stage.event import Hover
from explorer.ui.stage.stage import stage

Float64 = NDArray[np.float64]
Ints = NDArray[np.intp]

LOW_QUANTILE = 0.02  # of the responses: below it all is drawn alike


def the_model(star: StarModel) -> None:
    """Show root, parts and bowls side by side, and how the model did."""
    root, parts, bowls, said = st.columns([2, 2, 2, 3], gap="medium")
    with root:
        stage(
            draw.root_image(star),
            key="deformable_parts_root",
            alt="The root filter: edges that speak for a person",
            max_height_px=400,
        )
        st.caption("**Root filter**: the edges that speak for a person.")
    with parts:
        stage(
            draw.parts_image(star),
            key="deformable_parts_filters",
            alt="The part filters where they rest, at twice the resolution",
            layers=[draw.part_frames(star)],
            max_height_px=400,
        )
        st.caption("**Part filters** at their rests, twice as fine.")
    with bowls:
        stage(
            draw.bowls_image(star),
            key="deformable_parts_bowls",
            alt="Each part's deformation cost as a bowl of wire",
            layers=[draw.part_frames(star)],
            max_height_px=400,
        )
        st.caption(
            f"**Deformation**: the cost of leaving the rest, up to {draw.BOWL_REACH} "
            "blocks to each side. A steep bowl is a stiff spring."
        )
    with said:
        st.markdown(words.record_words(zoo.record(MODEL), zoo.record("hog_svm")))
        st.markdown(words.model_words(star))
        st.caption(words.near_words(star))


def transform(picture: Picture, found: Found, person: Person, part: int) -> None:
    """Show one part's map of the person's level before and after, and the sum."""
    if found.none:
        st.caption(words.NOTHING)
    star, maps = found.model, person.maps
    size = found.scan.windows.levels[person.level].size_px
    cost = star.costs[part]
    both = live.compute(
        "Distance transform", draw.part_maps, maps.responses[part], cost
    )
    lo, hi = (float(q) for q in np.quantile(both.before, [LOW_QUANTILE, 1]))
    photo = shrink(picture.image, (FINER * size[0], FINER * size[1]))
    rest, at = person.place.rest[part], person.place.at[part]
    columns = st.columns(3, gap="medium")
    for column, values, name in zip(
        columns[:2], (both.before, both.after), ("before", "after"), strict=True
    ):
        with column:
            heat = draw.fine_heat(values, PADDING_PX, lo, hi)
            assert heat.box is not None
            stage(
                photo,
                key=f"deformable_parts_{name}",
                alt=f"Part {part + 1} on this level, {name} the distance transform",
                layers=[heat, *_marks(part, rest, at, name)],
                hover=Hover(
                    values,
                    names=(f"part {part + 1} {name}:",),
                    cell=(draw.CELL, draw.CELL),
                    origin=heat.box[:2],
                ),
                max_height_px=400,
            )
            st.caption(words.PANES[name].format(part=part + 1))
            st.html(scale_html(f"{signed(lo)} or less", signed(hi)))
    with columns[2]:
        _sum(picture, found, person)
    _said(both, person, part, cost)


def _marks(part: int, rest: Ints, at: Ints, name: str) -> list[Boxes | Points]:
    """Mark the chosen person's part: where it is before, its rest after."""
    row, col = at if name == "before" else rest
    box = draw.part_box(int(row), int(col), PADDING_PX)
    color = class_color(part)
    label = "best place" if name == "before" else "rest"
    middle = (box[:2] + box[2:]) / 2
    return [Boxes([box], color, [label], 2.5), Points([middle], color, 4)]


def _sum(picture: Picture, found: Found, person: Person) -> None:
    """Show the whole model's score of every window of the level."""
    scan = found.scan.windows
    level = scan.levels[person.level]
    heat = score_heat(scan, person.level, 0.75)
    assert heat.box is not None
    middle = np.array(
        [
            heat.box[0] + (person.col + 0.5) * draw.CELL,
            heat.box[1] + (person.row + 0.5) * draw.CELL,
        ]
    )
    half = np.array(scan.window_px) / 2
    window = np.concatenate([middle - half, middle + half])
    stage(
        shrink(picture.image, level.size_px),
        key="deformable_parts_sum",
        alt="Root plus all transformed parts: the score of every window of this level",
        layers=[heat, Boxes([window], "#FFFFFF", ["root"], 2.5)],
        hover=Hover(
            level.scores,
            names=("root + all parts, window centred here:",),
            cell=(draw.CELL, draw.CELL),
            origin=heat.box[:2],
        ),
        max_height_px=400,
    )
    st.caption(
        f"**Root + all {found.model.parts} parts** after their transforms: the score "
        "of each window, at its middle, on half as fine a grid."
    )
    low, high = heat.limits()
    st.html(scale_html(f"{signed(low)} or less", signed(high)))


def _said(both: draw.PartMaps, person: Person, part: int, cost: Float64) -> None:
    """Say what moved, and draw the row of the best place with its parabolas."""
    place = person.place
    row, col = (int(one) for one in place.rest[part])
    height, width = both.before.shape
    inside = 0 <= row < height and 0 <= col < width
    before = float(both.before[row, col]) if inside else -np.inf
    st.markdown(words.maps_words(place, part, before))
    line = both.before[int(place.at[part, 0])]
    chart(
        envelope_figure(line, cost, col),
        config={"displayModeBar": False},
        key="deformable_parts_envelope",
    )
    st.caption(
        f"The map's row {int(place.at[part, 0])}, through the part's best place. "
        + words.spread_words(both.before.size, person.maps.root.size)
    )
