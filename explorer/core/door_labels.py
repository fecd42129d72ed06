"""The door for class maps: a PNG whose numbers are classes, or one clear sentence."""

import io
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.core.door import BadImage, attempt, check_bytes, check_size, short

Labels = NDArray[np.uint8]
Size = tuple[int, int]

VOID = 255
NUMBERED = ("P", "L", "1", "I", "I;16")  # Pillow's modes of one number a pixel
MAGIC = b"\x89PNG"


def open_labels(
    data: bytes, name: str, sizes: Sequence[Size], classes: Sequence[str]
) -> Labels:
    """Decode a class map that belongs to a photo.

    Parameters
    ----------
    data : bytes
        A PNG, grey or indexed, one class number a pixel. 255 is no class.
    name : str
        Used in messages only.
    sizes : sequence of (width, height)
        The photo's: as it is worked on, first, and as it came. The map must have one
        of them; it is brought to the first.
    classes : sequence of str
        What the numbers 0, 1, ... stand for.

    Returns
    -------
    (height, width) uint8
        Shrunk without mixing classes, where it had the photo's full size.

    Raises
    ------
    BadImage
        With a sentence: what was wrong, what is needed.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> numbers = np.array([[0, 1]] * 16, np.uint8).repeat(8, axis=1)
    >>> Image.fromarray(numbers).save(file, "PNG")
    >>> open_labels(file.getvalue(), "map.png", [(16, 16)], ("sky", "road"))[0].tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]
    """
    title = short(name) or "The class map"
    check_bytes(data, title)
    if not data.startswith(MAGIC):
        raise BadImage(
            f"{title} is no PNG: other formats change the numbers, so save the class "
            "map as a grey or indexed PNG."
        )
    header = attempt(lambda: _open(data), data, title)
    check_size(header.size, title)
    if header.mode not in NUMBERED:
        raise BadImage(
            f"{title} holds colours ({header.mode}), not class numbers: save it as a "
            "grey or indexed PNG with one number a pixel."
        )
    if header.size not in sizes:
        wanted = " or ".join(f"{w} × {h}" for w, h in dict.fromkeys(sizes))
        raise BadImage(
            f"{title} is {header.size[0]} × {header.size[1]} pixels and the photo "
            f"{wanted}: each pixel of the photo needs its class."
        )
    numbers = attempt(lambda: np.asarray(_open(data)).astype(np.int64), data, title)
    _check_numbers(numbers, classes, title)
    labels = numbers.astype(np.uint8)
    if header.size == sizes[0]:
        return labels
    return np.asarray(
        cv2.resize(labels, sizes[0], interpolation=cv2.INTER_NEAREST), np.uint8
    )


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=("PNG",))


def _check_numbers(
    numbers: NDArray[np.int64], classes: Sequence[str], title: str
) -> None:
    found = np.unique(numbers)
    wrong = found[(found >= len(classes)) & (found != VOID)]
    if wrong.size:
        raise BadImage(
            f"{title} has the number {wrong[0]}, but the classes are 0 ({classes[0]}) "
            f"to {len(classes) - 1} ({classes[-1]}), and {VOID} for no class."
        )
    if (found == VOID).all():
        raise BadImage(f"{title} gives no pixel a class: all are {VOID}.")
