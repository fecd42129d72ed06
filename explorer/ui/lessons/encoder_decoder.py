"""The lesson on encoders and decoders: its controls, and what its parts share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.core.proof import Proof
from explorer.models import zoo
from explorer.ui import link, live
from explorer.ui.controls import choose, number, slider, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import encoder_decoder_words as words
from explorer.ui.lessons.encoder_decoder_words import PARTS, SEGNET, TITLES, UNET
from explorer.ui.lessons.segmentation import data_choice
from explorer.ui.lessons.segmentation_truth import Truth, truth
from explorer.ui.stage import committed_program

if TYPE_CHECKING:
    from explorer.models.engine import Answer

LEVELS = {SEGNET: 5, UNET: 4}
FIRST_LEVEL = 3
DIAGRAM, STRIP = "encdec_diagram", "encdec_strip"  # keys of the two stages
MOST_RANK = 24  # level 1 has no more channels
SIZES = (156, 700, 572, 4)  # of U-Net's input: least, most, the paper's, step


@dataclass(frozen=True)
class Asked:
    """What the toolbar says.

    Attributes
    ----------
    part : str
    data : {"street", "people"}
    network : {"segnet", "unet"}
    level, rank : int
    off : str
        Levels switched, joined by commas.
    size : int
        Input side of the calculator, px.
    padded : bool
    known : Truth or None
        The picture's true classes, asked for where maps are scored.
    """

    part: str
    data: str = "street"
    network: str = UNET
    level: int = FIRST_LEVEL
    rank: int = 1
    off: str = ""
    size: int = SIZES[2]
    padded: bool = False
    known: Truth | None = None


@dataclass(frozen=True, eq=False)
class Result:
    """What a part hands to the end of the page: its proofs, and numbers to download."""

    proofs: tuple[Proof, ...]
    numbers: Mapping[str, Any] = field(default_factory=dict)


def ask(picture: Picture) -> Asked:
    """Show the toolbar of the chosen part."""
    part = choose("Part", PARTS, key="part")
    if part == PARTS[3]:
        size = slider("Input, px a side", *SIZES[:2], SIZES[2], SIZES[3], key="size")
        padded = toggle(
            "Padded", False, key="padded", help="Zeros around each map keep its size."
        )
        return Asked(part, size=size, padded=padded)
    data = data_choice(picture)
    if part == PARTS[0]:
        return Asked(part, data, known=_truth(picture, data))
    if part == PARTS[1]:
        network, level = _level(data)
        rank = number("Map", 1, MOST_RANK, 1, key="rank", help=words.RANK_HELP)
        return Asked(part, data, network, level, rank)
    network, off = _off(data)
    return Asked(part, data, network, off=off, known=_truth(picture, data))


def _truth(picture: Picture, data: str) -> Truth | None:
    there = networks(data)
    if not there:
        return None
    return truth(picture, zoo.record(f"{data}_{there[0]}").classes)


def networks(data: str) -> tuple[str, ...]:
    """Return the architectures trained on these data, SegNet first."""
    there = zoo.records()
    return tuple(name for name in (SEGNET, UNET) if f"{data}_{name}" in there)


def _clicked(key: str) -> tuple[int, int] | None:
    """Return what was chosen in a diagram since the last run: network and row."""
    sent = committed_program(key)
    tick = sent.get("tick")
    if tick is None or st.session_state.get(f"_{key}_tick") == tick:
        return None
    st.session_state[f"_{key}_tick"] = tick
    net, row = sent.get("net"), sent.get("level")
    return (net, row) if isinstance(net, int) and isinstance(row, int) else None


def _set(
    key: str,
    options: Sequence[Any],
    place: int,
    format_func: Callable[[Any], str] = str,
) -> None:
    """Set a control before it is drawn, as a click in a picture asks.

    The link of one that is not there yet is written here, because Streamlit would not;
    the link of one that is there must not be.
    """
    if not 0 <= place < len(options):
        return
    name = link.remember.name(key)
    if name not in st.session_state:
        st.query_params[name] = format_func(options[place])
    st.session_state[name] = options[place]


def _network(data: str) -> str:
    there = networks(data) or (UNET,)
    return choose(
        "Network",
        there,
        key=f"network_{data}",
        default=UNET,
        format_func=TITLES.__getitem__,
    )


def _level(data: str) -> tuple[str, int]:
    chosen = _clicked(DIAGRAM)
    if chosen is not None:
        key = f"network_{data}"
        _set(key, networks(data), chosen[0], TITLES.__getitem__)
    network = _network(data)
    levels = tuple(range(1, LEVELS[network] + 1))
    key = f"level_{network}"
    if chosen is not None:
        _set(key, levels, chosen[1] - 1)
    return network, choose("Level", levels, default=FIRST_LEVEL, key=key)


def switches(network: str) -> tuple[str, ...]:
    """Return the settings of the switches, as ``switched`` computes them."""
    every = [str(i) for i in range(1, LEVELS[network] + 1)]
    return "", *every, ",".join(every)


def _off(data: str) -> tuple[str, str]:
    network = _network(data)
    key = f"off_{network}"
    chosen = _clicked(STRIP)
    if chosen is not None:
        _set(key, switches(network), chosen[1], words.off_short)
    off = choose(
        "Skip off" if network == UNET else "Indices off",
        switches(network),
        default="1",
        key=key,
        format_func=words.off_short,
        help=words.OFF_HELP[network],
    )
    return network, off


def asked_of(
    data: str, network: str, method: str, picture: Picture, **options: Any
) -> "Answer | None":
    """Ask a network's method about the picture; None and a sentence if it can't."""
    return live.model(f"{data}_{network}", method, image=picture.image, **options)


def only_one(data: str) -> None:
    """Say why a network is missing, where one is."""
    if networks(data) == (UNET,):
        st.caption(words.ONLY_UNET)
