"""Colours of the lesson on challenges, and its small picture for the road map."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.core.challenge_frames import Frames, Start, covered_frames
from explorer.core.cutouts import cut_object
from explorer.core.instances import known_box
from explorer.figures.theme import COLORS, rgb
from explorer.figures.thumbnails import WIDTH_PX, framed

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


def challenge_thumbnail(image: Image) -> Image:
    """Show a face three times, each time more of it behind a flower."""
    box = np.array(known_box("astronaut", "face"), float)
    frames: Frames = covered_frames(Start(image, box, "face"), cut_object("flower"))
    x, y = (box[:2] + box[2:]) / 2
    half = 0.95 * (box[3] - box[1])
    strips = []
    for k in SHOWN:
        shown = frames.images[k].copy()
        x1, y1, x2, y2 = (round(v) for v in box.tolist())
        cv2.rectangle(shown, (x1, y1), (x2, y2), rgb(COLORS["truth"]), 3)
        top, left = round(max(0, y - half)), round(max(0, x - 0.62 * half))
        strips.append(shown[top : round(y + half), left : round(x + 0.62 * half)])
    high = min(len(one) for one in strips)
    wide = min(one.shape[1] for one in strips)
    joined = np.hstack([one[:high, :wide] for one in strips])
    grown = cv2.resize(
        joined,
        None,
        fx=WIDTH_PX / joined.shape[1] * 1.02,
        fy=WIDTH_PX / joined.shape[1] * 1.02,
    )
    return framed(np.asarray(grown, np.uint8))
