"""Max pooling and the ways back beside torch, on the reader's own maps."""

from typing import Any

import numpy as np

from explorer.core.proof import Proof
from explorer.core.unpooling import MaxPool, lost_share
from explorer.core.unpooling_fit import DENSE_SIZE, RIDGE_FRAC, Unpooled

EXACT = 1e-9  # both sum in float64, in different orders
MIDWAY = 1e-6  # of a step: moves a cell midway between two windows to the earlier one
FLAT = 1e-7  # of the slope at weights of 0


def prepare() -> None:
    """Import torch now, so that the first proof's time is the proof's alone."""
    import torch  # noqa: F401


def prove_unpooling(steps: Unpooled) -> tuple[Proof, ...]:
    """Compare each step with torch's own function, in float64, on every channel.

    Returns
    -------
    tuple of Proof
        Pooled values and indices, max-unpooling, bed of nails, both interpolations, the
        transposed convolution, what each way loses and, with fitted kernels, the
        convolution after max-unpooling and the fits.

    Notes
    -----
    Torch's ``interpolate`` knows windows that tile the map alone. Where they overlap,
    leave gaps or cells over, ``grid_sample`` is told where each cell lies among them.

    Examples
    --------
    >>> from explorer.core.unpooling_fit import unpool_steps
    >>> steps = unpool_steps(np.arange(36.0).reshape(6, 6) % 7, 3, 2)
    >>> [proof.holds for proof in prove_unpooling(steps)]
    [True, True, True, True, True, True, True]
    """
    import torch

    with torch.no_grad():
        return tuple(_compared(steps))


def _compared(steps: Unpooled) -> list[Proof]:
    from torch.nn import functional as f

    pool, size = steps.pool, (steps.pool.size, steps.pool.stride)
    channels, height, width = steps.x.shape
    note = f"{channels:,} maps of {height} × {width}" if channels > 1 else ""
    values, indices = f.max_pool2d(_tensor(steps.x), *size, return_indices=True)
    moved = float((indices[0].numpy() != pool.indices).sum())
    pooled = max(_apart(pool.values, values), moved)
    spots = f.max_unpool2d(
        values, indices, [pool.size] * 2, [pool.stride] * 2, output_size=[*pool.shape]
    )
    enlarge = {way: _enlarged(pool, way) for way in ("nearest", "bilinear")}
    stamped = _stamped(steps)
    tiles = "interpolate" if _tile(pool) else "grid_sample"
    found = [
        _proof("max_pool2d", pooled, _joined("values and indices", note)),
        _proof("max_unpool2d", _apart(steps.rebuilt["unpool"], spots), note),
        _proof(
            "conv_transpose2d",
            _apart(steps.rebuilt["nails"], _nails(pool)),
            _joined("bed of nails", note),
        ),
        *(
            _proof(
                tiles,
                _apart(steps.rebuilt[way], made),
                _joined(f'mode="{way}"', note),
            )
            for way, made in enlarge.items()
        ),
        _proof("conv_transpose2d", _apart(steps.rebuilt["transposed"], stamped), note),
    ]
    if steps.dense is not None:
        weights = _tensor(steps.dense)[0][:, None]
        filled = f.conv2d(spots, weights, padding=1, groups=channels)
        delta = _apart(steps.rebuilt["dense"], filled)
        found.append(_proof("conv2d", delta, _joined("after max_unpool2d", note)))
        found.append(_fits(steps, spots, note))
    return [*found, _lost(steps, note)]


def _tile(pool: MaxPool) -> bool:
    rows, columns = (n * pool.stride for n in pool.values.shape[1:])
    return pool.size == pool.stride and pool.shape == (rows, columns)


def _enlarged(pool: MaxPool, way: str) -> Any:
    """Return torch's enlarging of the pooled map, windows where they stood."""
    import torch
    from torch.nn import functional as f

    values = _tensor(pool.values)
    if _tile(pool):
        return f.interpolate(values, pool.shape, mode=way)
    nudge = MIDWAY if way == "nearest" else 0.0
    places = []
    for new, old in zip(pool.shape, pool.values.shape[1:], strict=True):
        cells = torch.arange(new, dtype=torch.float64)
        among = (cells - (pool.size - 1) / 2) / pool.stride - nudge
        places.append((2 * among + 1) / old - 1)  # -1 to 1, as grid_sample counts
    y, x = places
    grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), -1)
    return f.grid_sample(
        values, grid[None], mode=way, padding_mode="border", align_corners=False
    )


