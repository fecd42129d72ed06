"""The region proposal network: is there an object at this anchor, and where exactly?

Ren et al. 2015, Faster R-CNN, section 3.1. One small head slides over one map, or over
every level of a pyramid with the same weights (Lin et al. 2017, section 4.1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import batched_nms, clip_boxes_to_image

from explorer.core.anchor_matching import AnchorMatch, match_anchors
from explorer.core.anchors import RATIOS, anchor_grid, anchor_shapes
from explorer.core.box_codec import WEIGHTS, encode
from explorer.models.box_deltas import decode_deltas
from explorer.models.known_places import known_at
from explorer.models.yolo import separable

OCTAVE = (
    1.0,
    2 ** (1 / 3),
    2 ** (2 / 3),
)  # three scales a level, one level to the next
LEVEL_SIZES = {
    level: tuple(base * s for s in OCTAVE)
    for level, base in ((3, 24.0), (4, 48.0), (5, 96.0), (6, 192.0), (7, 384.0))
}
SINGLE_SIZES = {4: (40.0, 100.0, 220.0)}  # three scales on the one map of stride 16
SAMPLED = 256  # anchors a picture that learn
POSITIVE_SHARE = 0.5  # of them at most
BETA = 1 / 9  # where smooth L1 turns from square to straight
TOP_LEVEL = 400  # proposals of a level before suppression
NMS_IOU = 0.7
TOP = 150  # proposals after it
LEAST_PX = 2.0


@dataclass(frozen=True, eq=False)
class RPNResult:
    """What the head says of every anchor: level by level, row, column, anchor.

    Attributes
    ----------
    logits : (N, P) tensor
        Of "an object is here".
    deltas : (N, P, 4) tensor
    anchors : (P, 4) tensor
        xyxy pixels of the input.
    levels : (P,) int64 tensor
    """

    logits: Tensor
    deltas: Tensor
    anchors: Tensor
    levels: Tensor

    @property
    def boxes(self) -> Tensor:
        """The anchors, moved: (N, P, 4) xyxy pixels, not cut at the border."""
        return decode_deltas(self.anchors, self.deltas, WEIGHTS)


@dataclass(frozen=True, eq=False)
class Proposals:
    """What is left of one picture's anchors, and how many after each step.

    Attributes
    ----------
    boxes : (R, 4) tensor, scores : (R,) tensor
        Best first; scores are probabilities.
    rows : (R,) int64 tensor
        The anchor each came from.
    counts : dict of str to int
        ``anchors``, ``best of each level``, ``large enough``, ``after NMS``, ``kept``.
    best_boxes : (B, 4) tensor, best_scores : (B,), best_rows : (B,)
        The best anchors of each level, moved and cut, level after level, best first:
        what was looked at before the steps that follow.
    """

    boxes: Tensor
    scores: Tensor
    rows: Tensor
    counts: dict[str, int]
    best_boxes: Tensor
    best_scores: Tensor
    best_rows: Tensor


class RPNHead(nn.Module):
    """A separable 5x5 kernel, then objectness and four numbers for every anchor."""

    def __init__(self, channels: int, anchors: int = len(OCTAVE) * len(RATIOS)) -> None:
        super().__init__()
        self.body = separable(channels, channels)
        self.objectness = nn.Conv2d(channels, anchors, 1)
        self.move = nn.Conv2d(channels, 4 * anchors, 1)
        for one in (self.objectness, self.move):
            nn.init.normal_(one.weight, std=0.01)

    def forward(
        self, maps: Mapping[int, Tensor], sizes_px: Mapping[int, Sequence[float]]
    ) -> RPNResult:
        """Slide over maps by level, level k having stride 2 ** k."""
        logits, deltas, anchors, levels = [], [], [], []
        for level, one in maps.items():
            y = self.body(one)
            count, _, rows, cols = y.shape
            said = self.objectness(y).permute(0, 2, 3, 1).flatten(1)
            moves = self.move(y).reshape(count, -1, 4, rows, cols)
            shapes = anchor_shapes(sizes_px[level], RATIOS)
            grid = anchor_grid(shapes, rows, cols, (2**level, 2**level))
            logits.append(said)
            deltas.append(moves.permute(0, 3, 4, 1, 2).flatten(1, 3))
            anchors.append(torch.from_numpy(grid.boxes).float())
            levels.append(torch.full((len(grid.boxes),), level))
        return RPNResult(
            torch.cat(logits, 1),
            torch.cat(deltas, 1),
            torch.cat(anchors).to(y.device),
            torch.cat(levels).to(y.device),
        )


@torch.no_grad()
def propose(
    result: RPNResult,
    picture: int,
    size: tuple[int, int],
    top: int = TOP,
    top_level: int = TOP_LEVEL,
    nms_iou: float = NMS_IOU,
) -> Proposals:
    """Thin out one picture's anchors to proposals.

    Parameters
    ----------
    result : RPNResult
    picture : int
        Which of the batch.
    size : (int, int)
        Height and width; boxes are cut there.
    top, top_level : int
        How many are kept in the end, and of each level at first.
    nms_iou : float
        Of two of one level that overlap more, the better stays.
    """
    logits, levels = result.logits[picture], result.levels
    best = [
        rows[logits[rows].topk(min(top_level, len(rows))).indices]
        for rows in (torch.where(levels == k)[0] for k in sorted(set(levels.tolist())))
    ]
    rows = torch.cat(best)
    boxes = decode_deltas(result.anchors[rows], result.deltas[picture, rows], WEIGHTS)
    boxes = clip_boxes_to_image(boxes, size)
    best_boxes, best_scores = boxes, logits[rows].sigmoid()
    large = (boxes[:, 2:] - boxes[:, :2]).amin(1) >= LEAST_PX
    boxes, scores = boxes[large], best_scores[large]
    kept = batched_nms(boxes, scores, levels[rows[large]], nms_iou)
    counts = {
        "anchors": len(logits),
        "best of each level": len(rows),
        "large enough": int(large.sum()),
        "after NMS": len(kept),
        "kept": min(top, len(kept)),
    }
    kept = kept[:top]
    best_of_all = (best_boxes, best_scores, rows)
    chosen = (boxes[kept], scores[kept], rows[large][kept])
    return Proposals(*chosen, counts, *best_of_all)


@dataclass(frozen=True, eq=False)
class RPNTerms:
    """The loss of a batch, and what it was taken over.

    Attributes
    ----------
    objectness, boxes : tensors
    matches : tuple of AnchorMatch
        One a picture.
    sampled : (N, P) bool tensor
        The anchors that learn.
    """

    objectness: Tensor
    boxes: Tensor
    matches: tuple[AnchorMatch, ...]
    sampled: Tensor


def rpn_loss(
    result: RPNResult,
    gt_boxes: Sequence[Tensor],
    known: Tensor | None = None,
    generator: torch.Generator | None = None,
) -> RPNTerms:
    """Return the two terms of the proposal network over a batch.

    Parameters
    ----------
    result : RPNResult
    gt_boxes : (G, 4) tensors, one a picture
    known : (N, S, S) tensor, optional
        How much a place without a box counts as background (see
        ``explorer.training``): the share of such anchors that may be drawn.
    generator : torch.Generator, optional
        Draws the 256 anchors a picture that learn, half of them positive at most.

    References
    ----------
    Ren et al. 2015, Faster R-CNN, equation (1) and section 3.1.3; smooth L1 with
    beta 1/9 and both terms over the number of sampled anchors, as in torchvision.
    """
    sampled = torch.zeros_like(result.logits, dtype=torch.bool)
    target = torch.zeros_like(result.logits)
    boxes = result.logits.new_zeros(())
    matches = []
    for n, truths in enumerate(gt_boxes):
        match = match_anchors(result.anchors.numpy(), truths.numpy())
        positive = torch.from_numpy(match.gt >= 0)
        may = torch.from_numpy(match.gt == -1)
        if known is not None:
            odds = known_at(known[n], result.anchors)
            may &= torch.rand(len(odds), generator=generator) < odds
        rows = draw(positive, int(SAMPLED * POSITIVE_SHARE), generator)
        others = draw(may, SAMPLED - len(rows), generator)
        sampled[n, rows] = sampled[n, others] = True
        target[n, rows] = 1
        gt = torch.from_numpy(match.gt)[rows]
        wanted = encode(result.anchors[rows].numpy(), truths[gt].numpy())
        boxes = boxes + functional.smooth_l1_loss(
            result.deltas[n, rows],
            torch.from_numpy(wanted).float(),
            beta=BETA,
            reduction="sum",
        )
        matches.append(match)
    said = functional.binary_cross_entropy_with_logits(
        result.logits[sampled], target[sampled], reduction="sum"
    )
    count = max(1, int(sampled.sum()))
    return RPNTerms(said / count, boxes / count, tuple(matches), sampled)


def draw(flags: Tensor, most: int, generator: torch.Generator | None) -> Tensor:
    """Return at most so many of the rows that are True, drawn without favour."""
    rows = torch.where(flags)[0]
    return rows[torch.randperm(len(rows), generator=generator)[:most]]
