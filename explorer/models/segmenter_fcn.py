"""The FCNs as the engine sees them: beside their classes, every step of the fusion."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.models import segmenters
from explorer.models.fcn import FCN
from explorer.models.records import Record
from explorer.models.segmenters import Arrays, Option, Segmenter
from explorer.models.stages import stage
from explorer.models.trunk import Trunk

LATTICE_PX = 7  # prime to 8 and 32: each phase of the enlargement is met
READ_STAGE = {8: 3, 16: 5, 32: 7}  # which of the backbone's stages a stride scores


class FCNSegmenter(Segmenter):
    """A ``Segmenter`` that also opens its fusion.

    Methods
    -------
    fusion(image, off, side_px)
        All at the network's own input size ``(h, w)``, K classes last, float32:
        ``labels`` (h, w) uint8; ``score_S`` at each stride S read, ``doubled_S`` and
        ``fused_S`` (h / S, w / S, K); ``weight_S`` (K, K, 4, 4) of the doubling that
        arrives at S: from class, to class; ``logits`` at every 7th row and column;
        ``size`` (h, w); ``field_S`` the receptive field of a score, in pixels.
    """

    def __init__(self, net: nn.Module, record: Record) -> None:
        super().__init__(net, record)
        if not isinstance(net, FCN):
            raise TypeError(f"an FCN is needed, got {type(net).__name__}")
        self.fcn = net
        self.methods = {**self.methods, "fusion": self.fusion}

    def fusion(
        self, image: NDArray[np.uint8], side_px: int = 0, **switches: Option
    ) -> Arrays:
        """Segment and return each step."""
        seen = self.run(image, side_px, exact=True, **switches)
        height, width = seen.logits.shape[2:]
        with stage("copy"):
            found = {
                "labels": seen.logits[0].argmax(0).byte().cpu().numpy(),
                "logits": _last(seen.logits[..., ::LATTICE_PX, ::LATTICE_PX]),
                "size": np.array([height, width]),
            }
            for name, maps in (
                ("score", seen.scores),
                ("doubled", seen.doubled),
                ("fused", seen.fused),
            ):
                found |= {f"{name}_{s}": _last(grid) for s, grid in maps.items()}
            for s in seen.scores:
                found[f"field_{s}"] = np.array(field_px(self.fcn.trunk, READ_STAGE[s]))
            for s in seen.doubled:
                kernel = self.fcn.head.get_parameter(f"double{s}.weight")
                found[f"weight_{s}"] = kernel.float().cpu().numpy()
        return found


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


def load(record: Record, paths: tuple[Path, ...]) -> FCNSegmenter:
    """Build the network, load every weight strictly, and open its fusion."""
    made = segmenters.load(record, paths)
    return FCNSegmenter(made.net, record)
