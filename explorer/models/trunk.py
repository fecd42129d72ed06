"""EfficientNet-Lite0 without its classifier: the backbone of the segmenters.

The same weights can be run at output stride 32, 16 or 8: where a stride is taken out,
every kernel after it is dilated by what was saved, so that each weight still meets the
inputs it was trained for (the "à trous" trick; Chen et al. 2017, section 3.1). So the
dense map holds the sparse one: see ``first_shared``.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.models.conv_norm import ConvNorm
from explorer.models.efficientnet_lite0 import (
    STAGES,
    STEM_CHANNELS,
    make_stage,
)

OUTPUT_STRIDES = (8, 16, 32)
CHANNELS = {4: 24, 8: 40, 16: 112, 32: 320}  # of ``Features``, by stride in the plan


@dataclass(frozen=True)
class Features:
    """What the trunk hands on, ``(N, C, H / stride, W / stride)``.

    Attributes
    ----------
    stride4, stride8, stride16 : Tensor
        24, 40 and 112 channels, after stages 2, 3 and 5. At output stride 8 the last
        has stride 8 in fact: the names are those of the plan.
    last : Tensor
        320 channels after stage 7, at the output stride.
    """

    stride4: Tensor
    stride8: Tensor
    stride16: Tensor
    last: Tensor

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the input, a multiple of 8, as the maps tell it."""
        return self.stride8.shape[-2] * 8, self.stride8.shape[-1] * 8


class Trunk(nn.Module):
    """Stem and seven stages.

    Parameters
    ----------
    output_stride : {32, 16, 8}
        Input pixels a step of the last map stands for.

    Raises
    ------
    ValueError
        If ``output_stride`` is none of the three.

    Examples
    --------
    >>> import torch
    >>> x = torch.zeros(1, 3, 64, 96)
    >>> [tuple(Trunk(s).eval()(x).last.shape[2:]) for s in (32, 16, 8)]
    [(2, 3), (4, 6), (8, 12)]
    """

    def __init__(self, output_stride: int = 32) -> None:
        super().__init__()
        if output_stride not in OUTPUT_STRIDES:
            raise ValueError(
                f"output_stride is {output_stride}; it must be one of {OUTPUT_STRIDES}."
            )
        self.output_stride = output_stride
        self.stem = ConvNorm(3, STEM_CHANNELS, 3, stride=2)
        channels, reached, dilation = STEM_CHANNELS, 2, 1
        for i, shape in enumerate(STAGES, 1):
            stride, before = shape.stride, dilation
            if reached * stride > output_stride:
                dilation, stride = dilation * stride, 1
            reached *= stride
            stage = make_stage(channels, shape, stride, dilation, before)
            self.add_module(f"stage{i}", stage)
            channels = shape.channels

    def forward(self, x: Tensor) -> Features:
        """Run ``(N, 3, H, W)`` values in [-1, 1] through all stages."""
        seen, y = [], self.stem(x)
        for i in range(1, len(STAGES) + 1):
            y = self.get_submodule(f"stage{i}")(y)
            seen.append(y)
        return Features(seen[1], seen[2], seen[4], seen[6])


def at_stride(trunk: Trunk, output_stride: int) -> Trunk:
    """Give the same weights (the very same tensors) another output stride.

    Parameters
    ----------
    trunk : Trunk
        Left as it is.
    output_stride : {32, 16, 8}

    Returns
    -------
    Trunk
        In the same mode; whoever trains one trains both.
    """
    with torch.device("meta"):  # no weights of its own, not even for a moment
        twin = Trunk(output_stride)
    twin.load_state_dict(trunk.state_dict(keep_vars=True), strict=True, assign=True)
    return twin.train(trunk.training)


def first_shared(sparse: int, dense: int) -> int:
    """Return the row and column of the dense map where the sparse map's first cell is.

    ``dense[..., first::ratio, first::ratio]`` equals the map at stride ``sparse`` in
    every cell, ``ratio`` being ``sparse / dense``. It is the last of each ``ratio``
    cells, not the first: a layer of stride 2 on an even size lacks an odd number of
    zeros, ``SameConv2d`` puts the odd one at the far side, and so its kernels stand on
    the odd cells.

    Parameters
    ----------
    sparse, dense : int
        Output strides; ``dense`` divides ``sparse``.

    Examples
    --------
    >>> first_shared(32, 16), first_shared(32, 8)
    (1, 3)
    """
    return sparse // dense - 1
