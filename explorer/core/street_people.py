"""The figures of the drawn street: a skeleton in units of its own height, shaded.

A figure is a list of parts from back to front, each a polygon in body units: x from
the middle of the body, y from the crown (0) to the soles (1).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.street_paint import SUPERSAMPLE, Color, Shape, shade_part

SKIN: tuple[Color, ...] = (
    (236, 196, 170),
    (214, 164, 130),
    (170, 118, 86),
    (112, 76, 56),
)
HAIR: tuple[Color, ...] = ((44, 34, 30), (92, 62, 40), (168, 132, 84), (120, 116, 112))
TOPS: tuple[Color, ...] = (
    (38, 44, 58),
    (128, 38, 42),
    (34, 68, 96),
    (58, 74, 52),
    (74, 54, 44),
    (30, 32, 36),
    (92, 44, 80),
)
TROUSERS: tuple[Color, ...] = (
    (30, 34, 48),
    (46, 58, 84),
    (52, 46, 42),
    (24, 24, 28),
    (66, 62, 58),
)
POSES = ("walking", "standing", "hands on hips", "carrying")


@dataclass(frozen=True)
class Figure:
    """One person before it is painted.

    Attributes
    ----------
    parts : tuple of (shape, color)
        Unions of polygons from back to front in body units, colours as RGB.
    width : float
        Extent in x, in body heights.
    """

    parts: tuple[tuple[Shape, Color], ...]
    width: float


def limb(joints: list[tuple[float, float]], widths: list[float]) -> Shape:
    """Return the outline of a tapered limb through its joints.

    Parameters
    ----------
    joints : list of (x, y)
        Where the limb bends, from the trunk outwards, in body units.
    widths : list of float
        Full thickness at each joint.

    Returns
    -------
    tuple of ndarray (M, 2)
        For each bone the hull of its two round ends.

    Examples
    --------
    >>> (bone,) = limb([(0, 0), (0, 1)], [0.2, 0.2])
    >>> float(bone[:, 0].max().round(3))
    0.1
    """
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)  # (24, 2)
    rounds = [
        np.asarray(joint) + ring * width / 2
        for joint, width in zip(joints, widths, strict=True)
    ]
    hulls = []
    for first, second in zip(rounds[:-1], rounds[1:], strict=True):
        both = np.concatenate([first, second]).astype(np.float32)
        hulls.append(cv2.convexHull(both)[:, 0].astype(np.float64))
    return tuple(hulls)


def oval(x: float, y: float, rx: float, ry: float) -> Shape:
    """Return an ellipse as a polygon of 40 corners, in body units."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    return (np.stack([x + rx * np.cos(angles), y + ry * np.sin(angles)], axis=1),)


def darker(color: Color, factor: float) -> Color:
    """Return a colour scaled in brightness, clipped to 255."""
    red, green, blue = (min(255, int(part * factor)) for part in color)
    return red, green, blue


def legs(pose: str, rng: np.random.Generator) -> list[list[tuple[float, float]]]:
    """Return the joints of the far and the near leg, hip, knee, ankle, toe."""
    if pose == "walking":
        reach = rng.uniform(0.21, 0.24)
        return [
            [(-0.025, 0.5), (-0.04, 0.72), (-reach, 0.915), (-reach + 0.06, 0.965)],
            [(0.025, 0.5), (0.1, 0.71), (reach - 0.02, 0.94), (reach + 0.05, 0.965)],
        ]
    apart = rng.uniform(0.1, 0.14)
    return [
        [
            (side * 0.06, 0.5),
            (side * (0.06 + apart) / 2 * 1.15, 0.73),
            (side * apart, 0.945),
            (side * (apart + 0.035), 0.97),
        ]
        for side in (-1, 1)
    ]


def arms(pose: str, rng: np.random.Generator) -> list[list[tuple[float, float]]]:
    """Return the joints of the far and the near arm: shoulder, elbow, hand."""
    if pose == "walking":
        swing = rng.uniform(0.24, 0.27)
        return [
            [(0.09, 0.2), (0.175, 0.34), (swing, 0.455)],
            [(-0.09, 0.2), (-0.185, 0.335), (-swing, 0.46)],
        ]
    if pose == "hands on hips":
        elbow = rng.uniform(0.26, 0.28)
        return [
            [(side * 0.1, 0.195), (side * elbow, 0.335), (side * 0.1, 0.445)]
            for side in (-1, 1)
        ]
    reach = rng.uniform(0.245, 0.27)
    return [
        [(side * 0.1, 0.195), (side * 0.195, 0.335), (side * reach, 0.48)]
        for side in (-1, 1)
    ]


