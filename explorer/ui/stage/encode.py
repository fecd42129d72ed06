"""Pictures as data URLs, kept by content so that a rerun does not encode again."""

import base64
import hashlib
import threading
from collections import OrderedDict

import cv2
import numpy as np
from numpy.typing import NDArray

JPEG_QUALITY = 85
SMALL_PX = 96
KEPT_BYTES = 32 * 2**20  # of a hall's pictures: each of 60 readers has two or three
_KEPT: "OrderedDict[tuple[bytes, tuple[int, ...], bool], str]" = OrderedDict()
_SIZE = {"bytes": 0}
_LOCK = threading.Lock()


def check_image(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture, or say why it cannot be shown.

    Raises
    ------
    ValueError
        If it is not uint8 of shape (H, W) or (H, W, 3), or is empty.
    """
    array = np.asarray(image)
    if array.dtype != np.uint8:
        raise ValueError(f"a picture on the stage is uint8, got {array.dtype}")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3):
        raise ValueError(
            f"a picture on the stage has shape (H, W) or (H, W, 3), got {array.shape}"
        )
    if array.size == 0:
        raise ValueError(f"a picture on the stage is not empty, got {array.shape}")
    return array


def data_url(image: NDArray[np.uint8], exact: bool) -> str:
    """Return the picture as a data URL: PNG when exact or small, otherwise JPEG."""
    array = np.ascontiguousarray(check_image(image))
    exact = exact or max(array.shape[:2]) <= SMALL_PX
    digest = hashlib.blake2b(array.data, digest_size=16).digest()
    name = (digest, array.shape, exact)
    with _LOCK:
        if name in _KEPT:
            _KEPT.move_to_end(name)
            return _KEPT[name]
    url = _encode(array, exact)
    with _LOCK:
        _SIZE["bytes"] += len(url) - len(_KEPT.get(name, ""))
        _KEPT[name] = url
        while _SIZE["bytes"] > KEPT_BYTES:
            _SIZE["bytes"] -= len(_KEPT.popitem(last=False)[1])
    return url


def _encode(array: NDArray[np.uint8], exact: bool) -> str:
    bgr = array if array.ndim == 2 else cv2.cvtColor(array, cv2.COLOR_RGB2BGR)
    kind, flags = ("png", [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not exact:
        kind, flags = ("jpeg", [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    done, raw = cv2.imencode("." + kind, bgr, flags)
    if not done:
        raise ValueError(f"OpenCV cannot write a picture of shape {array.shape}")
    return f"data:image/{kind};base64," + base64.b64encode(raw.tobytes()).decode()
