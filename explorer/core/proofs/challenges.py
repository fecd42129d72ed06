"""Live proofs of the lesson on challenges: frames against libraries, names by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.challenge_frames import ROLLS_DEG, STOPS, YAWS_DEG, Frames, Start
from explorer.core.challenge_scores import MATCH_IOU, Scored
from explorer.core.challenges import (
    FOCAL_SHARE,
    beyond,
    light_gain,
    roll_matrix,
    yaw_matrix,
)
from explorer.core.detection_errors import NEAR_IOU, SIMILAR
from explorer.core.pasting import whole_box
from explorer.core.proof import Proof

Image = NDArray[np.uint8]
Array = NDArray[np.float64]

SUBPIXEL = 32  # OpenCV reads at 1/32 of a pixel
STEEPEST = 255 / SUBPIXEL  # grey levels: what that is at an edge from black to white
BY_CHANCE = 0.005  # share of a box whose pasted pixels may equal what they cover
LOOKED_AT = (0, 4, 9)  # of the thirteen moved frames: looking pixels up takes its time


def prove_light(image: Image, frames: Frames) -> Proof:
    """Compare all frames with scikit-image's gamma and gain."""
    from skimage.exposure import adjust_gamma

    gains: list[Any] = [light_gain(v) for v in STOPS]
    theirs = [adjust_gamma(image, 1, gain) for gain in gains]  # type: ignore[no-untyped-call]
    delta = np.abs(np.stack(theirs).astype(int) - frames.images).max()
    note = f"all {len(frames)} frames"
    return Proof("skimage.exposure.adjust_gamma", float(delta), 0, "grey levels", note)


def prove_roll(start: Start, frames: Frames) -> Proof:
    """Compare turned frames with SciPy's look-up of every pixel."""
    centre = _middle(start.box)
    return _prove_moved(
        start, frames, {k: roll_matrix(centre, ROLLS_DEG[k]) for k in LOOKED_AT}
    )


def prove_yaw(start: Start, frames: Frames) -> Proof:
    """Compare frames seen from aside with SciPy's look-up of every pixel."""
    centre, focal = _middle(start.box), FOCAL_SHARE * max(start.image.shape[:2])
    return _prove_moved(
        start, frames, {k: yaw_matrix(centre, YAWS_DEG[k], focal) for k in LOOKED_AT}
    )


def _middle(box: Array) -> tuple[float, float]:
    return float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2


def _prove_moved(start: Start, frames: Frames, moves: dict[int, Array]) -> Proof:
    worst = max(
        float(np.abs(looked_up(start.image, move) - frames.images[k]).max())
        for k, move in moves.items()
    )
    places = ", ".join(f"{frames.values[k]:g}°".replace("-", "−") for k in moves)
    note = (
        f"every pixel of the frames {places}; OpenCV reads at 1/{SUBPIXEL} of a pixel, "
        f"at most 255/{SUBPIXEL} at a sharp edge"
    )
    name = "scipy.ndimage.map_coordinates"
    return Proof(name, worst, STEEPEST, "grey levels", note)


def looked_up(image: Image, matrix: Array) -> Array:
    """Return the moved picture (H, W, 3) as SciPy reads it, exactly between pixels."""
    from scipy.ndimage import map_coordinates

    height, width = image.shape[:2]
    rows, cols = np.mgrid[:height, :width] + 0.5
    at = np.stack([cols.ravel(), rows.ravel(), np.ones(rows.size)])
    x, y, w = np.linalg.inv(matrix) @ at
    ahead = w > 0
    places = np.where(ahead, np.stack([y, x]) / np.where(ahead, w, 1.0) - 0.5, -9.0)
    planes = [
        map_coordinates(
            image[..., k].astype(float), places, order=1, mode="grid-constant", cval=c
        ).reshape(height, width)
        for k, c in enumerate(beyond(image))
    ]
    return np.dstack(planes)


