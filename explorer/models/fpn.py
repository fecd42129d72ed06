"""The feature pyramid of Lin et al. 2017: every map knows what the deepest one saw."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from explorer.models.trunk import CHANNELS, Features
from explorer.models.yolo import separable

LEVELS = {3: 8, 4: 16, 5: 32}  # level: stride
ABOVE = (6, 7)  # levels that serve anchors alone: their things are the largest
WIDTH = 96  # channels of every level; the paper has 256


@dataclass(frozen=True, eq=False)
class Pyramid:
    """Every step, by level 3, 4, 5; (N, WIDTH, H / stride, W / stride).

    Attributes
    ----------
    laterals : dict of int to Tensor
        The backbone's map through a 1x1 kernel.
    sums : dict of int to Tensor
        The lateral and the doubled sum of the level above; at 5 the lateral itself.
    maps : dict of int to Tensor
        The sums smoothed, which takes the doubling's steps out; and ``ABOVE``, each
        every second cell of the level before.
    """

    laterals: dict[int, Tensor]
    sums: dict[int, Tensor]
    maps: dict[int, Tensor]


def under_laterals(features: Features) -> dict[int, Tensor]:
    """Return the backbone's maps that the laterals read, by level."""
    return {3: features.stride8, 4: features.stride16, 5: features.last}


class FPN(nn.Module):
    """Laterals, the way from top to bottom, and smoothing.

    Notes
    -----
    The paper smooths by dense 3x3 kernels and has a level of stride 4; here the kernels
    are separable and 5x5, and the finest level has stride 8. The proposal head is the
    same on every level, so that one more costs no weights: level 7 came when the input
    had grown, for things that fill it, and was right at once; then all learnt on.

    Examples
    --------
    >>> import torch
    >>> maps = {8: (40, 8), 16: (112, 4), 32: (320, 2)}
    >>> f = {s: torch.zeros(1, c, n, n) for s, (c, n) in maps.items()}
    >>> made = FPN().eval()(Features(f[8], f[8], f[16], f[32]))
    >>> [tuple(one.shape[1:]) for one in made.maps.values()]
    [(96, 8, 8), (96, 4, 4), (96, 2, 2), (96, 1, 1), (96, 1, 1)]
    """

    def __init__(self) -> None:
        super().__init__()
        for level, stride in LEVELS.items():
            self.add_module(f"lateral{level}", nn.Conv2d(CHANNELS[stride], WIDTH, 1))
            self.add_module(f"smooth{level}", separable(WIDTH, WIDTH))

    def forward(self, features: Features) -> Pyramid:
        """Read the backbone's maps of stride 8, 16 and 32."""
        deep = under_laterals(features)
        laterals = {k: self.get_submodule(f"lateral{k}")(deep[k]) for k in LEVELS}
        sums = {5: laterals[5]}
        for k in (4, 3):
            size = (laterals[k].shape[-2], laterals[k].shape[-1])
            sums[k] = laterals[k] + functional.interpolate(sums[k + 1], size)
        maps = {k: self.get_submodule(f"smooth{k}")(sums[k]) for k in LEVELS}
        for k in ABOVE:
            maps[k] = functional.max_pool2d(maps[k - 1], 1, 2)
        return Pyramid(laterals, {k: sums[k] for k in LEVELS}, maps)
