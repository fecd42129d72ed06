"""The classifier as a fully convolutional network: its matrix as a 1x1 convolution."""

import functools
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.core.class_map import class_window
from explorer.models import probe
from explorer.models.efficientnet_lite0 import HEAD_CHANNELS, STRIDE, EfficientNetLite0

WINDOW = 7  # cells on a side of the map that the classifier averages: 224 / 32


def as_convolution(linear: nn.Linear) -> nn.Conv2d:
    """Turn a fully connected layer into a 1x1 convolution: its numbers, reshaped.

    Parameters
    ----------
    linear : nn.Linear
        Weight (classes, channels), bias (classes,); left as it is.

    Returns
    -------
    nn.Conv2d
        Weight (classes, channels, 1, 1) and the same bias, in the same memory.

    References
    ----------
    Long et al. 2015, Fully convolutional networks, arXiv:1411.4038, section 3.1.

    Examples
    --------
    >>> layer = as_convolution(nn.Linear(4, 3))
    >>> tuple(layer.weight.shape), tuple(layer(torch.zeros(1, 4, 2, 5)).shape)
    ((3, 4, 1, 1), (1, 3, 2, 5))
    """
    conv = nn.Conv2d(linear.in_features, linear.out_features, 1)
    conv.weight = nn.Parameter(linear.weight.detach()[:, :, None, None])
    conv.bias = nn.Parameter(linear.bias.detach())
    return conv


@dataclass(frozen=True)
class ClassMap:
    """What the fully convolutional classifier gives.

    Attributes
    ----------
    head : Tensor
        (N, channels, h, w) features, stride 32.
    logits : Tensor
        (N, classes, h - rows + 1, w - columns + 1), one score vector a window.
    window : (int, int)
        Rows and columns of features each score vector was averaged over.
    """

    head: Tensor
    logits: Tensor
    window: tuple[int, int]


class FullyConvolutional(nn.Module):
    """EfficientNet-Lite0 without its last fixed size: features, mean window, 1x1.

    The classifier averages all of the features and multiplies by a matrix. Here the
    mean is taken over a window that slides one cell at a time, and the matrix is a 1x1
    convolution, so an input of any size gives a map of scores.
    """

    def __init__(self, net: EfficientNetLite0) -> None:
        super().__init__()
        self.net = net
        self.classifier = as_convolution(net.classifier)

    def forward(self, x: Tensor, window: int = WINDOW) -> ClassMap:
        """Score every window of ``(N, 3, H, W)`` values in [-1, 1]."""
        head: Tensor = self.net(x).head
        size = class_window(head.shape[2], head.shape[3], window)
        pooled = functional.avg_pool2d(head, size, stride=1)
        return ClassMap(head, self.classifier(pooled), size)


@functools.cache
def macs_per_cell() -> int:
    """Count the multiply-adds behind one cell of the head, on an input of 32 x 32.

    Every stride divides 32 and padding keeps sizes, so an input of n times as many
    cells costs exactly n times as much.
    """
    net = EfficientNetLite0().eval()
    with torch.inference_mode():
        counted = probe.count(net, torch.zeros(1, 3, STRIDE, STRIDE))[1]
    return counted - net.classifier.weight.numel()


def dense_macs(height: int, width: int, classes: int = 1000) -> int:
    """Count the multiply-adds of one fully convolutional pass over an input.

    Parameters
    ----------
    height, width : int
        Of the input in pixels, multiples of 32.
    classes : int
        Outputs of the 1x1 convolution.

    Returns
    -------
    int
        For 224 x 224 the classifier's own number.

    Raises
    ------
    ValueError
        If a side is not a positive multiple of 32.
    """
    if min(height, width) < STRIDE or height % STRIDE or width % STRIDE:
        raise ValueError(
            f"height and width must be multiples of {STRIDE}, got {height} x {width}"
        )
    rows, cols = height // STRIDE, width // STRIDE
    high, wide = class_window(rows, cols, WINDOW)
    outputs = (rows - high + 1) * (cols - wide + 1)
    return rows * cols * macs_per_cell() + outputs * HEAD_CHANNELS * classes
