"""The reader's digit: one of ours, one that she draws, or a photo of one."""

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from explorer.core import door
from explorer.core.digit_form import SIDE_PX, as_digit, stroke_digit
from explorer.core.digit_photo import digit_of_photo
from explorer.ui import link, uploads
from explorer.ui.controls import select
from explorer.ui.lesson import remember
from explorer.ui.literal import as_written
from explorer.ui.stage.memory import peek
from explorer.ui.stage.stage import stage

DRAW, PHOTO = "draw one", "a photo of one"
OPTIONS = (*"0123456789", DRAW, PHOTO)
SHEET_PX = 280  # the paper's side; drawn on it, then brought to 28
INK_SIZE = 112
BRUSH_PX = 20.0
GHOST = 0.4  # of its brightness: a drawing from before, under the pointer's
PHOTO_PX = 460  # of the door for a photo, with its sentences
REST = 4.2  # widths of a sheet that a row holds
LEVELS = 16  # of the brightness that a link keeps
LONGEST = 800  # characters of a drawing in a link

Grey = NDArray[np.uint8]
HELP = (
    "The digits 0 to 9 are drawn by our own strokes. Draw one yourself, or add a photo "
    "of one on paper: it is brought to the form that the networks were trained with, "
    "white on black, 20 pixels high, in the middle."
)


@dataclass(frozen=True, eq=False)
class Digit:
    """A digit as the networks take it.

    Attributes
    ----------
    image : (28, 28) uint8 array
        White on black.
    name : str
        Who made it, in a few words.
    """

    image: Grey
    name: str


def digit_control(
    default: str = "3", key: str = "digit", label: str = "Digit", width_px: int = 150
) -> str:
    """Ask whose digit it is; a page with two gives each its own key."""
    asked: str = select(label, OPTIONS, default, key=key, help=HELP, width_px=width_px)
    return asked


def beside(asked: str) -> bool:
    """Whether paper stands beside what follows; the door for a photo is but a row."""
    return asked == DRAW


def rooms(*asked: str) -> tuple[DeltaGenerator, ...]:
    """Return a place for each digit asked for, and one for what follows from them.

    Paper stands to the left of it, so that both are in sight; photos stand above.
    """
    papers = sum(beside(one) for one in asked)
    above = [None if beside(one) else _row(one) for one in asked]
    if not papers:
        return (*(one for one in above if one is not None), st.container())
    columns = iter(st.columns([1.0] * papers + [REST - papers], gap="medium"))
    return (*(next(columns) if one is None else one for one in above), next(columns))


def _row(asked: str) -> DeltaGenerator:
    return st.container(width=PHOTO_PX) if asked == PHOTO else st.container()


def the_digit(
    asked: str, default: str = "3", key: str = "digit", hand: int = 0
) -> Digit:
    """Show the place to draw or to add a photo, and return the digit.

    Until there is one the page goes on with one of ours, and says so. ``hand`` is the
    seed of ours: two of a kind are not the same.
    """
    if asked != PHOTO:
        _forget_photo(key)
    if asked == DRAW:
        found = _drawn(default, key)
    elif asked == PHOTO:
        found = _photo(default, key)
    else:
        return ours(asked, hand)
    return ours(default, hand) if found is None else found


def ours(digit: str, hand: int = 0) -> Digit:
    """Return one that our own strokes drew."""
    return Digit(stroke_digit(int(digit), hand), f"our {digit}")


def _drawn(default: str, key: str) -> Digit | None:
    name = "ink" if key == "digit" else f"{key}_ink"
    pad = remember.name(f"{key}_pad")
    drawn = peek(pad, "ink")
    if drawn is None and _touched(pad):  # "Clear" was pressed
        remember.set(name, "", "")
    kept = remember(name, "", _checked)
    event = stage(
        _paper("" if drawn else kept),
        key=pad,
        alt="Black paper to draw a digit on, in white",
        mode="brush",
        brush_px=BRUSH_PX,
        ink_size=INK_SIZE,
        max_height_px=SHEET_PX,
        max_width_px=SHEET_PX,
    )
    if event.ink is None and kept:
        remember.set(name, kept, "")
        st.caption("The grey drawing is the link's. Draw to replace it.")
        return Digit(unpack_ink(kept), "the drawing of the link")
    if event.ink is None or not event.ink.any():
        remember.set(name, "", "")
        st.caption(f"Draw a digit with the pointer. Until then: our {default}.")
        return None
    try:
        text = pack_ink(as_digit(event.ink))
    except ValueError as error:
        st.info(str(error), icon=":material/draw:")
        return None
    remember.set(name, text, "")
    return Digit(unpack_ink(text), "your drawing")


