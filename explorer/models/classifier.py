"""The shipped ImageNet classifier as the engine sees it: arrays in, arrays out."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.core.resizing import resize
from explorer.models import probe
from explorer.models.dense import Dense
from explorer.models.device import choose, inference
from explorer.models.efficientnet_lite0 import (
    LAYERS,
    STRIDE,
    EfficientNetLite0,
    rename_published,
)
from explorer.models.fields import FieldMethods
from explorer.models.records import Record
from explorer.models.shared_run import SharedRun
from explorer.models.stages import stage

Arrays = dict[str, np.ndarray[Any, Any]]
MAX_SIDE_PX = 1024  # of the network's input: larger ones are told, not tried


class Classifier:
    """EfficientNet-Lite0 with its preprocessing.

    Methods
    -------
    classify(image)
        ``logits`` and ``probs`` ``(classes,)`` of the centre crop the network was
        trained for.
    features(image, layers, side_px)
        Maps ``(C, h, w)`` of the whole image; ``layers`` is a comma-separated list of
        stem, stage1 to stage7, head, pooled, logits.
    layers()
        Every convolution: names and shape.
    layer(image, layer, channel, side_px)
        One convolution as it ran.
    graph, field, field_check
        Receptive fields: see ``FieldMethods``.

    Those of ``dense.Dense`` beside them: the classifier as a map; and those of
    ``shared_run.SharedRun``: one pass for many boxes.
    """

    def __init__(self, net: EfficientNetLite0, record: Record) -> None:
        self.device = choose()
        self.net = net.eval().to(self.device)
        self.side_px = record.side_px
        self.mean = float(record.preprocessing["mean"])
        self.std = float(record.preprocessing["std"])
        self.crop_frac = float(record.preprocessing["crop_frac"])
        self.methods: Mapping[str, Callable[..., Arrays]] = {
            "classify": self.classify,
            "features": self.features,
            "layers": self.layers,
            "layer": self.layer,
            **FieldMethods(
                self.net, lambda image, side: self._whole(image, side)[0], self.device
            ).methods(),
            **Dense(self.net, self._whole).methods,
            **SharedRun(self.net, self._whole).methods,
        }

    def classify(self, image: np.ndarray[Any, Any]) -> Arrays:
        """Classify the central square of the image."""
        with stage("resize"):
            height, width = image.shape[:2]
            side = max(1, round(self.crop_frac * min(height, width)))
            top, left = (height - side) // 2, (width - side) // 2
            crop = image[top : top + side, left : left + side]
            x = self._tensor(resize(crop, self.side_px, self.side_px))
        with stage("network"), inference():
            logits = self.net(x).logits[0].float()
            probs = logits.softmax(0)
            found = {"logits": _array(logits), "probs": _array(probs)}
        return found

    def features(
        self,
        image: np.ndarray[Any, Any],
        layers: str = "stage3,stage5,head",
        side_px: int = 0,
    ) -> Arrays:
        """Run the whole image, as ``fit`` sizes it, and return the maps asked for."""
        names = [name.strip() for name in layers.split(",") if name.strip()]
        for name in names:
            if name not in LAYERS:
                raise ValueError(
                    f"There is no layer {name!r}; there is {', '.join(LAYERS)}."
                )
        with stage("resize"):
            x, size = self._whole(image, side_px)
        with stage("network"), inference():
            seen = self.net(x).named()
            found = {name: _array(seen[name][0].float()) for name in names}
        found["input_size"] = np.array(size)
        return found

    def layers(self) -> Arrays:
        """List the convolutions: ``name``; ``shape`` (out, in, groups, k, stride)."""
        convs = [
            (name, m)
            for name, m in self.net.named_modules()
            if isinstance(m, nn.Conv2d)
        ]
        shapes = [
            (m.out_channels, m.in_channels, m.groups, m.kernel_size[0], m.stride[0])
            for _, m in convs
        ]
        return {
            "name": np.array([name for name, _ in convs]),
            "shape": np.array(shapes),
        }

    def layer(
        self,
        image: np.ndarray[Any, Any],
        layer: str,
        channel: int = 0,
        side_px: int = 224,
    ) -> Arrays:
        """Return one output channel of a convolution with all that made it.

        ``input`` ``(C, h, w)`` holds the input channels that the output channel reads
        (its group), before padding; ``weight`` ``(C, k, k)``; ``bias`` ``()``;
        ``output`` ``(h', w')`` straight from the convolution; ``geometry`` stride,
        dilation, then zeros at the top, bottom, left and right; ``norm`` the
        numbers (mean, variance + eps, gain, offset, 1 if ReLU6 comes after) of the
        batch normalisation that follows; ``channels`` how many outputs there are.
        """
        with stage("resize"):
            x, size = self._whole(image, side_px)
        with stage("network"), inference(exact=True):
            run = probe.conv_layer(self.net, x, layer)
        channels = run.output.shape[1]
        if not 0 <= channel < channels:
            raise ValueError(
                f"{layer} has channels 0 to {channels - 1}, not {channel}."
            )
        group = channel // (channels // run.groups)
        width_in = run.input.shape[1] // run.groups
        read = run.input[0, group * width_in : (group + 1) * width_in]
        bias = torch.zeros(()) if run.bias is None else run.bias[channel]
        return {
            "input": _array(read),
            "weight": _array(run.weight[channel]),
            "bias": _array(bias),
            "output": _array(run.output[0, channel]),
            "geometry": np.array([run.stride[0], run.dilation[0], *run.padding]),
            "norm": self._norm(layer, channel),
            "first_channel": np.array(group * width_in),
            "channels": np.array(channels),
            "input_size": np.array(size),
        }

    def _norm(self, layer: str, channel: int) -> np.ndarray[Any, Any]:
        modules = dict(self.net.named_modules())
        place = layer.rpartition(".")[0]
        norm = modules.get(f"{place}.norm")
        relu6 = bool(getattr(modules.get(place), "relu6", False))
        if not isinstance(norm, nn.BatchNorm2d) or norm.running_mean is None:
            return np.zeros(0)
        assert norm.running_var is not None
        variance = norm.running_var[channel] + norm.eps
        values = (norm.running_mean[channel], variance)
        affine = (norm.weight[channel], norm.bias[channel])
        numbers = [float(value.detach()) for value in (*values, *affine)]
        return np.array([*numbers, float(relu6)])

    def _whole(
        self, image: np.ndarray[Any, Any], side_px: int
    ) -> tuple[Tensor, tuple[int, int]]:
        size = fit(image, side_px)
        return self._tensor(resize(image, *size)), size

    def _tensor(self, image: np.ndarray[Any, Any]) -> Tensor:
        scaled = (image.astype(np.float32) / 255.0 - self.mean) / self.std
        x = torch.from_numpy(scaled.transpose(2, 0, 1).copy())[None]
        return x.to(self.device)


def fit(image: np.ndarray[Any, Any], side_px: int = 0) -> tuple[int, int]:
    """Size the network's input: the image's shape in whole steps of 32 px.

    Parameters
    ----------
    image : ndarray (H, W, 3)
        The reader's image.
    side_px : int
        Longest side wanted; 0 keeps the image's own, and enlarges an image whose
        shorter side is below 32 px, so that its shape is kept.

    Returns
    -------
    (int, int)
        Height and width, multiples of 32, so that every map's cell covers the same
        number of pixels.

    Raises
    ------
    ValueError
        If the longest side would exceed ``MAX_SIDE_PX``.
    """
    height, width = image.shape[:2]
    longest = side_px or max(height, width)
    if not side_px and min(height, width) < STRIDE:
        longest = min(-(-longest * STRIDE // min(height, width)), MAX_SIDE_PX)
    if not STRIDE <= longest <= MAX_SIDE_PX:
        raise ValueError(
            f"The network's input would be {longest} px long; "
            f"it must be between {STRIDE} and {MAX_SIDE_PX}."
        )
    scale = longest / max(height, width)
    rows, columns = (
        max(STRIDE, round(size * scale / STRIDE) * STRIDE) for size in (height, width)
    )
    return rows, columns


def _array(x: Tensor) -> np.ndarray[Any, Any]:
    return x.detach().cpu().numpy().copy()


def load(record: Record, paths: tuple[Path, ...]) -> Classifier:
    """Build the network and load every weight strictly."""
    state = torch.load(paths[0], map_location="cpu", weights_only=True)
    net = EfficientNetLite0(len(record.classes))
    net.load_state_dict(rename_published(state), strict=True)
    return Classifier(net, record)
