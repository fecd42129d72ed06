"""What torch's operations read of a map, along rows and along columns."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from explorer.core.reach import Reach

Pair = tuple[Reach, Reach]
Size = tuple[int, int]
SAME = Reach()
IN_PLACE: Pair = (SAME, SAME)
PADDING = "padding"
ONE_CELL = (1, 1)

# Operations that leave every value where it was, or compute each from itself alone.
POINTWISE = frozenset(
    "relu hardtanh hardswish hardsigmoid silu sigmoid tanh gelu elu leaky_relu prelu "
    "softplus clamp clamp_min clamp_max exp log sqrt rsqrt pow neg abs "
    "native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_no_training "
    "_batch_norm_no_update cudnn_batch_norm miopen_batch_norm native_dropout dropout "
    "clone detach alias contiguous _to_copy to lift_fresh copy empty_like zeros_like "
    "ones_like".split()
)
JOINS = {
    "add": "sum",
    "sub": "difference",
    "mul": "product",
    "div": "quotient",
    "maximum": "maximum",
    "cat": "concatenation",
}
WINDOWS = {
    "max_pool2d_with_indices": "max pooling",
    "max_pool2d": "max pooling",
    "avg_pool2d": "mean pooling",
}
ENLARGED = {
    "upsample_bilinear2d": "bilinear enlarging",
    "upsample_nearest2d": "nearest enlarging",
}


class UnknownOperation(ValueError):
    """An operation whose reach along rows and columns is not known here."""


def size_of(x: Tensor) -> Size:
    """Return rows and columns; (1, 1) once the places are gone."""
    return (x.shape[2], x.shape[3]) if x.dim() == 4 else ONE_CELL


def links_of(
    name: str, args: Any, kwargs: Any, sources: list[Tensor], out: Tensor
) -> tuple[str, list[Pair]] | None:
    """Return what an operation is and how it reads each source; None if in place."""
    x, size = sources[0], size_of(out)
    if name in READ:
        op, pair = READ[name](args, kwargs, size_of(x), size)
        # A max unpooling's second source is only where the maxima stood.
        return op, [pair for _ in sources]
    if name in JOINS and (len(sources) > 1 or name == "cat"):
        return JOINS[name], [_joined(size_of(one), size) for one in sources]
    if x.dim() < 4 or name in POINTWISE or name in JOINS:
        return None
    if out.dim() < 4:
        return "whole map", [_whole(size_of(x)) for _ in sources]
    if name == "_softmax" and args[1] in (1, -3):
        return None
    raise UnknownOperation(
        f"The operation {name!r} moves values in a way that is not known here."
    )


def _joined(one: Size, size: Size) -> Pair:
    """A branch of one cell is spread over the whole map it joins."""
    return IN_PLACE if one == size else _whole(one)


def _whole(size: Size) -> Pair:
    return Reach("whole", size_in=size[0]), Reach("whole", size_in=size[1])


def _pair(value: Any, default: int) -> Size:
    """Return rows' and columns' number of an argument that may be one, or left out."""
    values = [int(v) for v in value] if isinstance(value, (list, tuple)) else [value]
    if not values or values == [None]:
        return default, default
    return values[0], values[-1]


def _windows(kind: str, k: Size, s: Size, p: Size, d: Size = ONE_CELL) -> Pair:
    rows, cols = (Reach(kind, k[i], s[i], d[i], p[i]) for i in (0, 1))
    return rows, cols


def _get(args: Any, kwargs: Any, place: int, name: str, default: Any) -> Any:
    return args[place] if len(args) > place else kwargs.get(name, default)


def _convolution(args: Any, _k: Any, _i: Size, _o: Size) -> tuple[str, Pair]:
    weight, stride, padding, dilation, transposed = (args[i] for i in (1, 3, 4, 5, 6))
    how = (_pair(v, 1) for v in (list(weight.shape[2:]), stride, padding, dilation))
    if transposed:
        return "transposed convolution", _windows("transposed", *how)
    return "convolution", _windows("window", *how)


def _pooling(name: str) -> Callable[[Any, Any, Size, Size], tuple[str, Pair]]:
    def read(args: Any, kwargs: Any, _i: Size, _o: Size) -> tuple[str, Pair]:
        kernel = _pair(args[1], 1)
        stride = _get(args, kwargs, 2, "stride", None) or kernel
        padding = _pair(_get(args, kwargs, 3, "padding", 0), 0)
        wide = 1 if name == "avg_pool2d" else _get(args, kwargs, 4, "dilation", 1)
        return WINDOWS[name], _windows(
            "window", kernel, _pair(stride, 1), padding, _pair(wide, 1)
        )

    return read


def _sized(kind: str, op: str) -> Callable[[Any, Any, Size, Size], tuple[str, Pair]]:
    def read(args: Any, kwargs: Any, i: Size, o: Size) -> tuple[str, Pair]:
        way = kind
        if kind == "bilinear" and _get(args, kwargs, 2, "align_corners", False):
            way = "corners"
        if kind == "adaptive" and o == ONE_CELL:
            return op, _whole(i)
        rows, cols = (Reach(way, size_in=a, size_out=b) for a, b in zip(i, o))  # noqa: B905
        return op, (rows, cols)

    return read


def _padded(args: Any, _k: Any, _i: Size, _o: Size) -> tuple[str, Pair]:
    """Padding before the first column and row; negative where some are cut off."""
    sides = [*args[1], 0, 0, 0, 0]
    return PADDING, (Reach(before=sides[2]), Reach(before=sides[0]))


def _sliced(args: Any, kwargs: Any, i: Size, _o: Size) -> tuple[str, Pair]:
    axis = _get(args, kwargs, 1, "dim", 0)
    start = _get(args, kwargs, 2, "start", None) or 0
    step = _get(args, kwargs, 4, "step", 1)
    if axis not in (2, 3):
        return "some channels", IN_PLACE
    size = i[axis - 2]
    cut = Reach(stride=step, before=-(start + size if start < 0 else start))
    return "crop", (cut, SAME) if axis == 2 else (SAME, cut)


def _unpooled(_a: Any, _k: Any, i: Size, o: Size) -> tuple[str, Pair]:
    sides = (o[0] // i[0], o[1] // i[1])
    return "unpooling", _windows("transposed", sides, sides, (0, 0))


def _expanded(_a: Any, _k: Any, i: Size, o: Size) -> tuple[str, Pair]:
    return "spreading", IN_PLACE if i == o else _whole(i)


def _mean(args: Any, kwargs: Any, i: Size, _o: Size) -> tuple[str, Pair]:
    axes = {axis % 4 for axis in _get(args, kwargs, 1, "dim", None) or (2, 3)}
    if axes == {1}:
        return "mean of channels", IN_PLACE
    return "mean of the map", _whole(i)


READ: dict[str, Callable[[Any, Any, Size, Size], tuple[str, Pair]]] = {
    "convolution": _convolution,
    **{name: _pooling(name) for name in WINDOWS},
    "upsample_bilinear2d": _sized("bilinear", ENLARGED["upsample_bilinear2d"]),
    "upsample_nearest2d": _sized("nearest", ENLARGED["upsample_nearest2d"]),
    "_adaptive_avg_pool2d": _sized("adaptive", "mean pooling to a size"),
    "adaptive_max_pool2d": _sized("adaptive", "max pooling to a size"),
    "max_unpool2d": _unpooled,
    "constant_pad_nd": _padded,
    "slice": _sliced,
    "expand": _expanded,
    "mean": _mean,
}
