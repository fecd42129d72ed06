"""Receptive fields of a loaded network: its graph, its gradients, and a check.

Any runner whose network takes an image as ``(1, 3, H, W)`` can offer these methods.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.models.device import plain_convolutions
from explorer.models.probe import hooked
from explorer.models.receptive_field import trace, twin
from explorer.models.stages import stage

Arrays = dict[str, np.ndarray[Any, Any]]
# Makes the network's input of an image: (image, longest side in px or 0) -> x.
Prepare = Callable[[np.ndarray[Any, Any], int], Tensor]
PROBES = ("outside", "first", "last")  # pixels that are 1, along rows, then columns
# Whose runners offer these methods; pages list the records of these.
ARCHITECTURES = (
    "efficientnet_lite0",
    *("fcn32s", "fcn16s", "fcn8s", "segnet", "unet", "deeplabv3plus"),
)
NARROW_PX = 64  # across: what a unit reads along one axis is the same at any width
SEED = 0  # of the random weights


class FieldMethods:
    """What a runner adds to its methods.

    Methods
    -------
    graph(height, width)
        ``Graph.arrays`` of the network at an input size.
    field(image, layer, row, col, side_px, untrained)
        ``gradient`` ``(h, w)`` float32: how much each pixel of the network's input
        changes one unit of a layer, the sum of all its channels; absolute values
        summed over red, green and blue. ``untrained``: with random weights instead.
    field_check(layer, row, col, height, width, x1, y1, x2, y2)
        ``responses`` ``(2, 3)`` float32 of the unit, all weights of the network made
        positive: along rows, then columns, to ones outside the box alone, at its first
        line alone and at its last alone. The box is right if the first of each three
        is 0 and the others are above 0.
    """

    def __init__(self, net: nn.Module, prepare: Prepare, device: str) -> None:
        self.net, self.prepare, self.device = net, prepare, device
        self._twins: dict[str, nn.Module] = {}

    def methods(self) -> Mapping[str, Callable[..., Arrays]]:
        """Return the methods by name."""
        return {
            "graph": self.graph,
            "field": self.field,
            "field_check": self.field_check,
        }

    def graph(self, height: int, width: int) -> Arrays:
        """Return the network's maps at an input size, as arrays."""
        with stage("graph"):
            return trace(self.net, height, width).arrays()

    def field(
        self,
        image: np.ndarray[Any, Any],
        layer: str,
        row: int,
        col: int,
        side_px: int = 0,
        untrained: bool = False,
    ) -> Arrays:
        """Return the gradient of one unit with respect to the network's input."""
        with stage("resize"):
            x = self.prepare(image, side_px)
        net = self._twin("untrained") if untrained else self.net
        with stage("gradient"), plain_convolutions():
            gradient = unit_gradient(net, x, layer, row, col)
        return {"gradient": gradient.float().cpu().numpy()}

    def field_check(
        self,
        layer: str,
        row: int,
        col: int,
        height: int,
        width: int,
        x1: int,
        y1: int,
        x2: int,
        y2: int,
    ) -> Arrays:
        """Return the unit's responses to what lies outside its box and at its ends."""
        net = self._twin("positive")
        with stage("check"), plain_convolutions(), torch.no_grad():
            found = [
                _ends(net, layer, axis, *place, device=self.device)
                for axis, place in enumerate(
                    ((row, height, y1, y2), (col, width, x1, x2))
                )
            ]
        return {"responses": torch.stack(found).float().cpu().numpy()}

    def _twin(self, kind: str) -> nn.Module:
        """Return the network with other weights, made once."""
        if kind not in self._twins:
            source = torch.Generator().manual_seed(SEED)
            fill = positive if kind == "positive" else partial(untrained, source)
            self._twins[kind] = twin(self.net, fill)
        return self._twins[kind]


