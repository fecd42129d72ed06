"""A plane of codes under the pointer: digits, clothes, one face."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.latent_table import latent_table, spread
from explorer.core.proof import Proof
from explorer.figures.theme import TEN
from explorer.figures.tiles import tiles_image
from explorer.models import zoo
from explorer.models.proofs.latent import prove_decoder, prove_shown
from explorer.ui import live
from explorer.ui.controls import choose, toggle
from explorer.ui.lesson import remember
from explorer.ui.lessons import latent_words as words
from explorer.ui.routes import DECODE
from explorer.ui.stage.stage import stage

PLANES = {
    "Digits": "digits_vae_2",
    "Clothes": "fashion_vae_2",
    "One face": "frey_vae_2",
}
SPAN = 3.0  # standard deviations of the prior, to each side
ACROSS = 20  # pictures in a row of the plane
MOST = 2000  # test pictures that are dots
START = (0.6, -0.8)  # where the ring stands first: on no border between two kinds
PROVED = 12  # pictures of the plane that numpy decodes again


@dataclass(frozen=True, eq=False)
class Plane:
    """What the part showed.

    Attributes
    ----------
    name : str
        Of the network.
    codes : (N, 2) float32 array
        Of the small pictures, row by row.
    images : (N, h, w) uint8 array
    sent : dict or None
        What the browser committed.
    """

    name: str
    codes: NDArray[np.float32]
    images: NDArray[np.uint8]
    sent: dict[str, Any] | None


def controls() -> tuple[str, bool]:
    """Ask for the pictures, and whether the test pictures lie over them."""
    kind = choose("Pictures", tuple(PLANES), key="kind")
    name = PLANES[kind]
    dots = toggle("Test pictures", True, key="dots", help=words.DOTS_HELP)
    return name, dots


def codes_of(rows: int, columns: int) -> NDArray[np.float32]:
    """Return the codes (rows * columns, 2) in the middle of each small picture.

    Examples
    --------
    >>> codes_of(1, 2).tolist()
    [[-1.5, 0.0], [1.5, 0.0]]
    """
    x = ((np.arange(columns) + 0.5) / columns * 2 - 1) * SPAN
    y = (1 - (np.arange(rows) + 0.5) / rows * 2) * SPAN
    z = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return z.astype(np.float32)


def show(name: str, dots: bool) -> Plane | None:
    """Show the plane; the decoder answers the pointer by itself."""
    about = zoo.record(name)
    high, wide = about.arguments["shape"]
    rows = round(ACROSS * wide / high)
    z = codes_of(rows, ACROSS)
    answer = live.model(name, "decode", z=z)
    if answer is None:
        return None
    images = answer.arrays["images"]
    picture = tiles_image(images, ACROSS)
    table = latent_table(name)
    dot = spread(len(table.mu), MOST)
    start = _place(picture, remember("at", START))
    event = stage(
        picture,
        key=f"plane_{name}",
        alt=words.plane_alt(about.title, SPAN),
        mode="drag",
        selected=start,
        max_height_px=560,
        max_width_px=560,
        program={
            "name": "latent",
            "url": f"{DECODE}?model={name}",
            "span": [SPAN, SPAN],
            "points": table.mu[dot],
            "labels": table.columns["label"][dot].astype(np.uint8),
            "colors": list(TEN),
            "names": list(about.classes),
            "dots": dots,
            "shape": [high, wide],
            "note": words.plane_note(about),
        },
    )
    if event.point is not None:
        remember.set("at", _code(picture, event.point), START)
    st.markdown(words.plane(about, len(z), len(dot) if dots else 0))
    return Plane(name, z, images, event.program)


def _place(picture: NDArray[np.uint8], z: tuple[float, ...]) -> tuple[float, float]:
    """Return where a code lies on the picture, in its pixels."""
    height, width = picture.shape[:2]
    x, y = np.clip(z, -SPAN, SPAN)
    return float((x / SPAN + 1) / 2 * width), float((1 - y / SPAN) / 2 * height)


def _code(picture: NDArray[np.uint8], place: tuple[float, float]) -> tuple[float, ...]:
    """Return the code of a place, rounded as the link holds it."""
    height, width = picture.shape[:2]
    x, y = (2 * place[0] / width - 1) * SPAN, (1 - 2 * place[1] / height) * SPAN
    return round(x, 2), round(y, 2)


def prove(plane: Plane | None) -> list[Proof]:
    """Decode some of the plane with numpy, and what the browser shows."""
    if plane is None:
        return []
    about = zoo.record(plane.name)
    step = max(1, len(plane.codes) // PROVED)
    found = [prove_decoder(about, plane.codes[::step], plane.images[::step])]
    if plane.sent and plane.sent.get("tag") == words.plane_note(about):
        found.append(prove_shown(about, plane.sent))
    return found
