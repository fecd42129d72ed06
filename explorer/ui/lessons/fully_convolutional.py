"""The lesson on fully convolutional classifiers: its settings and its map."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from explorer.core.class_map import upsampled
from explorer.figures.class_map import overlay_image
from explorer.figures.layers import Heat
from explorer.ui.controls import choose, select, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import fully_convolutional_words as words
from explorer.ui.lessons.fully_convolutional_scores import (
    FACTOR,
    GUESS,
    WINDOW,
    Scored,
    Settings,
    ends,
    label_of,
    map_program,
    names,
    readout,
    scored,
)
from explorer.ui.stage import stage

SIZES = (224, 320, 448, 640, 896)
WINDOWS = (WINDOW, 1)
SHOWN = ("Probability", "Logit")
WISH = "_fully_convolutional_class"
MOST_WIDE_PX = 620  # on the screen: the list of classes stands beside it


def size_control() -> int:
    """Ask for the input's longest side."""
    return select(
        "Input size",
        SIZES,
        640,
        key="size",
        help=words.SIZE_HELP,
        format_func=lambda n: f"{n:d} px",
        width_px=110,
    )


def class_control(width_px: int = 250) -> int:
    """Ask for a class, any of the 1,000 or the network's own top guess."""
    known = names()
    options = (GUESS, *sorted(range(len(known)), key=lambda k: known[k].lower()))
    wish = st.session_state.pop(WISH, None)
    if wish is not None:
        st.session_state[remember.name("class")] = wish
    return select(
        "Class",
        options,
        GUESS,
        key="class",
        help=words.CLASS_HELP,
        format_func=lambda k: words.TOP_GUESS if k == GUESS else f"{known[k]} ({k})",
        width_px=width_px,
    )


def map_controls() -> Settings:
    """Show the class map's controls."""
    side_px, option = size_control(), class_control()
    window = choose(
        "Window",
        WINDOWS,
        key="window",
        help=words.WINDOW_HELP,
        format_func=lambda n: f"{n} × {n}",
    )
    shown = choose("Show", SHOWN, key="show", help=words.SHOW_HELP)
    bilinear = toggle("Bilinear", False, key="bilinear", help=words.BILINEAR_HELP)
    sizes = toggle("All sizes", False, key="sizes", help=words.SIZES_HELP)
    return Settings(side_px, option, window, shown == SHOWN[0], bilinear, sizes)


def same_controls() -> Settings:
    """Show the controls of the comparison: input size and class."""
    return Settings(size_control(), class_control())


def map_part(picture: Picture, asked: Settings) -> Scored | None:
    """Show the class's map on the image and the best classes under the pointer."""
    label = label_of(picture, asked.option)
    if label is None:
        return None
    found = scored(picture, asked.side_px, asked.window, label)
    if found is None:
        return None
    values = found.values(asked.percent)
    fine = upsampled(values, FACTOR) if asked.bilinear else values
    heat = Heat(fine, found.box, 0.6, "sequential", *ends(values, asked.percent))
    event = stage(
        found.image,
        key="class_map",
        alt=f"The image under a map of the score of {names()[label]}",
        layers=[heat],
        hover=readout(found, asked.percent),
        program=map_program(found, asked.percent),
        max_height_px=430,
        max_width_px=MOST_WIDE_PX,
    )
    take_wish(event.program)
    st.markdown(
        words.map_said(names()[label], found.shape, found.window, asked.option == GUESS)
    )
    if asked.option == GUESS:
        st.caption(words.GUESS_APART)
    small = words.window_said(found.shape, found.window, asked.window)
    if small:
        st.caption(small)
    if asked.sizes:
        _all_sizes(picture, asked, label)
    return found


def take_wish(sent: Any) -> None:
    """Show the class that a reader pressed in the list, once for each press."""
    if not isinstance(sent, Mapping) or st.session_state.get(f"{WISH}_seen") == sent:
        return
    st.session_state[f"{WISH}_seen"] = dict(sent)
    label = sent.get("label")
    if isinstance(label, int) and 0 <= label < len(names()):
        st.session_state[WISH] = label
        again()


def _all_sizes(picture: Picture, asked: Settings, label: int) -> None:
    """Show the class's map at every input size, on one scale."""
    some = [scored(picture, side, asked.window, label) for side in SIZES]
    maps = [one for one in some if one is not None]
    if not maps:
        return
    all_values = np.concatenate([m.values(asked.percent).ravel() for m in maps])
    lo, hi = ends(all_values, asked.percent)
    for column, one in zip(st.columns(len(maps), gap="small"), maps, strict=True):
        values = one.values(asked.percent)
        height, width = one.image.shape[:2]
        best = float(values.max())
        most = f"{100 * best:.0f} %" if asked.percent else f"{best:.1f}"
        said = f"{width} × {height} px: up to {most}"
        column.image(
            overlay_image(one.image, values, one.box, lo, hi),
            caption=said,
            alt=f"The map of scores over the image, {said}",
            width="stretch",
        )
    st.caption(words.ALL_SIZES)
