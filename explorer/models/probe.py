"""Look inside any network for the length of one call.

A hook that stays on a shared module hands one reader's activations to another. Here
hooks are set, used and removed within a single call that holds the model's lock.
"""

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

_locks: "weakref.WeakKeyDictionary[nn.Module, threading.RLock]"
_locks = weakref.WeakKeyDictionary()
_locks_guard = threading.Lock()


def model_lock(model: nn.Module) -> "threading.RLock":
    """Return the one lock of a model; whoever changes or hooks it holds this."""
    with _locks_guard:
        return _locks.setdefault(model, threading.RLock())


@contextmanager
def hooked(
    model: nn.Module, names: Iterable[str], note: Callable[[str, Any, Any], None]
) -> Iterator[None]:
    """Call ``note(name, inputs, output)`` after each named module, in this block only.

    Networks share backbones: what another thread runs there meanwhile is not noted.

    Raises
    ------
    ValueError
        If a name is not a module of the model; three that are get quoted.
    """
    modules, here = dict(model.named_modules()), threading.get_ident()
    with model_lock(model), ExitStack() as stack:
        for name in names:
            if name not in modules:
                some = ", ".join([key for key in modules if key][:3])
                raise ValueError(f"There is no layer {name!r}; there is: {some}, ...")

            def hook(_m: nn.Module, ins: Any, out: Any, name: str = name) -> None:
                if threading.get_ident() == here:
                    note(name, ins, out)

            stack.callback(modules[name].register_forward_hook(hook).remove)
        yield


def activations(
    model: nn.Module, x: Tensor, names: Iterable[str]
) -> dict[str, Tensor | tuple[Tensor, ...]]:
    """Run the model once and return what the named modules gave.

    Parameters
    ----------
    model : nn.Module
        Left exactly as it was, also when it fails.
    x : Tensor
        The model's input.
    names : iterable of str
        Names as in ``model.named_modules()``.

    Returns
    -------
    dict
        The outputs by name, in the order in which the modules ran; for a module that
        runs several times the last output.

    Examples
    --------
    >>> import torch
    >>> net = nn.Sequential(nn.Identity(), nn.Flatten())
    >>> activations(net, torch.ones(1, 2, 2), ["1"])["1"].shape
    torch.Size([1, 4])
    """
    seen: dict[str, Any] = {}
    with hooked(model, names, lambda name, _, output: seen.update({name: output})):
        model(x)
    return seen


@dataclass(frozen=True)
class ConvLayer:
    """One convolution as it ran.

    Attributes
    ----------
    input, output : Tensor
        ``(N, C_in, H, W)`` before padding, ``(N, C_out, H', W')``.
    weight : Tensor
        ``(C_out, C_in / groups, K_h, K_w)``.
    bias : Tensor or None
        ``(C_out,)``.
    stride, dilation : (int, int)
        Rows, columns.
    padding : (int, int, int, int)
        Zero rows and columns: top, bottom, left, right.
    groups : int
        How many blocks the channels are split into.
    """

    input: Tensor
    output: Tensor
    weight: Tensor
    bias: Tensor | None
    stride: tuple[int, int]
    dilation: tuple[int, int]
    padding: tuple[int, int, int, int]
    groups: int


def conv_layer(model: nn.Module, x: Tensor, name: str) -> ConvLayer:
    """Run the model once and return one convolution's input, weights and output.

    Raises
    ------
    ValueError
        If the named module is not a ``Conv2d``, or did not run.
    """
    conv = dict(model.named_modules()).get(name)
    if not isinstance(conv, nn.Conv2d):
        raise ValueError(f"{name!r} is not a convolution of this network.")
    seen: list[tuple[Tensor, Tensor]] = []
    with hooked(model, [name], lambda _, ins, out: seen.append((ins[0], out))):
        model(x)
    if not seen:
        raise ValueError(f"The layer {name!r} did not run on this input.")
    source, output = seen[-1]
    return ConvLayer(
        source,
        output,
        conv.weight.detach(),
        None if conv.bias is None else conv.bias.detach(),
        (conv.stride[0], conv.stride[1]),
        (conv.dilation[0], conv.dilation[1]),
        _padding(conv, source),
        conv.groups,
    )


def _padding(conv: nn.Conv2d, source: Tensor) -> tuple[int, int, int, int]:
    same = getattr(conv, "same_padding", None)
    if same is not None:
        found: tuple[int, int, int, int] = same(source.shape[-2], source.shape[-1])
        return found
    if isinstance(conv.padding, str):
        raise ValueError(f"padding {conv.padding!r} is not supported; use numbers.")
    rows, columns = conv.padding[0], conv.padding[1]
    return rows, rows, columns, columns


def count(model: nn.Module, x: Tensor) -> tuple[int, int]:
    """Count parameters, and multiply-adds of one pass over ``x``.

    Convolutions, transposed ones and linear layers are counted, as papers do; norms
    and activations are not.

    Returns
    -------
    (int, int)
        Parameters; multiply-adds.
    """
    layers = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)
    ]
    modules = dict(model.named_modules())
    macs = [0]

    def note(name: str, ins: Any, output: Tensor) -> None:
        # Each output reads a kernel; in a transposed layer each input stamps one.
        transposed = isinstance(modules[name], nn.ConvTranspose2d)
        places = ins[0] if transposed else output
        macs[0] += places.numel() * modules[name].weight[0].numel()

    with hooked(model, layers, note):
        model(x)
    return sum(p.numel() for p in model.parameters()), macs[0]
