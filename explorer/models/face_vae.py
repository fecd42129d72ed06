"""A convolutional VAE of small colour pictures: faces and drawn faces, 64 x 64.

Kingma and Welling 2014 (arXiv:1312.6114) with the layers of Radford et al. 2016
(DCGAN, arXiv:1511.06434, section 3): strides in place of pooling, batch normalisation.
The decoder enlarges by nearest neighbours, which leaves no checkerboard (Odena et al.
2016), and writes 2 x 2 pixels at once in the end (Shi et al. 2016, arXiv:1609.05158).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.models.vae import Encoded, log_normal

SIDE_PX = 64
WIDTHS = (48, 96, 192, 256)
LEAST_SIDE = 4  # cells of the deepest map


def _down(a: int, b: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(a, b, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(b),
        nn.LeakyReLU(0.2),
    )


def _smooth(a: int, b: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(a, b, 3, padding=1, bias=False),
        nn.BatchNorm2d(b),
        nn.LeakyReLU(0.2),
    )


class FaceVAE(nn.Module):
    """Encoder and decoder of pictures (N, 3, 64, 64) in [0, 1].

    Parameters
    ----------
    z : int
        Dimensions of the code.

    Notes
    -----
    The likelihood is Gaussian with one learned variance for all numbers, so that no
    weight has to be chosen between the two terms of the bound (Rybkin et al. 2021,
    arXiv:2006.13202, section 3.2).

    Examples
    --------
    >>> net = FaceVAE(16).eval()
    >>> seen = net.encode(torch.zeros(2, 3, 64, 64))
    >>> tuple(seen.mu.shape), tuple(net.decode(seen.mu).shape)
    ((2, 16), (2, 3, 64, 64))
    """

    likelihood = "gaussian"
    classes = 0

    def __init__(self, z: int) -> None:
        super().__init__()
        self.z = z
        pairs = zip((3, *WIDTHS), WIDTHS, strict=False)
        self.encoder = nn.Sequential(*(_down(a, b) for a, b in pairs))
        cells = LEAST_SIDE**2
        self.mu = nn.Linear(WIDTHS[-1] * cells, z)
        self.logvar = nn.Linear(WIDTHS[-1] * cells, z)
        self.start = nn.Linear(z, WIDTHS[-1] * cells)
        back = WIDTHS[::-1]
        self.decoder = nn.ModuleList(
            _smooth(a, b) for a, b in zip(back, back[1:], strict=False)
        )
        self.out = nn.Conv2d(back[-1], 3 * 4, 3, padding=1)
        self.log_std = nn.Parameter(torch.tensor(-2.0))

    def encode(self, x: Tensor, labels: None = None) -> Encoded:
        """Return q(z | x); there are no classes to be told."""
        y = self.encoder(x).flatten(1)
        return Encoded(self.mu(y), self.logvar(y))

    def decode(self, z: Tensor, labels: None = None) -> Tensor:
        """Return the mean of every number, in [0, 1], of codes (N, Z)."""
        y = self.start(z).reshape(-1, WIDTHS[-1], LEAST_SIDE, LEAST_SIDE)
        for layer in self.decoder:
            y = layer(functional.interpolate(y, scale_factor=2.0))
        return functional.pixel_shuffle(self.out(y), 2).sigmoid()

    def log_likelihood(self, x: Tensor, told: Tensor) -> Tensor:
        """Return log p(x | z) of every number; ``told`` is what ``decode`` gave."""
        return log_normal(x, told, 2 * self.log_std)

    def picture(self, told: Tensor) -> Tensor:
        """Return the expected picture: the mean itself."""
        return told
