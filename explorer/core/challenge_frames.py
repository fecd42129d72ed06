"""The whole range of one challenge as pictures, each with what is true in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from explorer.core import challenges as camera
from explorer.core import pasting, replacing
from explorer.core.boxes import box_area, box_intersection
from explorer.core.cutouts import Cutout
from explorer.core.labelled import Truths, truths
from explorer.core.street import mask_box

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Array = NDArray[np.float64]

# One position of the slider after another. Each list holds the unchanged picture.
STOPS = tuple(float(v) for v in range(-9, 4))
ROLLS_DEG = tuple(15.0 * v for v in range(-6, 7))
YAWS_DEG = tuple(12.0 * v for v in range(-6, 7))
SHARES = tuple(round(0.075 * v, 3) for v in range(13))
CLUTTER = 12
LEAST_SEEN = 0.5  # of a true box: with less to be seen it need not be found
LEAST_PIECE = 0.3  # of a pasted thing: with less it is no object any more


@dataclass(frozen=True, eq=False)
class Start:
    """The picture a challenge starts from.

    Attributes
    ----------
    image : (H, W, 3) uint8
    box : (4,) float64
        Around the object that is to be found, xyxy pixels.
    label : str
        Its class.
    others : (N, 4) float64
        Around what else is known to be there.
    other_labels : tuple of N str
    mask : (H, W) bool or None
        The object's silhouette, where a challenge needs it.
    """

    image: Image
    box: Array
    label: str
    others: Array = field(default_factory=lambda: np.zeros((0, 4)))
    other_labels: tuple[str, ...] = ()
    mask: Mask | None = None


@dataclass(frozen=True, eq=False)
class Frames:
    """A challenge from one end of its slider to the other.

    Attributes
    ----------
    values : tuple of F float
        Where the slider stands.
    names : tuple of F str
        What is new in a frame; empty where the value says it all.
    images : (F, H, W, 3) uint8
    objects : (F, 4) float64
        The object's box in each frame.
    true : Truths
        All that is there, the object first in each frame; ``images`` is the frame,
        ``classes`` a row of ``classes``.
    classes : tuple of str
    pasted : (F, H, W) bool
        Pixels taken by what was laid into the picture.
    """

    values: tuple[float, ...]
    names: tuple[str, ...]
    images: NDArray[np.uint8]
    objects: Array
    true: Truths
    classes: tuple[str, ...]
    pasted: NDArray[np.bool_]

    @property
    def base(self) -> int:
        """The frame that shows the picture unchanged: the value nearest to 0."""
        return int(np.abs(self.values).argmin())

    def __len__(self) -> int:
        """Return how many frames there are."""
        return len(self.values)


@dataclass(frozen=True, eq=False)
class _Frame:
    image: Image
    box: Array
    others: Array
    labels: tuple[str, ...]
    ignore: Mask
    pasted: Mask
    label: str


def lit_frames(start: Start) -> Frames:
    """Return the picture from ``STOPS[0]`` to ``STOPS[-1]`` stops of light.

    Examples
    --------
    >>> grey = np.full((8, 8, 3), 200, np.uint8)
    >>> frames = lit_frames(Start(grey, np.array([1, 1, 5, 5.0]), "face"))
    >>> len(frames), frames.base, frames.images[frames.base, 0, 0, 0]
    (13, 9, np.uint8(200))
    """
    return _gather(
        STOPS, [_plain(start, camera.relight(start.image, v)) for v in STOPS]
    )


def rolled_frames(start: Start) -> Frames:
    """Return the picture turned about the object's middle, in its own plane."""
    moves = [camera.roll_matrix(_middle(start.box), v) for v in ROLLS_DEG]
    return _gather(ROLLS_DEG, [_moved(start, move) for move in moves])


def turned_frames(start: Start) -> Frames:
    """Return the picture turned like a page about an axis through the object."""
    focal = camera.FOCAL_SHARE * max(start.image.shape[:2])
    moves = [camera.yaw_matrix(_middle(start.box), v, focal) for v in YAWS_DEG]
    return _gather(YAWS_DEG, [_moved(start, move) for move in moves])


def covered_frames(start: Start, thing: Cutout) -> Frames:
    """Return the picture with more and more of the object's box covered.

    The values are the shares that were reached, counted in pixels.
    """
    box = _plain_box(start.box)
    laid = pasting.cover(start.image, box, thing, SHARES)
    height, width = start.image.shape[:2]
    whole = pasting.whole_box(box, width, height)
    reached = [pasting.cover_share(_all(one), whole) for one in laid]
    return _gather(reached, [_with(start, one) for one in laid])


def cluttered_frames(start: Start, things: Sequence[Cutout], seed: int = 0) -> Frames:
    """Return the picture with 0 to ``CLUTTER`` things around the object."""
    laid = pasting.scatter(start.image, _plain_box(start.box), things, CLUTTER, seed)
    counts = [float(v) for v in range(CLUTTER + 1)]
    return _gather(counts, [_with(start, one) for one in laid])