def trunk(coat: bool, lean: float) -> Shape:
    """Return the outline of shoulders, chest and hips, or of a coat to the thigh."""
    hem, flare = (0.635, 0.125) if coat else (0.535, 0.1)
    right = [
        (0.03 + lean, 0.15),
        (0.086 + lean, 0.168),
        (0.116 + lean, 0.2),
        (0.105, 0.3),
        (0.088, 0.41),
        (flare, hem),
    ]
    left = [(2 * lean - x if y < 0.3 else -x, y) for x, y in reversed(right)]
    return (np.array(right + left),)


def dressed(pose: str, rng: np.random.Generator) -> list[tuple[Shape, Color]]:
    """Return the parts of a figure from the far limbs to the hair."""
    skin = SKIN[rng.integers(len(SKIN))]
    hair = HAIR[rng.integers(len(HAIR))]
    top = TOPS[rng.integers(len(TOPS))]
    cloth = TROUSERS[rng.integers(len(TROUSERS))]
    coat = bool(rng.random() < 0.45)
    lean = 0.012 if pose == "walking" else 0.0
    shoes = (28, 24, 24)
    parts: list[tuple[Shape, Color]] = []
    far_arm, near_arm = arms(pose, rng)
    far_leg, near_leg = legs(pose, rng)
    sleeves = [0.063, 0.055, 0.042]
    parts.append((limb(far_arm, sleeves), darker(top, 0.82)))
    parts.append((oval(*far_arm[-1], 0.025, 0.029), darker(skin, 0.85)))
    for joints, light in ((far_leg, 0.8), (near_leg, 1.0)):
        parts.append((limb(joints[2:], [0.05, 0.044]), shoes))
        parts.append((limb(joints[:3], [0.112, 0.086, 0.06]), darker(cloth, light)))
    parts.append(
        (limb([(lean, 0.13), (lean, 0.19)], [0.055, 0.066]), darker(skin, 0.8))
    )
    parts.append((trunk(coat, lean), top))
    parts.append((oval(near_arm[-1][0], near_arm[-1][1], 0.025, 0.029), skin))
    parts.append((limb(near_arm, sleeves), darker(top, 1.12)))
    if pose == "carrying":
        hand_x, hand_y = near_arm[-1]
        sack = np.array([(-0.055, 0.03), (0.055, 0.03), (0.065, 0.17), (-0.065, 0.17)])
        parts.append(((sack + (hand_x, hand_y),), darker(TOPS[rng.integers(7)], 1.2)))
    parts.append((oval(lean, 0.084, 0.051, 0.058), hair))
    face = 0.018 if pose == "walking" else 0.0
    parts.append((oval(lean + face, 0.098, 0.04, 0.049), skin))
    return parts


def stand_figure(rng: np.random.Generator, pose: str) -> Figure:
    """Dress and pose one figure; half of them face the other way.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where clothes, build and gait come from.
    pose : str
        One of ``POSES``.

    Returns
    -------
    Figure
        Parts scaled so that crown and soles are at exactly 0 and 1.

    Raises
    ------
    ValueError
        If the pose is unknown.
    """
    if pose not in POSES:
        raise ValueError(f"pose {pose!r} is not one of {', '.join(POSES)}")
    parts = dressed(pose, rng)
    flip = -1.0 if rng.random() < 0.5 else 1.0
    every = np.concatenate([points for shape, _ in parts for points in shape])
    low, high = every.min(axis=0), every.max(axis=0)
    origin = np.array([(low[0] + high[0]) / 2, low[1]])
    size = high - low
    scale = np.array([flip, 1.0]) / size[1]
    placed = tuple(
        (tuple((points - origin) * scale for points in shape), color)
        for shape, color in parts
    )
    return Figure(placed, float(size[0] / size[1]))


def paint_figure(
    canvas: NDArray[np.uint8], figure: Figure, x: float, feet_y: float, height: float
) -> NDArray[np.bool_]:
    """Paint a figure onto the canvas and return where it covers it.

    Parameters
    ----------
    canvas : ndarray (H, W, 3) uint8
        The supersampled picture; painted in place (it is the caller's own).
    figure : Figure
        What to paint.
    x, feet_y, height : float
        Middle, soles and size in pixels of the final picture.

    Returns
    -------
    ndarray (H, W) bool
        The supersampled pixels that the figure covers.
    """
    covered = np.zeros(canvas.shape[:2], dtype=np.bool_)
    corner = np.array([x, feet_y - height])
    for shape, color in figure.parts:
        placed = tuple((points * height + corner) * SUPERSAMPLE for points in shape)
        shade_part(canvas, covered, placed, color, height * SUPERSAMPLE * 0.02)
    return covered
