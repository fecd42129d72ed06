"""Max pooling and the ways back beside torch, on the reader's own maps."""

from typing import Any

import numpy as np

from explorer.core.proof import Proof
from explorer.core.unpooling_fit import Unpooled

EXACT = 1e-9  # both sum in float64, in different orders


def prepare() -> None:
    """Import torch now, so that the first proof's time is the proof's alone."""
    import torch  # noqa: F401


def prove_unpooling(steps: Unpooled) -> tuple[Proof, ...]:
    """Compare each step with torch's own function, in float64, on every channel.

    Returns
    -------
    tuple of Proof
        Pooled values and indices, max-unpooling, both interpolations, the transposed
        convolution and, where there is one, the convolution after max-unpooling.

    Examples
    --------
    >>> from explorer.core.unpooling_fit import unpool_steps
    >>> steps = unpool_steps(np.arange(36.0).reshape(6, 6) % 7, 3, 2)
    >>> [proof.holds for proof in prove_unpooling(steps)]
    [True, True, True, True, True]
    """
    import torch

    with torch.inference_mode():
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
    enlarge = {
        way: f.interpolate(_tensor(pool.values), pool.shape, mode=way)
        for way in ("nearest", "bilinear")
    }
    stamped = _stamped(steps)
    found = [
        _proof("max_pool2d", pooled, _joined("values and indices", note)),
        _proof("max_unpool2d", _apart(steps.rebuilt["unpool"], spots), note),
        *(
            _proof(
                "interpolate",
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
    return found


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
