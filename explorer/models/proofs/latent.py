"""The decoder, done again with numpy from the weights file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors.numpy import load_file

from explorer.core.proof import BROWSER, Proof
from explorer.models import weights
from explorer.models.proofs.gap import gap
from explorer.models.records import Record

NATS = 0.02  # single precision over some hundred pixels, sure ones among them
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
    (path,) = weights.locate(record)
    state = _weights(path)
    y = np.asarray(z, np.float64)
    layers = sorted(k[:-7] for k in state if k.startswith("decoder.") and "weight" in k)
    for name in layers:
        y = np.maximum(y @ state[f"{name}.weight"].T + state[f"{name}.bias"], 0)
    y = y @ state["out.weight"].T + state["out.bias"]
    shape = record.arguments["shape"]
    return np.asarray(255 / (1 + np.exp(-y))).reshape(-1, *shape)


def _weights(path: Path) -> Mapping[str, NDArray[np.float64]]:
    return {k: v.astype(np.float64) for k, v in load_file(path).items()}


def prove_decoder(record: Record, z: ArrayLike, images: ArrayLike) -> Proof:
    """Compare decoded pictures with three matrix products in numpy."""
    wanted = plain_decode(record, z)
    note = f"{len(wanted)} codes through the decoder's three matrices in numpy"
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
    """Compare KL and log p(x|z) with torch.distributions, given mu, logvar and z."""
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
    found = np.r_[arrays["kl"], arrays["reconstruction"]]
    far = gap(found, np.r_[kl, likely.sum((1, 2)).numpy()])
    note = "KL a number, and log p(x|z) a draw, in double precision"
    return Proof("torch.distributions", far, NATS, " nats", note)
