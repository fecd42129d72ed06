"""The second stage: features of each RoI, its class and box, its mask.

Girshick 2015, Fast R-CNN (RoIPool, the two sibling layers); He et al. 2017, Mask R-CNN
(RoIAlign, the mask branch); Lin et al. 2017 (which level an RoI is read from).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import roi_align, roi_pool

from explorer.core.anchors import level_of
from explorer.core.box_codec import Weights
from explorer.models.box_deltas import decode_deltas
from explorer.models.conv_norm import ConvNorm

WEIGHTS: Weights = (10.0, 10.0, 5.0, 5.0)
BINS = 7  # a side of a pooled RoI; the mask branch takes twice as many
SAMPLES = 2  # of RoIAlign, a side of a bin
USUAL_LEVEL = 5  # of a 224 px RoI: the family began with 320 px, the paper has 800
NARROW = 64  # channels before the dense layers
DENSE = 256
MASK_SIDE = 28


@dataclass(frozen=True, eq=False)
class BoxResult:
    """What the box head says of every RoI of a batch.

    Attributes
    ----------
    logits : (R, 1 + C) tensor
        Background first.
    deltas : (R, C, 4) tensor
        For each class, times ``WEIGHTS``.
    """

    logits: Tensor
    deltas: Tensor

    @property
    def scores(self) -> Tensor:
        """Probability of each class, background left out: (R, C)."""
        return self.logits.softmax(1)[:, 1:]

    def boxes(self, rois: Tensor) -> Tensor:
        """Return the RoIs (R, 4) moved for each class: (R, C, 4)."""
        by_class = self.deltas.transpose(0, 1)  # (C, R, 4)
        return decode_deltas(rois, by_class, WEIGHTS).transpose(0, 1)


def pool_rois(
    maps: Mapping[int, Tensor],
    rois: Sequence[Tensor],
    bins: int = BINS,
    align: bool = True,
) -> Tensor:
    """Cut every RoI out of the level that its size asks for.

    Parameters
    ----------
    maps : mapping of int to (N, D, H, W) tensors
        By level; level k has stride 2 ** k. With one level all RoIs come from it.
    rois : (R, 4) tensors, one a picture
        xyxy pixels of the input.
    bins : int
    align : bool
        RoIAlign; otherwise RoIPool, which rounds to whole cells.

    Returns
    -------
    (sum of R, D, bins, bins) tensor
    """
    levels = sorted(maps)
    every = torch.cat(list(rois))
    numbers = torch.cat(
        [torch.full((len(one),), float(k)) for k, one in enumerate(rois)]
    )
    whole = torch.cat([numbers[:, None].to(every), every], dim=1)
    boxes = every.detach().cpu().numpy()
    wanted = torch.from_numpy(level_of(boxes, levels[0], levels[-1], USUAL_LEVEL))
    depth = maps[levels[0]].shape[1]
    pooled = maps[levels[0]].new_zeros((len(every), depth, bins, bins))
    for level in levels:
        rows = torch.where(wanted == level)[0].to(every.device)
        scale = 1 / 2**level
        if align:
            cut = roi_align(maps[level], whole[rows], bins, scale, SAMPLES, True)
        else:
            cut = roi_pool(maps[level], whole[rows], bins, scale)
        pooled = pooled.index_copy(0, rows, cut)
    return pooled


class BoxHead(nn.Module):
    """Two dense layers, then a class and four numbers for each class.

    Notes
    -----
    The papers' dense layers have 1,024 or 4,096 channels; 256 behind a 1x1 kernel of 64
    keep the weights small.

    Examples
    --------
    >>> made = BoxHead(96, 20).eval()(torch.zeros(3, 96, 7, 7))
    >>> tuple(made.logits.shape), tuple(made.deltas.shape)
    ((3, 21), (3, 20, 4))
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.narrow = ConvNorm(channels, NARROW)
        self.dense = nn.Sequential(
            nn.Linear(NARROW * BINS**2, DENSE),
            nn.ReLU(),
            nn.Linear(DENSE, DENSE),
            nn.ReLU(),
        )
        self.classify = nn.Linear(DENSE, 1 + classes)
        self.move = nn.Linear(DENSE, 4 * classes)
        nn.init.normal_(self.classify.weight, std=0.01)
        nn.init.normal_(self.move.weight, std=0.001)

    def forward(self, pooled: Tensor) -> BoxResult:
        """Read pooled RoIs (R, D, 7, 7)."""
        y = self.dense(self.narrow(pooled).flatten(1))
        return BoxResult(self.classify(y), self.move(y).reshape(len(y), -1, 4))


class MaskHead(nn.Module):
    """Four kernels, twice the size, and a 28x28 mask for each class.

    He et al. 2017, figure 4 (right): classes do not compete for pixels; the box head
    chooses whose mask is taken.

    Examples
    --------
    >>> tuple(MaskHead(96, 20).eval()(torch.zeros(3, 96, 14, 14)).shape)
    (3, 20, 28, 28)
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        sizes = (channels, NARROW, NARROW, NARROW, NARROW)
        self.body = nn.Sequential(
            *(ConvNorm(a, b, 3) for a, b in zip(sizes, sizes[1:], strict=False))
        )
        self.enlarge = nn.ConvTranspose2d(NARROW, NARROW, 2, stride=2)
        self.out = nn.Conv2d(NARROW, classes, 1)

    def forward(self, pooled: Tensor) -> Tensor:
        """Return logits (R, C, 28, 28) of pooled RoIs (R, D, 14, 14)."""
        logits: Tensor = self.out(functional.relu(self.enlarge(self.body(pooled))))
        return logits
