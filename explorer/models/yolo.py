"""YOLO, versions 1 to 3: detection as one tensor, read from a shared backbone.

Where the papers have Darknet, the backbone here is EfficientNet-Lite0, and kernels are
separable. What the papers are about is theirs: one box in a cell that owns it (1),
anchors and the passthrough (2), three scales and independent classes (3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.models.conv_norm import ConvNorm
from explorer.models.trunk import CHANNELS, Features

BOXES_V1 = 2  # a cell
STRIDES_V3 = (32, 16, 8)
WIDTH = 128  # channels of the heads
MOST_LOG = 4.0  # of a side over its anchor: e**4 times as large at most


@dataclass(frozen=True, eq=False)
class YoloMaps:
    """The tensors as the network gives them.

    Attributes
    ----------
    maps : tuple of tensors
        Version 1: one map (N, B * 5 + C, S, S). Versions 2 and 3: a map a scale, the
        coarsest first, (N, A * (5 + C), S, S).
    """

    maps: tuple[Tensor, ...]


@dataclass(frozen=True, eq=False)
class YoloBoxes:
    """The same numbers as boxes: P of them, map by map, row, column, box in the cell.

    Attributes
    ----------
    boxes : (N, P, 4) tensor
        xyxy in pixels of the input.
    objectness : (N, P) tensor
        The box's confidence.
    classes : (N, P, C) tensor
        Probability of each class, if there is an object.
    """

    boxes: Tensor
    objectness: Tensor
    classes: Tensor

    @property
    def scores(self) -> Tensor:
        """Class confidence (N, P, C): box confidence times class probability."""
        return self.objectness[..., None] * self.classes


def separable(channels_in: int, channels_out: int, kernel_size: int = 5) -> nn.Module:
    """Filter each channel by itself, then mix them."""
    return nn.Sequential(
        ConvNorm(channels_in, channels_in, kernel_size, groups=channels_in),
        ConvNorm(channels_in, channels_out),
    )


class YoloPassthrough(nn.Module):
    """One map of stride 32, into which a finer one is folded.

    The passthrough (Redmon and Farhadi 2017, section 2, "Fine-Grained Features") lays
    the four neighbours of the finer map into channels of their common cell.

    Parameters
    ----------
    numbers : int
        Of a cell.
    """

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self.squeeze = ConvNorm(CHANNELS[16], WIDTH // 2)
        self.body = nn.Sequential(
            separable(CHANNELS[32] + 2 * WIDTH, 2 * WIDTH),
            separable(2 * WIDTH, 2 * WIDTH),
        )
        self.out = nn.Conv2d(2 * WIDTH, numbers, 1)

    def forward(self, features: Features) -> YoloMaps:
        """Read the last map and the one of stride 16."""
        fine = functional.pixel_unshuffle(self.squeeze(features.stride16), 2)
        whole = torch.cat([features.last, fine], dim=1)
        return YoloMaps((self.out(self.body(whole)),))


class YoloV1Head(YoloPassthrough):
    """In each cell B boxes, and one vector of classes for all of them.

    Notes
    -----
    The paper ends in four convolutions of its own and two dense layers that see the
    whole picture, on a backbone that learns with them. Here the backbone is frozen, and
    a head on its last map alone did not learn where things lie (AP50 of people 0.19).
    So the layers are version 2's, passthrough included, and only the numbers of a cell
    are version 1's.

    Examples
    --------
    >>> head = YoloV1Head(20).eval()
    >>> deep, fine = torch.zeros(1, 320, 10, 10), torch.zeros(1, 112, 20, 20)
    >>> tuple(head(Features(fine, fine, fine, deep)).maps[0].shape)
    (1, 30, 10, 10)
    """

    def __init__(self, classes: int) -> None:
        super().__init__(BOXES_V1 * 5 + classes)


class YoloV2Head(YoloPassthrough):
    """In each cell some anchors, each with a box and classes of its own.

    Parameters
    ----------
    classes, anchors : int
        Anchors a cell.
    """

    def __init__(self, classes: int, anchors: int) -> None:
        super().__init__(anchors * (5 + classes))


class YoloV3Head(nn.Module):
    """Three maps, each from its own stride and all coarser ones.

    Redmon and Farhadi 2018, section 2.3: the coarser map is narrowed, doubled, and laid
    beside the finer one.

    Parameters
    ----------
    classes, anchors : int
        Anchors a cell of each map.
    """

    def __init__(self, classes: int, anchors: int) -> None:
        super().__init__()
        before = 0
        for stride in STRIDES_V3:
            self.add_module(f"body{stride}", self._body(CHANNELS[stride] + before))
            out = nn.Conv2d(WIDTH, anchors * (5 + classes), 1)
            self.add_module(f"out{stride}", out)
            before = WIDTH // 2
            if stride != STRIDES_V3[-1]:
                self.add_module(f"narrow{stride}", ConvNorm(WIDTH, before))

    @staticmethod
    def _body(channels: int) -> nn.Module:
        return nn.Sequential(separable(channels, WIDTH), separable(WIDTH, WIDTH))

    def forward(self, features: Features) -> YoloMaps:
        """Read the maps of stride 32, 16 and 8."""
        deep = {32: features.last, 16: features.stride16, 8: features.stride8}
        maps: list[Tensor] = []
        above: Tensor | None = None
        for stride in STRIDES_V3:
            x = deep[stride]
            if above is not None:
                x = torch.cat([x, functional.interpolate(above, scale_factor=2)], 1)
            y = self.get_submodule(f"body{stride}")(x)
            maps.append(self.get_submodule(f"out{stride}")(y))
            if stride != STRIDES_V3[-1]:
                above = self.get_submodule(f"narrow{stride}")(y)
        return YoloMaps(tuple(maps))


def cell_corners(cells: int) -> Tensor:
    """Return each cell's column and row, (S * S, 2), row by row."""
    row, col = torch.meshgrid(torch.arange(cells), torch.arange(cells), indexing="ij")
    return torch.stack([col, row], dim=2).reshape(-1, 2).float()


