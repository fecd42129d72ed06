"""The convolutional decoder, done again with numpy from the weights file."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.proof import Proof
from explorer.models.proofs.gap import gap
from explorer.models.proofs.latent import LEVELS, Weights, weights_of
from explorer.models.records import Record

LEAKY = 0.2
NORM_EPS = 1e-5
LEAST_SIDE = 4

Float64 = NDArray[np.float64]


def plain_face_decode(record: Record, z: ArrayLike) -> Float64:
    """Decode one code (Z,): (64, 64, 3) in levels of 255.

    Windows and one matrix product stand for each convolution.
    """
    state = weights_of(record)
    y = state["start.weight"] @ np.asarray(z, np.float64) + state["start.bias"]
    y = y.reshape(-1, LEAST_SIDE, LEAST_SIDE)
    layers = sorted({k.split(".")[1] for k in state if k.startswith("decoder.")})
    for layer in layers:
        y = y.repeat(2, axis=1).repeat(2, axis=2)  # nearest neighbours
        y = _normed(_convolved(y, state[f"decoder.{layer}.0.weight"]), state, layer)
        y = np.where(y > 0, y, LEAKY * y)
    y = _convolved(y, state["out.weight"]) + state["out.bias"][:, None, None]
    return 255 / (1 + np.exp(-_shuffled(y)))


def _convolved(y: Float64, kernel: Float64) -> Float64:
    """Convolve (C, H, W) with (D, C, 3, 3), zeros around it."""
    padded = np.pad(y, ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))
    return np.asarray(np.tensordot(kernel, windows, axes=((1, 2, 3), (0, 3, 4))))


def _normed(y: Float64, state: Weights, layer: str) -> Float64:
    mean, var, weight, bias = (
        state[f"decoder.{layer}.1.{k}"][:, None, None]
        for k in ("running_mean", "running_var", "weight", "bias")
    )
    return (y - mean) / np.sqrt(var + NORM_EPS) * weight + bias


def _shuffled(y: Float64) -> Float64:
    """Lay four maps a colour out as 2 x 2 pixels: (12, H, W) to (2H, 2W, 3)."""
    _, high, wide = y.shape
    parts = y.reshape(3, 2, 2, high, wide).transpose(3, 1, 4, 2, 0)
    return parts.reshape(2 * high, 2 * wide, 3)


def prove_face_decoder(record: Record, z: ArrayLike, image: NDArray[Any]) -> Proof:
    """Compare a decoded face with numpy's."""
    far = gap(image.astype(np.float64), plain_face_decode(record, z))
    note = "the decoder layer by layer, from the weights file"
    return Proof("numpy.tensordot", far, LEVELS, " levels of 255", note)
