"""The decoder, done again with numpy from the weights file."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors.numpy import load_file

from explorer.core.proof import BROWSER, Proof
from explorer.models import weights
from explorer.models.proofs.gap import gap, share_of_largest
from explorer.models.records import Record

Weights = Mapping[str, NDArray[np.float64]]
Codes = tuple[NDArray[np.float64], NDArray[np.float64]]

NATS = 0.02  # single precision over some hundred pixels, sure ones among them
CODE_SHARE = 1e-4  # of the largest number of a code: single precision
_CLOUD = ("mu", "logvar")
LEVELS = 1.0  # of 255: half a level of rounding on either side


def plain_decode(record: Record, z: ArrayLike) -> NDArray[np.float64]:
    """Run a dense decoder as three matrix products: pictures in levels of 255.

    Parameters
    ----------
    record : Record
        Of a VAE or an autoencoder of grey pictures without classes.
    z : (N, Z) array_like

    Returns
    -------
    (N, H, W) float array
    """
    state = weights_of(record)
    y = _dense(state, "decoder", np.asarray(z, np.float64))
    y = y @ state["out.weight"].T + state["out.bias"]
    shape = record.arguments["shape"]
    return np.asarray(255 / (1 + np.exp(-y))).reshape(-1, *shape)


def plain_code(record: Record, image: NDArray[np.uint8]) -> Codes:
    """Run a dense encoder as matrix products.

    Returns
    -------
    (Z,), (Z,) float arrays
        Mean and logarithm of the variance; the second is empty for an autoencoder.
    """
    state = weights_of(record)
    hidden = _dense(state, "encoder", image.reshape(1, -1) / 255.0)
    names = _CLOUD if "mu.weight" in state else ("code",)
    found = [(hidden @ state[f"{k}.weight"].T + state[f"{k}.bias"])[0] for k in names]
    return found[0], found[1] if len(found) > 1 else np.zeros(0)


def prove_code(record: Record, image: NDArray[np.uint8], code: ArrayLike) -> Proof:
    """Compare the code (Z,) of a picture with three matrix products in numpy."""
    wanted, _ = plain_code(record, image)
    note = f"the code of {len(wanted)} numbers, by the encoder's matrices in numpy"
    far = gap(np.asarray(code, np.float64), wanted)
    return Proof("numpy.matmul", far, share_of_largest(wanted, CODE_SHARE), "", note)


def weights_of(record: Record) -> Weights:
    """Return a model's weights by name, in double precision, with no torch."""
    (path,) = weights.locate(record)
    return _read(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _read(path: Path, changed_ns: int) -> Weights:
    """Read a file again only when it has changed: a moved slider proves anew."""
    return {k: v.astype(np.float64) for k, v in load_file(path).items()}


def prove_decoder(record: Record, z: ArrayLike, images: ArrayLike) -> Proof:
    """Compare decoded pictures with three matrix products in numpy."""
    wanted = plain_decode(record, z)
    many = "1 code" if len(wanted) == 1 else f"{len(wanted)} codes"
    note = f"{many} through the decoder's three matrices in numpy"
    far = gap(np.asarray(images, np.float64), wanted)
    return Proof("numpy.matmul", far, LEVELS, " levels of 255", note)


def prove_shown(record: Record, sent: Mapping[str, Any]) -> Proof:
    """Compare the picture that the browser shows with numpy's for the same code."""
    wanted = plain_decode(record, [sent["z"]])
    shown = np.asarray(sent["picture"], np.float64).reshape(wanted.shape)
    note = "the picture beside the plane, against numpy's for the same code"
    return Proof(BROWSER, gap(shown, wanted), LEVELS, " levels of 255", note)


def prove_bound(
    record: Record, arrays: Mapping[str, NDArray[Any]], image: NDArray[np.uint8]
) -> Proof:
    """Compare KL, log p(x|z) and log weights with torch.distributions.

    Given are mu, logvar and z.
    """
    import torch
    from torch import distributions

    mu, logvar = (torch.from_numpy(arrays[k].astype(np.float64)) for k in _CLOUD)
    cloud = distributions.Normal(mu, (logvar / 2).exp())
    prior = distributions.Normal(torch.zeros_like(mu), torch.ones_like(mu))
    kl = distributions.kl_divergence(cloud, prior).numpy()
    whites = torch.from_numpy(plain_decode(record, arrays["z"]) / 255)
    x = torch.from_numpy(image / 255.0).expand_as(whites)
    kind = distributions.Bernoulli(probs=whites, validate_args=False)
    likely = kind.log_prob(x)  # type: ignore[no-untyped-call]
    z, told = torch.from_numpy(arrays["z"].astype(np.float64)), likely.sum((1, 2))
    weights = told + (prior.log_prob(z) - cloud.log_prob(z)).sum(1)  # type: ignore[no-untyped-call]
    found = np.r_[arrays["kl"], arrays["reconstruction"], arrays["log_weights"]]
    far = gap(found, np.r_[kl, told.numpy(), weights.numpy()])
    note = f"{record.title}: KL a number; log p(x|z), log weight a draw"
    return Proof("torch.distributions", far, NATS, " nats", note)


def prove_evidence(
    record: Record, image: NDArray[np.uint8], log_weights: NDArray[np.float64]
) -> Proof:
    """Work out log p(x, z) - log q(z|x) with numpy, for every class of a picture.

    The noise is torch's own, drawn again from the same seed.
    """
    import torch

    classes, samples = log_weights.shape
    state, z = weights_of(record), int(record.arguments["z"])
    drawn = torch.randn(samples, z, generator=torch.Generator().manual_seed(0))
    noise, x = drawn.numpy().astype(np.float64), image.ravel() / 255.0
    found = []
    for y in range(classes):
        told = np.eye(classes)[y]
        hidden = _dense(state, "encoder", np.r_[x, told][None])
        mu, logvar = (
            hidden @ state[f"{k}.weight"].T + state[f"{k}.bias"] for k in _CLOUD
        )
        code = mu + np.exp(logvar / 2) * noise
        wide = _dense(state, "decoder", np.c_[code, np.tile(told, (samples, 1))])
        logits = wide @ state["out.weight"].T + state["out.bias"]
        likely = (x * logits - np.logaddexp(0, logits)).sum(axis=1)
        prior = -0.5 * (code**2).sum(axis=1)
        cloud = -0.5 * (noise**2 + logvar).sum(axis=1)  # 2 pi falls out
        found.append(likely + prior - cloud)
    far = gap(log_weights, np.stack(found))
    note = f"log weights of {samples} codes for each of {classes} classes"
    return Proof("numpy.matmul", far, NATS, " nats", note)


def _dense(state: Weights, part: str, y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Run the layers of one half of the network, each with its ReLU."""
    names = sorted(
        k[:-7] for k in state if k.startswith(f"{part}.") and k.endswith("weight")
    )
    for name in names:
        y = np.maximum(y @ state[f"{name}.weight"].T + state[f"{name}.bias"], 0)
    return y
