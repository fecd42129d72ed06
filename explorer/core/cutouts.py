"""Things cut out of the sample photos, to be pasted into a reader's picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from explorer.core.resizing import resize
from explorer.core.samples import load_sample
from explorer.core.warp import check_image

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]

ROUNDS = 5  # of GrabCut's two steps; the paper's energy hardly falls after that
CUT_PX = 256  # longer side a photo is cut at: what is pasted is smaller still
SEED = 0  # GrabCut starts from k-means, which is random
LEAST_SIDE_PX = 4  # of a box to cut in
OBJECTS: dict[str, tuple[str, str, Box]] = {
    # What it is called, the sample it is in, its class, its box there in pixels.
    "flower": ("flower", "flower", (168, 80, 446, 360)),
    "cup": ("coffee", "cup", (70, 8, 486, 396)),
    "cat": ("chelsea", "cat face", (20, 0, 380, 300)),
    "coin": ("coins", "coin", (300, 12, 368, 78)),
    "palace": ("china", "building", (70, 22, 355, 400)),
    "rocket": ("rocket", "missile", (300, 110, 352, 410)),
    "photographer": ("camera", "person", (0, 56, 300, 512)),
}


@dataclass(frozen=True, eq=False)
class Cutout:
    """A thing without its ground.

    Attributes
    ----------
    name : str
        What it is called.
    label : str
        Its class.
    image : (h, w, 3) uint8
        Its tight box.
    mask : (h, w) bool
        Where it is in it.
    """

    name: str
    label: str
    image: Image
    mask: Mask

    def scaled(self, factor: float) -> "Cutout":
        """Return it larger or smaller, at least a pixel a side.

        Raises
        ------
        ValueError
            If the factor is not above 0.
        """
        if not factor > 0:
            raise ValueError(f"factor must be above 0, got {factor}")
        high, wide = (max(1, round(v * factor)) for v in self.mask.shape)
        grown = resize(self.image, high, wide)
        share = cv2.resize(
            self.mask.astype(np.float32), (wide, high), interpolation=cv2.INTER_LINEAR
        )
        if factor < 1:
            share = cv2.resize(
                self.mask.astype(np.float32), (wide, high), interpolation=cv2.INTER_AREA
            )
        return Cutout(self.name, self.label, grown, np.asarray(share >= 0.5))


def grab_mask(image: Image, box: tuple[float, float, float, float]) -> Mask:
    """Return the pixels of the thing in a box, by GrabCut.

    Parameters
    ----------
    image : (H, W, 3) uint8
        RGB.
    box : (x1, y1, x2, y2)
        Around the thing, in pixels; all that lies outside it is taken for ground.

    Returns
    -------
    (H, W) bool
        The largest piece, its holes filled; the whole box where GrabCut finds no
        thing, or no ground is left to tell it from.

    Raises
    ------
    ValueError
        If the image is no photo, or less than 4 pixels of the box lie in it.

    Notes
    -----
    Pieces and holes are our own addition.

    References
    ----------
    Rother, Kolmogorov & Blake 2004, "GrabCut", SIGGRAPH; OpenCV's ``grabCut``.

    Examples
    --------
    >>> image = np.zeros((40, 40, 3), np.uint8)
    >>> image[10:30, 10:30] = (200, 120, 40)
    >>> int(grab_mask(image, (5, 5, 35, 35)).sum())
    400
    """
    check_image(image)
    height, width = image.shape[:2]
    x1, y1 = (max(0, int(np.floor(v))) for v in box[:2])
    x2, y2 = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
    if x2 - x1 < LEAST_SIDE_PX or y2 - y1 < LEAST_SIDE_PX:
        raise ValueError(f"too little of the box {box} lies in {width} × {height} px")
    whole = np.zeros((height, width), np.bool_)
    whole[y1:y2, x1:x2] = True
    if whole.all():
        return whole
    state = np.where(whole, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    cv2.setRNGSeed(SEED)
    bgr = np.ascontiguousarray(image[..., ::-1])
    ground, thing = np.zeros((1, 65)), np.zeros((1, 65))  # OpenCV's two mixtures
    start = cv2.GC_INIT_WITH_MASK
    cv2.grabCut(bgr, state, (0, 0, 0, 0), ground, thing, ROUNDS, start)
    found = largest_piece(np.isin(state, (cv2.GC_FGD, cv2.GC_PR_FGD)))
    return found if found.any() else whole


def largest_piece(mask: Mask) -> Mask:
    """Return the largest connected piece with its holes filled.

    Examples
    --------
    >>> largest_piece(np.array([[1, 1, 0, 1]], bool)).tolist()
    [[True, True, False, False]]
    """
    labels, pieces = ndimage.label(mask)
    if not pieces:
        return np.zeros_like(mask)
    sizes = np.bincount(labels.ravel())[1:]
    filled: Mask = ndimage.binary_fill_holes(labels == 1 + int(sizes.argmax()))
    return filled


def tight(name: str, label: str, image: Image, mask: Mask) -> Cutout:
    """Return the part of a picture under a mask.

    Raises
    ------
    ValueError
        If the mask is empty.

    Examples
    --------
    >>> mask = np.zeros((5, 5), bool)
    >>> mask[1:3, 2:5] = True
    >>> tight("it", "thing", np.zeros((5, 5, 3), np.uint8), mask).mask.shape
    (2, 3)
    """
    if not mask.any():
        raise ValueError("nothing is under the mask")
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    at = slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
    return Cutout(name, label, image[at].copy(), mask[at].copy())


def cut_object(name: str) -> Cutout:
    """Cut one of ``OBJECTS`` out of its sample photo.

    Raises
    ------
    KeyError
        With the names there are.
    BadImage
        If the installed package does not bring the photo.
    """
    if name not in OBJECTS:
        raise KeyError(f"no object {name!r}; there are {', '.join(OBJECTS)}")
    sample, label, box = OBJECTS[name]
    image = load_sample(sample).image
    height, width = image.shape[:2]
    scale = min(1.0, CUT_PX / max(height, width))
    small = resize(image, round(height * scale), round(width * scale))
    x1, y1, x2, y2 = (v * scale for v in box)
    return tight(name, label, small, grab_mask(small, (x1, y1, x2, y2)))
