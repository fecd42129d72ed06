"""Receptive fields against torch's gradients, live networks, and published sizes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional

from explorer.core.field_graph import Graph, Link
from explorer.core.field_table import layer_fields
from explorer.core.proof import Proof
from explorer.core.reach import Reach
from explorer.core.receptive_field import jumps, unit_box

# Field and stride in pixels: Long et al. 2015 for VGG16's (with fc6, 404), Araujo et
# al. 2019 for the way they are counted; the ResNets stand as torchvision builds them.
PUBLISHED: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "VGG16": {
        "pool1": (6, 2),
        "pool2": (16, 4),
        "pool3": (44, 8),
        "pool4": (100, 16),
        "pool5": (212, 32),
        "fc6": (404, 32),
    },
    "ResNet-18": {"layer4.1": (435, 32)},
    "ResNet-34": {"layer4.2": (899, 32)},
    "ResNet-50": {"layer4.2": (427, 32)},
    "ResNet-101": {"layer4.2": (971, 32)},
}


def prove_published(graphs: Mapping[str, Graph]) -> Proof:
    """Compare size and stride of graphs at 224 x 224 with the published ones.

    A layer that sees the whole map has its source's stride: FCN slides it as a
    convolution.
    """
    wrong = tried = 0
    for name, layers in PUBLISHED.items():
        graph = graphs[name]
        fields = {field.node: field for field in layer_fields(graph)}
        steps = jumps(graph, 0)
        for layer, (size, stride) in layers.items():
            node = graph.find(layer)
            whole = graph.nodes[node].links[0].rows.kind == "whole"
            at = graph.nodes[node].links[0].source if whole else node
            wrong += fields[node].size[0] != size
            wrong += steps[at] != stride
            tried += 2
    note = f"{tried} sizes and strides of VGG16 and four ResNets, none may differ"
    return Proof("the published receptive fields", wrong, 0, note=note)


def prove_boxes(graph: Graph, node: int, units: Iterable[tuple[int, int]]) -> Proof:
    """Compare boxes with where torch's gradient is not 0, all weights being 1.

    Every map becomes one channel of the graph's twin, each layer torch's own
    operation with ones for weights; maxima become sums, so that every path counts.
    """
    units = list(units)
    x = torch.ones((1, 1, *graph.nodes[0].shape), dtype=torch.float64)
    x.requires_grad_()
    with torch.enable_grad():
        seen = _twin(graph, node, x)
        delta = max(_off(graph, node, unit, x, seen) for unit in units)
    note = f"first and last pixel of {len(units)} units, rows and columns"
    return Proof("torch.autograd, all weights 1", delta, 0, "px", note)


def _off(graph: Graph, node: int, unit: tuple[int, int], x: Tensor, y: Tensor) -> float:
    """Return how far a box's edges are from those of the gradient's support."""
    (slope,) = torch.autograd.grad(y[0, 0, *unit], x, retain_graph=True)
    hit = np.nonzero(slope[0, 0].numpy())
    left, top, right, bottom = unit_box(graph, node, *unit)
    if not len(hit[0]):
        return 0.0 if right <= left or bottom <= top else float("nan")
    found = (hit[1].min(), hit[0].min(), hit[1].max() + 1, hit[0].max() + 1)
    pairs = zip(found, (left, top, right, bottom), strict=True)
    return float(max(abs(int(a) - b) for a, b in pairs))


def _twin(graph: Graph, node: int, x: Tensor) -> Tensor:
    maps = [x]
    for one in graph.nodes[1 : node + 1]:
        reads = [_read(maps[link.source], link, one.shape) for link in one.links]
        # Scaled, or a hundred layers of sums would leave the range of numbers.
        total = torch.stack(reads).sum(0)
        maps.append(total / total.detach().max().clamp(min=1))
    return maps[node]


def _read(x: Tensor, link: Link, shape: tuple[int, int]) -> Tensor:
    kind = link.rows.kind
    if kind != link.cols.kind:
        raise ValueError(f"rows are read by {kind}, columns by {link.cols.kind}.")
    read: Tensor = READS[kind](x, link.rows, link.cols, shape)
    return read


def _window(x: Tensor, r: Reach, c: Reach, shape: tuple[int, int]) -> Tensor:
    sides: list[int] = []
    for reach, size, made in ((c, x.shape[3], shape[1]), (r, x.shape[2], shape[0])):
        wide = reach.dilation * (reach.kernel_size - 1) + 1
        need = (made - 1) * reach.stride + wide
        sides += [reach.before, need - size - reach.before]
    padded = functional.pad(x, sides)
    stride, dilation = (r.stride, c.stride), (r.dilation, c.dilation)
    return functional.conv2d(padded, _ones(r, c), None, stride, 0, dilation)


def _transposed(x: Tensor, r: Reach, c: Reach, shape: tuple[int, int]) -> Tensor:
    stride, dilation = (r.stride, c.stride), (r.dilation, c.dilation)
    full = functional.conv_transpose2d(x, _ones(r, c), None, stride, dilation=dilation)
    sides: list[int] = []
    for reach, axis in ((c, 1), (r, 0)):
        sides += [-reach.before, shape[axis] - full.shape[2 + axis] + reach.before]
    return functional.pad(full, sides)


def _ones(r: Reach, c: Reach) -> Tensor:
    return torch.ones(1, 1, r.kernel_size, c.kernel_size, dtype=torch.float64)


def _enlarged(mode: str, corners: bool | None) -> Callable[..., Tensor]:
    def read(x: Tensor, _r: Reach, _c: Reach, shape: tuple[int, int]) -> Tensor:
        return functional.interpolate(x, shape, mode=mode, align_corners=corners)

    return read


def _adaptive(x: Tensor, _r: Reach, _c: Reach, shape: tuple[int, int]) -> Tensor:
    return functional.adaptive_avg_pool2d(x, shape)


def _whole(x: Tensor, _r: Reach, _c: Reach, shape: tuple[int, int]) -> Tensor:
    return x.sum((2, 3), keepdim=True).expand(1, 1, *shape)


READS: Mapping[str, Callable[..., Tensor]] = {
    "window": _window,
    "transposed": _transposed,
    "bilinear": _enlarged("bilinear", False),
    "corners": _enlarged("bilinear", True),
    "nearest": _enlarged("nearest", None),
    "adaptive": _adaptive,
    "whole": _whole,
}


def prove_responses(responses: ArrayLike, unpooled: bool = False) -> Proof:
    """Judge a network's responses to what is outside a box and at its ends.

    Parameters
    ----------
    responses : (2, 3) array_like
        As ``field_check`` returns them: the first of each must be 0, the others above.
    unpooled : bool
        Whether an unpooling leads to the unit. It puts each value where the maximum
        stood, so that one end alone may miss the unit: only the first are judged.
    """
    found = np.asarray(responses, np.float64)
    wrong = int((found[:, 0] != 0).sum())
    if unpooled:
        note = "2 inputs: ones outside the box alone"
    else:
        wrong += int((~(found[:, 1:] > 0)).sum())
        note = f"{found.size} inputs: ones outside the box, or at one end of it alone"
    return Proof("the network itself, weights made positive", wrong, 0, note=note)


def prove_outside(outside: float) -> Proof:
    """Judge the largest gradient measured outside the theoretical box."""
    note = "largest measured outside the box, on this photo"
    return Proof("torch.autograd on the trained network", outside, 0, note=note)


def graphs_of(build: Callable[[str], Any]) -> dict[str, Graph]:
    """Return every published network's graph, each by ``build(name)``."""
    return {name: build(name) for name in PUBLISHED}
