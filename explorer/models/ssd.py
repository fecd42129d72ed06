"""SSD: default boxes on six maps, each with a class and four numbers.

Liu et al. 2016. Where the paper has VGG-16 and dense 3x3 kernels, here EfficientNet-
Lite0's maps of stride 8, 16 and 32 are read through separable ones, and three more maps
are made below them. At 320 px that is 9,590 default boxes (the paper's 300 px: 8,732).
"""

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from explorer.core.box_codec import Weights
from explorer.core.default_boxes import SSD320, SSD320_PX, default_boxes
from explorer.models.box_deltas import decode_deltas
from explorer.models.conv_norm import ConvNorm
from explorer.models.trunk import CHANNELS, Features
from explorer.models.yolo import separable

MAPS = SSD320
CELLS = tuple(one.cells for one in MAPS)
RATIOS = tuple(one.ratios for one in MAPS)
SCALES = (*(one.scale for one in MAPS), MAPS[-1].next_scale)  # those of SSD300
WEIGHTS: Weights = (10.0, 10.0, 5.0, 5.0)  # "variances" 0.1 and 0.2 in the code
EXTRA = 128  # channels of the maps that are made here
WIDTH = 96  # of the kernels that read a map


@dataclass(frozen=True, eq=False)
class SSDResult:
    """What the head says of every default box, map by map, row, column, shape.

    Attributes
    ----------
    logits : (N, P, 1 + C) tensor
        Background first.
    deltas : (N, P, 4) tensor
        Of the default box, times ``WEIGHTS``.
    """

    logits: Tensor
    deltas: Tensor

    @property
    def scores(self) -> Tensor:
        """Probability of each class, background left out: (N, P, C)."""
        return self.logits.softmax(2)[..., 1:]

    @property
    def boxes(self) -> Tensor:
        """The default boxes, moved: (N, P, 4) xyxy pixels of the input."""
        boxes = defaults().to(self.deltas.device)
        return decode_deltas(boxes, self.deltas, WEIGHTS)


@cache
def defaults() -> Tensor:
    """Return the default boxes, (9590, 4) xyxy pixels of a 320 px picture.

    Examples
    --------
    >>> tuple(defaults().shape)
    (9590, 4)
    """
    return torch.from_numpy(default_boxes(MAPS, SSD320_PX)).float()


class SSDHead(nn.Module):
    """Three maps more, and two kernels for each map: classes and boxes."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.out = 1 + classes
        self.extra = nn.ModuleList(
            nn.Sequential(
                ConvNorm(before, EXTRA // 2),
                ConvNorm(EXTRA // 2, EXTRA // 2, 3, stride=2, groups=EXTRA // 2),
                ConvNorm(EXTRA // 2, EXTRA),
            )
            for before in (CHANNELS[32], EXTRA, EXTRA)
        )
        self.read, self.classify, self.move = (nn.ModuleList() for _ in range(3))
        channels = (CHANNELS[8], CHANNELS[16], CHANNELS[32], EXTRA, EXTRA, EXTRA)
        for wide, one in zip(channels, MAPS, strict=True):
            self.read.append(
                nn.Sequential(separable(wide, WIDTH), separable(WIDTH, WIDTH))
            )
            self.classify.append(nn.Conv2d(WIDTH, len(one.shapes) * self.out, 1))
            self.move.append(nn.Conv2d(WIDTH, len(one.shapes) * 4, 1))

    def forward(self, features: Features) -> SSDResult:
        """Read the maps of a 320 px input."""
        maps = [features.stride8, features.stride16, features.last]
        for k, grow in enumerate(self.extra):
            y = grow(maps[-1])
            # The paper's last kernel is not padded: 3 x 3 cells become one.
            maps.append(y if k < 2 else y.mean((2, 3), keepdim=True))
        logits, deltas = [], []
        for k, one in enumerate(maps):
            y = self.read[k](one)
            logits.append(_rows(self.classify[k](y), self.out))
            deltas.append(_rows(self.move[k](y), 4))
        return SSDResult(torch.cat(logits, 1), torch.cat(deltas, 1))


def _rows(raw: Tensor, numbers: int) -> Tensor:
    """Lay (N, A * numbers, H, W) in a row: (N, H * W * A, numbers)."""
    count, _, high, wide = raw.shape
    cells = raw.reshape(count, -1, numbers, high, wide).permute(0, 3, 4, 1, 2)
    return cells.reshape(count, -1, numbers)