def _nails(pool: MaxPool) -> Any:
    """Return torch's bed of nails: stamps of a single 1, a stride apart."""
    import torch
    from torch.nn import functional as f

    one = torch.ones(len(pool.values), 1, 1, 1, dtype=torch.float64)
    made = f.conv_transpose2d(
        _tensor(pool.values), one, stride=pool.stride, groups=len(one)
    )
    down, right = (a - b for a, b in zip(pool.shape, made.shape[2:], strict=True))
    return f.pad(made, (0, right, 0, down))


def _lost(steps: Unpooled, note: str) -> Proof:
    """Compare what each way loses with torch's mean squared error and variance."""
    from torch.nn import functional as f

    x = _tensor(steps.x)[0]
    spread = x.var((1, 2), correction=0)
    delta = 0.0
    for made in steps.rebuilt.values():
        error = f.mse_loss(_tensor(made)[0], x, reduction="none").mean((1, 2))
        ours = lost_share(steps.x, made)
        live = ~np.isnan(ours)
        theirs = (error / spread).numpy()
        delta = max(delta, float(np.abs(ours - theirs)[live].max(initial=0.0)))
    return _proof("mse_loss", delta, _joined("lost, over the variance", note))


def _fits(steps: Unpooled, spots: Any, note: str) -> Proof:
    """Ask autograd whether any change of the fitted weights would lower the error."""
    import torch
    from torch.nn import functional as f

    assert steps.dense is not None
    x, scale = (
        _tensor(steps.x)[0],
        _tensor(steps.x.std(axis=(1, 2)))[0].clamp(min=1e-12),
    )
    delta = 0.0
    for first in (0, 1):
        if first >= len(x):
            continue
        others = slice(1 - first, None, 2)
        weigh = scale[others][:, None, None]
        maps, goals = spots[0, others] / weigh, x[others] / weigh
        read = f.unfold(maps[:, None], DENSE_SIZE, padding=DENSE_SIZE // 2)
        ridge = RIDGE_FRAC * read.square().sum()  # keeps the weights small, a little
        slopes = []
        for start in (steps.dense[first], np.zeros_like(steps.dense[first])):
            kernel = torch.tensor(start, requires_grad=True)
            with torch.enable_grad():
                made = f.conv2d(maps[:, None], kernel[None, None], padding=1)[:, 0]
                wrong = (made - goals).square().sum() + ridge * kernel.square().sum()
                (slope,) = torch.autograd.grad(wrong, kernel)
            slopes.append(float(slope.abs().max()))
        delta = max(delta, slopes[0] / max(slopes[1], 1e-12))
    note = _joined("slope of the squared error at the weights of the convolution", note)
    return Proof("torch.autograd", delta, FLAT, note=note)


def _stamped(steps: Unpooled) -> Any:
    """Return torch's transposed convolution, each channel by its own kernel."""
    from torch.nn import functional as f

    pool, kernel = steps.pool, steps.stamps.shape[-1]
    padding = (kernel - pool.size) // 2
    extra = [
        side - ((count - 1) * pool.stride - 2 * padding + kernel)
        for side, count in zip(pool.shape, pool.values.shape[1:], strict=True)
    ]
    return f.conv_transpose2d(
        _tensor(pool.values),
        _tensor(steps.stamps)[0][:, None],
        stride=pool.stride,
        padding=padding,
        output_padding=extra,
        groups=len(steps.x),
    )


def _tensor(values: "np.ndarray[Any, Any]") -> Any:
    """Return (C, H, W) as torch takes it: (1, C, H, W) float64."""
    import torch

    return torch.from_numpy(np.array(values, np.float64))[None]


def _apart(ours: "np.ndarray[Any, Any]", theirs: Any) -> float:
    array = theirs[0].numpy()
    if array.shape != ours.shape:
        return float("nan")
    return float(np.abs(ours - array).max(initial=0.0))


def _proof(name: str, delta: float, note: str) -> Proof:
    return Proof(f"torch.nn.functional.{name}", delta, EXACT, note=note)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
