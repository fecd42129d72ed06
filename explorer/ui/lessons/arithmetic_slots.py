"""What can stand for A', A or B among photographed faces."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core import door
from explorer.core.avatars import draw_avatar, random_avatar
from explorer.core.face_crop import find_face
from explorer.core.face_groups import ADULT, OLD, YOUNG, aged
from explorer.core.latent_table import LatentTable, latent_table
from explorer.ui import live, uploads
from explorer.ui.lesson import remember
from explorer.ui.lessons import arithmetic_words as words
from explorer.ui.lessons.arithmetic_sum import Codes, Images
from explorer.ui.literal import as_written

NETWORK = "faces_vae"
Rows = NDArray[np.bool_]
Columns = Mapping[str, NDArray[np.int64]]

OF_OLD, OF_YOUNG = (f"aged {low} to {high}" for low, high in (OLD, YOUNG))
# Who belongs to a set, by the columns of the table.
GROUPS: Mapping[str, Callable[[Columns], Rows]] = {
    "with glasses": lambda c: c["glasses"] == 1,
    "no glasses": lambda c: c["glasses"] == 0,
    "smiling": lambda c: c["smile"] == 2,
    "serious": lambda c: c["smile"] == 0,
    OF_OLD: lambda c: aged(c["age"], OLD),
    OF_YOUNG: lambda c: aged(c["age"], YOUNG),
    "women": lambda c: (c["gender"] == 1) & aged(c["age"], ADULT),
    "men": lambda c: (c["gender"] == 0) & aged(c["age"], ADULT),
}
PRIOR, DRAWN, MINE, PHOTO = "drawn from the prior", "an avatar", "my photo", "the photo"
SOURCES = (*GROUPS, PRIOR, DRAWN, MINE)
BASES = (PHOTO, *GROUPS, PRIOR, DRAWN)


@dataclass(frozen=True, eq=False)
class Slot:
    """One of A', A and B.

    Attributes
    ----------
    codes : (N, Z) float64 array
    images : (N', 64, 64, 3) uint8 array or None
        Where there are pictures of them; else what the decoder makes of the codes is
        shown, the first few.
    """

    codes: Codes
    images: Images | None = None


def read(
    source: str, count: int, seed: int, *, key: str, photo: Images | None = None
) -> Slot | None:
    """Return what stands in a slot; None, with a sentence on the page, if nothing can.

    Parameters
    ----------
    source : str
        One of ``SOURCES`` or ``BASES``.
    count : int
        Faces of a set that are averaged.
    seed : int
        Which of them.
    key : str
        Of the slot: tells its upload from another's.
    photo : (H, W, 3) uint8 array, optional
        Of the image bar.
    """
    table = latent_table(NETWORK)
    rng = np.random.default_rng((seed, tuple(words.SLOTS).index(key)))
    if source in GROUPS:
        return Slot(some_of(table, source, count, rng))
    if source == PRIOR:
        return Slot(rng.standard_normal((1, table.mu.shape[1])))
    if source == DRAWN:
        return encoded(draw_avatar(random_avatar(rng)))
    image = photo if source == PHOTO else uploaded(key)
    return None if image is None else from_photo(image, key)


def some_of(
    table: LatentTable, group: str, count: int, rng: np.random.Generator
) -> Codes:
    """Return the codes (count, Z) of faces of a group; fewer where it has fewer.

    Examples
    --------
    >>> table = LatentTable(np.eye(3, dtype=np.float32), {"smile": np.array([2, 0, 2])})
    >>> some_of(table, "smiling", 9, np.random.default_rng(0)).sum(axis=0).tolist()
    [1.0, 0.0, 1.0]
    """
    rows = np.flatnonzero(GROUPS[group](table.columns))
    chosen = rng.choice(rows, min(count, len(rows)), replace=False)
    return np.asarray(table.mu[chosen], np.float64)


def uploaded(key: str) -> Images | None:
    """Ask for a photo of one's own; None until there is a good one."""
    name = remember.name(f"file_{key}")
    st.file_uploader(words.UPLOAD.format(slot=words.SLOTS[key]), key=name)
    uploads.say_if_refused(key)
    opened = uploads.once(name, _opened)
    if opened is None:
        st.caption(words.WAITING)
    if isinstance(opened, str):
        st.error(as_written(opened), icon=":material/broken_image:")
        return None
    return opened


def _opened(file: Any) -> Images | str:
    """Return a photo's pixels (H, W, 3), or a sentence of why there are none."""
    try:
        return door.open_image(file.getvalue(), file.name).image
    except ValueError as error:
        return str(error)


def from_photo(image: Images, key: str) -> Slot | None:
    """Find the face in a photo and encode it."""
    try:
        crop = live.compute(f"face of {words.SLOTS[key]}", find_face, image)
    except ValueError as error:
        said = (
            words.INSTEAD
            if key == "base"
            else words.AGAIN.format(slot=words.SLOTS[key])
        )
        st.warning(f"{error} {said}", icon=":material/face_retouching_off:")
        return None
    if crop.others:
        st.caption(words.others(crop.others))
    return encoded(crop.image)


def encoded(image: Images) -> Slot | None:
    """Send one picture (64, 64, 3) through the encoder."""
    answer = live.model(NETWORK, "encode", images=image[None])
    if answer is None:
        return None
    return Slot(answer.arrays["mu"].astype(np.float64), image[None])
