"""DeepLabv3+ opened for the engine: methods of a ``Segmenter`` that holds one.

``strides``: the trunk's last map at output stride 32, 16 and 8. ``aspp``: what the ASPP
reads and what its atrous branches make of it. ``branch_off``: each branch switched off,
against a network that never had it. ``convs``: every convolution that runs. ``timed``:
the network alone, run by run. ``aspp_view`` adds what the ASPP's branches send on.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.models import aspp_view, probe
from explorer.models.classifier import fit
from explorer.models.deeplab import (
    BRANCHES,
    RATES,
    DeepLabV3Plus,
    Separable,
    scaled_rates,
)
from explorer.models.device import inference
from explorer.models.proofs.deeplab import without_branch
from explorer.models.stages import stage
from explorer.models.trunk import OUTPUT_STRIDES

if TYPE_CHECKING:
    from explorer.models.segmenters import Segmenter

Arrays = dict[str, NDArray[Any]]
Option = int | float | str | bool
PROBE_PX = 64  # two cells at stride 32, so that only the image's mean has one
Ran = tuple[str, tuple[int, ...]]  # name and shape of a convolution


def _net(model: "Segmenter") -> DeepLabV3Plus:
    if not isinstance(model.net, DeepLabV3Plus):
        raise TypeError(f"a DeepLabV3Plus is needed, got {type(model.net).__name__}")
    return model.net


def _read(model: "Segmenter", **switches: Option) -> dict[str, Any]:
    from explorer.models.segmenters import read_switches

    return read_switches(model.switches, switches)


def strides(model: "Segmenter", image: NDArray[np.uint8], side_px: int = 0) -> Arrays:
    """Return ``stride32``, ``stride16``, ``stride8`` ``(320, h, w)`` float32.

    ``apart`` counts the tensors that two of the three trunks do not share: 0; of
    ``tensors`` with ``parameters`` numbers.
    """
    with stage("resize"):
        x = model.tensor(image, side_px)
    net = _net(model)
    trunks = {s: net.trunk_at(s) for s in sorted(OUTPUT_STRIDES, reverse=True)}
    found: Arrays = {}
    for stride, trunk in trunks.items():
        with stage(f"stride {stride}"), inference(exact=True):
            found[f"stride{stride}"] = _plain(trunk(x).last[0])
    own = net.trunk.state_dict(keep_vars=True)
    apart = sum(
        own[name] is not value
        for trunk in trunks.values()
        for name, value in trunk.state_dict(keep_vars=True).items()
    )
    found["apart"] = np.array(apart)
    found["tensors"] = np.array(len(own))
    found["parameters"] = np.array(sum(p.numel() for p in own.values()))
    found["input_size"] = np.array(x.shape[2:])
    return found


def aspp(
    model: "Segmenter",
    image: NDArray[np.uint8],
    output_stride: Option = 16,
    rates: Option = "",
    side_px: int = 0,
) -> Arrays:
    """Return ``input`` ``(320, h, w)`` and for each atrous branch its working.

    For rate1 to rate3: ``NAME.filtered`` ``(320, h, w)`` straight from the
    depthwise kernels, ``NAME.output`` ``(128, h, w)``, and the weights
    ``NAME.depthwise`` ``(320, 3, 3)``, ``NAME.pointwise`` ``(128, 320)``,
    ``NAME.norm`` ``(4, 320)`` and ``NAME.mixed_norm`` ``(4, 128)``: mean,
    variance + eps, gain, offset. ``rates`` are those that ran.
    """
    net, read = _net(model), _read(model, output_stride=output_stride, rates=rates)
    used = read["rates"] or scaled_rates(RATES, read["output_stride"])
    with stage("resize"):
        x = model.tensor(image, side_px)
    with stage("network"), inference(exact=True):
        last = net.trunk_at(read["output_stride"])(x).last
        found = {"input": _plain(last[0])}
        for i, (branch, rate) in enumerate(
            zip(net.head.aspp.rates, used, strict=True), 1
        ):
            assert isinstance(branch, Separable)
            found |= _branch(f"rate{i}", branch, last, rate)
    found["rates"] = np.array(used)
    found["input_size"] = np.array(x.shape[2:])
    return found


def branch_off(
    model: "Segmenter", image: NDArray[np.uint8], side_px: int = 0
) -> Arrays:
    """Return ``delta`` and ``change``, one number a branch of ``BRANCHES``.

    ``delta``: switched off here against never built; ``change``: against all five.
    """
    net = _net(model)
    with stage("resize"):
        x = model.tensor(image, side_px)
    with stage("network"), inference(exact=True):
        seen = net.trunk(x)
        size = (x.shape[-2], x.shape[-1])
        full = net.head(seen.last, seen.stride4, size).logits
        pairs = []
        for name in BRANCHES:
            off = net.head(seen.last, seen.stride4, size, off=(name,)).logits
            never = without_branch(net.head, seen.last, seen.stride4, size, name)
            pairs.append(((off - never).abs().max(), (off - full).abs().max()))
    return {
        "branches": np.array(BRANCHES),
        "delta": np.array([float(d) for d, _ in pairs]),
        "change": np.array([float(c) for _, c in pairs]),
    }


def convs(
    model: "Segmenter",
    image: NDArray[np.uint8],
    output_stride: Option = 16,
    decoder: Option = True,
    side_px: int = 0,
) -> Arrays:
    """List every convolution that runs on this image, in order.

    A forward over a few cells shows which run and how much smaller than the input
    their outputs are; all sides are multiples of 32, so the image's own sizes
    follow exactly. ``name``; ``shape`` (in, out, groups, kernel, rows, columns);
    ``weights``, the number of elements of the loaded network's own tensor.
    """
    net = _net(model)
    read = _read(model, output_stride=output_stride, decoder=decoder)
    size = fit(image, side_px or model.side_px)
    seen: list[Ran] = []
    trunk, head = net.trunk_at(read["output_stride"]), net.head
    with stage("count"), inference():
        with _noting(trunk, "trunk", seen), _noting(head, "head", seen):
            maps = trunk(torch.zeros(1, 3, PROBE_PX, PROBE_PX, device=model.device))
            rates = scaled_rates(RATES, read["output_stride"])
            few = (PROBE_PX, PROBE_PX)
            head(maps.last, maps.stride4, few, rates, (), read["decoder"])
    own = dict(net.named_parameters())
    return {
        "name": np.array([name for name, _ in seen]),
        "shape": np.array([_grown(shape, size) for _, shape in seen]),
        "weights": np.array([own[f"{name}.weight"].numel() for name, _ in seen]),
    }


def timed(
    model: "Segmenter",
    image: NDArray[np.uint8],
    runs: int = 3,
    side_px: int = 0,
    **switches: Option,
) -> Arrays:
    """Return ``ms`` ``(runs,)``: the network alone, after one run to warm up."""
    net, read = _net(model), _read(model, **switches)
    x = model.tensor(image, side_px)
    times = []
    with stage("network"), inference():
        for _ in range(runs + 1):
            start = time.perf_counter()
            net(x, **read).logits.sum().item()
            times.append((time.perf_counter() - start) * 1e3)
    return {"ms": np.array(times[1:])}


@contextmanager
def _noting(part: nn.Module, prefix: str, seen: list[Ran]) -> Iterator[None]:
    """Append each convolution that runs in the block."""
    convs = {n: m for n, m in part.named_modules() if isinstance(m, nn.Conv2d)}

    def note(name: str, ins: Any, output: Tensor) -> None:
        m = convs[name]
        shape = (m.in_channels, m.out_channels, m.groups, m.kernel_size[0])
        seen.append((f"{prefix}.{name}", (*shape, *output.shape[2:])))

    with probe.hooked(part, convs, note):
        yield


def _grown(shape: tuple[int, ...], size: tuple[int, int]) -> tuple[int, ...]:
    """Return a shape seen on the probe's input as it is on one of ``size``.

    Examples
    --------
    >>> _grown((8, 8, 1, 3, 4, 4), (96, 160)), _grown((8, 8, 1, 1, 1, 1), (96, 160))
    ((8, 8, 1, 3, 6, 10), (8, 8, 1, 1, 1, 1))
    """
    *kind, rows, columns = shape
    if rows == columns == 1:  # the image's mean: one cell, whatever the size
        return shape
    return *kind, rows * size[0] // PROBE_PX, columns * size[1] // PROBE_PX


def _branch(name: str, net: Separable, x: Tensor, rate: int) -> Arrays:
    mix, mixed_norm = net.pointwise[0], net.pointwise[1]
    assert isinstance(mix, nn.Conv2d)
    assert isinstance(mixed_norm, nn.BatchNorm2d)
    return {
        f"{name}.filtered": _plain(net.depthwise(x, rate)[0]),
        f"{name}.output": _plain(net(x, rate)[0]),
        f"{name}.depthwise": _plain(net.depthwise.weight[:, 0]),
        f"{name}.pointwise": _plain(mix.weight[:, :, 0, 0]),
        f"{name}.norm": _norm(net.norm),
        f"{name}.mixed_norm": _norm(mixed_norm),
    }


def _norm(norm: nn.BatchNorm2d) -> NDArray[Any]:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    rows = (norm.running_mean, norm.running_var + norm.eps, norm.weight, norm.bias)
    return np.stack([_plain(row) for row in rows])


def _plain(x: Tensor) -> NDArray[Any]:
    return np.array(x.detach().float().cpu().numpy())


METHODS: Mapping[str, Callable[..., Arrays]] = {
    "strides": strides,
    "aspp": aspp,
    "branch_off": branch_off,
    "convs": convs,
    "timed": timed,
    **aspp_view.METHODS,
}
