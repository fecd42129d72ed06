"""What the lesson on DeepLab asks of the network beyond a segmentation."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.models import probe
from explorer.models.deeplab import (
    BRANCHES,
    RATES,
    DeepLabV3Plus,
    Separable,
    scaled_rates,
)
from explorer.models.device import inference
from explorer.models.proofs.deeplab import without_branch
from explorer.models.records import Record
from explorer.models.segmenters import Arrays, Option, Segmenter, read_switches
from explorer.models.stages import stage
from explorer.models.trunk import OUTPUT_STRIDES, Trunk, at_stride

Ran = tuple[str, tuple[int, ...], int]  # name, shape, weights of a convolution


class DeepLab(Segmenter):
    """DeepLabv3+ with its inside.

    Methods
    -------
    strides(image)
        The trunk's last map at output stride 32, 16 and 8, all channels, and how many
        of their weights are not one and the same tensor.
    aspp(image, output_stride, rates)
        What the ASPP reads and what each of its atrous branches makes of it, with
        the branch's weights.
    branch_off(image)
        The logits with each ASPP branch switched off, and those of a network whose
        projection never had that branch: the largest difference of the two.
    convs(image, output_stride, decoder)
        Every convolution as it ran: names and shapes.
    timed(image, runs, ...)
        Milliseconds of the network alone, run by run.
    """

    net: DeepLabV3Plus

    def __init__(self, net: nn.Module, record: Record) -> None:
        super().__init__(net, record)
        self._sparse = at_stride(self.net.trunk, 32)
        more = (self.strides, self.aspp, self.branch_off, self.convs, self.timed)
        self.methods = {**self.methods, **{one.__name__: one for one in more}}

    def strides(self, image: NDArray[np.uint8], side_px: int = 0) -> Arrays:
        """Return ``stride32``, ``stride16``, ``stride8`` ``(320, h, w)`` float32.

        ``shared`` counts the tensors that two of the three trunks do not share: 0.
        """
        with stage("resize"):
            x = self.tensor(image, side_px)
        trunks = {s: self._trunk(s) for s in OUTPUT_STRIDES}
        found: Arrays = {}
        for stride, trunk in trunks.items():
            with stage(f"stride {stride}"), inference(exact=True):
                found[f"stride{stride}"] = _plain(trunk(x).last[0])
        own = self.net.trunk.state_dict(keep_vars=True)
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

    def _trunk(self, output_stride: int) -> Trunk:
        if output_stride == 8:
            return self.net.fine_trunk()
        return self.net.trunk if output_stride == 16 else self._sparse

    def aspp(
        self,
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
        read = read_switches(
            self.switches, {"output_stride": output_stride, "rates": rates}
        )
        used = read["rates"] or scaled_rates(RATES, read["output_stride"])
        with stage("resize"):
            x = self.tensor(image, side_px)
        with stage("network"), inference(exact=True):
            last = self._trunk(read["output_stride"])(x).last
            found = {"input": _plain(last[0])}
            for i, (net, rate) in enumerate(
                zip(self.net.head.aspp.rates, used, strict=True), 1
            ):
                assert isinstance(net, Separable)
                found |= _branch(f"rate{i}", net, last, rate)
        found["rates"] = np.array(used)
        found["input_size"] = np.array(x.shape[2:])
        return found

    def branch_off(self, image: NDArray[np.uint8], side_px: int = 0) -> Arrays:
        """Return ``delta`` and ``change``, one number a branch of ``BRANCHES``.

        ``delta``: switched off here against never built; ``change``: against all five.
        """
        with stage("resize"):
            x = self.tensor(image, side_px)
        with stage("network"), inference(exact=True):
            seen = self.net.trunk(x)
            size = (x.shape[-2], x.shape[-1])
            full = self.net.head(seen.last, seen.stride4, size).logits
            pairs = []
            for name in BRANCHES:
                off = self.net.head(seen.last, seen.stride4, size, off=(name,)).logits
                never = without_branch(
                    self.net.head, seen.last, seen.stride4, size, name
                )
                pairs.append(((off - never).abs().max(), (off - full).abs().max()))
        return {
            "branches": np.array(BRANCHES),
            "delta": np.array([float(d) for d, _ in pairs]),
            "change": np.array([float(c) for _, c in pairs]),
        }

    def convs(
        self,
        image: NDArray[np.uint8],
        output_stride: Option = 16,
        decoder: Option = True,
        side_px: int = 0,
    ) -> Arrays:
        """List every convolution that ran, in order.

        ``name``; ``shape`` (in, out, groups, kernel, rows, columns); ``weights``, the
        number of elements of its own tensor.
        """
        read = read_switches(
            self.switches, {"output_stride": output_stride, "decoder": decoder}
        )
        x = self.tensor(image, side_px)
        trunk, head = self._trunk(read["output_stride"]), self.net.head
        seen: list[Ran] = []
        with stage("network"), inference(), _noting(trunk, "trunk", seen):
            with _noting(head, "head", seen):
                maps = trunk(x)
                rates = scaled_rates(RATES, read["output_stride"])
                size = (x.shape[-2], x.shape[-1])
                head(maps.last, maps.stride4, size, rates, (), read["decoder"])
        return {
            "name": np.array([name for name, _, _ in seen]),
            "shape": np.array([shape for _, shape, _ in seen]),
            "weights": np.array([count for _, _, count in seen]),
        }

    def timed(
        self,
        image: NDArray[np.uint8],
        runs: int = 3,
        side_px: int = 0,
        **switches: Option,
    ) -> Arrays:
        """Return ``ms`` ``(runs,)``: the network alone, after one run to warm up."""
        read = read_switches(self.switches, switches)
        x = self.tensor(image, side_px)
        times = []
        with stage("network"), inference():
            for _ in range(runs + 1):
                start = time.perf_counter()
                self.net(x, **read).logits.sum().item()
                times.append((time.perf_counter() - start) * 1e3)
        return {"ms": np.array(times[1:])}


@contextmanager
def _noting(part: nn.Module, prefix: str, seen: list[Ran]) -> Iterator[None]:
    """Append each convolution that runs in the block."""
    convs = {n: m for n, m in part.named_modules() if isinstance(m, nn.Conv2d)}

    def note(name: str, ins: Any, output: Tensor) -> None:
        m = convs[name]
        shape = (m.in_channels, m.out_channels, m.groups, m.kernel_size[0])
        row = (f"{prefix}.{name}", (*shape, *output.shape[2:]), m.weight.numel())
        seen.append(row)

    with probe.hooked(part, convs, note):
        yield


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
