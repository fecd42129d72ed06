"""Which anchors the lesson on anchors lays out: the paper's, or our networks' own."""

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.core.anchor_maps import MapPlan, input_scale, whole_cells
from explorer.core.anchors import SIZES_PX
from explorer.models import zoo
from explorer.ui.controls import choose, select
from explorer.ui.lessons import anchors_words as words
from explorer.ui.typed import text

PAPER, SINGLE, PYRAMID = "Faster R-CNN, 2015", "ours, one map", "ours, pyramid"
MODELS = {SINGLE: "everyday_faster_rcnn", PYRAMID: "everyday_faster_rcnn_fpn"}
STRIDES = (8, 16, 32)
MOST_VALUES = 4  # sizes, and ratios
SIZES = ("sizes", (4.0, 2000.0))  # px
RATIOS_ASKED = ("ratios", (0.1, 10.0))


@dataclass(frozen=True)
class Planned:
    """The maps, which of them is shown, and the input's pixels for one of the photo."""

    plans: tuple[MapPlan, ...]
    level: int
    scale: float


def read_list(asked: str, what: str, between: tuple[float, float]) -> tuple[float, ...]:
    """Read up to four numbers, ratios as a:b too.

    Raises
    ------
    ValueError
        A sentence about what can't be read.

    Examples
    --------
    >>> read_list("1:2, 1 2:1", "ratios", (0.1, 10))
    (0.5, 1.0, 2.0)
    """
    parts = asked.replace(",", " ").split()
    low, high = between
    try:
        values = tuple(_number(part) for part in parts)
    except (ValueError, ZeroDivisionError):
        values = ()
    if not 1 <= len(values) <= MOST_VALUES or not all(low <= v <= high for v in values):
        raise ValueError(
            f"The {what} are 1 to {MOST_VALUES} numbers from {low:g} to {high:g}, "
            f"got “{asked}”."
        )
    return values


def _number(part: str) -> float:
    high, _, wide = part.partition(":")
    return float(high) / float(wide or 1)


def network_sizes(network: str) -> Mapping[int, tuple[float, ...]]:
    """Return the anchor sizes of one of our networks, by level."""
    from explorer.models.rpn import LEVEL_SIZES, SINGLE_SIZES

    if network == PYRAMID:
        return LEVEL_SIZES
    return {level: tuple(sizes) for level, sizes in SINGLE_SIZES.items()}


def network_plans(network: str) -> tuple[MapPlan, ...]:
    """Return the maps of one of our networks, on its square."""
    side = zoo.record(MODELS[network]).side_px
    return tuple(
        MapPlan(-(-side // 2**level), -(-side // 2**level), 2**level, sizes)
        for level, sizes in network_sizes(network).items()
    )


def plan_controls(width: int, height: int) -> Planned:
    """Ask whose anchors, and for what can be changed of them."""
    network = select(
        "Anchors of",
        (PAPER, SINGLE, PYRAMID),
        PAPER,
        key="network",
        help=words.NETWORK_HELP,
        width_px=180,
    )
    if network == PAPER:
        scale = input_scale(width, height)
        return Planned((_paper(width * scale, height * scale),), 0, scale)
    plans, level = network_plans(network), 0
    if network == PYRAMID:
        strides = [plan.stride for plan in plans]
        stride = choose(
            "Stride shown", strides, default=16, key="level", help=words.LEVEL_HELP
        )
        level = strides.index(stride)
    side = zoo.record(MODELS[network]).side_px
    return Planned(plans, level, side / max(width, height))


def _paper(width_px: float, height_px: float) -> MapPlan:
    """Ask for the stride, sizes and ratios of the one map."""
    stride = choose("Stride", STRIDES, default=16, key="stride", help=words.STRIDE_HELP)
    start = " ".join(f"{v:g}" for v in SIZES_PX)
    sizes = text(
        "Sizes, px",
        start,
        key="sizes",
        help=words.SIZES_HELP,
        width_px=150,
        why_not=lambda typed: _why_not(typed, *SIZES),
    )
    ratios = text(
        "Ratios h:w",
        "1:2 1:1 2:1",
        key="ratios",
        help=words.RATIOS_HELP,
        width_px=135,
        why_not=lambda typed: _why_not(typed, *RATIOS_ASKED),
    )
    return MapPlan(
        whole_cells(height_px, stride),
        whole_cells(width_px, stride),
        stride,
        read_list(sizes, *SIZES),
        read_list(ratios, *RATIOS_ASKED),
    )


def _why_not(asked: str, what: str, between: tuple[float, float]) -> str:
    try:
        read_list(asked, what, between)
    except ValueError as error:
        return str(error)
    return ""
