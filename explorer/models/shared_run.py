"""A photo through the classifier once for all its boxes: how long each part takes."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import roi_pool

from explorer.core.boxes import as_boxes
from explorer.models.device import choose, inference
from explorer.models.efficientnet_lite0 import STAGES, STRIDE, EfficientNetLite0
from explorer.models.seeded import seeded
from explorer.models.stages import stage

MOST_ROIS = 512
PROVED_ROIS = 4  # whose cells are given back, for the proof
ROI_CELLS = 7  # on a side of what RoI pooling gives: Fast R-CNN, section 2.1
RPN_CHANNELS = 512  # Faster R-CNN, section 3.1, with VGG16
RPN_ANCHORS = 9
REPEATS = 3

T = TypeVar("T")
Arrays = dict[str, np.ndarray[Any, Any]]
Image = np.ndarray[Any, Any]
Sizer = Callable[[Image, int], tuple[Tensor, tuple[int, int]]]


class SharedRun:
    """The engine's method of the lesson on R-CNN's cost.

    Methods
    -------
    shared_run(image, boxes)
        The whole picture once, then RoI pooling and the last layers: their times, and
        what proves that these parts are the network.
    """

    def __init__(self, net: EfficientNetLite0, sized: Sizer) -> None:
        self.net = net
        self.sized = sized
        self.methods: dict[str, Callable[..., Arrays]] = {"shared_run": self.shared_run}

    def shared_run(self, image: Image, boxes: Image) -> Arrays:
        """Run the convolutions once over the whole picture and pool every box there.

        Milliseconds, the median of a few runs: ``backbone`` stem to stage 7; ``rpn`` a
        3x3 convolution of the paper's size with its two 1x1 ones, not trained, for
        its time alone; ``pool`` RoI max pooling of all boxes to 7 x 7; ``head`` the
        last convolution, its mean and the classifier on each. ``rois`` how many;
        ``input_size``; ``map_size`` of the features. For the proof: ``features``
        ``(320, h, w)``; ``placed`` ``(n, 4)``, the first boxes in pixels of the input,
        and ``pooled`` ``(n, 320, 7, 7)``; ``parts`` and ``whole`` ``(1000,)``, the
        photo's logits by these parts in a row and by the network in one piece.
        """
        if not 1 <= len(boxes) <= MOST_ROIS:
            raise ValueError(f"One job pools 1 to {MOST_ROIS} RoIs, not {len(boxes)}.")
        with stage("resize"):
            x, (height, width) = self.sized(image, 0)
            rois = as_boxes(boxes) * np.tile(
                [width / image.shape[1], height / image.shape[0]], 2
            )
        given = [torch.from_numpy(rois.astype(np.float32)).to(x.device)]
        with stage("shared"), inference(exact=True):
            features, backbone = _repeated(partial(self._features, x))
            rpn = proposal_layers(features.shape[1]).to(x.device)
            _, rpn_ms = _repeated(partial(rpn, features))
            pool = partial(roi_pool, features, given, ROI_CELLS, 1 / STRIDE)
            pooled, pool_ms = _repeated(pool)
            _, head_ms = _repeated(partial(self._head, pooled))
            parts = {"parts": self._head(features)[0], "whole": self.net(x).logits[0]}
        first = {"placed": given[0][:PROVED_ROIS], "pooled": pooled[:PROVED_ROIS]}
        proving = {"features": features[0], **first, **parts}
        return {
            "backbone": np.array(backbone),
            "rpn": np.array(rpn_ms),
            "pool": np.array(pool_ms),
            "head": np.array(head_ms),
            "rois": np.array(len(boxes)),
            "input_size": np.array([height, width]),
            "map_size": np.array(features.shape[2:]),
            **{name: _array(made) for name, made in proving.items()},
        }

    def _features(self, x: Tensor) -> Tensor:
        """Stem and seven stages: (1, 320, H / 32, W / 32)."""
        y: Tensor = self.net.stem(x)
        for i in range(1, len(STAGES) + 1):
            y = self.net.get_submodule(f"stage{i}")(y)
        return y

    def _head(self, pooled: Tensor) -> Tensor:
        parts = torch.split(pooled, 64)
        made = [self.net.classifier(self.net.head(p).mean((2, 3))) for p in parts]
        return torch.cat(made)


class ProposalLayers(nn.Module):
    """A 3x3 convolution, and two 1x1 ones for objectness and deltas."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, RPN_CHANNELS, 3, padding=1)
        self.objectness = nn.Conv2d(RPN_CHANNELS, 2 * RPN_ANCHORS, 1)
        self.deltas = nn.Conv2d(RPN_CHANNELS, 4 * RPN_ANCHORS, 1)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return both for every place of ``(1, channels, h, w)``."""
        hidden = functional.relu(self.conv(features))
        return self.objectness(hidden), self.deltas(hidden)


def proposal_layers(channels: int, seed: int = 0) -> nn.Module:
    """Return a region proposal network's layers in the paper's size, not trained.

    References
    ----------
    Ren et al. 2015, Faster R-CNN, arXiv:1506.01497, section 3.1.
    """

    with seeded(seed):
        return ProposalLayers(channels).eval()


def _array(x: Tensor) -> Image:
    return x.detach().float().cpu().numpy().copy()


def clocked(run: Callable[[], T]) -> tuple[T, float]:
    """Return a result and the milliseconds until the device had made it."""
    start = time.perf_counter()
    made = run()
    device = choose()
    if device == "cuda":
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()
    return made, 1e3 * (time.perf_counter() - start)


def _repeated(run: Callable[[], T]) -> tuple[T, float]:
    """Run a few times: the last result, the median of the milliseconds."""
    runs = [clocked(run) for _ in range(REPEATS)]
    return runs[-1][0], float(np.median([ms for _, ms in runs]))
