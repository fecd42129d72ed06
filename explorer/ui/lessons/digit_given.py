"""The reader's digit where a lesson works on it: shown, or drawn on the spot."""

import streamlit as st

from explorer.ui.digitbar import DRAW, PHOTO, Digit, Grey, the_digit
from explorer.ui.stage.stage import stage

SEEN_PX = 112  # under the reader's own sheet or file
ALT = "What the networks are given, 28 by 28 pixels"


def digit_given(asked: str, default: str, side_px: int) -> Digit:
    """Show the digit, in its place the sheet to draw on or the door for a photo."""
    digit = the_digit(asked, default)
    own = asked in (DRAW, PHOTO)
    if own:
        st.caption("As the networks see it:")
    given(digit.image, SEEN_PX if own else side_px)
    return digit


def given(image: Grey, side_px: int) -> None:
    """Show what the networks are given."""
    stage(
        image,
        key="given",
        alt=ALT,
        pixelated=True,
        max_height_px=side_px,
        max_width_px=side_px,
    )