def prove_share(start: Start, frames: Frames) -> Proof:
    """Count the covered pixels again: those of the box that changed."""
    height, width = start.image.shape[:2]
    x1, y1, x2, y2 = (float(v) for v in start.box)
    x1, y1, x2, y2 = whole_box((x1, y1, x2, y2), width, height)
    changed = (frames.images != start.image).any(3)[:, y1:y2, x1:x2]
    counted = changed.mean((1, 2))
    delta = float(np.abs(counted - np.array(frames.values)).max())
    note = (
        "each frame's share of the box, counted again as its changed pixels (a pasted "
        "one may have the very colour it covers)"
    )
    return Proof("numpy: pixels that differ", delta, BY_CHANCE, "", note)


def prove_untouched(before: Image, frames: Frames) -> Proof:
    """Count the pixels that changed though nothing was pasted on them."""
    changed = (frames.images[1:] != before).any(3)
    wrong = int((changed & ~frames.pasted[1:]).sum())
    note = "pixels of all frames that changed though nothing lies on them"
    return Proof("numpy: the picture before", wrong, 0, "pixels", note)


def prove_clear(start: Start, frames: Frames) -> Proof:
    """Count the pixels of the object's box that clutter changed."""
    height, width = start.image.shape[:2]
    x1, y1, x2, y2 = (int(v) for v in np.floor(start.box))
    part = slice(max(y1, 0), min(y2, height)), slice(max(x1, 0), min(x2, width))
    same = frames.images[:, part[0], part[1]] == start.image[part]
    wrong = int((~same).any(3).sum())
    note = "pixels inside the true box that differ in any frame"
    return Proof("numpy: the picture before", wrong, 0, "pixels", note)


def prove_batch(
    singles: dict[int, dict[str, NDArray[Any]]],
    batch: dict[str, NDArray[Any]],
    names: Sequence[str],
) -> Proof:
    """Compare some frames of the one batch with the same frames run alone.

    ``names`` are those of all frames, as the slider has them.
    """
    worst = 0.0
    for frame, alone in singles.items():
        rows = batch["frames"] == frame
        for name in ("boxes", "scores"):
            ours, theirs = batch[name][rows], alone[name]
            if ours.shape != theirs.shape:
                worst = float("inf")
            elif ours.size:
                worst = max(worst, float(np.abs(ours - theirs).max()))
    frames = " and ".join(f"“{names[frame]}”" for frame in singles)
    note = f"boxes and scores at the positions {frames}, each picture run alone"
    return Proof("detect, picture by picture", worst, 0, "", note)


def prove_names(frames: Frames, scored: Scored) -> Proof:
    """Name every detection again, one at a time, with pycocotools' overlaps."""
    theirs = names_by_hand(frames, scored)
    wrong = sum(a != b for a, b in zip(theirs, scored.kinds, strict=True))
    note = f"{len(theirs)} boxes named again one by one by the definition"
    return Proof("pycocotools.mask.iou", wrong, 0, "names", note)


def names_by_hand(frames: Frames, scored: Scored) -> list[str]:
    """Return the name of each detection by its definition, slowly."""
    from pycocotools import mask as coco

    taken: set[int] = set()
    names = []
    for box, frame in zip(scored.found.boxes, scored.found.images, strict=True):
        rows = np.flatnonzero(frames.true.images == frame)
        crowd = frames.true.ignore[rows].astype(np.uint8).tolist()
        ious = coco.iou(_xywh(box[None]), _xywh(frames.true.boxes[rows]), crowd)[0]
        near = {int(row): float(v) for row, v in zip(rows, ious, strict=True)}
        names.append(_name(frames, near, taken))
    return names


def _name(frames: Frames, near: dict[int, float], taken: set[int]) -> str:
    """Return a detection's name from its overlap with each truth of its frame."""
    own = frames.classes[0]
    ignore = frames.true.ignore
    label = {row: frames.classes[int(frames.true.classes[row])] for row in near}
    hits = [row for row, v in near.items() if label[row] == own and v >= MATCH_IOU]
    free = [row for row in hits if not ignore[row] and row not in taken]
    if free:
        taken.add(max(free, key=lambda row: (near[row], row)))
        return "right"
    if any(ignore[row] for row in hits):
        return "ignored"
    close = {label[row] for row, v in near.items() if v >= NEAR_IOU}
    if own in close:
        return "localisation"
    if any({own, name} <= group for name in close for group in SIMILAR):
        return "similar"
    return "other" if close else "background"


def _xywh(boxes: Array) -> Array:
    return np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