def swapped_frames(start: Start, faces: Sequence[tuple[str, Image]]) -> Frames:
    """Return the picture with its own face, then with one other after another."""
    box = _plain_box(start.box)
    laid = [_with(start, replacing.swap_face(start.image, box, x), 1) for _, x in faces]
    return _instances(start, [name for name, _ in faces], laid)


def replaced_frames(start: Start, things: Sequence[Cutout]) -> Frames:
    """Return the picture with its own object, then with others where it stood.

    Raises
    ------
    ValueError
        If the start has no silhouette to take the object out with.
    """
    if start.mask is None:
        raise ValueError("the object's silhouette is needed to take it out")
    empty = replacing.erase(start.image, start.mask)
    laid = []
    for thing in things:
        one = replacing.stand_in(empty, _plain_box(start.box), thing)
        frame = _with(start, one, 1)
        box = np.array(mask_box(_all(one))) if one.masks.any() else start.box
        laid.append(replace(frame, box=box))
    return _instances(start, [thing.name for thing in things], laid)


def _instances(start: Start, names: list[str], laid: list[_Frame]) -> Frames:
    frames = [_plain(start, start.image), *laid]
    counts = [float(k) for k in range(len(frames))]
    return _gather(counts, frames, ("the picture's own", *names))


def _middle(box: Array) -> tuple[float, float]:
    return float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2


def _plain_box(box: Array) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(v) for v in box)
    return x1, y1, x2, y2


def _all(laid: pasting.Pasted) -> Mask:
    return np.asarray(laid.masks.any(0))


def _plain(start: Start, image: Image) -> _Frame:
    """Return a frame in which everything stays where it was."""
    nothing = np.zeros(image.shape[:2], np.bool_)
    seen = np.zeros(len(start.others), np.bool_)
    labels = start.other_labels
    return _Frame(image, start.box, start.others, labels, seen, nothing, start.label)


def _moved(start: Start, matrix: Array) -> _Frame:
    """Return a frame moved by a map of the plane; what left it need not be found."""
    height, width = start.image.shape[:2]
    image = camera.warp_picture(start.image, matrix)
    boxes = camera.moved_boxes(np.vstack([start.box[None], start.others]), matrix)
    others = boxes[1:]
    frame = np.array([[0.0, 0.0, width, height]])
    inside = box_intersection(others, frame)[:, 0]
    lost = inside < LEAST_SEEN * np.maximum(box_area(others), 1e-9)
    size = [width, height, width, height]
    plain = _plain(start, image)
    box, others = np.clip(boxes[0], 0, size), np.clip(others, 0, size)
    return replace(plain, box=box, others=others, ignore=lost)


def _with(start: Start, laid: pasting.Pasted, skip: int = 0) -> _Frame:
    """Return a frame with things laid in; ``skip`` of them are the object itself."""
    taken = _all(laid)
    kept = [k for k in range(skip, len(laid.masks)) if _piece(laid.masks[k])]
    new = np.array([mask_box(laid.masks[k]) for k in kept]).reshape(-1, 4)
    hidden = np.array([_hidden(taken, box) for box in start.others], np.bool_)
    plain = _plain(start, laid.image)
    return replace(
        plain,
        others=np.vstack([start.others, new]),
        labels=(*start.other_labels, *(laid.labels[k] for k in kept)),
        ignore=np.concatenate([hidden, np.zeros(len(new), np.bool_)]),
        pasted=taken,
    )


def _piece(mask: Mask) -> bool:
    """Whether what is left of a pasted thing still fills a part of its box."""
    if not mask.any():
        return False
    x1, y1, x2, y2 = (int(v) for v in mask_box(mask))
    return bool(mask[y1:y2, x1:x2].mean() >= LEAST_PIECE)


def _hidden(taken: Mask, box: Array) -> bool:
    height, width = taken.shape
    whole = pasting.whole_box(_plain_box(box), width, height)
    return pasting.cover_share(taken, whole) > 1 - LEAST_SEEN


def _gather(
    values: Sequence[float], frames: list[_Frame], names: tuple[str, ...] = ()
) -> Frames:
    """Return frames as one, with the classes numbered in order of appearance."""
    labels = [(one.label, *one.labels) for one in frames]
    classes = tuple(dict.fromkeys(name for some in labels for name in some))
    row = {name: k for k, name in enumerate(classes)}
    false = np.zeros(1, np.bool_)
    true = truths(
        np.vstack([np.vstack([one.box[None], one.others]) for one in frames]),
        [row[name] for some in labels for name in some],
        np.repeat(np.arange(len(frames)), [len(some) for some in labels]),
        ignore=np.concatenate([x for one in frames for x in (false, one.ignore)]),
    )
    return Frames(
        tuple(float(v) for v in values),
        names or ("",) * len(frames),
        np.stack([one.image for one in frames]),
        np.stack([one.box for one in frames]),
        true,
        classes,
        np.stack([one.pasted for one in frames]),
    )
