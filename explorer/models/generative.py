"""The engine's face of the generative networks: arrays in, arrays out.

Codes and pictures come and go in batches. Grey pictures are (N, H, W), colour ones
(N, 64, 64, 3), uint8.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.models.autoencoder import Autoencoder
from explorer.models.device import choose, inference
from explorer.models.digit_classifier import DigitClassifier
from explorer.models.face_vae import FaceVAE
from explorer.models.records import Record
from explorer.models.segmenters import as_float
from explorer.models.stages import stage
from explorer.models.vae import VAE, log_weights

Arrays = dict[str, NDArray[Any]]
Images = NDArray[np.uint8]
Label = int | NDArray[np.integer[Any]]

MOST_PICTURES = 512  # in one job
MOST_SAMPLES = 200  # of the encoder, a picture
NO_LABEL = -1


def build(record: Record) -> nn.Module:
    """Make a record's network, its weights still to be loaded."""
    arguments = dict(record.arguments)
    z, shape = int(arguments.pop("z", 0)), tuple(arguments.pop("shape", (28, 28)))
    arguments.pop("beta", None)
    if record.architecture == "classifier":
        return DigitClassifier(len(record.classes))
    if record.architecture == "autoencoder":
        return Autoencoder(shape, z)
    if len(shape) == 3:
        return FaceVAE(z)
    classes = len(record.classes) if record.architecture == "cvae" else 0
    return VAE(shape, z, classes, **arguments)


def load(record: Record, paths: tuple[Path, ...]) -> "Runner":
    """Build the network and load every weight strictly."""
    net = build(record)
    net.load_state_dict(as_float(load_file(paths[0])), strict=True)
    return runner(net, record)


def runner(net: nn.Module, record: Record) -> "Runner":
    """Wrap a network by what it is."""
    kinds: Mapping[str, type[Runner]] = {
        "classifier": Classifier,
        "autoencoder": Coder,
        "vae": Variational,
        "cvae": Variational,
    }
    return kinds[record.architecture](net, record)


class Runner:
    """What all of them share: device, pictures to tensors and back."""

    def __init__(self, net: nn.Module, record: Record) -> None:
        self.device = choose()
        self.net = net.to(self.device).eval().requires_grad_(False)
        self.shape = tuple(record.arguments.get("shape", (28, 28)))
        self.methods: dict[str, Callable[..., Arrays]] = {}

    def x(self, images: Images) -> Tensor:
        """Return pictures as the network takes them, in [0, 1].

        Raises
        ------
        ValueError
            If they are not of the network's size, or too many.
        """
        if images.ndim != len(self.shape) + 1 or images.shape[1:] != self.shape:
            size = " x ".join(map(str, self.shape))
            raise ValueError(
                f"The pictures are {images.shape}; this network takes N of {size}."
            )
        self.count(len(images))
        x = torch.from_numpy(np.ascontiguousarray(images)).to(self.device).float() / 255
        return x.permute(0, 3, 1, 2) if len(self.shape) == 3 else x

    def count(self, number: int) -> None:
        """Refuse more pictures at once than one job may hold."""
        if not 1 <= number <= MOST_PICTURES:
            raise ValueError(
                f"{number} pictures were asked for; it must be 1 to {MOST_PICTURES}."
            )

    def image(self, x: Tensor) -> Images:
        """Return pictures in [0, 1] as bytes."""
        if x.ndim == 4:
            x = x.permute(0, 2, 3, 1)
        whole = (x.float().clamp(0, 1) * 255).round().to(torch.uint8)
        return np.asarray(whole.cpu().numpy())


class Classifier(Runner):
    """p(y | x)."""

    def __init__(self, net: nn.Module, record: Record) -> None:
        super().__init__(net, record)
        self.methods = {"classify": self.classify}

    def classify(self, images: Images) -> Arrays:
        """Return ``logits`` and ``probs``, (N, C)."""
        with stage("network"), inference(exact=True):
            logits = self.net(self.x(images)).float()
            return {"logits": array(logits), "probs": array(logits.softmax(1))}


class Coder(Runner):
    """An autoencoder's two halves."""

    net: Autoencoder

    def __init__(self, net: nn.Module, record: Record) -> None:
        super().__init__(net, record)
        self.methods = {"encode": self.encode, "decode": self.decode}

    def encode(self, images: Images) -> Arrays:
        """Return ``mu`` (N, Z): the codes themselves."""
        with stage("encoder"), inference(exact=True):
            return {"mu": array(self.net.encode(self.x(images)))}

    def decode(self, z: NDArray[Any]) -> Arrays:
        """Return ``images`` (N, H, W) of codes (N, Z)."""
        code = codes(z, self.net.z, self.count).to(self.device)
        with stage("decoder"), inference(exact=True):
            return {"images": self.image(self.net.decode(code).sigmoid())}


