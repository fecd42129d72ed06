"""Boxes of a photo warped and run through the classifier, and the same shared."""

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
from explorer.core.warp import warp_boxes
from explorer.models.device import choose, inference
from explorer.models.efficientnet_lite0 import STAGES, STRIDE, EfficientNetLite0
from explorer.models.stages import stage

BATCH = {"cuda": 32, "mps": 16, "cpu": 2}  # crops at once, the fastest a crop
MOST_CROPS = 32  # in one job, so that other readers' jobs come in between
MOST_ROIS = 512
ROI_CELLS = 7  # on a side of what RoI pooling gives: Fast R-CNN, section 2.1
RPN_CHANNELS = 512  # Faster R-CNN, section 3.1, with VGG16
RPN_ANCHORS = 9
REPEATS = 3

T = TypeVar("T")
Arrays = dict[str, np.ndarray[Any, Any]]
Image = np.ndarray[Any, Any]
Sizer = Callable[[Image, int], tuple[Tensor, tuple[int, int]]]


class CropBatches:
    """The engine's methods of the lesson on R-CNN.

    Methods
    -------
    warped_run(image, boxes, batch)
        Warped crops through the whole network: logits, features, times.
    shared_run(image, boxes)
        The whole picture once, then RoI pooling and the last layers: times alone.
    """

    def __init__(
        self, net: EfficientNetLite0, sized: Sizer, scale: tuple[float, float]
    ) -> None:
        self.net = net
        self.sized = sized
        self.mean, self.std = scale
        self.methods: dict[str, Callable[..., Arrays]] = {
            "warped_run": self.warped_run,
            "shared_run": self.shared_run,
        }

    def warped_run(self, image: Image, boxes: Image, batch: int = 0) -> Arrays:
        """Warp boxes to 227 x 227 with their context and classify each.

        ``batch`` of them go through the network together, 0: as many as suit the
        device. ``logits`` ``(n, classes)``; ``features`` ``(n, 1280)``, the mean over
        all places; ``done`` how many were run after each batch, ``ms`` the time until
        then; ``warp_ms`` ``()`` of all warps; ``batch`` ``()``.
        """
        if not 1 <= len(boxes) <= MOST_CROPS:
            raise ValueError(f"One job runs 1 to {MOST_CROPS} crops, not {len(boxes)}.")
        batch = batch or BATCH[choose()]
        starts = range(0, len(boxes), batch)
        with stage("warp"):
            start = time.perf_counter()
            x = self._tensor(warp_boxes(image, boxes))
            warp_ms = 1e3 * (time.perf_counter() - start)
        with stage("network"), inference(exact=True):
            runs = [clocked(partial(self._run, x[k : k + batch])) for k in starts]
        return {
            "logits": _array(torch.cat([both[0] for both, _ in runs])),
            "features": _array(torch.cat([both[1] for both, _ in runs])),
            "done": np.array([min(k + batch, len(boxes)) for k in starts]),
            "ms": np.cumsum([ms for _, ms in runs]),
            "warp_ms": np.array(warp_ms),
            "batch": np.array(batch),
        }

    def _run(self, x: Tensor) -> tuple[Tensor, Tensor]:
        seen = self.net(x)
        return seen.logits, seen.pooled

    def _tensor(self, crops: Image) -> Tensor:
        scaled = (crops.astype(np.float32) / 255.0 - self.mean) / self.std
        x = torch.from_numpy(np.ascontiguousarray(scaled.transpose(0, 3, 1, 2)))
        return x.to(choose())

    def shared_run(self, image: Image, boxes: Image) -> Arrays:
        """Run the convolutions once over the whole picture and pool every box there.

        Milliseconds, the median of a few runs: ``backbone`` stem to stage 7; ``rpn`` a
        3x3 convolution of the paper's size with its two 1x1 ones, not trained, for
        its time alone; ``pool`` RoI max pooling of all boxes to 7 x 7; ``head`` the
        last convolution, its mean and the classifier on each. ``rois`` how many;
        ``input_size``; ``map_size`` of the features.
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
        return {
            "backbone": np.array(backbone),
            "rpn": np.array(rpn_ms),
            "pool": np.array(pool_ms),
            "head": np.array(head_ms),
            "rois": np.array(len(boxes)),
            "input_size": np.array([height, width]),
            "map_size": np.array(features.shape[2:]),
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

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ProposalLayers(channels).eval()


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


def _array(x: Tensor) -> np.ndarray[Any, Any]:
    return x.detach().float().cpu().numpy().copy()
