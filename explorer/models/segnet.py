"""SegNet: an encoder-decoder that upsamples with the encoder's own pooling indices.

Badrinarayanan, Kendall and Cipolla 2017, "SegNet: A Deep Convolutional
Encoder-Decoder Architecture for Image Segmentation".
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

WIDTHS = (24, 48, 80, 96, 96)  # the paper's 64 to 512 are VGG-16's
DEPTHS = (2, 2, 2, 2, 2)  # convolutions a level; VGG-16 has 3 in the last three
STRIDE = 32


@dataclass(frozen=True)
class SegNetResult:
    """Every step.

    Attributes
    ----------
    encoded : tuple of Tensors
        Each level before its pooling, ``(N, C, H / 2**i, W / 2**i)``.
    pooled : tuple of Tensors
        Each level after it.
    indices : tuple of int64 Tensors
        Where each pooled value came from, flat in its level's map.
    unpooled : tuple of Tensors
        What each decoder level starts from, coarsest first.
    decoded : tuple of Tensors
        What each decoder level hands on, coarsest first.
    logits : Tensor
        ``(N, classes, H, W)``.
    """

    encoded: tuple[Tensor, ...]
    pooled: tuple[Tensor, ...]
    indices: tuple[Tensor, ...]
    unpooled: tuple[Tensor, ...]
    decoded: tuple[Tensor, ...]
    logits: Tensor


def conv_norm_relu(channels_in: int, channels_out: int) -> nn.Sequential:
    """3x3 convolution that keeps the size, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )


def _level(channels_in: int, channels_out: int, depth: int) -> nn.Sequential:
    first = conv_norm_relu(channels_in, channels_out)
    rest = [conv_norm_relu(channels_out, channels_out) for _ in range(depth - 1)]
    return nn.Sequential(first, *rest)


class SegNet(nn.Module):
    """The whole network.

    References
    ----------
    Badrinarayanan et al., PAMI 2017, section 3: the decoder unpools with the
    encoder's max locations, which makes sparse maps, and convolves them dense.

    Examples
    --------
    >>> import torch
    >>> seen = SegNet(11).eval()(torch.zeros(1, 3, 64, 96))
    >>> tuple(seen.logits.shape), tuple(seen.indices[-1].shape)
    ((1, 11, 64, 96), (1, 96, 2, 3))
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        ins = (3, *WIDTHS[:-1])
        self.encoder = nn.ModuleList(
            _level(i, o, d) for i, o, d in zip(ins, WIDTHS, DEPTHS, strict=True)
        )
        self.decoder = nn.ModuleList(
            nn.Sequential(
                *[conv_norm_relu(o, o) for _ in range(d - 1)],
                conv_norm_relu(o, i if i > 3 else o),
            )
            for i, o, d in reversed(list(zip(ins, WIDTHS, DEPTHS, strict=True)))
        )
        self.classify = nn.Conv2d(WIDTHS[0], classes, 1)

    def forward(self, x: Tensor, nearest: tuple[int, ...] = ()) -> SegNetResult:
        """Segment ``(N, 3, H, W)``, H and W multiples of 32.

        Parameters
        ----------
        nearest : tuple of int
            Levels, 1 the finest to 5, at which each value is copied to its whole 2x2
            window instead of going back to where it came from.
        """
        encoded, pooled, indices = [], [], []
        y = x
        for level in self.encoder:
            y = level(y)
            encoded.append(y)
            y, places = functional.max_pool2d(y, 2, return_indices=True)
            pooled.append(y)
            indices.append(places)
        unpooled, decoded = [], []
        for i in range(len(WIDTHS), 0, -1):
            if i in nearest:
                y = functional.interpolate(y, scale_factor=2.0, mode="nearest")
            else:
                y = functional.max_unpool2d(y, indices[i - 1], (2, 2))
            unpooled.append(y)
            y = self.decoder[len(WIDTHS) - i](y)
            decoded.append(y)
        return SegNetResult(
            tuple(encoded),
            tuple(pooled),
            tuple(indices),
            tuple(unpooled),
            tuple(decoded),
            self.classify(y),
        )
