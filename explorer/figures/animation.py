"""Pictures one after the other, as a file."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ENLARGED = 8  # a pixel's side in the file: 28 px would be a stamp


def gif_bytes(
    frames: NDArray[np.uint8], ms: int = 90, enlarged: int = ENLARGED
) -> bytes:
    """Return a GIF that goes there and back for ever.

    Parameters
    ----------
    frames : (N, h, w) or (N, h, w, 3) uint8 array
        At least two.
    ms : int
        A frame stays so long; GIF counts in hundredths of a second.
    enlarged : int
        Times, each pixel a square.

    Raises
    ------
    ValueError
        If there are fewer than two frames.
    """
    if len(frames) < 2:
        raise ValueError(f"{len(frames)} frame(s); an animation has at least 2.")
    size = (frames.shape[2] * enlarged, frames.shape[1] * enlarged)
    there = [
        Image.fromarray(one).resize(size, Image.Resampling.NEAREST) for one in frames
    ]
    first, *rest = [*there, *there[-2:0:-1]]
    held = io.BytesIO()
    first.save(
        held, "GIF", save_all=True, append_images=rest, duration=ms, loop=0, disposal=1
    )
    return held.getvalue()
