"""FCN-32s, FCN-16s and FCN-8s: class scores at three strides, added up while growing.

Long, Shelhamer and Darrell 2015, "Fully Convolutional Networks for Semantic
Segmentation", section 4. Where the paper has VGG-16's pool5, pool4 and pool3, the
backbone here has maps of stride 32, 16 and 8.
"""

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.core.fusion import STRIDES
from explorer.models.trunk import CHANNELS, Trunk


@dataclass(frozen=True)
class FCNResult:
    """Every step of the fusion, ``(N, classes, h, w)``.

    Attributes
    ----------
    scores : dict of int to Tensor
        The 1x1 convolution of each map read, by its stride.
    doubled : dict of int to Tensor
        What came from the coarser map, upsampled twice, by the stride it arrives at.
    fused : dict of int to Tensor
        Their sum, by stride; at 32 the scores themselves.
    logits : Tensor
        The finest sum, upsampled bilinearly to the input's size.
    """

    scores: dict[int, Tensor]
    doubled: dict[int, Tensor]
    fused: dict[int, Tensor]
    logits: Tensor


def bilinear_kernel(size: int) -> Tensor:
    """Return the ``(size, size)`` weights of bilinear interpolation.

    Examples
    --------
    >>> bilinear_kernel(4)[0].tolist()
    [0.0625, 0.1875, 0.1875, 0.0625]
    """
    factor = (size + 1) // 2
    centre = factor - 1 if size % 2 else factor - 0.5
    row = 1 - (torch.arange(size) - centre).abs() / factor
    return row[:, None] * row[None, :]


class Double(nn.ConvTranspose2d):
    """Twice the size by a learned transposed convolution that starts bilinear."""

    def __init__(self, classes: int) -> None:
        super().__init__(classes, classes, 4, stride=2, padding=1, bias=False)
        with torch.no_grad():
            self.weight.zero_()
            for c in range(classes):
                self.weight[c, c] = bilinear_kernel(4)


class FCNHead(nn.Module):
    """The scoring layers and the upsampling of one variant.

    Parameters
    ----------
    classes : int
    stride : {32, 16, 8}
        The finest map read: FCN-32s, FCN-16s or FCN-8s.

    Raises
    ------
    ValueError
        If ``stride`` is none of the three.
    """

    def __init__(self, classes: int, stride: int) -> None:
        super().__init__()
        if stride not in STRIDES:
            raise ValueError(f"stride is {stride}; it must be one of {STRIDES}.")
        self.strides = tuple(s for s in STRIDES if s >= stride)
        for s in self.strides:
            self.add_module(f"score{s}", nn.Conv2d(CHANNELS[s], classes, 1))
        for s in self.strides[1:]:
            self.add_module(f"double{s}", Double(classes))

    def forward(
        self, maps: dict[int, Tensor], size: tuple[int, int], off: Collection[int] = ()
    ) -> FCNResult:
        """Score each map and fuse from coarse to fine.

        Parameters
        ----------
        maps : dict of int to Tensor
            The backbone's maps by stride.
        size : (int, int)
            Height and width of the logits.
        off : collection of int
            Strides whose skip is left out; 32 is no skip and can't be.
        """
        scores = {s: self.get_submodule(f"score{s}")(maps[s]) for s in self.strides}
        doubled: dict[int, Tensor] = {}
        fused: dict[int, Tensor] = {32: scores[32]}
        for coarse, s in zip(self.strides, self.strides[1:], strict=False):
            doubled[s] = self.get_submodule(f"double{s}")(fused[coarse])
            fused[s] = doubled[s] if s in off else doubled[s] + scores[s]
        finest = fused[self.strides[-1]]
        logits = functional.interpolate(
            finest, size, mode="bilinear", align_corners=False
        )
        return FCNResult(scores, doubled, fused, logits)


class FCN(nn.Module):
    """Backbone and head of one variant.

    References
    ----------
    Long, Shelhamer, Darrell, CVPR 2015, sections 3.3 and 4.2: skips are summed after
    a 1x1 scoring layer; upsampling by 2 is learned and starts bilinear, the last one
    is fixed to bilinear.

    Notes
    -----
    The paper crops maps to fit; here the input's sides are multiples of 32, so that
    all maps fit as they are.

    Examples
    --------
    >>> net = FCN(11, 8).eval()
    >>> seen = net(torch.zeros(1, 3, 64, 96))
    >>> tuple(seen.logits.shape), tuple(seen.fused[8].shape)
    ((1, 11, 64, 96), (1, 11, 8, 12))
    """

    def __init__(self, classes: int, stride: int, trunk: Trunk | None = None) -> None:
        super().__init__()
        self.trunk = Trunk(32) if trunk is None else trunk
        self.head = FCNHead(classes, stride)

    def forward(self, x: Tensor, off: Collection[int] = ()) -> FCNResult:
        """Segment ``(N, 3, H, W)`` values in [-1, 1], H and W multiples of 32."""
        maps = fcn_maps(self.trunk, x)
        result: FCNResult = self.head(maps, (x.shape[-2], x.shape[-1]), off)
        return result


def fcn_maps(trunk: Trunk, x: Tensor) -> dict[int, Tensor]:
    """Return the maps that the heads score, by stride."""
    seen = trunk(x)
    return {8: seen.stride8, 16: seen.stride16, 32: seen.last}
