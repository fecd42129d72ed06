"""Latent arithmetic on drawn faces, where the right answer can be drawn."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.avatars import Avatar, draw_avatar, random_avatar
from explorer.core.latent import Arithmetic, arithmetic
from explorer.core.proof import BROWSER, Proof
from explorer.figures.tiles import tiles_image
from explorer.models import zoo
from explorer.models.proofs.face_vae import prove_face_decoder
from explorer.ui import live
from explorer.ui.controls import choose, number, select
from explorer.ui.lessons import arithmetic_words as words
from explorer.ui.routes import DECODE
from explorer.ui.stage.stage import stage

NETWORK = "avatars_vae"
# What tells A' from A: two values of one attribute.
CHANGES: dict[str, tuple[str, float, float]] = {
    "glasses": ("glasses", 1, 0),
    "a smile": ("smile", 0.9, -0.6),
    "long hair": ("length", 1.0, 0.0),
    "blond hair": ("hair", 2, 0),
    "a turn to the right": ("yaw", 0.9, -0.9),
    "light from the right": ("light", 0.9, -0.9),
}
PAIRS = (1, 4, 16, 64)
MOST_SEED = 9999
STEPS = (-1.5, 2.0, 1.0)
SHOWN = 8  # exemplars of each set
MEAN_TOLERANCE = 3.0  # levels of 255: the route answers JPEG

Images = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sum:
    """A' - A + B, worked out.

    Attributes
    ----------
    found : Arithmetic
    decoded : (64, 64, 3) uint8 array
        B' at step 1.
    truth : (64, 64, 3) uint8 array
        What B' should be, drawn.
    floor : float
        Mean squared error of the truth, encoded and decoded: no sum can do better.
    error : float
        Mean squared error of ``decoded``.
    before : float
        Mean squared error of B itself, sent through: what doing nothing costs.
    """

    found: Arithmetic
    decoded: Images
    truth: Images
    floor: float
    error: float
    before: float
    tag: str
    sent: dict[str, Any] | None


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
    name, on, off = CHANGES[change]
    rng = np.random.default_rng(11)  # never the seeds that were trained on
    drawn = [random_avatar(rng) for _ in range(pairs)]
    base = random_avatar(np.random.default_rng((12, seed)))
    return (
        [_with(one, name, on) for one in drawn],
        [_with(one, name, off) for one in drawn],
        _with(base, name, off),
    )


def _with(one: Avatar, name: str, value: float) -> Avatar:
    whole = name in ("glasses", "hair")
    return replace(one, **{name: int(value) if whole else float(value)})  # type: ignore[arg-type]


def show(change: str, pairs: int, seed: int) -> Sum | None:
    """Show the three sets, the sum under its slider, and the truth beside it."""
    plus, minus, base = sets(change, pairs, seed)
    name, on, _ = CHANGES[change]
    truth = draw_avatar(_with(base, name, on))
    faces = [np.stack([draw_avatar(a) for a in some]) for some in (plus, minus)]
    mine = draw_avatar(base)
    every = np.concatenate([*faces, mine[None], truth[None]])
    seen = live.model(NETWORK, "encode", images=every)
    if seen is None:
        return None
    mu = seen.arrays["mu"].astype(np.float64)
    found = arithmetic(mu[:pairs], mu[pairs : 2 * pairs], mu[2 * pairs])
    z = np.stack([found.target, mu[-1], mu[-2]]).astype(np.float32)
    answer = live.model(NETWORK, "decode", z=z)
    if answer is None:
        return None
    images = answer.arrays["images"]
    _exemplars(faces[0], faces[1], mine, change)
    tag = f"{change} {pairs} {seed}"
    sent = _stage(mine, mu[-2], found, truth, tag)
    errors = [_error(one, truth) for one in images]
    made = Sum(found, images[0], truth, errors[1], errors[0], errors[2], tag, sent)
    st.markdown(
        words.avatar_sum(change, made.found, (made.error, made.floor, made.before))
    )
    return made


def _exemplars(plus: Images, minus: Images, mine: Images, change: str) -> None:
    columns = st.columns([3, 3, 1], gap="small")
    for column, title, some, key in (
        (columns[0], words.PLUS.format(change=change), plus[:SHOWN], "plus"),
        (columns[1], words.MINUS, minus[:SHOWN], "minus"),
        (columns[2], words.BASE, mine[None], "base"),
    ):
        with column:
            st.markdown(title)
            stage(
                tiles_image(some, len(some)),
                key=f"set_{key}",
                alt=words.SET_ALT.format(count=len(some)),
                max_height_px=64,
            )


def _stage(
    mine: Images, base: NDArray[np.float64], found: Arithmetic, truth: Images, tag: str
) -> dict[str, Any] | None:
    event = stage(
        mine,
        key="sum",
        alt=words.SUM_ALT,
        max_height_px=300,
        max_width_px=300,
        program={
            "name": "arith",
            "url": f"{DECODE}?model={NETWORK}",
            "base": [float(v) for v in base],
            "vector": [float(v) for v in found.vector],
            "steps": list(STEPS),
            "truth": truth,
            "lines": words.LINES,
            "tag": tag,
        },
    )
    return event.program


def _error(one: Images, truth: Images) -> float:
    return float((((one.astype(np.float64) - truth) / 255) ** 2).mean())


def prove(made: Sum | None) -> list[Proof]:
    """Decode the sum with numpy; compare the browser's picture with ours."""
    if made is None:
        return []
    found = made.found
    back = found.target - found.vector  # B again
    about = zoo.record(NETWORK)
    proofs = [prove_face_decoder(about, found.target, made.decoded)]
    if made.sent and made.sent.get("tag") == made.tag:
        step = float(made.sent["t"])
        z = (back + step * found.vector).clip(-8, 8).astype(np.float32)[None]
        answer = live.model(zoo.record(NETWORK).name, "decode", z=z)
        if answer is not None:
            ours = float(answer.arrays["images"][0].mean())
            far = abs(ours - float(made.sent["mean"]))
            note = f"mean brightness of the picture shown, step {step:.2f}"
            proofs.append(Proof(BROWSER, far, MEAN_TOLERANCE, " levels", note))
    return proofs
