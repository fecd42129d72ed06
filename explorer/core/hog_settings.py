"""What can be chosen in a HOG descriptor, and what the authors measured."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NORMS = ("none", "l1", "l1sqrt", "l2", "l2hys")
CONVENTIONS = ("opencv", "skimage")
HYS_CLIP = 0.2  # Dalal & Triggs 2005, section 6.4: L2, clip at 0.2, L2 again
WINDOW_PX = (64, 128)  # width, height of the people detector's window


@dataclass(frozen=True)
class Mask:
    """A pair of derivative masks and the miss rate its authors measured with it.

    Attributes
    ----------
    title : str
        The name the paper uses.
    dx, dy : tuple of tuple of int
        Rows of the masks, correlated with the image; for the 2x2 diagonal pair they
        are the two diagonals, turned to x and y after filtering.
    miss_rate_frac : float
        People missed at one false alarm in 10,000 windows: lower is better.
    diagonal : bool
        Whether the two masks point along the diagonals.
    """

    title: str
    dx: tuple[tuple[int, ...], ...]
    dy: tuple[tuple[int, ...], ...]
    miss_rate_frac: float
    diagonal: bool = False

    def kernels(
        self, dtype: type = np.float32
    ) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Return both masks as arrays, dx first."""
        return np.array(self.dx, dtype), np.array(self.dy, dtype)


def _upright(row: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple((value,) for value in row)


# Miss rates at 1e-4 false positives per window on the INRIA people:
# Dalal & Triggs 2005, table 1 and section 6.2.
MASKS: dict[str, Mask] = {
    "centred": Mask("1-D centred", ((-1, 0, 1),), _upright((-1, 0, 1)), 0.11),
    "uncentred": Mask("1-D uncentred", ((-1, 1),), _upright((-1, 1)), 0.125),
    "cubic": Mask(
        "1-D cubic-corrected", ((1, -8, 0, 8, -1),), _upright((1, -8, 0, 8, -1)), 0.12
    ),
    "diagonal": Mask(
        "2x2 diagonal", ((0, 1), (-1, 0)), ((-1, 0), (0, 1)), 0.125, diagonal=True
    ),
    "sobel": Mask(
        "3x3 Sobel",
        ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
        ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
        0.14,
    ),
}


@dataclass(frozen=True)
class HogSettings:
    """The choices that make one HOG descriptor; the defaults are OpenCV's.

    Attributes
    ----------
    cell_px : int
        Side of a square cell, at least 2.
    block_cells : int
        Cells along a block's side, at least 1; blocks step by one cell.
    orientations : int
        Bins of a cell's histogram, at least 2.
    mask : str
        A key of `MASKS`.
    norm : str
        One of `NORMS`.
    convention : str
        ``"opencv"``: every vote is shared between two bins and up to four cells and
        weighed by a Gaussian on its block. ``"skimage"``: a vote goes whole to one
        bin of one cell.
    signed : bool
        Directions over 360 degrees instead of 180.
    gamma : bool
        Square root of the intensities first.

    Raises
    ------
    ValueError
        If a choice is unknown or a number is below its bound.

    Examples
    --------
    >>> HogSettings().descriptor_size(64, 128)
    3780
    >>> HogSettings(norm="l3")
    Traceback (most recent call last):
    ...
    ValueError: norm is one of none, l1, l1sqrt, l2, l2hys; got 'l3'
    """

    cell_px: int = 8
    block_cells: int = 2
    orientations: int = 9
    mask: str = "centred"
    norm: str = "l2hys"
    convention: str = "opencv"
    signed: bool = False
    gamma: bool = True

    def __post_init__(self) -> None:
        """Refuse a choice that has no meaning, naming the options."""
        options = {"mask": tuple(MASKS), "norm": NORMS, "convention": CONVENTIONS}
        for name, known in options.items():
            value = getattr(self, name)
            if value not in known:
                raise ValueError(f"{name} is one of {', '.join(known)}; got {value!r}")
        for name, least in (("cell_px", 2), ("block_cells", 1), ("orientations", 2)):
            value = getattr(self, name)
            if value < least:
                raise ValueError(f"{name} is at least {least}, got {value}")

    @property
    def block_px(self) -> int:
        """Side of a block in pixels."""
        return self.cell_px * self.block_cells

    @property
    def block_size(self) -> int:
        """Numbers in one block: cells times orientations."""
        return self.block_cells**2 * self.orientations

    @property
    def range_deg(self) -> float:
        """The circle on which orientations live: 180 unsigned, 360 signed."""
        return 360.0 if self.signed else 180.0

    def cell_grid(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Return how many whole cells (rows, columns) an image holds."""
        return height_px // self.cell_px, width_px // self.cell_px

    def block_grid(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Return how many blocks (rows, columns) an image holds.

        Raises
        ------
        ValueError
            If the image is smaller than one block.
        """
        rows, cols = self.cell_grid(width_px, height_px)
        rows, cols = rows - self.block_cells + 1, cols - self.block_cells + 1
        if min(rows, cols) < 1:
            raise ValueError(
                f"an image of {width_px}x{height_px} px holds no block of "
                f"{self.block_px}x{self.block_px} px; take a larger image or "
                "smaller cells"
            )
        return rows, cols

    def descriptor_size(self, width_px: int, height_px: int) -> int:
        """Return how many numbers describe an image of this size."""
        rows, cols = self.block_grid(width_px, height_px)
        return rows * cols * self.block_size


OPENCV = HogSettings()
SKIMAGE = HogSettings(convention="skimage", gamma=False)
