"""The U of one side length, each map a square to scale, the cut of each skip dashed."""

from dataclasses import dataclass

from explorer.core.unet_sizes import UNetLevel, UNetSizes
from explorer.figures.diagram import Diagram
from explorer.figures.encoder_decoder import CROSSING
from explorer.figures.theme import COLORS

LARGEST, LEAST_SIDE = 170.0, 4.0  # of a square
STEPS = (210.0, 140.0, 110.0, 100.0, 240.0)  # to the next square on the way, by level
LEFT, TOP, CAPTION, SPACE = 100.0, 44.0, 24.0, 24.0
WIDE = 2 * LEFT + 2 * sum(STEPS[:-1]) + STEPS[-1]


@dataclass(frozen=True)
class _Spot:
    """A level, and the middles of its squares."""

    level: UNetLevel
    y: float
    enters: float
    skip: float

    @property
    def raised(self) -> float:
        return WIDE - self.skip

    @property
    def left(self) -> float:
        return WIDE - self.enters


def sizes_diagram(sizes: UNetSizes) -> Diagram:
    """Lay out the U: what enters a level, its skip, what is raised, what is left.

    What a level pools stands right above what enters the next, so that the U is a
    staircase down and up, as in the paper's figure 1.

    Parameters
    ----------
    sizes : UNetSizes
        Of the paper's depth.

    Returns
    -------
    Diagram
        Without pictures and without rows to choose.

    Raises
    ------
    ValueError
        If the U is not as deep as the figure.
    """
    if len(sizes.levels) != len(STEPS):
        raise ValueError(
            f"the figure has {len(STEPS)} levels, the U {len(sizes.levels)}"
        )
    scale = LARGEST / sizes.size
    spots = _spots(sizes, scale)
    diagram = Diagram((WIDE, spots[-1].y + 40))
    for spot in spots:
        _level(diagram, spot, scale)
    for upper, lower in zip(spots, spots[1:], strict=False):
        _links(diagram, upper, lower, scale)
    first = spots[0]
    heads = ((first.enters, "in"), (first.skip, "skip"), (first.raised, "raised"))
    for x, text in (*heads, (first.left, "out")):
        diagram.texts.append({"x": x, "y": 20.0, "text": text, "bold": True})
    return diagram


def _spots(sizes: UNetSizes, scale: float) -> list[_Spot]:
    x, y = LEFT, TOP
    found = []
    for level, step in zip(sizes.levels, STEPS, strict=True):
        half = _half(level.entering, scale)
        y += half
        found.append(_Spot(level, y, x, x + step))
        x, y = x + step, y + half + CAPTION + SPACE
    return found


def _half(size: int, scale: float) -> float:
    return max(LEAST_SIDE, size * scale) / 2


def _level(diagram: Diagram, spot: _Spot, scale: float) -> None:
    level, y = spot.level, spot.y
    _square(diagram, spot.enters, y, level.entering, scale, None)
    _square(diagram, spot.left, y, level.left, scale, COLORS["positive"])
    if level.raised is None:
        _convolved(diagram, spot, level.entering, level.left, scale)
        return
    _square(diagram, spot.skip, y, level.skip, scale, CROSSING["features"])
    _square(diagram, spot.raised, y, level.raised, scale, None)
    if level.skip > level.raised:
        side = level.raised * scale
        rect = [spot.skip - side / 2, y - side / 2, side, side]
        diagram.blocks.append({"rect": rect, "sheets": 1, "fill": None, "dash": True})
    _convolved(diagram, spot, level.entering, level.skip, scale, spot.skip)
    start = spot.raised + _half(level.raised, scale) + 4
    diagram.arrows.append([start, y, spot.left - _half(level.left, scale) - 4, y])
    _crossing(diagram, spot, level.raised, scale)


def _convolved(
    diagram: Diagram,
    spot: _Spot,
    before: int,
    after: int,
    scale: float,
    to: float | None = None,
) -> None:
    end = (spot.left if to is None else to) - _half(after, scale) - 4
    start = spot.enters + _half(before, scale) + 4
    diagram.arrows.append([start, spot.y, end, spot.y])


def _crossing(diagram: Diagram, spot: _Spot, raised: int, scale: float) -> None:
    level = spot.level
    before, after = level.cut
    diagram.bars.append(
        {
            "x1": spot.skip + _half(level.skip, scale) + 8,
            "x2": spot.raised - _half(raised, scale) - 8,
            "y": spot.y,
            "thick": 6.0,
            "color": CROSSING["features"],
            "dots": False,
            "above": f"{level.skip} → {raised}" if after else f"{level.skip}",
            "below": f"cut {before} and {after} px" if after else "nothing to cut",
        }
    )


def _square(
    diagram: Diagram, x: float, y: float, size: int, scale: float, fill: str | None
) -> None:
    half = _half(size, scale)
    rect = [x - half, y - half, 2 * half, 2 * half]
    diagram.blocks.append({"rect": rect, "sheets": 1, "fill": fill, "dash": False})
    diagram.texts.append({"x": x, "y": y + half + CAPTION / 2, "text": f"{size}"})


def _links(diagram: Diagram, upper: _Spot, lower: _Spot, scale: float) -> None:
    """Pooling straight down, up-convolution straight up."""
    assert upper.level.raised is not None
    down = upper.y + _half(upper.level.skip, scale) + CAPTION
    top = lower.y - _half(lower.level.entering, scale) - 3
    diagram.arrows.append([upper.skip, down, upper.skip, top])
    up = upper.y + _half(upper.level.raised, scale) + CAPTION
    start = lower.y - _half(lower.level.left, scale) - 3
    diagram.arrows.append([upper.raised, start, upper.raised, up])
