"""What stands on the drawn street beside people: parked cars, bollards."""

import numpy as np
from numpy.typing import NDArray

from explorer.core.street_paint import SUPERSAMPLE, Canvas, Color, shade_part, shadow

CAR_PAINTS: tuple[Color, ...] = ((150, 44, 40), (190, 194, 198), (60, 88, 122))


def paint_car(
    canvas: Canvas, rng: np.random.Generator, x: float, foot: float, tall: float
) -> NDArray[np.bool_]:
    """Paint a parked car seen from the side and return where it covers."""
    covered = np.zeros(canvas.shape[:2], dtype=np.bool_)
    paint = CAR_PAINTS[rng.integers(len(CAR_PAINTS))]
    flip = -1 if rng.random() < 0.5 else 1
    shadow(canvas, x, foot, tall * 1.75, tall * 0.16, 0.55)

    def part(corners: list[tuple[float, float]], color: Color, rounded: float) -> None:
        points = np.array(corners) * (flip * tall, tall) + (x, foot)
        shade_part(canvas, covered, (points * SUPERSAMPLE,), color, rounded)

    body = [(-1.6, -0.2), (-1.62, -0.5), (-1.1, -0.62), (1.35, -0.62), (1.6, -0.5)]
    part([*body, (1.62, -0.2)], paint, 12.0)
    part([(-1.0, -0.6), (-0.55, -1.0), (0.75, -1.0), (1.25, -0.6)], paint, 12.0)
    glass: Color = (70, 84, 94)
    part([(-0.82, -0.62), (-0.48, -0.92), (0.06, -0.92), (0.06, -0.62)], glass, 6.0)
    part([(0.13, -0.62), (0.13, -0.92), (0.68, -0.92), (1.05, -0.62)], glass, 6.0)
    for wheel in (-0.98, 0.98):
        for radius, color in ((0.25, (34, 34, 36)), (0.14, (150, 152, 154))):
            angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
            ring = [
                (wheel + radius * np.cos(a), -0.24 + radius * np.sin(a)) for a in angles
            ]
            part(ring, color, 5.0)
    return covered


def paint_bollard(
    canvas: Canvas, x: float, foot: float, tall: float
) -> NDArray[np.bool_]:
    """Paint a low post on the near kerb and return where it covers."""
    covered = np.zeros(canvas.shape[:2], dtype=np.bool_)
    shadow(canvas, x + 4, foot, 11, 3.5, 0.4)
    half = tall * 0.075
    post = [(x - half, foot), (x - half, foot - tall), (x + half, foot - tall)]
    points = np.array([*post, (x + half, foot)]) * SUPERSAMPLE
    shade_part(canvas, covered, (points,), (96, 98, 98), 6.0)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    cap = np.stack([np.cos(angles), 0.6 * np.sin(angles)], axis=1)
    place = (cap * half * 1.15 + (x, foot - tall)) * SUPERSAMPLE
    shade_part(canvas, covered, (place,), (120, 122, 120), 5.0)
    return covered
