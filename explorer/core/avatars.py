"""Drawn faces with exact attributes: a data set that anyone can make.

Every picture follows from seven numbers, so that what latent arithmetic should give
can be drawn and compared with what it gives.
"""

from dataclasses import dataclass, fields, replace

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_PX = 64
_FINE = 4  # drawn this many times larger, then averaged: no jagged edges
_SHIFT = 3  # cv2's fractional bits: places in eighths of a fine pixel

Image = NDArray[np.uint8]
Colour = tuple[float, float, float]

SKINS: tuple[Colour, Colour] = ((92, 58, 40), (247, 214, 184))  # darkest, lightest
HAIRS: tuple[Colour, ...] = (
    (40, 28, 22),
    (128, 78, 40),
    (222, 184, 104),
    (150, 44, 30),
)
HAIR_NAMES = ("black", "brown", "blond", "red")
BACKGROUNDS: tuple[Colour, Colour] = ((70, 92, 120), (206, 214, 224))


@dataclass(frozen=True)
class Avatar:
    """What a drawn face shows.

    Attributes
    ----------
    skin : float
        0 the darkest, 1 the lightest.
    hair : int
        Row of ``HAIRS``.
    length : float
        Of the hair: 0 short, 1 to the shoulders.
    glasses : int
        0 or 1.
    smile : float
        -1 mouth drawn down, 0 straight, 1 laughing.
    yaw : float
        Turn of the head: -1 to the left of the picture, 1 to the right.
    light : float
        -1 from the left, 1 from the right.
    """

    skin: float = 0.7
    hair: int = 1
    length: float = 0.3
    glasses: int = 0
    smile: float = 0.0
    yaw: float = 0.0
    light: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what can't be drawn."""
        bounds = {
            "skin": (0, 1),
            "hair": (0, len(HAIRS) - 1),
            "length": (0, 1),
            "glasses": (0, 1),
        }
        for one in fields(self):
            low, high = bounds.get(one.name, (-1, 1))
            value = getattr(self, one.name)
            if not low <= value <= high:
                raise ValueError(
                    f"{one.name} is {value:g}; it must be from {low} to {high}."
                )


def random_avatar(rng: np.random.Generator) -> Avatar:
    """Draw every attribute by itself, so that none tells of another."""
    return Avatar(
        skin=float(rng.uniform()),
        hair=int(rng.integers(len(HAIRS))),
        length=float(rng.uniform()),
        glasses=int(rng.integers(2)),
        smile=float(rng.uniform(-1, 1)),
        yaw=float(rng.uniform(-1, 1)),
        light=float(rng.uniform(-1, 1)),
    )


def avatars(count: int, seed: int) -> tuple[list[Avatar], Image]:
    """Return ``count`` avatars and their pictures (count, 64, 64, 3).

    Examples
    --------
    >>> made, images = avatars(2, seed=0)
    >>> images.shape, made == avatars(2, seed=0)[0]
    ((2, 64, 64, 3), True)
    """
    rng = np.random.default_rng(seed)
    made = [random_avatar(rng) for _ in range(count)]
    return made, np.stack([draw_avatar(one) for one in made])


def changed(one: Avatar, **values: float) -> Avatar:
    """Return an avatar with some attributes replaced."""
    return replace(one, **values)  # type: ignore[arg-type]


def draw_avatar(one: Avatar) -> Image:
    """Draw an avatar: (64, 64, 3) uint8, RGB."""
    side = SIDE_PX * _FINE
    rows = np.linspace(0, 1, side)[:, None, None]
    low, high = (np.array(c) for c in BACKGROUNDS)
    canvas = np.broadcast_to(high + (low - high) * rows, (side, side, 3))
    canvas = np.ascontiguousarray(canvas.astype(np.float32))
    turn = 4.0 * one.yaw  # of the features against the head, px of 64
    skin = _between(*SKINS, one.skin)
    _hair_behind(canvas, one)
    _ellipse(canvas, (32, 66), (17, 12), _darker(skin, 0.55))  # shoulders
    _ellipse(canvas, (32, 50), (6, 9), _darker(skin, 0.8))  # neck
    _ellipse(canvas, (32, 34), (15, 19), skin)
    for sign in (-1, 1):  # the far ear is hidden by the turn
        _ellipse(
            canvas, (32 + 15 * sign - turn * 0.3, 36), (2.2, 4), _darker(skin, 0.9)
        )
    _hair_above(canvas, one, turn)
    _features(canvas, one, turn, skin)
    _lit(canvas, one.light)
    small = cv2.resize(canvas, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(small.round(), 0, 255), np.uint8)


