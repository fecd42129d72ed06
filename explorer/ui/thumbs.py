"""Thumbnails of the road map, made by the lessons' own algorithms at first view."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

WIDTH_PX, HEIGHT_PX = 320, 200


@dataclass(frozen=True)
class Thumbnail:
    """A small JPEG and what it shows."""

    jpeg: bytes
    alt: str


@st.cache_resource(max_entries=64, show_spinner=False)
def thumbnail(slug: str) -> Thumbnail | None:
    """Return a lesson's picture, made once a process; None if it can't be made."""
    try:
        image, alt = MAKERS[slug]()
        small = cv2.resize(_crop(image), (WIDTH_PX, HEIGHT_PX), None, 0, 0, 3)
        ok, data = cv2.imencode(
            ".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88]
        )
        return Thumbnail(data.tobytes(), alt) if ok else None
    except Exception:
        logging.getLogger("explorer").exception("no thumbnail for %s", slug)
        return None


def _crop(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut the largest centred piece of the thumbnail's proportions."""
    height, width = image.shape[:2]
    wide = min(width, height * WIDTH_PX // HEIGHT_PX)
    high = min(height, width * HEIGHT_PX // WIDTH_PX)
    top, left = (height - high) // 2, (width - wide) // 2
    return np.ascontiguousarray(image[top : top + high, left : left + wide])


MAKERS: dict[str, Callable[[], tuple[NDArray[np.uint8], str]]] = {}
