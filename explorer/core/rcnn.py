"""R-CNN's last steps: scores above a threshold, boxes moved, NMS class by class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.box_codec import clip_boxes, decode
from explorer.core.boxes import as_boxes
from explorer.core.nms import NmsStep
from explorer.core.warp import CONTEXT_PX, SIDE_PX

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

PAPER_PROPOSALS = 2000  # "around 2000" a picture: Girshick et al. 2014, section 2.1
IOU_THRESHOLD = 0.3  # of the authors' code for PASCAL VOC
LEAST_PX = 1.0  # a side of a box that is still one
MOST = 300  # candidates looked at; the weakest are left out


@dataclass(frozen=True, eq=False)
class Candidates:
    """Scored boxes, best score first; of equal ones the earlier proposal.

    Attributes
    ----------
    rows : (M,) int
        The proposal each came from.
    labels : (M,) int
        Its class.
    scores : (M,) float64
    boxes : (M, 4) float64
        Where the box lies after the regression, cut at the picture's border.
    """

    rows: Indices
    labels: Indices
    scores: Array
    boxes: Array


@dataclass(frozen=True, eq=False)
class Fates:
    """What became of each candidate.

    Attributes
    ----------
    rounds : (M,) int
        The round, from 1, in which it was kept or suppressed.
    keepers : (M,) int
        The candidate kept in that round; itself for one that was kept.
    ious : (M,) float64
        Its overlap with the keeper; 1 for one that was kept.
    """

    rounds: Indices
    keepers: Indices
    ious: Array


def candidates(
    proposals: ArrayLike,
    scores: ArrayLike,
    score_threshold: float,
    size: tuple[int, int],
    *,
    deltas: ArrayLike | None = None,
    best_only: bool = False,
    most: int = MOST,
) -> Candidates:
    """Take every class of every proposal that scores enough, and move its box.

    Parameters
    ----------
    proposals : (N, 4) array_like
        ``(x1, y1, x2, y2)`` in pixels, every side above 0.
    scores : (N, C) array_like
        Of each class, finite.
    score_threshold : float
        What a candidate scores at least.
    size : (int, int)
        Width and height of the picture.
    deltas : (N, C, 4) array_like, optional
        ``(tx, ty, tw, th)`` of each class; without them the boxes stay.
    best_only : bool
        Of each proposal its best class alone.
    most : int
        Candidates kept at most, the best.

    Returns
    -------
    Candidates
        A box that has no side of ``LEAST_PX`` left inside the picture is not among
        them.

    Raises
    ------
    ValueError
        If shapes disagree or a number is not finite.

    References
    ----------
    Girshick et al. 2014, Rich feature hierarchies (R-CNN), section 2.2, Appendix C.

    Examples
    --------
    >>> found = candidates([[0, 0, 9, 9], [2, 2, 5, 5]], [[0.2, 0.9], [0.4, 0.6]],
    ...                    0.4, (20, 20))
    >>> found.rows.tolist(), found.labels.tolist(), found.scores.tolist()
    ([0, 1, 1], [1, 1, 0], [0.9, 0.6, 0.4])
    """
    boxes = as_boxes(proposals, "proposals")
    table = np.asarray(scores, np.float64)
    if table.ndim != 2 or len(table) != len(boxes) or not np.isfinite(table).all():
        raise ValueError(
            f"scores must be ({len(boxes)}, C) finite numbers, got {table.shape}"
        )
    wanted = table >= score_threshold
    if best_only and table.size:
        wanted &= np.arange(table.shape[1]) == table.argmax(axis=1)[:, None]
    rows, labels = np.nonzero(wanted)
    order = np.argsort(-table[rows, labels], kind="stable")[:most]
    rows, labels = rows[order], labels[order]
    moved = boxes[rows]
    if deltas is not None:
        moves = np.asarray(deltas, np.float64)
        if moves.shape != (*table.shape, 4):
            raise ValueError(
                f"deltas must be {(*table.shape, 4)} to match scores, got {moves.shape}"
            )
        moved = decode(moved, moves[rows, labels])
    moved = clip_boxes(moved, *size)
    some = (moved[:, 2:] - moved[:, :2] >= LEAST_PX).all(axis=1)
    rows, labels = rows[some], labels[some]
    return Candidates(rows, labels, table[rows, labels], moved[some])


def fates(steps: Sequence[NmsStep], count: int) -> Fates:
    """Turn the rounds of NMS into what became of each of ``count`` candidates.

    Raises
    ------
    ValueError
        If a candidate is in no round.

    Examples
    --------
    >>> from explorer.core.nms import nms_steps
    >>> boxes = [[0, 0, 10, 10], [0, 0, 9, 10], [20, 20, 30, 30]]
    >>> found = fates(nms_steps(boxes, [0.8, 0.9, 0.7], 0.5), 3)
    >>> found.rounds.tolist(), found.keepers.tolist(), found.ious.tolist()
    ([1, 1, 2], [1, 1, 2], [0.9, 1.0, 1.0])
    """
    rounds, keepers = np.zeros(count, np.intp), np.zeros(count, np.intp)
    ious = np.ones(count)
    for number, step in enumerate(steps, 1):
        rounds[step.kept], keepers[step.kept] = number, step.kept
        rounds[step.suppressed], keepers[step.suppressed] = number, step.kept
        ious[step.suppressed] = step.ious
    if count and not rounds.all():
        raise ValueError(f"candidate {int(rounds.argmin())} is in none of the rounds")
    return Fates(rounds, keepers, ious)


def stretch(
    boxes: ArrayLike, side_px: int = SIDE_PX, context_px: int = CONTEXT_PX
) -> Array:
    """Return by how much the warp stretches each box across and down: (N, 2).

    Raises
    ------
    ValueError
        If a box is malformed or has no area.

    Examples
    --------
    >>> stretch([[0, 0, 195, 390]]).tolist()
    [[1.0, 0.5]]
    """
    array = as_boxes(boxes)
    sides = array[:, 2:] - array[:, :2]
    if (sides <= 0).any():
        raise ValueError("boxes must have width and height above 0")
    return np.asarray((side_px - 2 * context_px) / sides, np.float64)
