"""The classifier's map of scores as the engine gives it, and the same crop by crop."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.core.class_map import class_window, window_box
from explorer.models.device import inference
from explorer.models.efficientnet_lite0 import STRIDE, EfficientNetLite0
from explorer.models.fully_convolutional import WINDOW, ClassMap, FullyConvolutional
from explorer.models.stages import stage

CHUNK = 4  # crops in one batch, where nothing else is asked
MOST_CROPS = 64  # in one job, so that other readers' jobs come in between

Arrays = dict[str, np.ndarray[Any, Any]]
Sizer = Callable[[np.ndarray[Any, Any], int], tuple[Tensor, tuple[int, int]]]


class Dense:
    """The engine's methods of the lesson; ``sized`` makes the network's input.

    Methods
    -------
    class_map(image, side_px, window)
        Score map, and the fully connected layer's scores of the same windows.
    class_weights(label)
        One class's row of the matrix.
    crop_scores(image, side_px, row, col)
        One crop through the whole network, with more and more around it.
    pass_run(image, side_px, repeats), crop_run(image, side_px, first, count, batch)
        One pass over all, and so many crops, for the clock.
    """

    def __init__(self, net: EfficientNetLite0, sized: Sizer) -> None:
        self.net = net
        self.conv = FullyConvolutional(net).eval()
        self.sized = sized
        self.methods: dict[str, Callable[..., Arrays]] = {
            "class_map": self.class_map,
            "class_weights": self.class_weights,
            "crop_scores": self.crop_scores,
            "pass_run": self.pass_run,
            "crop_run": self.crop_run,
        }

    def class_map(
        self, image: np.ndarray[Any, Any], side_px: int = 0, window: int = WINDOW
    ) -> Arrays:
        """Score every window of the whole image by the 1x1 convolution.

        ``logits`` ``(classes, h', w')``; ``fc_logits`` the same from the fully
        connected layer, window after window; ``head`` ``(channels, h, w)``;
        ``window`` rows, columns; ``input_size`` height, width.
        """
        with stage("resize"):
            x, size = self.sized(image, side_px)
        with stage("one pass"), inference(exact=True):
            seen = self.conv(x, window)
        with stage("FC, window by window"), inference(exact=True):
            by_fc = _by_fc(self.net.classifier, seen)
        return {
            "head": _array(seen.head[0]),
            "logits": _array(seen.logits[0]),
            "fc_logits": _array(by_fc),
            "window": np.array(seen.window),
            "input_size": np.array(size),
        }

    def class_weights(self, label: int) -> Arrays:
        """Return a class's ``weight`` ``(channels,)`` and ``bias`` ``()``."""
        layer = self.net.classifier
        if not 0 <= label < layer.out_features:
            raise ValueError(
                f"There are classes 0 to {layer.out_features - 1}, not {label}."
            )
        return {
            "weight": _array(layer.weight[label]),
            "bias": _array(layer.bias[label]),
            "shape": np.array(layer.weight.shape),
        }

    def crop_scores(
        self, image: np.ndarray[Any, Any], side_px: int, row: int, col: int
    ) -> Arrays:
        """Classify the crop of one map cell by itself, then with a growing margin.

        ``boxes`` ``(m, 4)`` xyxy in input pixels: the crop alone, then with 32, 96,
        224, ... px of the picture around it, the last the whole picture; ``logits``
        ``(m, classes)`` of the crop's own window in each.
        """
        with stage("resize"):
            x, (height, width) = self.sized(image, side_px)
        rows, cols = height // STRIDE, width // STRIDE
        high, wide = class_window(rows, cols, WINDOW)
        if not (0 <= row <= rows - high and 0 <= col <= cols - wide):
            raise ValueError(
                f"The map has rows 0 to {rows - high} and columns 0 to {cols - wide}, "
                f"not ({row}, {col})."
            )
        boxes = _margins((row, col), (high, wide), (rows, cols))
        with stage("crops"), inference(exact=True):
            logits = [self._window(x, (row, col), (high, wide), box) for box in boxes]
        corners = np.array(boxes)[:, [1, 0, 3, 2]] * STRIDE
        return {"boxes": corners, "logits": _array(torch.stack(logits))}

    def _window(
        self,
        x: Tensor,
        place: tuple[int, int],
        window: tuple[int, int],
        box: tuple[int, int, int, int],
    ) -> Tensor:
        """Run the cells ``box`` of the input alone; score the window at ``place``."""
        top, left, bottom, right = (STRIDE * cell for cell in box)
        seen = self.net(x[:, :, top:bottom, left:right])
        if (bottom - top, right - left) == (STRIDE * window[0], STRIDE * window[1]):
            whole: Tensor = seen.logits[0]  # the crop alone: the network as it was
            return whole
        row, col = place[0] - box[0], place[1] - box[1]
        part = seen.head[0, :, row : row + window[0], col : col + window[1]]
        scores: Tensor = self.net.classifier(part.mean((1, 2)))
        return scores

    def pass_run(
        self, image: np.ndarray[Any, Any], side_px: int, repeats: int = 3
    ) -> Arrays:
        """Run the whole input ``repeats`` times: ``ms`` of each, scores included."""
        if not 1 <= repeats <= 10:
            raise ValueError(f"One job repeats 1 to 10 times, not {repeats}.")
        with stage("resize"):
            x, _ = self.sized(image, side_px)
        with stage("passes"), inference(exact=True):
            runs = [_clocked(lambda: self.conv(x).logits) for _ in range(repeats)]
        return {"ms": np.array([ms for _, ms in runs])}

    def crop_run(
        self,
        image: np.ndarray[Any, Any],
        side_px: int,
        first: int,
        count: int,
        batch: int = CHUNK,
    ) -> Arrays:
        """Classify the crops number ``first`` to ``first + count``, row by row.

        ``batch`` of them go through the network together: ``done`` how many were run
        after each batch, ``ms`` the time until then; ``logits`` ``(count, classes)``.
        """
        if not 1 <= count <= MOST_CROPS:
            raise ValueError(f"One job runs 1 to {MOST_CROPS} crops, not {count}.")
        if not 1 <= batch <= MOST_CROPS:
            raise ValueError(f"A batch holds 1 to {MOST_CROPS} crops, not {batch}.")
        with stage("resize"):
            x, (height, width) = self.sized(image, side_px)
        rows, cols = height // STRIDE, width // STRIDE
        high, wide = class_window(rows, cols, WINDOW)
        across = cols - wide + 1
        if first < 0 or first + count > across * (rows - high + 1):
            raise ValueError(f"There are no crops {first} to {first + count - 1}.")
        crops = []
        for k in range(first, first + count):
            row, col = divmod(k, across)
            left, top, right, bottom = window_box(row, col, (high, wide), STRIDE)
            crops.append(x[:, :, top:bottom, left:right])
        starts = range(0, count, batch)
        with stage("crops"), inference(exact=True):
            runs = [
                _clocked(partial(self._batch, crops[k : k + batch])) for k in starts
            ]
        done = [min(k + batch, count) for k in starts]
        return {
            "done": np.array(done),
            "ms": np.cumsum([ms for _, ms in runs]),
            "logits": _array(torch.cat([logits for logits, _ in runs])),
        }

    def _batch(self, crops: list[Tensor]) -> Tensor:
        logits: Tensor = self.net(torch.cat(crops)).logits
        return logits


