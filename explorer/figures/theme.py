"""Colour by meaning, in one place.

The hues are those of Okabe and Ito (2008), told apart by colour-blind eyes and on
a washed-out projector; each meaning also differs in line style or label, so that
no page rests on colour alone.
"""

COLORS = {
    "kept": "#009E73",
    "suppressed": "#8A8A8A",
    "truth": "#F0E442",
    "prediction": "#56B4E9",
    "proposal": "#E69F00",
    "anchor": "#CC79A7",
    "positive": "#009E73",
    "negative": "#D55E00",
    "ignore": "#8A8A8A",
    "accent": "#D55E00",
    "first": "#0072B2",
    "second": "#E69F00",
    "overlap": "#CC79A7",
    "grid": "#FFFFFF",
    "muted": "#8A8A8A",
}

CLASSES = (
    "#56B4E9",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#999999",
)

# Ten kinds of small pictures: bright, since they lie on black.
TEN = (
    *("#56B4E9", "#E69F00", "#2FBF8F", "#CC79A7", "#F0E442"),
    *("#4C8DFF", "#FF6A3D", "#B8B8B8", "#B28DFF", "#8BD450"),
)

# One hue a direction, cyclic, because 0 and 180 degrees are the same orientation.
ORIENTATIONS = (
    "#E8505B",
    "#F08A3C",
    "#D9B62C",
    "#8CBF3F",
    "#3DAE6B",
    "#2BA8A8",
    "#3F86D9",
    "#7B66D6",
    "#C158B8",
)

# Lines of one chart differ in their strokes too, in the order of their colours.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

SEQUENTIAL = "viridis"
DIVERGING = ("#0072B2", "#F7F7F7", "#D55E00")


def dashed(place: int) -> str:
    """Return the stroke of a chart's line by its place, cycling past the end.

    Examples
    --------
    >>> dashed(0), dashed(1), dashed(len(DASHES))
    ('solid', 'dash', 'solid')
    """
    return DASHES[place % len(DASHES)]


def class_color(label: int) -> str:
    """Return the colour of a class index, cycling past the end.

    Examples
    --------
    >>> class_color(0) == class_color(len(CLASSES))
    True
    """
    return CLASSES[label % len(CLASSES)]


def rgb(color: str) -> tuple[int, int, int]:
    """Return ``#RRGGBB`` as three integers in 0..255.

    Raises
    ------
    ValueError
        If the string is not seven characters that start with ``#``.

    Examples
    --------
    >>> rgb("#009E73")
    (0, 158, 115)
    """
    if len(color) != 7 or color[0] != "#":
        raise ValueError(f"a colour is written #RRGGBB, got {color!r}")
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def mixed(color: str, other: str, share: float = 0.5) -> str:
    """Return ``#RRGGBB`` mixed with a share of another colour.

    Examples
    --------
    >>> mixed("#204060", "#000000")
    '#102030'
    """
    pairs = zip(rgb(color), rgb(other), strict=True)
    return "#" + "".join(f"{round(a + share * (b - a)):02X}" for a, b in pairs)
