"""The variational autoencoder, and the one that is told the class.

Small fully connected networks for small grey pictures: Kingma and Welling 2014
(arXiv:1312.6114), section 3 and appendix C, with one more hidden layer and with ReLU.
The class enters both halves as one more input (Kingma et al. 2014, arXiv:1406.5298,
model M2 with every label known).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

HIDDEN = (512, 256)
LIKELIHOODS = ("bernoulli", "gaussian")
AT_ONCE = 512  # codes decoded in one pass


@dataclass(frozen=True, eq=False)
class Encoded:
    """What the encoder promises of each picture.

    Attributes
    ----------
    mu, logvar : (N, Z) tensors
        Mean and logarithm of the variance of q(z | x).
    """

    mu: Tensor
    logvar: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """Return z = mu + sigma * noise (section 2.4, the reparameterisation)."""
        return self.mu + (0.5 * self.logvar).exp() * noise

    def kl(self) -> Tensor:
        """Return KL(q || N(0, 1)) of every dimension, (N, Z), in nats."""
        return 0.5 * (self.mu**2 + self.logvar.exp() - self.logvar - 1)

    def log_density(self, z: Tensor) -> Tensor:
        """Return log q(z | x) of samples (..., N, Z): (..., N)."""
        return log_normal(z, self.mu, self.logvar).sum(-1)


def log_prior(z: Tensor) -> Tensor:
    """Return log N(z; 0, 1) of codes (..., Z): (...)."""
    return log_normal(z, z.new_zeros(()), z.new_zeros(())).sum(-1)


def log_normal(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """Return log N(z; mu, exp(logvar)) of every number."""
    return -0.5 * ((z - mu) ** 2 / logvar.exp() + logvar + math.log(2 * math.pi))


def mlp(*sizes: int) -> nn.Sequential:
    """Chain dense layers, each with a ReLU after it."""
    layers: list[nn.Module] = []
    for a, b in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers)


class VAE(nn.Module):
    """Encoder and decoder of grey pictures.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns of a picture.
    z : int
        Dimensions of the code.
    classes : int
        0, or how many classes both halves are told of (one-hot).
    likelihood : {"bernoulli", "gaussian"}
        Of a pixel in [0, 1]; the Gaussian has one learned variance for all pixels.

    Examples
    --------
    >>> net = VAE((28, 28), 2)
    >>> seen = net.encode(torch.zeros(3, 28, 28))
    >>> tuple(net.decode(seen.mu).shape)
    (3, 28, 28)
    """

    def __init__(
        self,
        shape: tuple[int, int],
        z: int,
        classes: int = 0,
        likelihood: str = "bernoulli",
    ) -> None:
        super().__init__()
        if likelihood not in LIKELIHOODS:
            raise ValueError(
                f"likelihood is {likelihood!r}; it must be one of {LIKELIHOODS}."
            )
        self.shape, self.z, self.classes = shape, z, classes
        self.likelihood = likelihood
        pixels = shape[0] * shape[1]
        self.encoder = mlp(pixels + classes, *HIDDEN)
        self.mu = nn.Linear(HIDDEN[-1], z)
        self.logvar = nn.Linear(HIDDEN[-1], z)
        self.decoder = mlp(z + classes, *HIDDEN[::-1])
        self.out = nn.Linear(HIDDEN[0], pixels)
        if likelihood == "gaussian":
            self.log_std = nn.Parameter(torch.tensor(-2.0))

    def encode(self, x: Tensor, labels: Tensor | None = None) -> Encoded:
        """Return q(z | x) of pictures (N, H, W) in [0, 1], given their classes (N,)."""
        y = self.encoder(self._told(x.flatten(1), labels))
        return Encoded(self.mu(y), self.logvar(y))

    def decode(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return the likelihood's parameter, (N, H, W), of codes (N, Z).

        A logit a pixel for the Bernoulli, a mean in [0, 1] for the Gaussian.
        """
        y: Tensor = self.out(self.decoder(self._told(z, labels)))
        y = y.reshape(-1, *self.shape)
        return y if self.likelihood == "bernoulli" else y.sigmoid()

    def _told(self, x: Tensor, labels: Tensor | None) -> Tensor:
        if not self.classes:
            return x
        if labels is None:
            raise ValueError(f"This VAE needs a class of 0 to {self.classes - 1}.")
        return torch.cat([x, functional.one_hot(labels, self.classes).to(x)], dim=-1)

    def log_likelihood(self, x: Tensor, told: Tensor) -> Tensor:
        """Return log p(x | z) of every pixel; ``told`` is what ``decode`` gave."""
        if self.likelihood == "bernoulli":
            return x * told - functional.softplus(told)
        return log_normal(x, told, 2 * self.log_std)

    def picture(self, told: Tensor) -> Tensor:
        """Return the expected picture in [0, 1] of what ``decode`` gave."""
        return told.sigmoid() if self.likelihood == "bernoulli" else told


@dataclass(frozen=True, eq=False)
class Bound:
    """The evidence lower bound of N pictures, taken apart, in nats.

    Attributes
    ----------
    reconstruction : (N,) tensor
        E[log p(x | z)], of the samples that were drawn.
    kl : (N, Z) tensor
        Of every dimension.
    """

    reconstruction: Tensor
    kl: Tensor

    @property
    def elbo(self) -> Tensor:
        """(N,): reconstruction less KL."""
        return self.reconstruction - self.kl.sum(-1)


def bound(net: VAE, x: Tensor, noise: Tensor, labels: Tensor | None = None) -> Bound:
    """Return the bound with one sample a picture, ``noise`` (N, Z) being N(0, 1)."""
    seen = net.encode(x, labels)
    told = net.decode(seen.sample(noise), labels)
    return Bound(net.log_likelihood(x, told).flatten(1).sum(1), seen.kl())


def log_weights(
    net: VAE, x: Tensor, noise: Tensor, labels: Tensor | None = None
) -> Tensor:
    """Return log p(x, z) - log q(z | x) of k samples a picture: (k, N).

    ``noise`` is (k, N, Z). Their mean in the sense of ``logsumexp`` is the importance-
    weighted bound of Burda et al. 2016 (arXiv:1509.00519), equation 8.
    """
    seen = net.encode(x, labels)
    z, step = seen.sample(noise), max(1, AT_ONCE // len(x))
    found = []
    for start in range(0, len(z), step):
        part = z[start : start + step]
        told_of = None if labels is None else labels.repeat(len(part))
        told = net.decode(part.flatten(0, 1), told_of)
        seen_x = net.log_likelihood(x, told.reshape(len(part), *x.shape))
        likely = seen_x.flatten(2).sum(2)
        found.append(likely + log_prior(part) - seen.log_density(part))
    return torch.cat(found)