def _features(
    canvas: NDArray[np.float32], one: Avatar, turn: float, skin: Colour
) -> None:
    """Eyes, brows, nose, mouth and glasses, all moved by the turn."""
    dark: Colour = (34, 26, 24)
    for sign in (-1, 1):
        x = 32 + 6.2 * sign * (1 - 0.12 * sign * one.yaw) + turn
        _ellipse(canvas, (x, 33), (2.7, 1.9), (240, 240, 238))
        _ellipse(canvas, (x + one.yaw * 0.7, 33), (1.5, 1.6), dark)
        _line(canvas, [(x - 3, 29.2), (x, 28.2), (x + 3, 29.2)], dark, 0.9)
    nose = [(32 + turn, 34), (33.2 + turn * 1.35, 39.5), (31.4 + turn * 1.2, 40)]
    _line(canvas, nose, _darker(skin, 0.72), 0.9)
    _mouth(canvas, one.smile, 32 + turn)
    if one.glasses:
        for sign in (-1, 1):
            x = 32 + 6.2 * sign * (1 - 0.12 * sign * one.yaw) + turn
            _ellipse(canvas, (x, 33), (4.9, 4.1), (20, 20, 24), outline=1.1)
        _line(canvas, [(30.6 + turn, 32.4), (33.4 + turn, 32.4)], (20, 20, 24), 1.1)


def _mouth(canvas: NDArray[np.float32], smile: float, x: float) -> None:
    """A curve whose middle sinks with the smile; a wide one shows the teeth."""
    width, depth = 5.2 + 1.2 * abs(smile), 3.4 * smile
    across = np.linspace(-1, 1, 15)
    bottom = 45 - depth * 0.5 + depth * (1 - across**2)
    points = [(x + width * a, y) for a, y in zip(across, bottom, strict=True)]
    if smile > 0.45:
        top = [(x + width, 45 - depth * 0.5), (x - width, 45 - depth * 0.5)]
        _polygon(canvas, [*points, *top], (246, 244, 240))
        _line(canvas, [*points, *top, points[0]], (150, 60, 60), 0.8)
    else:
        _line(canvas, points, (150, 60, 60), 1.3)


def _hair_behind(canvas: NDArray[np.float32], one: Avatar) -> None:
    colour = _darker(HAIRS[one.hair], 0.85)
    bottom = 34 + 24 * one.length
    _ellipse(canvas, (32, 29), (18, 19), colour)
    _polygon(canvas, [(14.2, 30), (49.8, 30), (48.5, bottom), (15.5, bottom)], colour)


def _hair_above(canvas: NDArray[np.float32], one: Avatar, turn: float) -> None:
    colour = HAIRS[one.hair]
    around = np.linspace(np.pi, 2 * np.pi, 25)
    crown = [(32 + 16 * np.cos(a), 30 + 16.5 * np.sin(a)) for a in around]
    fringe = [(46.5, 29), (38 + turn * 0.6, 24.5), (27 + turn * 0.6, 24), (17.5, 29)]
    _polygon(canvas, [*crown, *fringe], colour)


def _lit(canvas: NDArray[np.float32], light: float) -> None:
    """Darken the side that is turned away."""
    across = np.linspace(-1, 1, canvas.shape[1])[None, :, None]
    canvas *= (1 + 0.35 * light * across - 0.1 * abs(light)).astype(np.float32)


def _between(low: Colour, high: Colour, share: float) -> Colour:
    r, g, b = (a + (z - a) * share for a, z in zip(low, high, strict=True))
    return r, g, b


def _darker(colour: Colour, factor: float) -> Colour:
    r, g, b = (c * factor for c in colour)
    return r, g, b


def _fixed(value: float) -> int:
    return round(value * (_FINE << _SHIFT))


def _points(places: list[tuple[float, float]]) -> NDArray[np.int32]:
    return np.array([[_fixed(x), _fixed(y)] for x, y in places], np.int32)


def _ellipse(
    canvas: NDArray[np.float32],
    centre: tuple[float, float],
    axes: tuple[float, float],
    colour: Colour,
    outline: float = 0.0,
) -> None:
    place = (_fixed(centre[0]), _fixed(centre[1]))
    size = (_fixed(axes[0]), _fixed(axes[1]))
    thick = max(1, round(outline * _FINE)) if outline else cv2.FILLED
    cv2.ellipse(canvas, place, size, 0, 0, 360, colour, thick, cv2.LINE_8, _SHIFT)


def _polygon(
    canvas: NDArray[np.float32], places: list[tuple[float, float]], colour: Colour
) -> None:
    cv2.fillPoly(canvas, [_points(places)], colour, cv2.LINE_8, _SHIFT)


def _line(
    canvas: NDArray[np.float32],
    places: list[tuple[float, float]],
    colour: Colour,
    width: float,
) -> None:
    thick = max(1, round(width * _FINE))
    cv2.polylines(canvas, [_points(places)], False, colour, thick, cv2.LINE_8, _SHIFT)
