"""Which mask the elastic lesson bends: known, found by a network, cut, or drawn."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.figures.segmentation import palette_of
from explorer.figures.theme import class_color
from explorer.models import zoo
from explorer.ui import live
from explorer.ui.imagebar import Picture
from explorer.ui.lessons.segmentation import score, suggested

SIDE_PX = 288  # longest side: about what the course's networks are trained at
AUTOMATIC, THRESHOLD, DRAWN = "automatic", "threshold", "drawn"
BACKGROUNDS = ("__background__", "background")
MOST_LABELS = 8  # rows of the table
LEAST_FRAC = 0.02  # of the photo: less than this found by a network is no mask
CUT = "cut by brightness (Otsu's threshold): nothing better is known here"
BLUR_PX = 2.0  # before the threshold: single bright pixels are no region
ONE_COLOR = {1: class_color(0)}
KEPT_DRAWING = "_elastic_drawing"
OWN_TITLES = {
    AUTOMATIC: "Known or guessed",
    THRESHOLD: "Cut by brightness",
    DRAWN: "I draw it",
}

Labels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Masked:
    """A photo at working size and its mask.

    Attributes
    ----------
    image : (H, W, 3) uint8 array
    mask : (H, W) uint8 array
    names, colors : dict of int to str
        Labels to count and colour; what is left is background.
    source : str
        Where the mask comes from, as a sentence.
    drawn : bool
        Whether the reader draws it.
    """

    image: NDArray[np.uint8]
    mask: Labels
    names: dict[int, str]
    colors: dict[int, str]
    source: str
    drawn: bool = False


def networks() -> dict[str, str]:
    """Return networks that can label a photo now, name to title.

    Of those trained on the same data the one with the highest mIoU stands for all;
    full-size ones are offered once they are on this machine.
    """
    ready = [
        record
        for name, record in zoo.records().items()
        if record.task == "segmentation"
        and score(record) is not None
        and zoo.status(name) == "ready"
    ]
    ready.sort(key=lambda record: -(score(record) or 0.0))
    best = {record.data: record for record in reversed(ready)}
    return {record.name: record.label for record in ready if record in best.values()}


def network_for(data: str) -> str | None:
    """Return the network for "street" or "people"; None where there is none."""
    return next((name for name in networks() if name.startswith(data)), None)


def choices() -> dict[str, str]:
    """Return what the mask can come from: key to title."""
    return OWN_TITLES | networks()


def masked(picture: Picture, choice: str) -> Masked:
    """Return the picture with the mask asked for.

    Without a truth, the network that suits the picture is asked; where it can't run or
    finds next to nothing, brightness stands in.

    Raises
    ------
    KeyError
        If there is no such choice.
    """
    image = shrunk(picture.image)
    if choice == DRAWN:
        mask = _drawing(picture.digest, image.shape[:2])
        names = {1: "your drawing"}
        return Masked(image, mask, names, ONE_COLOR, "drawn by you", True)
    if choice == AUTOMATIC and picture.masks is not None:
        return _known(picture, image)
    guess = choice == AUTOMATIC
    name = network_for(suggested(picture)) if guess else choice
    if name is not None and name != THRESHOLD:
        found = _segmented(name, picture, image)
        least = LEAST_FRAC * image.shape[0] * image.shape[1] if guess else 0
        if found is not None and np.isin(found.mask, list(found.names)).sum() >= least:
            return found
    mask, title = live.compute("threshold", cut, image)
    return Masked(image, mask, {1: title}, ONE_COLOR, CUT)


def shrunk(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the photo with its longest side at most 288 px.

    Examples
    --------
    >>> shrunk(np.zeros((480, 640, 3), np.uint8)).shape
    (216, 288, 3)
    """
    scale = SIDE_PX / max(image.shape[:2])
    if scale >= 1:
        return image
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _known(picture: Picture, image: NDArray[np.uint8]) -> Masked:
    assert picture.masks is not None
    height, width = image.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    names = {}
    for number, one in enumerate(picture.masks, 1):
        share = cv2.resize(
            one.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA
        )
        mask[np.asarray(share) > 0.5] = number
        names[number] = picture.gt_labels[number - 1]
    colors = {number: class_color(number - 1) for number in names}
    return Masked(image, mask, names, colors, "exact: this picture was drawn with it")


def cut(image: NDArray[np.uint8]) -> tuple[Labels, str]:
    """Part a photo by brightness; the side that touches less border is the object.

    Examples
    --------
    >>> photo = np.zeros((20, 30, 3), np.uint8)
    >>> photo[6:14, 8:22] = 255
    >>> mask, name = cut(photo)
    >>> name, int(mask[10, 15]), int(mask[0, 0])
    ('bright part', 1, 0)
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    soft = cv2.GaussianBlur(grey, (0, 0), BLUR_PX)
    _, bright = cv2.threshold(soft, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = np.asarray(bright, np.uint8)
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    if edge.mean() > 0.5:
        return np.asarray(1 - mask, np.uint8), "dark part"
    return mask, "bright part"


def _segmented(name: str, picture: Picture, image: NDArray[np.uint8]) -> Masked | None:
    answer = live.model(name, "segment", image=picture.image)
    if answer is None:
        return None
    record = zoo.record(name)
    size = (image.shape[1], image.shape[0])
    found = answer.arrays["labels"]
    small = cv2.resize(found, size, interpolation=cv2.INTER_NEAREST)
    mask = np.asarray(small, np.uint8)
    palette = palette_of(record.classes)
    names = largest(mask, dict(enumerate(record.classes)))
    colors = {label: palette[label] for label in names}
    return Masked(image, mask, names, colors, f"found by {record.label}")


def largest(mask: Labels, classes: Mapping[int, str]) -> dict[int, str]:
    """Name the labels of a mask, largest region first, backgrounds left out.

    Examples
    --------
    >>> mask = np.array([[0, 2, 2], [0, 1, 0]], np.uint8)
    >>> largest(mask, {0: "background", 1: "hair", 2: "skin"})
    {2: 'skin', 1: 'hair'}
    """
    counts = np.bincount(mask.ravel(), minlength=256)
    order = [int(label) for label in np.argsort(-counts, kind="stable")]
    there = [one for one in order if counts[one] and one in classes]
    shown = [one for one in there if classes[one] not in BACKGROUNDS]
    return {one: classes[one] for one in shown[:MOST_LABELS]}


def keep_drawing(picture: Picture, bits: object) -> None:
    """Keep what the reader drew on this picture in her session."""
    if isinstance(bits, str):
        st.session_state[KEPT_DRAWING] = (picture.digest, bits)


def _drawing(digest: str, shape: tuple[int, ...]) -> Labels:
    kept = st.session_state.get(KEPT_DRAWING, ("", ""))
    bits = kept[1] if kept[0] == digest else ""
    return read_bits(bits, shape[0], shape[1])


def read_bits(bits: str, height: int, width: int) -> Labels:
    """Return a mask sent as one bit a pixel in base64; empty if it is not one.

    Examples
    --------
    >>> read_bits("oA==", 1, 4).tolist(), read_bits("?", 1, 4).tolist()
    ([[1, 0, 1, 0]], [[0, 0, 0, 0]])
    """
    size = height * width
    try:
        raw = np.frombuffer(base64.b64decode(bits, validate=True), np.uint8)
    except (binascii.Error, ValueError):
        raw = np.zeros(0, np.uint8)
    if len(raw) != -(-size // 8):
        return np.zeros((height, width), np.uint8)
    return np.unpackbits(raw)[:size].reshape(height, width)
