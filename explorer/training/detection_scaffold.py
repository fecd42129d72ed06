"""The heads under which the detectors' shared backbone is fine-tuned, once for all.

They are anchor-free (Tian et al. 2019, FCOS): every cell of three maps says what is
there and how far the box reaches to each side. No page shows them and they do not ship;
of all that could be trained on the backbone they learn the fastest.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.models.conv_norm import fold
from explorer.models.segmenters import imagenet_trunk
from explorer.models.yolo import separable

STRIDES = (8, 16, 32)
TAPS = {"stage3": 40, "stage5": 112, "stage7": 320}  # what each map starts from
FROZEN = ("stem", "stage1", "stage2", "stage3")  # edges and blobs serve as they are
WIDTH = 96  # channels of the maps
PRIOR = 0.01  # chance of a class in a cell before anything was learnt


@dataclass(frozen=True, eq=False)
class Dense:
    """What every cell says, all maps in a row.

    Attributes
    ----------
    logits : (N, P, C) tensor
    boxes : (N, P, 4) tensor
        xyxy in pixels of the input.
    points : (P, 2) tensor
        The middle of each cell.
    strides : (P,) tensor
    """

    logits: Tensor
    boxes: Tensor
    points: Tensor
    strides: Tensor


class Pyramid(nn.Module):
    """Three maps of one width; each knows what the deeper ones saw.

    The sums of Lin et al. 2017 (FPN, section 3), smoothed by separable kernels.
    """

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(c, width, 1) for c in TAPS.values())
        self.smooth = nn.ModuleList(separable(width, width) for _ in TAPS)

    def forward(self, taps: list[Tensor]) -> list[Tensor]:
        """Add each map to the finer one, the deepest first."""
        maps: list[Tensor] = []
        for k in reversed(range(len(taps))):
            x = self.lateral[k](taps[k])
            if maps:
                size = (x.shape[-2], x.shape[-1])
                x = x + functional.interpolate(maps[0], size)
            maps.insert(0, self.smooth[k](x))
        return maps


class Scaffold(nn.Module):
    """Backbone, pyramid, and one head shared by the three maps.

    The batch norms of the backbone keep ImageNet's statistics: batches are too small
    to measure better ones.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.trunk = imagenet_trunk()
        fold(self.trunk)
        self.pyramid = Pyramid()
        self.towers = nn.ModuleList(
            nn.Sequential(separable(WIDTH, WIDTH), separable(WIDTH, WIDTH))
            for _ in range(2)
        )
        self.classify = nn.Conv2d(WIDTH, classes, 1)
        self.reach = nn.Conv2d(WIDTH, 4, 1)
        self.scales = nn.Parameter(torch.ones(len(STRIDES)))
        nn.init.normal_(self.classify.weight, std=0.01)
        assert self.classify.bias is not None
        nn.init.constant_(self.classify.bias, -math.log((1 - PRIOR) / PRIOR))
        for name in FROZEN:
            self.trunk.get_submodule(name).requires_grad_(False)
        self.train()

    def train(self, mode: bool = True) -> "Scaffold":
        """Switch the heads; the backbone stays in evaluation mode."""
        super().train(mode)
        self.trunk.eval()
        return self

    def taps(self, x: Tensor) -> list[Tensor]:
        """Return the backbone's maps at strides 8, 16 and 32.

        The frozen part runs in bfloat16, which costs nothing that can be learnt back.
        """
        with torch.no_grad(), torch.autocast(x.device.type, torch.bfloat16):
            y = self.trunk.stem(x)
            for name in FROZEN[1:]:
                y = self.trunk.get_submodule(name)(y)
        y = y.float()
        found = [y]
        for i in range(len(FROZEN), 8):
            y = self.trunk.get_submodule(f"stage{i}")(y)
            if f"stage{i}" in TAPS:
                found.append(y)
        return found

    def forward(self, x: Tensor) -> Dense:
        """Run (N, 3, H, W) values in [-1, 1], H and W multiples of 32."""
        logits, boxes, points, strides = [], [], [], []
        for k, y in enumerate(self.pyramid(self.taps(x))):
            said, reach = (tower(y) for tower in self.towers)
            at = centres(y.shape[-2], y.shape[-1], STRIDES[k])
            logits.append(self.classify(said).flatten(2).transpose(1, 2))
            out = self.reach(reach).flatten(2).transpose(1, 2) * self.scales[k]
            far = out.clamp(-6, 4.5).exp() * STRIDES[k]
            boxes.append(torch.cat([at - far[..., :2], at + far[..., 2:]], dim=2))
            points.append(at)
            strides.append(at.new_full((len(at),), STRIDES[k]))
        return Dense(
            torch.cat(logits, 1),
            torch.cat(boxes, 1),
            torch.cat(points),
            torch.cat(strides),
        )


def centres(rows: int, cols: int, stride: int) -> Tensor:
    """Return the middle (x, y) of every cell of a map, row by row.

    Examples
    --------
    >>> centres(1, 2, 8).tolist()
    [[4.0, 4.0], [12.0, 4.0]]
    """
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(cols), indexing="ij")
    return (torch.stack([x, y], 2).reshape(-1, 2) + 0.5) * stride
