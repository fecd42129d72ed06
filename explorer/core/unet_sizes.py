"""U-Net's arithmetic of sizes: what its valid convolutions leave at each level."""

from dataclasses import dataclass

DEPTH = 4  # poolings in the paper
CONVS = 2  # convolutions a level in the paper
MOST_DEPTH = 8


@dataclass(frozen=True)
class UNetLevel:
    """One level of the U, side lengths in px.

    Attributes
    ----------
    level : int
        1 the finest.
    entering : int
        What its contracting half starts from.
    skip : int
        What that half ends with; a copy of it crosses to the other half.
    raised : int or None
        What the up-convolution brings from the level below; None at the bottom.
    left : int
        What the level hands on: upwards, or at the top to the classifier.
    """

    level: int
    entering: int
    skip: int
    raised: int | None
    left: int

    @property
    def cut(self) -> tuple[int, int]:
        """Pixels cut off the skip before it is joined: top and left, bottom and right.

        Examples
        --------
        >>> UNetLevel(1, 572, 568, 392, 388).cut
        (88, 88)
        """
        spare = 0 if self.raised is None else self.skip - self.raised
        return spare // 2, spare - spare // 2


@dataclass(frozen=True)
class UNetSizes:
    """A whole U.

    Attributes
    ----------
    levels : tuple of UNetLevel
        Finest first; the last is the bottom.
    padded : bool
        Whether zeros around each convolution keep its size.
    """

    levels: tuple[UNetLevel, ...]
    padded: bool

    @property
    def size(self) -> int:
        """The input's side."""
        return self.levels[0].entering

    @property
    def output(self) -> int:
        """The output's side."""
        return self.levels[0].left


def unet_sizes(
    size: int, depth: int = DEPTH, convs: int = CONVS, padded: bool = False
) -> UNetSizes:
    """Follow one side of a picture through the U.

    Parameters
    ----------
    size : int
        The input's side in px.
    depth : int
        2x2 poolings of stride 2 on the way down, and as many up-convolutions.
    convs : int
        3x3 convolutions in each half of a level.
    padded : bool
        False: valid convolutions, each takes 2 px. True: each keeps the size.

    Returns
    -------
    UNetSizes

    Raises
    ------
    ValueError
        If a number is out of range, a map of odd size would be pooled, or nothing is
        left of the picture; the message quotes the size and where it happens.

    Notes
    -----
    The paper asks for an even size before every pooling, so that no pixel is lost
    (section 2, last paragraph); so do we, where torch would round down.

    References
    ----------
    Ronneberger et al., MICCAI 2015, section 2 and figure 1: 572 to 388.

    Examples
    --------
    >>> sizes = unet_sizes(572)
    >>> [level.skip for level in sizes.levels], sizes.output
    ([568, 280, 136, 64, 28], 388)
    """
    for name, value, most in (("depth", depth, MOST_DEPTH), ("convs", convs, 8)):
        if not 1 <= value <= most:
            raise ValueError(f"{name} is {value}; it must lie in 1..{most}")
    if size < 1:
        raise ValueError(f"size is {size}; a picture has at least 1 px")
    taken = 0 if padded else 2 * convs
    down: list[tuple[int, int]] = []
    at = size
    for level in range(1, depth + 2):
        kept = _after(at, taken, level, "down")
        down.append((at, kept))
        if level <= depth and kept % 2:
            raise ValueError(
                f"an input of {size} px reaches level {level} as {kept} px, which is "
                "odd: 2x2 pooling would lose a row"
            )
        at = kept // 2
    entering, left = down[-1]
    levels = [UNetLevel(depth + 1, entering, left, None, left)]
    for level in range(depth, 0, -1):
        raised = 2 * left
        left = _after(raised, taken, level, "up")
        levels.append(UNetLevel(level, *down[level - 1], raised, left))
    return UNetSizes(tuple(reversed(levels)), padded)


def _after(size: int, taken: int, level: int, way: str) -> int:
    if size <= taken:
        raise ValueError(
            f"nothing is left at level {level} on the way {way}: its convolutions take "
            f"{taken} px of {size}"
        )
    return size - taken


def valid_sizes(
    low: int,
    high: int,
    depth: int = DEPTH,
    convs: int = CONVS,
    padded: bool = False,
) -> tuple[int, ...]:
    """Return the sizes from ``low`` to ``high`` px that go through without a rest.

    Examples
    --------
    >>> valid_sizes(540, 600)
    (540, 556, 572, 588)
    """
    found = []
    for size in range(max(low, 1), high + 1):
        try:
            unet_sizes(size, depth, convs, padded)
        except ValueError:
            continue
        found.append(size)
    return tuple(found)
