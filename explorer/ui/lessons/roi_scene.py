"""What the lesson on RoI pooling pools: a network's map of the photo, or 16 numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.core.resizing import resize
from explorer.figures.roi import cells_image
from explorer.ui import live
from explorer.ui.controls import choose, number
from explorer.ui.imagebar import Picture
from explorer.ui.lesson import remember
from explorer.ui.lessons import roi_words as words
from explorer.ui.one_box import first_box, keep_box

__all__ = ["first_box", "keep_box"]

LEVELS = {8: "stage3", 16: "stage5", 32: "stage7"}
CHANNELS = {8: 40, 16: 112, 32: 320}
FIRST_CHANNEL = {8: 0, 16: 102, 32: 93}  # maps whose strong cells hang together
HAND = (1.0, 3, 2, 1, 4, 6, 5, 0, 7, 2, 9, 8, 3, 1, 4, 5)
HAND_SIDE = 4
HAND_CELL_PX = 40
HAND_BOX = (8.0, 8.0, 128.0, 128.0)  # its handles stand clear of the numbers


@dataclass(frozen=True, eq=False)
class Scene:
    """One channel of features and the picture it lies on.

    Attributes
    ----------
    image : (H * stride, W * stride, 3) uint8
    values : (H, W) float32
    stride : int
    start : tuple of float
        The box to start from.
    by_hand : bool
        Whether the numbers are the reader's own.
    """

    image: NDArray[np.uint8]
    values: NDArray[np.float32]
    stride: int
    start: tuple[float, float, float, float]
    by_hand: bool = False


def level() -> tuple[int, int]:
    """Ask for the map: its stride and its channel."""
    stride = choose(
        "Stride", tuple(LEVELS), default=16, key="stride", help=words.STRIDE_HELP
    )
    most = CHANNELS[stride] - 1
    first = FIRST_CHANNEL[stride]
    return stride, number("Channel", 0, most, first, key=f"channel_{stride}")


def photo_scene(picture: Picture, stride: int, channel: int) -> Scene | None:
    """Return one channel of the network's map of the picture, None if it can't run."""
    answer = live.model(
        "efficientnet_lite0",
        "features",
        image=picture.image,
        layers=",".join(LEVELS.values()),
    )
    if answer is None:
        return None
    height, width = (int(v) for v in answer.arrays["input_size"])
    image = resize(picture.image, height, width)
    _say_resized(picture, width, height)
    values = np.asarray(answer.arrays[LEVELS[stride]][channel], np.float32)
    return Scene(image, values, stride, _start(picture, image))


def _say_resized(picture: Picture, wide: int, high: int) -> None:
    """Say what the network's whole cells did to a photo, where it is to be seen."""
    height, width = picture.image.shape[:2]
    size, now, least = (width, height), (wide, high), max(LEVELS)
    if min(size) < least or not words.keeps_shape(size, now):
        st.caption(words.resized(size, now, least))


def _start(picture: Picture, image: NDArray[Any]) -> tuple[float, float, float, float]:
    """Return the largest known box, the picture's middle without one."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = 0.33 * width, 0.11 * height, 0.59 * width, 0.43 * height
    if len(picture.gt_boxes):
        size = picture.gt_boxes[:, 2:] - picture.gt_boxes[:, :2]
        box = picture.gt_boxes[int(size.prod(axis=1).argmax())]
        scale = np.array([width, height]) / picture.image.shape[1::-1]
        x1, y1, x2, y2 = (float(v) for v in box * np.tile(scale, 2))
    return round(x1, 1), round(y1, 1), round(x2, 1), round(y2, 1)


def hand_scene() -> Scene:
    """Return the reader's own 4 x 4 numbers, from an editor beside the picture."""
    given = np.array(remember("numbers", HAND)).reshape(HAND_SIDE, HAND_SIDE)
    st.caption(words.OWN_NUMBERS)
    st.markdown("**Your 16 numbers** — change any; the box reads them.")
    edited = st.data_editor(given, key="roi_pooling_editor", width="stretch")
    values = np.nan_to_num(np.asarray(edited, np.float64)).reshape(given.shape)
    remember.set("numbers", tuple(float(v) for v in values.ravel()), HAND)
    image = cells_image(values, HAND_CELL_PX)
    return Scene(image, values.astype(np.float32), HAND_CELL_PX, HAND_BOX, True)