def _ends(
    net: nn.Module,
    layer: str,
    axis: int,
    unit: int,
    size: int,
    first: int,
    last: int,
    device: str,
) -> Tensor:
    """Return a unit's responses along one axis, on an input narrow across it."""
    x = torch.zeros(len(PROBES), 3, size, min(size, NARROW_PX), device=device)
    x[0] = 1
    x[0, :, first:last] = 0
    x[1, :, first] = 1
    x[2, :, last - 1] = 1
    seen = _output(net, x if axis == 0 else x.transpose(2, 3).contiguous(), layer)
    across = seen.shape[3 - axis] // 2
    place = (unit, across) if axis == 0 else (across, unit)
    return _unit(seen, layer, *place)


def unit_gradient(net: nn.Module, x: Tensor, layer: str, row: int, col: int) -> Tensor:
    """Differentiate one unit, the sum of its channels, by the input's pixels.

    Parameters
    ----------
    net : nn.Module
        In evaluation mode; its own gradients are not touched.
    x : (1, C, H, W) Tensor
        The input.
    layer : str
        A module's name; its output is ``(1, channels, rows, cols)``.
    row, col : int
        The unit.

    Returns
    -------
    (H, W) Tensor
        Absolute values summed over the input's channels.

    Raises
    ------
    ValueError
        If there is no such layer or no such unit.

    References
    ----------
    Luo et al. 2016, arXiv:1701.04128, section 2: the gradient of one unit is what
    each pixel contributes to it.

    Examples
    --------
    >>> net = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1, bias=False))
    >>> nn.init.ones_(net[0].weight).shape
    torch.Size([1, 1, 3, 3])
    >>> unit_gradient(net, torch.zeros(1, 1, 3, 4), "0", 0, 0).tolist()
    [[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    """
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        total = _unit(_output(net, x, layer), layer, row, col).sum()
        (slope,) = torch.autograd.grad(total, x)
    total_px: Tensor = slope[0].abs().sum(0)
    return total_px


class _ReachedError(Exception):
    """The layer has run: what comes after it need not."""


def _output(net: nn.Module, x: Tensor, layer: str) -> Tensor:
    """Run a network up to a layer and return that layer's output."""
    seen: list[Tensor] = []

    def note(_: str, _ins: Any, out: Any) -> None:
        seen.append(out)
        raise _ReachedError

    with hooked(net, [layer], note):
        try:
            net(x)
        except _ReachedError:
            return seen[0]
    raise ValueError(f"The layer {layer!r} did not run on this input.")


def _unit(seen: Tensor, layer: str, row: int, col: int) -> Tensor:
    """Return the sum over one unit's channels for each image, ``(N,)``."""
    if not isinstance(seen, Tensor) or seen.dim() != 4:
        raise ValueError(f"The layer {layer!r} gives no map with rows and columns.")
    rows, cols = seen.shape[2:]
    if not (0 <= row < rows and 0 <= col < cols):
        raise ValueError(
            f"{layer} has {rows} × {cols} units; there is no unit ({row}, {col})."
        )
    values: Tensor = seen[:, :, row, col].sum(1)
    return values


def positive(name: str, weight: Tensor) -> Tensor:
    """Fill a weight so that no path can cancel another: a mean over channels."""
    if weight.dim() > 1:
        return torch.full_like(weight, 1 / weight.shape[1])
    return _neutral(name, weight)


def untrained(source: torch.Generator, name: str, weight: Tensor) -> Tensor:
    """Fill a weight as before training: normal, scaled by He et al. (2015)."""
    if weight.dim() > 1:
        spread = (2 / weight[0].numel()) ** 0.5
        drawn: Tensor = torch.randn(weight.shape, generator=source) * spread
        return drawn.to(weight.device, weight.dtype)
    return _neutral(name, weight)


def _neutral(name: str, weight: Tensor) -> Tensor:
    """Let a norm change nothing: shift by 0, scale by 1."""
    last = name.rpartition(".")[2]
    if last in ("bias", "running_mean"):
        return torch.zeros_like(weight)
    if last in ("weight", "running_var"):
        return torch.ones_like(weight)
    return weight.clone()
