"""The lesson on FCN: what is asked, the networks, and their maps side by side."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.fusion import STRIDES
from explorer.models import zoo
from explorer.models.proofs import fcn as proofs
from explorer.models.records import Record
from explorer.ui import live
from explorer.ui.controls import choose, select, toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import again, remember
from explorer.ui.lessons import fcn_words as words
from explorer.ui.lessons import segmentation as shared
from explorer.ui.lessons.segmentation_stage import (
    ClassMap,
    HeatMap,
    Photo,
    Reading,
    Tile,
    picked,
    segment_stage,
)
from explorer.ui.lessons.segmentation_truth import Truth, noted, truth
from explorer.ui.stage import StageEvent

READINGS: dict[Reading, str] = {"probs": "Probabilities", "scores": "Scores"}
PHOTO, TRUTH, LOSS = "Photo", "Truth", "Loss"
PLACE = (0.57, 0.42)  # on a figure of the drawn street
WIDE_PX = 600  # the panel's table still stands beside it on a 1280 px screen

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """What the toolbar says, and what is known of the picture."""

    data: str
    classes: tuple[str, ...]
    stride: int
    off: tuple[int, ...]
    reading: Reading
    first: str
    known: Truth | None


@dataclass(frozen=True, eq=False)
class Net:
    """One network's answer: ``arrays`` as ``models.fcn_fusion`` returns them."""

    stride: int
    off: tuple[int, ...]
    classes: tuple[str, ...]
    arrays: dict[str, NDArray[Any]]

    @property
    def title(self) -> str:
        """Name it, with the skips that are off."""
        off = f", skip {' and '.join(map(str, self.off))} off" if self.off else ""
        return f"FCN-{self.stride}s{off}"

    @property
    def finest(self) -> NDArray[np.float32]:
        """The last sum (h, w, K)."""
        found: NDArray[np.float32] = self.arrays[f"fused_{self.stride}"]
        return found

    @property
    def map(self) -> ClassMap:
        """The classes at the network's input size, scores read as it enlarges them."""
        labels = self.arrays["labels"]
        return ClassMap(self.title, labels, self.classes, self.finest, smooth=True)


def name_of(data: str, stride: int) -> str:
    """Return a network's name in the zoo."""
    return f"{data}_fcn{stride}s"


def installed(data: str) -> dict[int, Record]:
    """Return the records of the FCNs trained on this data, coarsest first."""
    found = zoo.records()
    names = {s: name_of(data, s) for s in STRIDES}
    return {s: found[name] for s, name in names.items() if name in found}


def settings(picture: Picture) -> Settings | None:
    """Ask what to show; None and a sentence where no FCN is installed."""
    data = shared.data_choice(picture)
    there = installed(data)
    if not there:
        shared.record(name_of(data, STRIDES[-1]))
        return None
    stride = _opened(tuple(there))
    off = tuple(s for s in STRIDES[1:] if s >= stride and not _skip(s))
    reading: Reading = select(
        "Read",
        tuple(READINGS),
        "probs",
        key="read",
        format_func=READINGS.__getitem__,
        help=words.READ_HELP,
        width_px=147,
    )
    classes = next(iter(there.values())).classes
    known = truth(picture, classes)
    first = _first(known is not None)
    return Settings(data, classes, stride, off, reading, first, known)


def _opened(there: tuple[int, ...]) -> int:
    if len(there) < 2:
        return there[0]
    return choose(
        "Opened up",
        there,
        key="open",
        default=there[-1],
        format_func=lambda s: f"{s}s",
        help=words.OPEN_HELP,
    )


def _skip(stride: int) -> bool:
    said = words.SKIP_HELP if stride == STRIDES[1] else None
    return toggle(f"Skip {stride}", True, key=f"skip_{stride}", help=said)


def _first(known: bool) -> str:
    if not known:
        return PHOTO
    return select(
        "First tile",
        (PHOTO, TRUTH, LOSS),
        PHOTO,
        key="first",
        help=words.FIRST_HELP,
        width_px=108,
    )


def networks(picture: Picture, asked: Settings) -> list[Net]:
    """Run what stands side by side, the opened one last where it is alone."""
    if len(installed(asked.data)) > 1:
        wanted = [(s, asked.off if s == asked.stride else ()) for s in STRIDES]
    else:  # one network, with fewer and fewer skips
        ways = dict.fromkeys([(16, 8), (8,), asked.off])
        wanted = [(asked.stride, off) for off in ways]
    found = []
    for stride, off in wanted:
        answer = shared.segmented(
            name_of(asked.data, stride),
            picture,
            "fusion",
            off=",".join(map(str, off)),
        )
        if answer is not None:
            found.append(Net(stride, off, asked.classes, answer.arrays))
    return found


def opened(nets: list[Net], asked: Settings) -> Net | None:
    """Return the network that the toolbar opens, None where it could not run."""
    for net in nets:
        if (net.stride, net.off) == (asked.stride, asked.off):
            return net
    return None


def place() -> tuple[float, float]:
    """Return the marked place, as shares of width and height."""
    kept: tuple[float, ...] = remember("place", PLACE)
    inside = all(0 <= share <= 1 for share in kept)
    return (kept[0], kept[1]) if inside else PLACE


def keep_place(key: str, event: StageEvent) -> None:
    """Put a place newly chosen on a stage into the link, and show it everywhere."""
    chosen = picked(event)
    if chosen is None:
        return
    at = (round(chosen.x, 4), round(chosen.y, 4))
    last = f"_fcn_place_{key}"
    if st.session_state.get(last) != at:
        st.session_state[last] = at
        if at != place():
            remember.set("place", at, PLACE)
            again()


def side_by_side(
    picture: Picture, nets: list[Net], net: Net, asked: Settings
) -> Array | None:
    """Show the maps on one stage; return the loss map where it is one of the tiles."""
    loss = None
    first: Tile = Photo(PHOTO)
    if asked.known is not None and asked.first == TRUTH:
        first = ClassMap(TRUTH, asked.known.labels, asked.classes)
    elif asked.known is not None and asked.first == LOSS:
        loss = loss_map(net, asked.known)
        first = HeatMap(f"{LOSS}, {net.title}", loss, "nats", lo=0.0, hi=_ceiling(loss))
    event = segment_stage(
        picture.image,
        [first, *noted([one.map for one in nets], asked.known)],
        key="fcn_stage",
        alt="A photo and the class maps of FCNs that read down to stride 32, 16 and 8",
        full=True,
        reading=asked.reading,
        pick=place(),
        max_height_px=560,
        max_width_px=WIDE_PX,
    )
    st.caption(words.POINT)
    if len(installed(asked.data)) < 2:
        st.caption(words.ONE_ONLY)
    if loss is not None:
        st.caption(words.loss(net.title, len(asked.classes), float(np.nanmean(loss))))
    keep_place("fcn_stage", event)
    return loss


def _ceiling(loss: Array) -> float:
    """Return the loss at the palette's end: few pixels are beyond it."""
    return max(float(np.nanpercentile(loss, 99)), 1.0)


def loss_map(net: Net, known: Truth) -> Array:
    """Return each pixel's cross-entropy at the network's input size."""
    shape = net.arrays["labels"].shape
    loss: Array = live.compute(
        "cross-entropy map", proofs.loss_map, net.finest, known.at(shape)
    )
    return loss