class Variational(Runner):
    """A VAE's two halves and its bound, with or without a class."""

    net: VAE

    def __init__(self, net: nn.Module, record: Record) -> None:
        super().__init__(net, record)
        self.methods = {
            "encode": self.encode,
            "decode": self.decode,
            "opened": self.opened,
            "evidence": self.evidence,
            "every_class": self.every_class,
        }

    def labels(self, label: Label, count: int) -> Tensor | None:
        """Return the class of every picture, or None for a network without classes.

        Raises
        ------
        ValueError
            If a class is none of the network's.
        """
        if not self.net.classes:
            return None
        told = np.broadcast_to(np.asarray(label, np.int64), (count,))
        for one in told[(told < 0) | (told >= self.net.classes)][:1]:
            raise ValueError(
                f"label is {one}; this network needs 0 to {self.net.classes - 1}."
            )
        return torch.from_numpy(told.copy()).to(self.device)

    def encode(self, images: Images, label: int = NO_LABEL) -> Arrays:
        """Return ``mu`` and ``logvar``, (N, Z)."""
        with stage("encoder"), inference(exact=True):
            x = self.x(images)
            seen = self.net.encode(x, self.labels(label, len(x)))
            return {"mu": array(seen.mu), "logvar": array(seen.logvar)}

    def decode(self, z: NDArray[Any], label: Label = NO_LABEL) -> Arrays:
        """Return ``images`` of codes (N, Z), of one ``label`` or (N,), one for each."""
        code = codes(z, self.net.z, self.count).to(self.device)
        with stage("decoder"), inference(exact=True):
            told = self.net.decode(code, self.labels(label, len(code)))
            return {"images": self.image(self.net.picture(told))}

    def opened(
        self, image: Images, seed: int = 0, samples: int = 1, label: int = NO_LABEL
    ) -> Arrays:
        """Return every step for one picture (H, W) or (H, W, 3).

        ``mu``, ``logvar``, ``kl`` (Z,); ``noise``, ``z`` (S, Z); ``images`` (S, ...)
        decoded; ``log_likelihood`` (S, H, W), of every pixel, colours summed;
        ``reconstruction`` (S,) its sums; ``log_weights`` (S,), log p(x, z) - log
        q(z | x).
        """
        noise = self.noise(seed, samples)
        with stage("network"), inference(exact=True):
            x = self.x(image[None])
            told_of = self.labels(label, 1)
            seen = self.net.encode(x, told_of)
            z = seen.sample(noise)
            told = self.net.decode(z, self.labels(label, samples))
            pixels = self.net.log_likelihood(x, told)
            if pixels.ndim == 4:
                pixels = pixels.sum(1)
            weights = log_weights(self.net, x, noise[:, None], told_of)[:, 0]
            return {
                "mu": array(seen.mu[0]),
                "logvar": array(seen.logvar[0]),
                "kl": array(seen.kl()[0]),
                "noise": array(noise),
                "z": array(z),
                "images": self.image(self.net.picture(told)),
                "log_likelihood": array(pixels),
                "reconstruction": array(pixels.flatten(1).sum(1)),
                "log_weights": array(weights),
            }

    def evidence(self, images: Images, samples: int = 50, seed: int = 0) -> Arrays:
        """Return ``log_weights`` (N, C, S) of pictures for every class (C = 1: none).

        ``logsumexp`` over the samples less log S bounds log p(x | y); the same noise
        serves all classes and pictures.
        """
        noise = self.noise(seed, samples)[:, None]
        with stage("network"), inference(exact=True):
            x = self.x(images)
            found = [
                log_weights(
                    self.net, x, noise.expand(-1, len(x), -1), self.labels(y, len(x))
                )
                for y in range(max(self.net.classes, 1))
            ]
            return {"log_weights": array(torch.stack(found).permute(2, 0, 1))}

    def every_class(self, images: Images) -> Arrays:
        """Return ``images`` (N, C, H, W): decoded from mu, told each class in turn."""
        with stage("both halves"), inference(exact=True):
            x = self.x(images)
            found = []
            for y in range(max(self.net.classes, 1)):
                label = self.labels(y, len(x))
                told = self.net.decode(self.net.encode(x, label).mu, label)
                found.append(self.image(self.net.picture(told)))
            return {"images": np.stack(found, axis=1)}

    def noise(self, seed: int, samples: int) -> Tensor:
        """Return standard normal numbers (S, Z), the same on every device."""
        if not 1 <= samples <= MOST_SAMPLES:
            raise ValueError(
                f"{samples} samples were asked for; it must be 1 to {MOST_SAMPLES}."
            )
        drawn = torch.randn(
            samples, self.net.z, generator=torch.Generator().manual_seed(seed)
        )
        return drawn.to(self.device)


def codes(z: NDArray[Any], size: int, count: Callable[[int], None]) -> Tensor:
    """Return codes as a tensor (N, Z).

    Raises
    ------
    ValueError
        If they have another number of dimensions, or are not finite.
    """
    z = np.asarray(z, np.float32)
    if z.ndim != 2 or z.shape[1] != size:
        raise ValueError(f"The codes are {z.shape}; this network takes (N, {size}).")
    if not np.isfinite(z).all():
        raise ValueError("A code has a number that is not finite.")
    count(len(z))
    return torch.from_numpy(z.copy())


def array(x: Tensor) -> NDArray[Any]:
    """Return a tensor's numbers as float32."""
    return np.asarray(x.detach().float().cpu().numpy())
