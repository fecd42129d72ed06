"""Colours of the lesson on challenges, and its small picture for the road map."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.challenge_frames import Frames, Start, covered_frames
from explorer.core.cutouts import cut_object
from explorer.core.instances import known_box
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import HEIGHT_PX, WIDTH_PX, framed

Image = NDArray[np.uint8]

# What a detection is, by Hoiem's types.
KIND_COLORS = {
    "right": COLORS["positive"],
    "localisation": COLORS["second"],
    "similar": COLORS["overlap"],
    "other": COLORS["prediction"],
    "background": COLORS["negative"],
    "ignored": COLORS["muted"],
}
# What the program challenge.js draws with besides.
CHALLENGE_COLORS = {
    "truth": COLORS["truth"],
    "object": COLORS["positive"],
    "wrong": COLORS["negative"],
    "muted": COLORS["muted"],
}
SHOWN = (0, 4, 8)  # of the thirteen frames
TALL = 2.3  # height of a strip, in heights of the face


def challenge_thumbnail(image: Image) -> Image:
    """Show a face three times, each time more of it behind a flower."""
    box = np.array(known_box("astronaut", "face"), float)
    frames: Frames = covered_frames(Start(image, box, "face"), cut_object("flower"))
    x, y = (box[:2] + box[2:]) / 2
    high = round(TALL * (box[3] - box[1]))
    wide = high * WIDTH_PX // HEIGHT_PX // len(SHOWN)  # side by side they fill the card
    top, left = max(0, round(y - high / 2)), max(0, round(x - wide / 2))
    strips = []
    for k in SHOWN:
        shown = frames.images[k].copy()
        x1, y1, x2, y2 = (round(v) for v in box.tolist())
        cv2.rectangle(shown, (x1, y1), (x2, y2), rgb(COLORS["truth"]), 3)
        strips.append(shown[top : top + high, left : left + wide])
    return framed(np.hstack(strips))
