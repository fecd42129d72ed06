"""Pictures for the tests of selective search."""

import cv2
import numpy as np
from hypothesis import strategies as st

from explorer.core.samples import load_sample
from explorer.core.selective_search import (
    working_image,
)

SEEDS = st.integers(0, 10_000)
K = 60.0


def blobs(seed, height=40, width=56, channels=3):
    """A random picture with regions in it."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (height, width, channels)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    spread = 255 * (smooth - smooth.min()) / (smooth.max() - smooth.min())
    spread = spread.reshape(height, width, channels)
    return (spread if channels > 1 else spread[..., 0]).astype(np.uint8)


def photo(name, longest=220):
    return working_image(load_sample(name).image, longest)