def boxes_v1(maps: YoloMaps, side_px: int) -> YoloBoxes:
    """Read version 1's map as boxes.

    Of each box: x and y from the cell's corner in cells, the square roots of width and
    height as shares of the picture, the confidence; then the classes. All are linear,
    so confidence and classes are cut to [0, 1] here.
    """
    (raw,) = maps.maps
    cells = raw.shape[-1]
    flat = raw.flatten(2).transpose(1, 2)  # (N, S * S, B * 5 + C)
    numbers = flat[..., : BOXES_V1 * 5].reshape(*flat.shape[:2], BOXES_V1, 5)
    corner = cell_corners(cells).to(raw.device)[None, :, None]
    centre = (corner + numbers[..., :2]) * (side_px / cells)
    half = numbers[..., 2:4].square() * side_px / 2
    boxes = torch.cat([centre - half, centre + half], dim=3).flatten(1, 2)
    classes = flat[:, :, None, BOXES_V1 * 5 :].expand(-1, -1, BOXES_V1, -1)
    return YoloBoxes(
        boxes,
        numbers[..., 4].flatten(1, 2).clamp(0, 1),
        classes.flatten(1, 2).clamp(0, 1),
    )


def raw_anchored(maps: YoloMaps, anchors: int) -> Tensor:
    """Lay the maps of versions 2 and 3 in a row: (N, P, 5 + C)."""
    rows = [
        raw.reshape(len(raw), anchors, -1, *raw.shape[2:])
        .permute(0, 3, 4, 1, 2)
        .flatten(1, 3)
        for raw in maps.maps
    ]
    return torch.cat(rows, dim=1)


def boxes_anchored(
    maps: YoloMaps,
    anchors: Sequence[tuple[float, float]],
    independent: bool,
    side_px: int,
) -> YoloBoxes:
    """Read the maps of version 2 or 3 as boxes.

    bx = (sigmoid(tx) + column) * stride, bw = pw * exp(tw), and the same for y and h;
    confidence = sigmoid(to).

    Parameters
    ----------
    maps : YoloMaps
    anchors : sequence of (width, height)
        In pixels, for all maps, the coarsest map's first.
    independent : bool
        Whether each class has a probability of its own (version 3) or all add up to 1
        (version 2).
    side_px : int
        Of the input.
    """
    per_map = len(anchors) // len(maps.maps)
    raw = raw_anchored(maps, per_map)
    corners, strides, shapes = [], [], []
    for level, one in enumerate(maps.maps):
        cells = one.shape[-1]
        corners.append(cell_corners(cells).repeat_interleave(per_map, 0))
        strides.append(torch.full((cells * cells * per_map, 1), side_px / cells))
        mine = torch.tensor(anchors[level * per_map : (level + 1) * per_map])
        shapes.append(mine.float().repeat(cells * cells, 1))
    corner, stride, shape = (
        torch.cat(x).to(raw.device) for x in (corners, strides, shapes)
    )
    centre = (raw[..., :2].sigmoid() + corner) * stride
    half = raw[..., 2:4].clamp(max=MOST_LOG).exp() * shape / 2
    said = raw[..., 5:]
    return YoloBoxes(
        torch.cat([centre - half, centre + half], dim=2),
        raw[..., 4].sigmoid(),
        said.sigmoid() if independent else said.softmax(2),
    )
