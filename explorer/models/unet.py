"""U-Net: an encoder-decoder that copies whole feature maps across.

Ronneberger, Fischer and Brox 2015, "U-Net: Convolutional Networks for Biomedical
Image Segmentation".
"""

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.models.segnet import conv_norm_relu

WIDTHS = (24, 40, 64, 96, 128)  # the paper's 64 to 1024
STRIDE = 16


@dataclass(frozen=True)
class UNetResult:
    """Every step.

    Attributes
    ----------
    encoded : tuple of Tensors
        The contracting path, finest first; all but the last are the skips,
        ``(N, C, H / 2**i, W / 2**i)``.
    raised : tuple of Tensors
        Each up-convolution's output, coarsest first.
    decoded : tuple of Tensors
        After the two convolutions of each level, coarsest first.
    logits : Tensor
        ``(N, classes, H, W)``.
    """

    encoded: tuple[Tensor, ...]
    raised: tuple[Tensor, ...]
    decoded: tuple[Tensor, ...]
    logits: Tensor


def _double(channels_in: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(
        conv_norm_relu(channels_in, channels_out),
        conv_norm_relu(channels_out, channels_out),
    )


class UNet(nn.Module):
    """The whole network.

    References
    ----------
    Ronneberger et al., MICCAI 2015, section 2 and figure 1.

    Notes
    -----
    Padding keeps the size, where the paper's valid convolutions shrink 572 to 388 and
    its skips are cropped; batch normalisation came after the paper.

    Examples
    --------
    >>> seen = UNet(11).eval()(torch.zeros(1, 3, 64, 96))
    >>> tuple(seen.logits.shape), tuple(seen.encoded[-1].shape)
    ((1, 11, 64, 96), (1, 128, 4, 6))
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        ins = (3, *WIDTHS[:-1])
        self.encoder = nn.ModuleList(
            _double(i, o) for i, o in zip(ins, WIDTHS, strict=True)
        )
        pairs = list(zip(WIDTHS[1:], WIDTHS[:-1], strict=True))[::-1]
        self.raise_ = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, 2) for i, o in pairs)
        self.decoder = nn.ModuleList(_double(2 * o, o) for _, o in pairs)
        self.classify = nn.Conv2d(WIDTHS[0], classes, 1)

    def forward(self, x: Tensor, off: Collection[int] = ()) -> UNetResult:
        """Segment ``(N, 3, H, W)``, H and W multiples of 16.

        Parameters
        ----------
        off : collection of int
            Skips to leave out, 1 the finest to 4: zeros are concatenated instead.
        """
        encoded, y = [], x
        for i, level in enumerate(self.encoder):
            y = level(functional.max_pool2d(y, 2) if i else y)
            encoded.append(y)
        raised, decoded = [], []
        for step, i in enumerate(range(len(WIDTHS) - 1, 0, -1)):
            up = self.raise_[step](y)
            skip = encoded[i - 1]
            skip = torch.zeros_like(skip) if i in off else skip
            y = self.decoder[step](torch.cat([skip, up], 1))
            raised.append(up)
            decoded.append(y)
        return UNetResult(
            tuple(encoded), tuple(raised), tuple(decoded), self.classify(y)
        )
