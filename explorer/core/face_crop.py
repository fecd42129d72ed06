"""A face found in a photo and brought to the form that the face networks know."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.cascade import cascade_path

SIDE_PX = 64
# Where OpenCV's cascades find face and eyes in the aligned faces of UTKFace: medians
# over 1,443 and 952 of its pictures, as shares of the picture's side.
FACE_XYW = (-0.020, -0.105, 1.020)
EYES_XY = ((0.285, 0.291), (0.680, 0.291))
SCALE_STEP, NEIGHBOURS = 1.1, 5
LEAST_VOTES = 1.5  # in the cascade's last stage: petals and pebbles stay below
LEAST_SHARE = 0.08  # of the photo's shorter side; a smaller face is a blur at 64 px
EYE_STEP, EYE_SHARE = 1.05, 0.14
EYES_PART = 0.6  # of a face's box from above: eyes are not below
LEVEL_DEG = 35.0  # a line of eyes that is steeper is a wrong pair
APART = (0.25, 0.6)  # of the face's width, between two eyes

Image = NDArray[np.uint8]
Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class FaceCrop:
    """A face as the networks take it.

    Attributes
    ----------
    image : (64, 64, 3) uint8 array
    box : (4,) float64 array
        What the cascade found, xyxy in pixels of the photo.
    eyes : tuple of (x, y)
        Centres, left one of the picture first; empty where two were not found, and
        the box alone says how the face stands.
    others : int
        More faces in the photo; the largest was taken.
    """

    image: Image
    box: NDArray[np.float64]
    eyes: tuple[Point, ...]
    others: int


def find_face(image: Image) -> FaceCrop:
    """Find the largest face looking ahead, turn its eyes level, and cut it out.

    Parameters
    ----------
    image : (H, W, 3) uint8 array

    Raises
    ------
    ValueError
        With a sentence for the reader, if there is no face.

    References
    ----------
    Viola and Jones 2001 (the detector); the form is that of UTKFace's aligned faces.
    """
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    least = max(20, round(LEAST_SHARE * min(grey.shape)))
    # Loaded anew each time: OpenCV's classifier is not safe for two threads.
    finder = cv2.CascadeClassifier(str(cascade_path("face")))
    boxes, _, votes = finder.detectMultiScale3(
        grey,
        SCALE_STEP,
        NEIGHBOURS,
        minSize=(least, least),
        outputRejectLevels=True,
    )
    found = [b for b, v in zip(boxes, np.ravel(votes), strict=True) if v >= LEAST_VOTES]
    if not found:
        raise ValueError(
            "No face looking at the camera was found in this photo. Take one where "
            "the face is upright, well lit and not too small."
        )
    x, y, side, _ = (int(v) for v in max(found, key=lambda f: f[2]))
    eyes = _eyes(grey[y : y + round(side * EYES_PART), x : x + side], (x, y), side)
    box = np.array([x, y, x + side, y + side], np.float64)
    return FaceCrop(_cut(image, placed(box, eyes)), box, eyes, len(found) - 1)


def _eyes(part: Image, corner: tuple[int, int], side: int) -> tuple[Point, ...]:
    """Return the two eyes that stand best apart and level, or none."""
    finder = cv2.CascadeClassifier(str(cascade_path("eye")))
    least = max(8, round(EYE_SHARE * side))
    found = finder.detectMultiScale(part, EYE_STEP, 4, minSize=(least, least))
    at = sorted(
        (float(corner[0] + x + w / 2), float(corner[1] + y + h / 2))
        for x, y, w, h in found
    )
    pairs = [(a, b) for k, a in enumerate(at) for b in at[k + 1 :]]
    fits = [(a, b) for a, b in pairs if _plausible(a, b, side)]
    if not fits:
        return ()
    wanted = (EYES_XY[1][0] - EYES_XY[0][0]) / FACE_XYW[2]
    return min(fits, key=lambda p: abs((p[1][0] - p[0][0]) / side - wanted))


def _plausible(a: Point, b: Point, side: int) -> bool:
    across, down = b[0] - a[0], b[1] - a[1]
    level = abs(np.degrees(np.arctan2(down, across))) <= LEVEL_DEG
    return bool(level and APART[0] <= np.hypot(across, down) / side <= APART[1])


def placed(
    box: NDArray[np.float64], eyes: tuple[Point, ...] = ()
) -> NDArray[np.float64]:
    """Return the matrix (2, 3) that takes places of the photo to the 64-pixel picture.

    A similarity: one scale, a turn, a shift. By the eyes where there are two, else by
    the box.

    Examples
    --------
    >>> m = placed(np.array([0, 0, 100, 100.0]), ((30.0, 40.0), (70.0, 40.0)))
    >>> (m @ [30, 40, 1]).round(2).tolist(), (m @ [70, 40, 1]).round(2).tolist()
    ([18.24, 18.62], [43.52, 18.62])
    """
    if len(eyes) == 2:
        here, there = np.array(eyes), np.array(EYES_XY) * SIDE_PX
    else:
        x, y, wide = (v * SIDE_PX for v in FACE_XYW)
        here = np.array([[box[0], box[1]], [box[2], box[1]]], np.float64)
        there = np.array([[x, y], [x + wide, y]])
    a, b = here[1] - here[0], there[1] - there[0]
    length = float(a @ a)
    cos, sin = float(a @ b) / length, float(a[0] * b[1] - a[1] * b[0]) / length
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([turn, (there[0] - turn @ here[0])[:, None]])


def _cut(image: Image, matrix: NDArray[np.float64]) -> Image:
    """Cut out with every pixel the mean of what it covers, edges drawn out."""
    fine = max(1, min(8, round(1 / np.hypot(matrix[0, 0], matrix[1, 0]))))
    side = SIDE_PX * fine
    large = cv2.warpAffine(
        image,
        matrix * fine,
        (side, side),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    small = cv2.resize(large, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
