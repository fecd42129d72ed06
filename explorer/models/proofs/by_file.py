"""Layers computed again from the weights in a shipped file, by torch's functions."""

from typing import Any

from explorer.models import weights, zoo
from explorer.models.conv_norm import NORM_EPS

State = dict[str, Any]  # tensors by name, float64
_NORM = ("running_mean", "running_var", "weight", "bias")
TOLERANCE = 1e-3  # thousands of products, summed by the network in float32


def state_of(name: str, part: str) -> State:
    """Return a model's weights whose names begin with ``part``, in float64."""
    from safetensors.torch import load_file

    file = load_file(weights.locate(zoo.record(name))[0])
    return {key: value.double() for key, value in file.items() if key.startswith(part)}


def conv_norm(x: Any, state: State, part: str) -> Any:
    """Return the convolution, normalisation and ReLU6 of ``part``: (N, C, H, W)."""
    from torch.nn import functional

    kernel = state[f"{part}.conv.weight"]
    groups = x.shape[1] if kernel.shape[1] == 1 else 1  # one kernel a channel, or all
    x = functional.conv2d(x, kernel, padding=kernel.shape[-1] // 2, groups=groups)
    mean, var, weight, bias = (state[f"{part}.norm.{k}"] for k in _NORM)
    x = functional.batch_norm(x, mean, var, weight, bias, eps=NORM_EPS)
    return x.clamp(0, 6)
