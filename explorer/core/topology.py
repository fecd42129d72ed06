"""What a mask is made of: its area, its parts, its holes, its Euler number."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Topology:
    """One label's region, counted.

    Attributes
    ----------
    area_px : int
        Pixels of the region.
    parts : int
        Connected components; pixels that touch by a corner hang together.
    holes : int
        Connected pieces of the rest that do not reach the picture's border; in the
        rest, pixels that touch by a corner alone are apart.
    """

    area_px: int
    parts: int
    holes: int

    @property
    def euler(self) -> int:
        """The Euler number: parts minus holes."""
        return self.parts - self.holes


def topology(region: NDArray[np.bool_]) -> Topology:
    """Count a region's pixels, parts and holes.

    Parameters
    ----------
    region : (H, W) bool array

    Returns
    -------
    Topology
        All 0 for an empty region.

    Notes
    -----
    Region and rest must not both hang together by corners, or a diagonal line would
    neither separate nor connect: here the region does, as in ``skimage`` with
    ``connectivity=2``. Beyond the picture is rest, so a notch at the border is no hole.

    References
    ----------
    Gonzalez and Woods, Digital Image Processing, section on regional descriptors
    (the Euler number).

    Examples
    --------
    >>> ring = np.ones((3, 3), bool)
    >>> ring[1, 1] = False
    >>> topology(ring), topology(ring).euler
    (Topology(area_px=8, parts=1, holes=1), 0)
    """
    area = int(region.sum())
    if area == 0:
        return Topology(0, 0, 0)
    rows, columns = np.flatnonzero(region.any(1)), np.flatnonzero(region.any(0))
    box = region[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    inside = np.pad(box, 1).astype(np.uint8)  # one ring of rest, all of it outside
    parts = cv2.connectedComponents(inside, connectivity=8)[0] - 1
    rest = cv2.connectedComponents(1 - inside, connectivity=4)[0] - 1
    return Topology(area, parts, rest - 1)


def label_topology(mask: Labels, labels: tuple[int, ...]) -> dict[int, Topology]:
    """Count the region of each label asked for.

    Examples
    --------
    >>> label_topology(np.array([[1, 0, 1]], np.uint8), (1, 2))[1].parts
    2
    """
    return {label: topology(mask == label) for label in labels}
