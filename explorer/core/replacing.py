"""Another one in the object's place: a person on the same ground, a face on a head."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.cutouts import Cutout
from explorer.core.pasting import Box, Pasted, paste, whole_box
from explorer.core.resizing import resize
from explorer.core.warp import check_image

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]

HOLE_PX = 5  # radius of the inpainting, and what is added around the old object
OVAL = 0.88  # width of a face in its box, its height being 1


def erase(image: Image, mask: Mask) -> Image:
    """Fill what is under a mask, and a little around it, from its surroundings.

    References
    ----------
    Telea 2004, An image inpainting technique based on the fast marching method
    (OpenCV's ``inpaint``).

    Examples
    --------
    >>> image = np.full((20, 20, 3), 90, np.uint8)
    >>> hole = np.zeros((20, 20), bool)
    >>> hole[8:12, 8:12] = True
    >>> image[hole] = 255
    >>> bool(np.abs(erase(image, hole).astype(int) - 90).max() < 4)
    True
    """
    side = 2 * (HOLE_PX // 2) + 1
    wider = cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8))
    return np.asarray(cv2.inpaint(image, wider, HOLE_PX, cv2.INPAINT_TELEA), np.uint8)


def stand_in(image: Image, box: Box, thing: Cutout) -> Pasted:
    """Put another thing where the object stood: as high, on the same ground.

    Parameters
    ----------
    image : (H, W, 3) uint8
        Without the old object (``erase``).
    box : (x1, y1, x2, y2)
        Where that stood.
    thing : Cutout
    """
    check_image(image)
    placed = thing.scaled((box[3] - box[1]) / thing.mask.shape[0])
    high, wide = placed.mask.shape
    left, top = round((box[0] + box[2] - wide) / 2), round(box[3] - high)
    shown, mask = paste(image, placed, left, top)
    return Pasted(shown, mask[None], (thing.label,))


def swap_face(image: Image, box: Box, face: Image) -> Pasted:
    """Put another face on a head: an oval of it, in the light of the old one.

    Parameters
    ----------
    image : (H, W, 3) uint8
    box : (x1, y1, x2, y2)
        Of the old face, in pixels.
    face : (h, w, 3) uint8
        A face that fills its picture.

    Notes
    -----
    Each channel gets the mean and the spread that the old face has in the oval, as
    Reinhard et al. do in another colour space; a grey face takes the skin's tint.

    References
    ----------
    Reinhard et al. 2001, Color transfer between images.
    """
    check_image(image)
    check_image(face)
    height, width = image.shape[:2]
    x1, y1, x2, y2 = whole_box(box, width, height)
    fitted = resize(face, y2 - y1, x2 - x1)
    oval = oval_mask(y2 - y1, x2 - x1)
    new, old = fitted[oval].astype(float), image[y1:y2, x1:x2][oval].astype(float)
    spread = old.std(0) / np.maximum(new.std(0), 1.0)
    tinted = (fitted - new.mean(0)) * spread + old.mean(0)
    tinted = np.clip(np.rint(tinted), 0, 255).astype(np.uint8)
    shown, mask = paste(image, Cutout("face", "face", tinted, oval), x1, y1)
    return Pasted(shown, mask[None], ("face",))


def oval_mask(height: int, width: int) -> Mask:
    """Return the pixels of the ellipse that fills a box, a little narrower than high.

    Examples
    --------
    >>> oval_mask(2, 2).tolist()
    [[True, True], [True, True]]
    """
    rows = (np.arange(height) + 0.5) / height * 2 - 1
    cols = (np.arange(width) + 0.5) / width * 2 - 1
    inside: Mask = (cols[None] / OVAL) ** 2 + rows[:, None] ** 2 <= 1
    return inside
