"""What stands behind the figures of the drawn street: houses, trees, lamps, kerbs."""

import numpy as np
from numpy.typing import NDArray

from explorer.core.street_labels import (
    BUILDING,
    PAVEMENT,
    POLE,
    ROAD,
    TREE,
    Labels,
    blank_labels,
    label_block,
)
from explorer.core.street_paint import (
    SUPERSAMPLE,
    Canvas,
    Color,
    Points,
    block,
    clouds,
    fill,
    ramp,
    shade_part,
    shadow,
)

FACADES: tuple[Color, ...] = (
    (206, 188, 164),
    (190, 160, 138),
    (178, 182, 180),
    (214, 202, 176),
    (168, 150, 146),
    (196, 176, 152),
)
HOUSE_FOOT_FRAC = 0.515  # where facades meet the far pavement
CURB_FRAC = 0.56  # far pavement to road
NEAR_FRAC = 0.745  # road to near pavement
KERB_PX = 4


def tinted(color: Color, factor: float) -> Color:
    """Return a colour scaled in brightness, clipped to 255."""
    red, green, blue = (min(255, int(part * factor)) for part in color)
    return red, green, blue


def paint_scenery(canvas: Canvas, rng: np.random.Generator) -> Labels:
    """Paint everything behind the figures: sky, houses, trees, road, pavements.

    Returns the class of each pixel of the canvas.

    Parameters
    ----------
    canvas : ndarray (H, W, 3) uint8
        The supersampled picture, painted in place.
    rng : numpy.random.Generator
        Where widths, colours and places come from.
    """
    height, width = (side / SUPERSAMPLE for side in canvas.shape[:2])
    labels = blank_labels(canvas)
    paint_sky(canvas, rng, HOUSE_FOOT_FRAC * height)
    x = -rng.uniform(0, 0.1) * width
    palette = rng.permutation(len(FACADES))
    count = 0
    while x < width:
        wide = rng.uniform(0.2, 0.3) * width
        color = FACADES[palette[count % len(FACADES)]]
        roof = paint_house(canvas, rng, x, wide, color, height)
        label_block(labels, x, roof, x + wide, HOUSE_FOOT_FRAC * height, BUILDING)
        label_block(labels, x - 2, roof, x + wide + 2, roof + 6, BUILDING)  # cornice
        x += wide
        count += 1
    paint_ground(canvas, rng, width, height)
    label_block(labels, 0, HOUSE_FOOT_FRAC * height, width, height, PAVEMENT)
    road = CURB_FRAC * height + KERB_PX, NEAR_FRAC * height
    label_block(labels, 0, road[0], width, road[1], ROAD)
    for place in (0.1, 0.5, 0.88):
        x = (place + rng.uniform(-0.06, 0.06)) * width
        tall = rng.uniform(0.45, 0.5) * height
        labels[paint_tree(canvas, rng, x, 0.535 * height, tall)] = TREE
    for place in (0.3, 0.72):
        x = (place + rng.uniform(-0.05, 0.05)) * width
        paint_lamp(canvas, labels, x, 0.545 * height, 0.46 * height)
    return labels


def paint_sky(canvas: Canvas, rng: np.random.Generator, foot: float) -> None:
    """Paint a pale sky with soft clouds down to ``foot``."""
    ramp(canvas, 0, foot, (132, 172, 212), (226, 228, 224))
    last = int(foot * SUPERSAMPLE)
    sky = canvas[:last].astype(np.float32)
    hills = clouds(rng, sky.shape[:2], 260) + 0.5 * clouds(rng, sky.shape[:2], 110)
    white = np.clip(hills, 0, 1)[..., None] * 0.6
    canvas[:last] = (sky * (1 - white) + 246 * white).astype(np.uint8)


def paint_house(
    canvas: Canvas,
    rng: np.random.Generator,
    x: float,
    wide: float,
    color: Color,
    height: float,
) -> float:
    """Paint one facade: cornice, rows of windows, a shop front; return its roof's y."""
    foot = HOUSE_FOOT_FRAC * height
    roof = rng.uniform(0.02, 0.12) * height
    block(canvas, x, roof, x + wide, foot, color)
    block(canvas, x - 2, roof, x + wide + 2, roof + 6, tinted(color, 0.82))
    block(canvas, x + wide - 2, roof, x + wide, foot, tinted(color, 0.86))
    shop = foot - 0.125 * height
    columns = int(rng.integers(3, 5))
    pitch = wide / columns
    storeys = max(int((shop - roof - 14) / (0.105 * height)), 1)
    storey = (shop - roof - 14) / storeys
    glass: Color = (96, 112, 124)
    for row in range(storeys):
        top = roof + 14 + row * storey + storey * 0.16
        for column in range(columns):
            left = x + (column + 0.27) * pitch
            paint_window(canvas, left, top, pitch * 0.46, storey * 0.62, color, glass)
    block(canvas, x, shop, x + wide, shop + 7, tinted(color, 0.7))
    paint_shop(canvas, rng, x, wide, shop + 7, foot, color)
    return roof


def paint_window(
    canvas: Canvas,
    x: float,
    y: float,
    wide: float,
    tall: float,
    wall: Color,
    glass: Color,
) -> None:
    """Paint a window with frame, sill and a reflection of the sky."""
    block(canvas, x - 2, y - 2, x + wide + 2, y + tall + 2, tinted(wall, 1.12))
    block(canvas, x, y, x + wide, y + tall, glass)
    slant = [(x, y), (x + wide * 0.7, y), (x, y + tall * 0.6)]
    fill(canvas, slant, tinted(glass, 1.25))
    block(canvas, x, y + tall * 0.4, x + wide, y + tall * 0.45, tinted(wall, 1.1))
    block(canvas, x - 3, y + tall + 2, x + wide + 3, y + tall + 5, tinted(wall, 0.8))