def _touched(pad: str) -> bool:
    """Whether the reader has drawn on this sheet or cleared it."""
    state = st.session_state.get(pad)
    return isinstance(state, Mapping) and state.get("ink") is not None


def _paper(kept: str) -> Grey:
    """Return the sheet: black, or with a drawing from before in grey."""
    if not kept:
        return np.zeros((SHEET_PX, SHEET_PX), np.uint8)
    grey = (unpack_ink(kept) * GHOST).astype(np.uint8)
    large = cv2.resize(grey, (SHEET_PX, SHEET_PX), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.uint8)


def _photo(default: str, key: str) -> Digit | None:
    name = remember.name(f"{key}_file")
    st.file_uploader(
        "A photo of one digit on paper: JPEG, PNG, HEIC …, up to 20 MB", key=name
    )
    uploads.say_if_refused(key)
    st.caption("Your photo stays in this session: not stored, not shared.")
    file = uploads.once(name, _opened)
    _say_if_forgotten(key, file is not None)
    if file is None:
        st.caption(f"Until there is one: our {default}.")
        return None
    if isinstance(file, Digit):
        return file
    st.error(f"{as_written(file)} The page goes on with our {default}.")
    return None


def _opened(file: Any) -> Digit | str:
    """Return the digit on a photo, or a sentence of why there is none."""
    try:
        opened = door.open_image(file.getvalue(), file.name)
        grey = cv2.cvtColor(opened.image, cv2.COLOR_RGB2GRAY)
        return Digit(digit_of_photo(np.asarray(grey, np.uint8)), "your photo")
    except ValueError as error:
        return str(error)


def _photo_names(key: str) -> tuple[str, str]:
    """Return where it stands that there is a photo: in the link, in the session."""
    return f"{key}_photo", remember.name(f"_{key}_photo_was")


def _forget_photo(key: str) -> None:
    """Take out of the link that there is a photo, as another digit is asked for."""
    name, was = _photo_names(key)
    st.session_state.pop(was, None)
    remember.set(name, 0, 0)


def _say_if_forgotten(key: str, here: bool) -> None:
    """Keep in the link that there is a photo; say where a link is of one not here.

    The link of a lost photo keeps saying so: another reload is told again.
    """
    name, was = _photo_names(key)
    said = bool(remember(name, 0))
    known = st.session_state.get(was)
    if here:
        said, known = True, "here"
    elif known == "here":  # the reader took it away
        said, known = False, None
    elif said and known is None:
        link.note(
            "This view was of a reader's own photo of a digit, which never leaves her "
            "session: no link carries it, and reloading the page or a restart of the "
            "server forgets it. Choose it again, or go on with our digit."
        )
        known = "lost"
    st.session_state[was] = known
    remember.set(name, int(said), 0)


def as_grey(image: NDArray[np.uint8]) -> Grey:
    """Make any picture (H, W, 3) small, as if it were a digit: its middle, 28 x 28.

    Examples
    --------
    >>> as_grey(np.full((40, 60, 3), 9, np.uint8)).shape
    (28, 28)
    """
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    grey = cv2.cvtColor(image[top : top + side, left : left + side], cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def pack_ink(image: Grey) -> str:
    """Write a digit (28, 28) as a link can hold it: sixteen greys, packed.

    Examples
    --------
    >>> text = pack_ink(stroke_digit(3))
    >>> len(text) < LONGEST, bool((pack_ink(unpack_ink(text)) == text))
    (True, True)
    """
    levels = np.round(image / 255 * (LEVELS - 1)).astype(np.uint8).ravel()
    halves = (levels[::2] << 4) | levels[1::2]
    packed = zlib.compress(halves.tobytes(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack_ink(text: str) -> Grey:
    """Read what ``pack_ink`` wrote.

    Raises
    ------
    ValueError
        If it was not written by it.
    """
    if len(text) > LONGEST:
        raise ValueError("too long for a drawing")
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        opener = zlib.decompressobj()
        data = opener.decompress(packed, SIDE_PX**2)  # never more than a digit
    except (binascii.Error, zlib.error, UnicodeError):
        raise ValueError("not a drawing") from None
    if len(data) != SIDE_PX**2 // 2 or not opener.eof:
        raise ValueError("not a drawing")
    halves = np.frombuffer(data, np.uint8)
    levels = np.stack([halves >> 4, halves & 15], axis=1).reshape(SIDE_PX, SIDE_PX)
    return (levels * (255 // (LEVELS - 1))).astype(np.uint8)


def _checked(text: str) -> str:
    unpack_ink(text)
    return text
