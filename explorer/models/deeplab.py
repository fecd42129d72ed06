"""DeepLabv3+: atrous spatial pyramid pooling and a decoder with one skip.

Chen et al. 2018, "Encoder-Decoder with Atrous Separable Convolution for Semantic Image
Segmentation".
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.models.trunk import CHANNELS, Trunk, at_stride

WIDTH = 128  # channels of the ASPP; the paper has 256 for a larger backbone
DECODER_WIDTH = 64  # at stride 4 each channel costs sixteen times as much
LOW_WIDTH = 24  # channels of the skip, few so that it does not outweigh the ASPP
RATES = (3, 6, 9)  # at output stride 16, for maps of about 23 x 30 cells
TRAINED_STRIDE = 16
BRANCHES = ("1x1", "rate1", "rate2", "rate3", "pool")


@dataclass(frozen=True)
class DeepLabResult:
    """Every step, ``(N, C, h, w)``.

    Attributes
    ----------
    branches : dict of str to Tensor
        What each ASPP branch gave, 128 channels; zero where it was switched off.
    aspp : Tensor
        Their projection, 128 channels at the output stride.
    coarse : Tensor
        Class scores of the ASPP alone, at the output stride (DeepLabv3, no decoder).
    low : Tensor or None
        The skip: 24 channels at stride 4; None without the decoder.
    decoded : Tensor or None
        64 channels at stride 4, before the classifier.
    logits : Tensor
        ``(N, classes, H, W)``.
    """

    branches: dict[str, Tensor]
    aspp: Tensor
    coarse: Tensor
    low: Tensor | None
    decoded: Tensor | None
    logits: Tensor


class Norm(nn.Sequential):
    """A convolution, batch normalisation and ReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(
            nn.Conv2d(channels_in, channels_out, 1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(),
        )


class AtrousDepthwise(nn.Conv2d):
    """A 3x3 kernel a channel whose dilation is chosen at each call."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, channels, 3, groups=channels, bias=False)

    def forward(self, x: Tensor, rate: int = 1) -> Tensor:
        """Convolve with zero padding of ``rate``, so that the size stays."""
        return functional.conv2d(
            x, self.weight, padding=rate, dilation=rate, groups=self.groups
        )


class Separable(nn.Module):
    """Filter each channel by itself with a 3x3 kernel, then mix channels by 1x1.

    The paper's atrous separable convolution (section 3.1).
    """

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.depthwise = AtrousDepthwise(channels_in)
        self.norm = nn.BatchNorm2d(channels_in)
        self.pointwise = Norm(channels_in, channels_out)

    def forward(self, x: Tensor, rate: int = 1) -> Tensor:
        """Apply both steps; ``rate`` is the dilation of the first."""
        filtered = functional.relu(self.norm(self.depthwise(x, rate)))
        mixed: Tensor = self.pointwise(filtered)
        return mixed


class ASPP(nn.Module):
    """Five readings of one map, side by side: 1x1, three rates, the image's mean."""

    def __init__(self, channels: int, width: int = WIDTH) -> None:
        super().__init__()
        self.point = Norm(channels, width)
        self.rates = nn.ModuleList(Separable(channels, width) for _ in RATES)
        self.pool = Norm(channels, width)
        self.project = Norm(width * len(BRANCHES), width)

    def forward(
        self, x: Tensor, rates: Sequence[int], off: Collection[str] = ()
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the projection and each branch; those in ``off`` are zero."""
        mean = self.pool(x.mean((2, 3), keepdim=True))
        made = [self.point(x)]
        made += [net(x, rate) for net, rate in zip(self.rates, rates, strict=True)]
        made.append(mean.expand(-1, -1, x.shape[-2], x.shape[-1]))
        branches = {
            name: torch.zeros_like(value) if name in off else value
            for name, value in zip(BRANCHES, made, strict=True)
        }
        return self.project(torch.cat(list(branches.values()), 1)), branches


class DeepLabHead(nn.Module):
    """ASPP, decoder, and the two classifiers: with and without the decoder."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.aspp = ASPP(CHANNELS[32])
        self.coarse = nn.Conv2d(WIDTH, classes, 1)
        self.low = Norm(CHANNELS[4], LOW_WIDTH)
        self.mix1 = Separable(WIDTH + LOW_WIDTH, DECODER_WIDTH)
        self.mix2 = Separable(DECODER_WIDTH, DECODER_WIDTH)
        self.classify = nn.Conv2d(DECODER_WIDTH, classes, 1)

    def forward(
        self,
        last: Tensor,
        stride4: Tensor,
        size: tuple[int, int],
        rates: Sequence[int] = RATES,
        off: Collection[str] = (),
        decoder: bool = True,
    ) -> DeepLabResult:
        """Run ASPP and, unless ``decoder`` is false, the decoder."""
        aspp, branches = self.aspp(last, rates, off)
        coarse = self.coarse(aspp)
        if not decoder:
            return DeepLabResult(
                branches, aspp, coarse, None, None, _grow(coarse, size)
            )
        low = self.low(stride4)
        grown = _grow(aspp, (low.shape[-2], low.shape[-1]))
        decoded = self.mix2(self.mix1(torch.cat([grown, low], 1)))
        logits = _grow(self.classify(decoded), size)
        return DeepLabResult(branches, aspp, coarse, low, decoded, logits)


def _grow(x: Tensor, size: tuple[int, int]) -> Tensor:
    return functional.interpolate(x, size, mode="bilinear", align_corners=False)


def scaled_rates(rates: Sequence[int], output_stride: int) -> tuple[int, ...]:
    """Scale rates meant for stride 16, so that they reach equally far in the image.

    Examples
    --------
    >>> scaled_rates((3, 6, 9), 8), scaled_rates((3, 6, 9), 16)
    ((6, 12, 18), (3, 6, 9))
    """
    return tuple(max(1, rate * TRAINED_STRIDE // output_stride) for rate in rates)


class DeepLabV3Plus(nn.Module):
    """Backbone and head.

    Parameters
    ----------
    classes : int
    trunk : Trunk, optional
        Any output stride; the weights are shared with the trunks made here.

    References
    ----------
    Chen et al., ECCV 2018: ASPP and decoder, figure 2; output strides 16 and 8 from
    one set of weights, section 4.1; ASPP with image pooling: Chen et al. 2017,
    "Rethinking Atrous Convolution", section 3.3.

    Notes
    -----
    Rates are 3, 6, 9 at output stride 16 where the paper has 6, 12, 18: its maps are
    33 cells wide, ours about 23 x 30 from smaller photos.

    Examples
    --------
    >>> net = DeepLabV3Plus(11).eval()
    >>> x = torch.zeros(1, 3, 64, 96)
    >>> tuple(net(x).aspp.shape), tuple(net(x, output_stride=8).aspp.shape)
    ((1, 128, 4, 6), (1, 128, 8, 12))
    """

    def __init__(self, classes: int, trunk: Trunk | None = None) -> None:
        super().__init__()
        self.trunk = at_stride(Trunk(16) if trunk is None else trunk, 16)
        self._twins = dict[int, Trunk]()  # no submodules: their weights count once
        self.head = DeepLabHead(classes)

    def forward(
        self,
        x: Tensor,
        output_stride: int = 16,
        rates: Sequence[int] | None = None,
        off: Collection[str] = (),
        decoder: bool = True,
    ) -> DeepLabResult:
        """Segment ``(N, 3, H, W)`` values in [-1, 1], H and W multiples of 32.

        Parameters
        ----------
        output_stride : {16, 8}
        rates : three ints, optional
            In cells of the last map; those trained for, scaled to the stride, without.
        off : collection of str
            ASPP branches to leave out, of ``BRANCHES``.
        decoder : bool
            False upsamples the ASPP's own scores, as DeepLabv3 did.
        """
        if rates is None:
            rates = scaled_rates(RATES, output_stride)
        seen = self.trunk_at(output_stride)(x)
        size = (x.shape[-2], x.shape[-1])
        result: DeepLabResult = self.head(
            seen.last, seen.stride4, size, rates, off, decoder
        )
        return result

    def trunk_at(self, output_stride: int) -> Trunk:
        """Return the trunk at an output stride: same tensors, same mode as ``trunk``.

        Parameters
        ----------
        output_stride : {32, 16, 8}
        """
        if output_stride == self.trunk.output_stride:
            return self.trunk
        twin = self._twins.get(output_stride)
        if twin is None or not _shared(twin, self.trunk):
            twin = self._twins[output_stride] = at_stride(self.trunk, output_stride)
        if twin.training != self.trunk.training:  # eval() does not reach it
            twin.train(self.trunk.training)
        return twin


def _shared(one: Trunk, other: Trunk) -> bool:
    """Whether two trunks are still one: a move to a GPU makes the buffers anew."""
    a, b = one.stem, other.stem
    same = a.conv.weight is b.conv.weight
    return same and a.norm.running_mean is b.norm.running_mean