def _clocked(run: Callable[[], Tensor]) -> tuple[Tensor, float]:
    """Return a result and the milliseconds until it has arrived in memory."""
    start = time.perf_counter()
    made = run().cpu()
    return made, 1e3 * (time.perf_counter() - start)


def _by_fc(layer: nn.Linear, seen: ClassMap) -> Tensor:
    """Cut out each window, take its mean, apply the fully connected layer to it."""
    rows, cols = seen.window
    high, wide = seen.logits.shape[2:]
    means = [
        seen.head[0, :, r : r + rows, c : c + cols].mean((1, 2))
        for r in range(high)
        for c in range(wide)
    ]
    scores: Tensor = layer(torch.stack(means))
    return scores.T.reshape(-1, high, wide)


def _margins(
    place: tuple[int, int], window: tuple[int, int], shape: tuple[int, int]
) -> list[tuple[int, int, int, int]]:
    """Return cells top, left, bottom, right: the crop, then 1, 3, 7, ... cells more."""
    boxes: list[tuple[int, int, int, int]] = []
    more = 0
    while not boxes or boxes[-1] != (0, 0, *shape):
        top, left = (max(0, at - more) for at in place)
        bottom, right = (
            min(most, at + side + more)
            for at, side, most in zip(place, window, shape, strict=True)
        )
        boxes.append((top, left, bottom, right))
        more = 2 * more + 1
    return boxes


def _array(x: Tensor) -> np.ndarray[Any, Any]:
    return x.detach().float().cpu().numpy().copy()
