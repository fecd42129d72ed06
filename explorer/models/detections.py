"""The last steps of every detector: a threshold, suppression by class, a limit."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.ops import batched_nms

from explorer.core.letterbox import Letterbox

MOST = 100  # boxes a picture
IOU_THRESHOLD = 0.5


@dataclass(frozen=True, eq=False)
class Detections:
    """Final boxes of one picture, best score first.

    Attributes
    ----------
    boxes : (M, 4) tensor
        xyxy pixels of the input.
    scores : (M,) tensor
    labels : (M,) int64 tensor
    rows : (M,) int64 tensor
        The candidate each came from.
    counts : dict of str to int
        ``candidates``, ``above threshold``, ``after NMS``, ``kept``.
    """

    boxes: Tensor
    scores: Tensor
    labels: Tensor
    rows: Tensor
    counts: dict[str, int]

    def keep(self, kept: Tensor) -> "Detections":
        """Return some of them, by their places; the last step's count follows."""
        counts = self.counts | ({"kept": len(kept)} if "kept" in self.counts else {})
        return Detections(
            self.boxes[kept],
            self.scores[kept],
            self.labels[kept],
            self.rows[kept],
            counts,
        )


@torch.no_grad()
def finish(
    boxes: Tensor,
    scores: Tensor,
    score_threshold: float,
    iou_threshold: float = IOU_THRESHOLD,
    most: int = MOST,
) -> Detections:
    """Thin out the candidates of one picture.

    Parameters
    ----------
    boxes : (P, 4) or (P, C, 4) tensor
        One box for all classes, or one for each.
    scores : (P, C) tensor
    score_threshold : float
        A candidate counts from here up, for each class by itself.
    iou_threshold : float
        Of two of one class that overlap more, the better stays.
    most : int

    Examples
    --------
    >>> found = finish(torch.tensor([[0.0, 0, 8, 8], [0, 0, 8, 9], [20, 0, 28, 8]]),
    ...                torch.tensor([[0.9], [0.8], [0.3]]), 0.25)
    >>> found.rows.tolist(), found.counts["above threshold"]
    ([0, 2], 3)
    """
    row, label = torch.where(scores >= score_threshold)
    score = scores[row, label]
    box = boxes[row] if boxes.ndim == 2 else boxes[row, label]
    kept = batched_nms(box, score, label, iou_threshold)
    counts = {
        "candidates": scores.numel(),
        "above threshold": len(row),
        "after NMS": len(kept),
        "kept": min(most, len(kept)),
    }
    kept = kept[:most]
    return Detections(box[kept], score[kept], label[kept], row[kept], counts)


def in_picture(found: Detections, box: Letterbox) -> Detections:
    """Leave out what lies in the grey beside the picture.

    A network knows nothing of the border; nobody else would know what such a box is of.
    """
    inside = torch.from_numpy(box.reaches(found.boxes.detach().cpu().double().numpy()))
    return found.keep(torch.where(inside)[0].to(found.boxes.device))
