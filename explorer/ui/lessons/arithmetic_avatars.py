"""Latent arithmetic on drawn faces, where the right answer can be drawn."""

from dataclasses import replace

import numpy as np
import streamlit as st

from explorer.core.avatars import HAIR_NAMES, Avatar, draw_avatar, random_avatar
from explorer.core.latent import arithmetic
from explorer.core.picture_error import mean_squared_error
from explorer.ui import live
from explorer.ui.controls import choose, number, select
from explorer.ui.lessons import arithmetic_words as words
from explorer.ui.lessons.arithmetic_sum import (
    Sum,
    bounded,
    chosen_step,
    exemplars,
    sum_stage,
)

NETWORK = "avatars_vae"
OF = "drawn_"  # its own step, beside that of the photographed faces
# What tells A' from A: two values of one attribute, and what A has in its place.
CHANGES: dict[str, tuple[str, float, float, str]] = {
    "glasses": ("glasses", 1, 0, "no glasses"),
    "a smile": ("smile", 0.9, -0.6, "a frown"),
    "long hair": ("length", 1.0, 0.0, "short hair"),
    "blond hair": ("hair", 2, 0, f"{HAIR_NAMES[0]} hair"),
    "a turn to the right": ("yaw", 0.9, -0.9, "a turn to the left"),
    "light from the right": ("light", 0.9, -0.9, "light from the left"),
}
PAIRS = (1, 4, 16, 64)
MOST_SEED = 9999


def controls() -> tuple[str, int, int]:
    """Ask what changes, by how many pairs it is learnt, and whose face B is."""
    change = select("A′ has", tuple(CHANGES), "glasses", key="change", width_px=190)
    pairs = choose("Pairs", PAIRS, default=16, key="pairs", help=words.PAIRS_HELP)
    seed: int = number("Face B", 0, MOST_SEED, 3, key="face", help=words.FACE_HELP)
    return change, pairs, seed


def sets(
    change: str, pairs: int, seed: int
) -> tuple[list[Avatar], list[Avatar], Avatar]:
    """Return the exemplars of A' and A, alike but for one attribute, and B.

    Examples
    --------
    >>> plus, minus, base = sets("glasses", 2, 0)
    >>> [a.glasses for a in plus], [a.glasses for a in minus], base.glasses
    ([1, 1], [0, 0], 0)
    """
    name, on, off, _ = CHANGES[change]
    rng = np.random.default_rng(11)  # never the seeds that were trained on
    drawn = [random_avatar(rng) for _ in range(pairs)]
    base = random_avatar(np.random.default_rng((12, seed)))
    return (
        [with_value(one, name, on) for one in drawn],
        [with_value(one, name, off) for one in drawn],
        with_value(base, name, off),
    )


def with_value(one: Avatar, name: str, value: float) -> Avatar:
    """Return an avatar with one attribute changed."""
    whole = name in ("glasses", "hair")
    return replace(one, **{name: int(value) if whole else float(value)})  # type: ignore[arg-type]


def show(change: str, pairs: int, seed: int) -> Sum | None:
    """Show the three sets, the sum under its slider, and the truth beside it."""
    plus, minus, base = sets(change, pairs, seed)
    name, on, _, instead = CHANGES[change]
    step = chosen_step(OF)
    truth = draw_avatar(with_value(base, name, on))
    faces = [np.stack([draw_avatar(a) for a in some]) for some in (plus, minus)]
    mine = draw_avatar(base)
    every = np.concatenate([*faces, mine[None], truth[None]])
    seen = live.model(NETWORK, "encode", images=every)
    if seen is None:
        return None
    mu = seen.arrays["mu"].astype(np.float64)
    found = arithmetic(mu[:pairs], mu[pairs : 2 * pairs], mu[2 * pairs], step)
    z = bounded(np.stack([found.target, mu[-2], mu[-1]]))
    answer = live.model(NETWORK, "decode", z=z)
    if answer is None:
        return None
    images = answer.arrays["images"]
    exemplars(
        {
            words.PLUS.format(what=f"with {change}"): faces[0],
            words.MINUS.format(what=f"the same faces with {instead}"): faces[1],
            words.BASE: mine[None],
        }
    )
    tag = f"{change} {pairs} {seed}"
    views = {words.BEFORE: mine, words.TRUTH.format(change=change): truth}
    sent = sum_stage(NETWORK, images[0], mu[-2], found, tag, views, step, OF)
    after, before, floor = (mean_squared_error(one, truth) for one in images)
    st.markdown(words.avatar_sum(step, found, words.Errors(after, before, floor)))
    return Sum(NETWORK, found, mu[-2], images[0], tag, sent)
