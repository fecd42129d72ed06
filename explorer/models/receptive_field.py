"""What reads what in a network, taken from the network itself while it runs once.

Every operation that torch carries out is seen, whoever called it, so residual sums,
concatenations, padding and enlarging written as plain functions count as well. What
runs is a copy without weights: nothing is computed, and the network is not touched.
"""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from explorer.core.field_graph import Graph, Link, Node
from explorer.core.reach import Reach
from explorer.models.field_ops import PADDING, links_of, size_of
from explorer.models.probe import model_lock


def trace(net: nn.Module, height: int, width: int, channels: int = 3) -> Graph:
    """Run a network on an input of one size and return what each map reads.

    Parameters
    ----------
    net : nn.Module
        In evaluation mode; left as it is.
    height, width, channels : int
        Of its input.

    Returns
    -------
    Graph
        Operations that leave every value in its place (norms, activations) make no
        map of their own; padding counts to the layer that reads it.

    Raises
    ------
    UnknownOperation
        If values move in a way that is not known here; the message names it.

    Examples
    --------
    >>> net = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.ReLU(), nn.MaxPool2d(2))
    >>> [(node.op, node.shape) for node in trace(net, 9, 9).nodes]
    [('input', (9, 9)), ('convolution', (4, 4)), ('max pooling', (2, 2))]
    """
    light = twin(net, lambda _, t: torch.empty_like(t, device="meta"))
    x = torch.empty(1, channels, height, width, device="meta")
    recorder = _Recorder(x)
    _tell(light, recorder)
    with torch.no_grad(), recorder:
        light(x)
    return Graph(_folded(recorder.nodes))


def twin(net: nn.Module, fill: Callable[[str, Tensor], Tensor]) -> nn.Module:
    """Copy a network with other weights: ``fill(name, tensor)`` gives each one's.

    The copy is all of the caller's own, so that it may be hooked and changed.
    """
    with model_lock(net):
        memo: dict[int, Any] = {}
        for name, value in net.named_parameters(remove_duplicate=False):
            memo[id(value)] = nn.Parameter(fill(name, value.detach()), False)
        for name, buffer in net.named_buffers(remove_duplicate=False):
            memo[id(buffer)] = fill(name, buffer)
        return copy.deepcopy(net, memo)


def _tell(net: nn.Module, recorder: "_Recorder") -> None:
    """Have a network tell which of its modules is at work, and what it returns."""
    for name, module in net.named_modules():

        def enter(_m: nn.Module, _x: Any, name: str = name) -> None:
            recorder.path.append(name)

        def leave(_m: nn.Module, _x: Any, out: Any) -> None:
            recorder.returned(recorder.path.pop(), out)

        module.register_forward_pre_hook(enter)
        module.register_forward_hook(leave)


def _folded(nodes: list[Node]) -> tuple[Node, ...]:
    """Count padding to the windows that read it, where nothing else does."""
    readers: dict[int, list[Reach]] = {}
    for node in nodes:
        for link in node.links:
            readers.setdefault(link.source, []).append(link.rows)
    gone = {
        i
        for i, node in enumerate(nodes)
        if node.op == PADDING and all(r.kind == "window" for r in readers.get(i, ()))
    }
    kept: list[Node] = []
    place: dict[int, int] = {}
    for i, node in enumerate(nodes):
        links = [_through(nodes, gone, link) for link in node.links]
        if i in gone and i in readers:
            continue
        place[i] = len(kept)
        moved = tuple(replace(link, source=place[link.source]) for link in links)
        kept.append(replace(node, links=moved))
    return tuple(kept)


def _through(nodes: list[Node], gone: set[int], link: Link) -> Link:
    """Read what a padding reads, in its place."""
    if link.source not in gone:
        return link
    pad = nodes[link.source].links[0]
    rows, cols = (
        replace(mine, before=mine.before + its.before)
        for mine, its in ((link.rows, pad.rows), (link.cols, pad.cols))
    )
    return _through(nodes, gone, Link(pad.source, rows, cols))


class _Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes each operation on maps that come from the input."""

    def __init__(self, x: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.nodes = [Node("input", "input", size_of(x))]
        self.path: list[str] = []
        self._place: dict[int, int] = {id(x): 0}  # which map a tensor is
        self._alive: list[Tensor] = [x]  # an id is a tensor's only while it lives

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        sources = [
            t for t in _tensors((args, tuple(kwargs.values()))) if self._known(t)
        ]
        out = func(*args, **kwargs)
        if sources:
            name = func.overloadpacket.__name__
            self._note(name.removesuffix("_"), args, kwargs, sources, out)
        return out

    def returned(self, name: str, out: Any) -> None:
        """Note that a module returns a map that bears its name."""
        place = self._place.get(id(out)) if isinstance(out, Tensor) else None
        if place is not None and self.nodes[place].name == name:
            self.nodes[place] = replace(self.nodes[place], returned=True)

    def _known(self, tensor: Tensor) -> bool:
        return id(tensor) in self._place

    def _note(
        self, name: str, args: Any, kwargs: Any, sources: list[Tensor], out: Any
    ) -> None:
        made = [t for t in _tensors((out,)) if t.dim() > 0]
        found = links_of(name, args, kwargs, sources, made[0]) if made else None
        if made and found is None:
            place = self._place[id(sources[0])]
        elif found is not None:
            op, pairs = found
            links = tuple(
                Link(self._place[id(t)], *pair)
                for t, pair in zip(sources, pairs, strict=True)
            )
            place = len(self.nodes)
            where = next((part for part in reversed(self.path) if part), "")
            self.nodes.append(Node(where or op, op, size_of(made[0]), links))
        for tensor in made:
            self._place[id(tensor)] = place
            self._alive.append(tensor)


def _tensors(values: Any) -> list[Tensor]:
    found = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += _tensors(value)
    return found
