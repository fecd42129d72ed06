"""The plain autoencoder: a picture through a bottleneck and back.

Hinton and Salakhutdinov 2006 (Science 313, 504): dense layers that narrow to a code and
widen again; here with ReLU and trained end to end, without their layer-wise start. It
has the VAE's layers, so that the two can be compared: what it lacks is the prior.
"""

from torch import Tensor, nn

from explorer.models.vae import HIDDEN, mlp


class Autoencoder(nn.Module):
    """Encoder and decoder of grey pictures.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns of a picture.
    z : int
        Dimensions of the code.

    Examples
    --------
    >>> import torch
    >>> net = Autoencoder((28, 28), 8)
    >>> tuple(net.decode(net.encode(torch.zeros(3, 28, 28))).shape)
    (3, 28, 28)
    """

    def __init__(self, shape: tuple[int, int], z: int) -> None:
        super().__init__()
        self.shape, self.z = shape, z
        pixels = shape[0] * shape[1]
        self.encoder = mlp(pixels, *HIDDEN)
        self.code = nn.Linear(HIDDEN[-1], z)
        self.decoder = mlp(z, *HIDDEN[::-1])
        self.out = nn.Linear(HIDDEN[0], pixels)

    def encode(self, x: Tensor) -> Tensor:
        """Return the codes (N, Z) of pictures (N, H, W) in [0, 1]."""
        code: Tensor = self.code(self.encoder(x.flatten(1)))
        return code

    def decode(self, z: Tensor) -> Tensor:
        """Return logits (N, H, W) of codes (N, Z)."""
        out: Tensor = self.out(self.decoder(z))
        return out.reshape(-1, *self.shape)
