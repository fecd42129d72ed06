"""DeepLab in two settings on one photo: what differs, where, and at what cost."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.boundary import (
    Change,
    boundary_pixels,
    change_by_distance,
    trimap_scores,
)
from explorer.core.proof import Proof
from explorer.core.proofs.boundary import prove_count, prove_distance
from explorer.core.separable import ConvShape
from explorer.figures.deeplab import (
    AB_COLORS,
    CHANGED,
    change_bars,
    trimap_figure,
)
from explorer.figures.segmentation import palette_of
from explorer.models.records import Record
from explorer.ui import live
from explorer.ui.chart import chart
from explorer.ui.controls import toggle
from explorer.ui.imagebar import Picture
from explorer.ui.lessons import deeplab_measured, segmentation
from explorer.ui.lessons import deeplab_words as words
from explorer.ui.lessons.deeplab import (
    Part,
    Setting,
    convs_of,
    rates_control,
    stride_control,
)
from explorer.ui.lessons.segmentation_stage import (
    OPACITY,
    ClassMap,
    png_url,
    segment_stage,
)
from explorer.ui.lessons.segmentation_truth import NO_TRUTH, PLAIN, Truth, truth
from explorer.ui.stage import stage

EDGES = (0, 2, 4, 8, 16, 32, 64)  # px: narrow where most happens
NEAR_PX = 8
WIDTHS = (1, 2, 4, 8, 16, 32, 64, 1024)  # px; the last band is the whole picture
PROOF_SIDE_PX = 224  # eleven heads are run for the proof: on a smaller input
MOST_WIDE_PX, MOST_HIGH_PX = 600, 440
FULL_SIZE = "torchvision_deeplabv3"


Chosen = tuple[Setting, Setting, Truth | None]


@dataclass(frozen=True, eq=False)
class Ran:
    """One setting as it ran on this photo.

    Attributes
    ----------
    setting : Setting
    labels : (H, W) uint8
        Rows of the network's classes.
    convs : tuple of ConvShape
        Every convolution that ran.
    """

    setting: Setting
    labels: NDArray[np.uint8]
    convs: tuple[ConvShape, ...]

    @property
    def decided(self) -> tuple[int, int]:
        """Rows and columns of the map on which the classes are told."""
        last = "classify" if self.setting.decoder else "coarse"
        conv = next(c for c in self.convs if c.name.endswith(last))
        return conv.rows, conv.columns

    @property
    def map(self) -> tuple[int, int]:
        """Rows and columns of the map that the ASPP reads."""
        conv = next(c for c in self.convs if c.name.endswith("aspp.point.0"))
        return conv.rows, conv.columns

    @property
    def macs(self) -> int:
        """Multiply-adds of the whole network."""
        return sum(conv.macs for conv in self.convs)


def setting_controls(name: str, usual: Setting) -> Setting:
    """Ask for one of the two settings, its controls in one row."""
    key = name.lower()
    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        stride = stride_control(f"{key}_stride", f"{name}: stride")
        rates = rates_control(f"{key}_rates", f"{name}: rates")
        decoder = toggle(
            f"{name}: decoder",
            usual.decoder,
            key=f"{key}_decoder",
            help=words.DECODER_HELP,
        )
    return Setting(stride, rates, decoder)


def controls(about: Record, picture: Picture) -> Chosen:
    """Ask for the picture's true classes, and for both settings."""
    known = truth(picture, about.classes)
    a = setting_controls("A", Setting())
    return a, setting_controls("B", Setting(decoder=False)), known


def run(about: Record, picture: Picture, setting: Setting) -> Ran | None:
    """Run the network in one setting; None and a sentence if it can't."""
    answer = segmentation.segmented(about.name, picture, **setting.switches())
    convs = convs_of(about.name, picture.image, setting.stride, setting.decoder)
    if answer is None or convs is None:
        return None
    labels = answer.arrays["labels"]
    return Ran(setting, labels, convs[0])


def part(about: Record, picture: Picture, chosen: Chosen) -> Part:
    """Show both settings under a curtain, count what differs, and weigh the cost."""
    a, b, known = chosen
    first, second = run(about, picture, a), run(about, picture, b)
    if first is None or second is None:
        return Part()
    found = live.compute(
        "differences", change_by_distance, first.labels, second.labels, EDGES
    )
    sent = _curtain(about, picture, (first, second), found, known)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(words.change(found, NEAR_PX))
        st.caption(words.BARS)
        st.html(change_bars(found.edges, found.pixels, found.differ))
    with right:
        _trimap(about, known, first, second)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(deeplab_measured.measured(about.scores.get("boundary_miou")))
        st.caption(deeplab_measured.TESTED_NOTE)
    with right:
        st.markdown(cost_table((first, second)))
        st.caption(words.COST_NOTE)
        st.markdown(deeplab_measured.reliance(about.scores.get("boundary_miou")))
    if toggle("Full-size network beside A", False, key="full", help=words.FULL_HELP):
        _full_size(about, picture, first)
    numbers = {
        "labels_a": first.labels,
        "labels_b": second.labels,
        "distance_px": found.edges[:-1],
        "pixels": found.pixels,
        "differ": found.differ,
    }
    return Part(_proofs(about, picture, first, found, sent), numbers)