def paint_shop(
    canvas: Canvas,
    rng: np.random.Generator,
    x: float,
    wide: float,
    top: float,
    foot: float,
    wall: Color,
) -> None:
    """Paint a shop front: wide panes under an awning, and a plinth."""
    tall = foot - top
    dim: Color = (104, 110, 112)
    block(canvas, x + 5, top + 0.2 * tall, x + wide - 5, foot - 0.2 * tall, dim)
    glow = [
        (x + 5, top + 0.2 * tall),
        (x + wide * 0.55, top + 0.2 * tall),
        (x + wide * 0.25, foot - 0.2 * tall),
        (x + 5, foot - 0.2 * tall),
    ]
    fill(canvas, glow, tinted(dim, 1.18))
    awning = FACADES[rng.integers(len(FACADES))]
    edge = [
        (x + 4, top),
        (x + wide - 4, top),
        (x + wide, top + 0.26 * tall),
        (x, top + 0.26 * tall),
    ]
    fill(canvas, edge, tinted(awning, 0.78))
    block(canvas, x, foot - 0.14 * tall, x + wide, foot, tinted(wall, 0.76))


def paint_ground(
    canvas: Canvas, rng: np.random.Generator, width: float, height: float
) -> None:
    """Paint pavements, kerbs, the road and its markings, with a fine grain."""
    house, curb, near = (
        part * height for part in (HOUSE_FOOT_FRAC, CURB_FRAC, NEAR_FRAC)
    )
    ramp(canvas, house, curb, (178, 172, 164), (190, 184, 175))
    block(canvas, 0, curb, width, curb + KERB_PX, (150, 146, 140))
    ramp(canvas, curb + KERB_PX, near, (112, 113, 117), (126, 127, 130))
    for x in np.arange(-0.05 * width, width, 0.16 * width):
        mark = 0.648 * height
        fill(
            canvas,
            [(x, mark), (x + 50, mark), (x + 48, mark + 5), (x - 3, mark + 5)],
            (166, 166, 162),
        )
    block(canvas, 0, near, width, near + 9, (146, 142, 136))
    ramp(canvas, near + 9, height, (188, 181, 171), (202, 194, 183))
    centre = width / 2
    for x in np.linspace(-1.2, 2.2, 24) * width:
        foot = centre + (x - centre) * 1.7
        fill(
            canvas,
            [(x, near + 9), (x + 1, near + 9), (foot + 1.5, height), (foot, height)],
            (178, 171, 161),
        )
    for share in (0.2, 0.48, 0.8):
        row = near + 9 + share * (height - near - 9)
        block(canvas, 0, row, width, row + 1.2, (178, 171, 161))
    first = int(house * SUPERSAMPLE)
    ground = canvas[first:].astype(np.float32)
    ground += 5 * clouds(rng, ground.shape[:2], 60)[..., None]
    ground += 5 * clouds(rng, ground.shape[:2], 8)[..., None]
    canvas[first:] = np.clip(ground, 0, 255).astype(np.uint8)


def paint_tree(
    canvas: Canvas, rng: np.random.Generator, x: float, foot: float, tall: float
) -> NDArray[np.bool_]:
    """Paint a slim trunk under a crown of many lit leaves; return where it covers."""
    shadow(canvas, x + 10, foot, 26, 5, 0.35)
    spot = np.zeros(canvas.shape[:2], dtype=np.bool_)
    half = tall * 0.02
    crown = foot - tall * 0.78
    trunk = np.array(
        [
            (x - half, foot),
            (x + half, foot),
            (x + half * 0.6, crown),
            (x - half * 0.6, crown),
        ]
    )
    shade_part(canvas, spot, (trunk * SUPERSAMPLE,), (104, 86, 68), 4.0)
    for layer in range(150):
        angle, reach = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
        leaf_x = x + np.cos(angle) * reach * tall * 0.24
        leaf_y = crown + np.sin(angle) * reach * tall * 0.19
        size = rng.uniform(0.025, 0.05) * tall * (1.25 - layer / 300)
        light = 0.7 + 0.4 * layer / 150 - 0.2 * np.sin(angle) * reach
        leaf = round_leaf(leaf_x, leaf_y, size, rng)
        shade_part(canvas, spot, (leaf,), tinted((92, 122, 66), light), 5.0)
    return spot


def round_leaf(x: float, y: float, size: float, rng: np.random.Generator) -> Points:
    """Return a rough round tuft of leaves as a polygon in canvas pixels."""
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    radius = size * rng.uniform(0.75, 1.15, 14)
    corner = np.stack([np.cos(angles) * radius, np.sin(angles) * radius], axis=1)
    return (corner + (x, y)) * SUPERSAMPLE


def paint_lamp(
    canvas: Canvas, labels: Labels, x: float, foot: float, tall: float
) -> None:
    """Paint a lamp post with a lantern."""
    iron: Color = (86, 92, 92)
    top = foot - tall
    for half, above in ((1.6, top), (3.5, foot - tall * 0.08)):
        block(canvas, x - half, above, x + half, foot, iron)
        label_block(labels, x - half, above, x + half, foot, POLE)
    label_block(labels, x - 5, top - 14, x + 5, top, POLE)
    lantern = [(x - 5, top - 12), (x + 5, top - 12), (x + 3.5, top), (x - 3.5, top)]
    fill(canvas, lantern, (232, 226, 200))
    block(canvas, x - 6, top - 14, x + 6, top - 12, iron)
