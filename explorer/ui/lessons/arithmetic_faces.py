"""Latent arithmetic on photographed faces."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.core.latent import Arithmetic, arithmetic
from explorer.core.latent_table import latent_table, nearest
from explorer.core.numerals import signed
from explorer.core.proof import Proof
from explorer.core.proofs.latent import prove_nearest
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.controls import choose, number, select
from explorer.ui.imagebar import image_bar
from explorer.ui.lessons import arithmetic_slots as slots
from explorer.ui.lessons import arithmetic_sum as sums
from explorer.ui.lessons import arithmetic_words as words
from explorer.ui.lessons.arithmetic_slots import NETWORK, Slot
from explorer.ui.lessons.arithmetic_sum import Codes, Images, Sum
from explorer.ui.picture_row import picture_row

OWN = "sets of my own"
# A preset's direction in the table, and the sets that it tells apart.
PRESETS: dict[str, tuple[str, str, str]] = {
    "glasses": ("glasses", "with glasses", "no glasses"),
    "a smile": ("smile", "smiling", "serious"),
    "age": ("age", slots.OF_OLD, slots.OF_YOUNG),
    "gender": ("gender", "women", "men"),
}
COUNTS = (1, 4, 16, 64)
MOST_SEED = 9999
ROW_PX = 100
BAR_PX = 400  # of the image bar among the controls
NEAR = 8  # nearest faces that are shown
PATH = np.linspace(sums.LEAST_STEP, sums.MOST_STEP, 9)  # steps of the strip
FAR = 2.0  # start of a ready direction: a mean over many pairs is a short vector
FALLBACK = "no glasses"  # B, where a photo has no face


@dataclass(frozen=True)
class Asked:
    """What the controls say."""

    preset: str
    plus: str
    minus: str
    count: int
    base: str
    seed: int


def controls() -> tuple[Asked, Images | None]:
    """Ask for the direction, the sets, B with its photo, and which faces."""
    preset = select(
        "A′ − A", (*PRESETS, OWN), "glasses", key="way", width_px=150, help=words.WAY
    )
    if preset == OWN:
        plus = select("A′", slots.SOURCES, "with glasses", key="plus", width_px=170)
        minus = select("A", slots.SOURCES, "no glasses", key="minus", width_px=170)
        count = 1  # of what is one face in itself
        if {plus, minus} & set(slots.GROUPS):
            count = choose("Faces a set", COUNTS, default=16, key="count")
    else:
        _, plus, minus = PRESETS[preset]
        count = sums.SHOWN
    base = select("B", slots.BASES, slots.PHOTO, key="base", width_px=150)
    seed: int = number("Which faces", 0, MOST_SEED, 0, key="seed", help=words.SEED)
    photo = None
    if base == slots.PHOTO:
        photo = image_bar("astronaut", st.container(width=BAR_PX)).image
    return Asked(preset, plus, minus, count, base, seed), photo


@dataclass(frozen=True, eq=False)
class Faces:
    """The sum, with the nearest faces of the table."""

    made: Sum
    distances: Codes


def show(asked: Asked, photo: Images | None) -> Faces | None:
    """Show the sets, the sum under its slider, the way and the nearest faces."""
    plus = slots.read(asked.plus, asked.count, asked.seed, key="plus")
    minus = slots.read(asked.minus, asked.count, asked.seed, key="minus")
    base = slots.read(asked.base, 1, asked.seed, key="base", photo=photo)
    if base is None:
        base = slots.read(FALLBACK, 1, asked.seed, key="base")
    if plus is None or minus is None or base is None:
        return None
    table, onto = latent_table(NETWORK), base.codes[0]
    step = sums.chosen_step(start=sums.WHOLE if asked.preset == OWN else FAR)
    found = _summed(asked, plus, minus, onto, step)
    rows, distances = nearest(table, found.target, NEAR)
    nearby = np.asarray(table.mu[rows], np.float64)
    way_codes = onto + PATH[:, None] * found.vector
    three = (plus, minus, base)
    coded = [one.codes[: sums.SHOWN] for one in three if one.images is None]
    # What the step leaves as it is stays decoded; what follows it is decoded anew.
    still = _decoded([way_codes, onto[None], *coded])
    moved = _decoded([found.target[None], nearby])
    if still is None or moved is None:
        return None
    (target, near), (along, back, *decoded) = moved, still
    shown = _pictures(asked, three, decoded)
    sums.exemplars(shown)
    tag = live.digest(asked, onto, found.vector)
    mine = shown[words.BASE][0]
    # A face of the table is known by its code alone: the decoder's picture is all of B.
    before = {} if base.images is None else {words.BEFORE: mine}
    views = {**before, words.BACK: back[0]}
    sent = sums.sum_stage(NETWORK, target[0], onto, found, tag, views, step)
    made = Sum(NETWORK, found, onto, target[0], tag, sent)
    st.markdown(_said(asked, found))
    _rows(along, near, words.near(distances, table, found, step), distances)
    return Faces(made, distances)


def _summed(
    asked: Asked, plus: Slot, minus: Slot, onto: Codes, step: float
) -> Arithmetic:
    if asked.preset == OWN:
        return arithmetic(plus.codes, minus.codes, onto, step)
    table = latent_table(NETWORK)
    way = table.directions[PRESETS[asked.preset][0]].astype(np.float64)
    return arithmetic(way, np.zeros_like(way), onto, step)


def _preset(asked: Asked) -> str:
    return "" if asked.preset == OWN else PRESETS[asked.preset][0]


def _said(asked: Asked, found: Arithmetic) -> str:
    table = latent_table(NETWORK)
    said = words.face_sum(zoo.record(NETWORK), found, table, _preset(asked))
    drawn = slots.DRAWN in (asked.plus, asked.minus, asked.base)
    return f"{said} {words.STRANGER}" if drawn else said


def _decoded(some: list[Codes]) -> list[Images] | None:
    """Decode several lots of codes in one batch."""
    z = sums.bounded(np.concatenate(some))
    answer = live.model(NETWORK, "decode", z=z)
    if answer is None:
        return None
    ends = np.cumsum([len(one) for one in some])[:-1]
    return np.split(answer.arrays["images"], ends)


def _pictures(
    asked: Asked, three: tuple[Slot, ...], made: list[Images]
) -> dict[str, Images]:
    """Return what to show of A', A and B, by their titles.

    ``made`` are the decoded pictures of those that have none of their own, in order.
    """
    titles = (
        words.PLUS.format(what=asked.plus),
        words.MINUS.format(what=asked.minus),
        words.BASE,
    )
    rest = iter(made)
    return {
        title: next(rest) if one.images is None else one.images
        for title, one in zip(titles, three, strict=True)
    }


def _rows(along: Images, near: Images, said: str, distances: Codes) -> None:
    st.markdown(words.ALONG)
    steps = [signed(t, 1) for t in PATH]
    picture_row(
        along, words.ALONG_ALT.format(count=len(along)), labels=steps, height_px=ROW_PX
    )
    st.markdown(said)
    away = [f"{d:.2f}" for d in distances]
    alt = words.NEAR_ALT.format(count=len(near))
    picture_row(near, alt, labels=away, height_px=ROW_PX)


def prove(faces: Faces | None) -> list[Proof]:
    """Prove the decoder, the browser's picture and the nearest codes."""
    if faces is None:
        return []
    target = faces.made.found.target
    near = prove_nearest(latent_table(NETWORK).mu, target, faces.distances)
    return [*sums.prove(faces.made), near]