def _trimap(about: Record, known: Truth | None, first: Ran, second: Ran) -> None:
    """Draw how right both are in bands around the true boundaries."""
    if known is None:
        st.caption(NO_TRUTH)
        return
    labels = known.at(first.labels.shape)
    scored = [
        live.compute(
            f"bands, {name}", trimap_scores, labels, guess, WIDTHS, len(about.classes)
        )
        for name, guess in (("A", first.labels), ("B", second.labels))
    ]
    st.markdown(words.trimap(known.source))
    a, b = scored
    figure = trimap_figure(WIDTHS, {"A": a.accuracy, "B": b.accuracy}, "pixels right")
    chart(figure, config=PLAIN, key="deeplab_trimap")
    st.caption(words.trimap_note(a.miou[-1], b.miou[-1]))


def _curtain(
    about: Record,
    picture: Picture,
    ran: tuple[Ran, Ran],
    found: Change,
    known: Truth | None,
) -> tuple[str, dict[str, Any] | None]:
    """Show the stage; return the tag of what it was given, and what it counted."""
    tag = live.digest(ran[0].labels, ran[1].labels, known)
    height, width = picture.image.shape[:2]
    maps = [
        {
            "name": name,
            "title": one.setting.apart(other.setting),
            "url": png_url(one.labels),
            "cell": [width / one.decided[1], height / one.decided[0]],
        }
        for name, one, other in zip("AB", ran, ran[::-1], strict=True)
    ]
    event = stage(
        picture.image,
        key="deeplab_curtain",
        alt="The photo in class colours: setting A left of the curtain, B right of it",
        max_height_px=MOST_HIGH_PX,
        max_width_px=MOST_WIDE_PX,
        program={
            "name": "curtain",
            "maps": maps,
            "truth": None if known is None else png_url(known.at((height, width))),
            "names": about.classes,
            "colors": palette_of(about.classes),
            "marks": AB_COLORS,
            "changed": CHANGED,
            "start": busiest(found.changed, ran[0].labels),
            "opacity": OPACITY,
            "tag": tag,
        },
    )
    return tag, event.program


def busiest(changed: NDArray[np.bool_], labels: NDArray[np.uint8]) -> list[float]:
    """Return the place, x and y, around which most differs; else most boundary is.

    Examples
    --------
    >>> changed = np.zeros((64, 96), bool)
    >>> changed[40:44, 60:70] = True
    >>> x, y = busiest(changed, np.zeros((64, 96), np.uint8))
    >>> bool(changed[int(y), int(x)])
    True
    """
    what = changed if changed.any() else boundary_pixels(labels)
    if not what.any():
        return [what.shape[1] / 2, what.shape[0] / 2]
    crowd = cv2.GaussianBlur(what.astype(np.float32), (0, 0), 12)
    row, column = np.unravel_index(int(np.where(what, crowd, -1).argmax()), what.shape)
    return [float(column), float(row)]


def cost_table(ran: tuple[Ran, Ran]) -> str:
    """Tabulate what both settings are and how much they multiply."""
    heads = ("A", "B")
    rows = [
        ("output stride", *(str(one.setting.stride) for one in ran)),
        ("map the ASPP reads", *(f"{one.map[0]} × {one.map[1]}" for one in ran)),
        ("rates on it", *(", ".join(map(str, one.setting.used)) for one in ran)),
        (
            "class scores made on",
            *(f"{one.decided[0]} × {one.decided[1]}" for one in ran),
        ),
        ("multiply-adds", *(words.many(one.macs) for one in ran)),
    ]
    lines = ["| | " + " | ".join(heads) + " |", "|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _full_size(about: Record, picture: Picture, first: Ran) -> None:
    large = segmentation.full_size_map(FULL_SIZE, picture)
    if large is None:
        return
    small = ClassMap(f"{about.label} (A)", first.labels, about.classes)
    segment_stage(
        picture.image,
        [small, large],
        key="deeplab_full",
        alt="The shipped network's classes beside the full-size network's",
        max_height_px=MOST_HIGH_PX,
        max_width_px=MOST_WIDE_PX,
    )


def _proofs(
    about: Record,
    picture: Picture,
    first: Ran,
    found: Change,
    sent: tuple[str, dict[str, Any] | None],
) -> tuple[Proof, ...]:
    """Compare distances with scipy's, a branch off, and the browser's count."""
    from explorer.models.proofs.deeplab import prove_branch_off

    proofs = [live.compute("distance proof", prove_distance, first.labels)]
    off = live.model(
        about.name, "branch_off", image=picture.image, side_px=PROOF_SIDE_PX
    )
    if off is not None:
        proofs.append(prove_branch_off(off.arrays))
    tag, counted = sent
    if counted and counted.get("tag") == tag:
        proofs.append(prove_count(counted, found))
    return tuple(proofs)
