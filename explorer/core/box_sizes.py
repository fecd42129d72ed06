"""The sizes of the labelled boxes in the COCO photos that the detectors learnt from."""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIDE_PX = 320  # of a photo's longer side, that the sizes are measured in
FILE = Path(__file__).resolve().parents[2] / "assets" / "box_sizes.npz"


@dataclass(frozen=True, eq=False)
class BoxSizes:
    """Widths and heights of labelled objects.

    Attributes
    ----------
    sizes : (N, 2) float64
        Width and height in pixels, the photo's longer side being ``SIDE_PX``.
    labels : (N,) int64
        Rows of ``classes``.
    classes : tuple of str
    photos : int
        How many photos they come from.
    """

    sizes: NDArray[np.float64]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    photos: int

    def at(self, side_px: int) -> NDArray[np.float64]:
        """Return the sizes (N, 2) where the photos' longer side has so many pixels."""
        return self.sizes * (side_px / SIDE_PX)


@functools.cache
def box_sizes(path: Path = FILE) -> BoxSizes:
    """Read the table that ships; made by ``explorer.training.box_sizes``.

    Raises
    ------
    FileNotFoundError
        If it is not there.

    Examples
    --------
    >>> table = box_sizes()
    >>> len(table.sizes) == len(table.labels) > 500, bool((table.sizes > 0).all())
    (True, True)
    """
    with np.load(path, allow_pickle=False) as held:
        return BoxSizes(
            held["sizes"].astype(np.float64),
            held["labels"].astype(np.int64),
            tuple(str(name) for name in held["classes"]),
            int(held["photos"]),
        )
