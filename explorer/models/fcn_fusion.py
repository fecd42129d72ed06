"""FCN's fusion opened for the engine: a method of a ``Segmenter`` that holds an FCN."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.models.fcn import FCN
from explorer.models.stages import stage
from explorer.models.trunk import Trunk

if TYPE_CHECKING:
    from explorer.models.segmenters import Segmenter

Arrays = dict[str, NDArray[Any]]
LATTICE_PX = 7  # prime to 8 and 32: each phase of the enlargement is met
READ_STAGE = {8: 3, 16: 5, 32: 7}  # which of the backbone's stages a stride scores


def fusion(
    model: "Segmenter",
    image: NDArray[np.uint8],
    side_px: int = 0,
    **switches: int | float | str | bool,
) -> Arrays:
    """Segment, and return each step.

    Parameters
    ----------
    model : Segmenter of an FCN
    image : (H, W, 3) uint8
    side_px : int
        Longest side of the network's input; 0 is the one it was trained at.
    **switches
        ``off``: strides whose skip is left out, as text.

    Returns
    -------
    dict of arrays
        At the network's own input size ``size`` (h, w), K classes last, float32:
        ``labels`` (h, w) uint8; ``score_S`` at each stride S read, ``doubled_S`` and
        ``fused_S`` (h / S, w / S, K); ``weight_S`` (K, K, 4, 4) of the doubling that
        arrives at S: from class, to class; ``logits`` at every 7th row and column;
        ``field_S`` the receptive field of a score, in pixels of the input.
    """
    net = model.net
    if not isinstance(net, FCN):
        raise TypeError(f"an FCN is needed, got {type(net).__name__}")
    seen = model.run(image, side_px, exact=True, **switches)
    with stage("copy"):
        found = {
            "labels": seen.logits[0].argmax(0).byte().cpu().numpy(),
            "logits": _last(seen.logits[..., ::LATTICE_PX, ::LATTICE_PX]),
            "size": np.array(seen.logits.shape[2:]),
        }
        for name, maps in (
            ("score", seen.scores),
            ("doubled", seen.doubled),
            ("fused", seen.fused),
        ):
            found |= {f"{name}_{s}": _last(grid) for s, grid in maps.items()}
        for s in seen.scores:
            found[f"field_{s}"] = np.array(field_px(net.trunk, READ_STAGE[s]))
        for s in seen.doubled:
            kernel = net.head.get_parameter(f"double{s}.weight")
            found[f"weight_{s}"] = kernel.float().cpu().numpy()
    return found


METHODS: Mapping[str, Callable[..., Arrays]] = {"fusion": fusion}


def _last(grid: Tensor) -> NDArray[np.float32]:
    """Return ``(1, K, h, w)`` as ``(h, w, K)``."""
    array: NDArray[np.float32] = grid[0].permute(1, 2, 0).float().cpu().numpy()
    return np.ascontiguousarray(array)


def field_px(trunk: Trunk, last_stage: int) -> int:
    """Return the side of the input square that a cell after a stage can use.

    Every convolution widens it by (kernel - 1) x dilation cells of the map it reads; a
    block's shortcut is narrower than the block, so it adds nothing.

    Examples
    --------
    >>> field_px(Trunk(32), 1)
    7
    """
    field, jump = 1, 1
    parts = ["stem", *(f"stage{i}" for i in range(1, last_stage + 1))]
    for part in parts:
        for module in trunk.get_submodule(part).modules():
            if isinstance(module, nn.Conv2d):
                field += (module.kernel_size[0] - 1) * module.dilation[0] * jump
                jump *= module.stride[0]
    return field
