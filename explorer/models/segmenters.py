"""The shipped segmenters as the engine sees them: arrays in, arrays out.

Four architectures share one face; what differs is which switches each understands.
"""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from explorer.core.confusion import VOID
from explorer.core.resizing import resize
from explorer.models import deeplab_opened, encoder_decoder, fcn_fusion, weights, zoo
from explorer.models.classifier import fit
from explorer.models.deeplab import BRANCHES, DeepLabHead, DeepLabV3Plus
from explorer.models.device import choose, inference
from explorer.models.efficientnet_lite0 import rename_published
from explorer.models.fcn import FCN, FCNHead
from explorer.models.fields import FieldMethods
from explorer.models.records import Record
from explorer.models.segnet import SegNet
from explorer.models.stages import stage
from explorer.models.trunk import Trunk
from explorer.models.unet import UNet

Arrays = dict[str, NDArray[Any]]
Option = int | float | str | bool
MEAN, STD = 0.5, 0.5  # of the pixels, as the backbone was trained with
MAX_RATE = 128  # wider than any map here: MAX_SIDE_PX at output stride 8


class Segmenter:
    """A network that gives every pixel a class.

    Methods
    -------
    segment(image, ...)
        ``labels`` ``(H, W)`` uint8, rows of the record's classes; ``scores``
        ``(H, W)`` float32, the probability of that class.
    scores(image, step_px, ...)
        ``logits`` and ``probs`` ``(h, w, classes)`` float32 on a grid of cells of
        ``step_px``, for reading out under a pointer, and ``labels`` as above.

    loss(image, truth, ...)
        ``loss`` ``(H, W)`` float32, each pixel's cross-entropy in nats, nan where
        ``truth`` ``(H, W)`` uint8 is no class; ``labels`` as above.

    graph, field, field_check
        Receptive fields: see ``FieldMethods``.

    The others take the switches of the architecture (``SWITCHES``) and ``side_px``,
    the longest side of the network's input; 0 is the one it was trained at.
    """

    def __init__(self, net: nn.Module, record: Record) -> None:
        self.device = choose()
        self.net = net.eval().requires_grad_(False).to(self.device)
        self.record = record
        self.side_px = record.side_px
        self.switches = SWITCHES[record.architecture]
        self.methods: Mapping[str, Callable[..., Arrays]] = {
            "segment": self.segment,
            "scores": self.scores,
            "loss": self.loss,
            **FieldMethods(self.net, self.tensor, self.device).methods(),
            **{
                name: functools.partial(method, self)
                for name, method in OPENED.get(record.architecture, {}).items()
            },
        }

    def segment(
        self, image: NDArray[np.uint8], side_px: int = 0, **switches: Option
    ) -> Arrays:
        """Label every pixel of the image."""
        logits = self.run(image, side_px, **switches).logits
        with stage("upsample"), inference():
            probs = _grown(logits.float(), image.shape[:2]).softmax(1)[0]
            scores, labels = probs.max(0)
        return {
            "labels": labels.to(torch.uint8).cpu().numpy(),
            "scores": scores.cpu().numpy(),
        }

    def scores(
        self,
        image: NDArray[np.uint8],
        step_px: int = 4,
        side_px: int = 0,
        **switches: Option,
    ) -> Arrays:
        """Label every pixel; on a grid, give the whole vector of scores too."""
        logits = self.run(image, side_px, **switches).logits
        height, width = image.shape[:2]
        grid = (max(1, height // step_px), max(1, width // step_px))
        with stage("upsample"), inference():
            full = _grown(logits.float(), (height, width))
            small = functional.adaptive_avg_pool2d(full, grid)[0]
            labels = full[0].argmax(0).to(torch.uint8)
        return {
            "labels": labels.cpu().numpy(),
            "logits": small.permute(1, 2, 0).cpu().numpy(),
            "probs": small.softmax(0).permute(1, 2, 0).cpu().numpy(),
        }

    def loss(
        self,
        image: NDArray[np.uint8],
        truth: NDArray[np.uint8],
        side_px: int = 0,
        **switches: Option,
    ) -> Arrays:
        """Say how surprised the network is by each pixel's true class."""
        if truth.shape != image.shape[:2]:
            raise ValueError(
                f"The truth is {truth.shape} and the image {image.shape[:2]}: "
                "each pixel needs its class."
            )
        logits = self.run(image, side_px, **switches).logits
        with stage("upsample"), inference():
            full = _grown(logits.float(), image.shape[:2])
            classes = torch.from_numpy(truth.astype(np.int64)).to(self.device)[None]
            known = classes < full.shape[1]
            loss = functional.cross_entropy(
                full, classes.where(known, VOID), ignore_index=VOID, reduction="none"
            )
            loss = loss.where(known, torch.nan)[0]
            labels = full[0].argmax(0).to(torch.uint8)
        return {"loss": loss.cpu().numpy(), "labels": labels.cpu().numpy()}

    def run(
        self,
        image: NDArray[np.uint8],
        side_px: int = 0,
        /,
        *,
        exact: Option = False,
        **switches: Option,
    ) -> Any:
        """Return the network's own result, every step of it, as tensors.

        ``exact`` keeps a GPU at float32, for pages that show the arithmetic.
        """
        read = read_switches(self.switches, switches)
        with stage("resize"):
            x = self.tensor(image, side_px)
        with stage("network"), inference(exact=bool(exact)):
            return self.net(x, **read)

    def tensor(self, image: NDArray[np.uint8], side_px: int = 0) -> Tensor:
        """Return the network's input ``(1, 3, h, w)``, sides multiples of 32."""
        size = fit(image, side_px or self.side_px)
        scaled = (resize(image, *size).astype(np.float32) / 255 - MEAN) / STD
        x = torch.from_numpy(scaled.transpose(2, 0, 1).copy())[None]
        return x.to(self.device)


def _grown(logits: Tensor, size: tuple[int, ...]) -> Tensor:
    return functional.interpolate(
        logits, (size[0], size[1]), mode="bilinear", align_corners=False
    )


def _names(text: Option) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(text).split(",") if part.strip())


def _numbers(text: Option) -> tuple[int, ...]:
    return tuple(int(part) for part in _names(text))


def _branches(text: Option) -> tuple[str, ...]:
    names = _names(text)
    for name in names:
        if name not in BRANCHES:
            raise ValueError(
                f"There is no branch {name!r}; there are {', '.join(BRANCHES)}."
            )
    return names


def _rates(text: Option) -> tuple[int, ...] | None:
    rates = _numbers(text)
    if rates and (len(rates) != 3 or not all(1 <= r <= MAX_RATE for r in rates)):
        raise ValueError(f"rates are three numbers from 1 to {MAX_RATE}, got {text!r}.")
    return rates or None


def _stride(value: Option) -> int:
    if value not in (8, 16):
        raise ValueError(f"output_stride is 8 or 16, got {value!r}.")
    return int(value)


Switches = Mapping[str, Callable[[Option], Any]]
# What may be switched in a call, and how its plain value is read; lists are text,
# parts joined by commas.
FCN_SWITCHES: Switches = {"off": _numbers}  # strides (16, 8) of skips left out
SWITCHES: Mapping[str, Switches] = {
    "fcn32s": FCN_SWITCHES,
    "fcn16s": FCN_SWITCHES,
    "fcn8s": FCN_SWITCHES,
    "segnet": {"nearest": _numbers},  # levels 1 to 5 unpooled without indices
    "unet": {"off": _numbers},  # skips 1 (finest) to 4 left out
    "deeplabv3plus": {
        "output_stride": _stride,
        "rates": _rates,  # at the output stride; empty: those trained for
        "off": _branches,
        "decoder": bool,
    },
}
# What else can be asked of an architecture; its first argument is the Segmenter.
OPENED: Mapping[str, Mapping[str, Callable[..., Arrays]]] = {
    "segnet": encoder_decoder.METHODS,
    "unet": encoder_decoder.METHODS,
    **dict.fromkeys(("fcn32s", "fcn16s", "fcn8s"), fcn_fusion.METHODS),
    "deeplabv3plus": deeplab_opened.METHODS,
}


def read_switches(known: Switches, asked: Mapping[str, Option]) -> dict[str, Any]:
    """Turn plain values into what the network's forward takes.

    Raises
    ------
    ValueError
        If there is no such switch, or its value can't be read.

    Examples
    --------
    >>> read_switches(SWITCHES["unet"], {"off": "1,2"})
    {'off': (1, 2)}
    """
    for name in asked:
        if name not in known:
            options = ", ".join(known) or "none"
            raise ValueError(f"There is no switch {name!r}; there is: {options}.")
    return {name: known[name](value) for name, value in asked.items()}


@functools.cache
def shared_trunk(path: Path, device: str) -> Trunk:
    """Load a backbone once for a device, for all heads there that stand on it."""
    trunk = Trunk(32)
    trunk.load_state_dict(as_float(load_file(path)), strict=True)
    return trunk.eval().requires_grad_(False).to(device)


def imagenet_trunk() -> Trunk:
    """Return the backbone with the package's ImageNet weights, in evaluation mode."""
    (path,) = weights.locate(zoo.record("efficientnet_lite0"))
    state = rename_published(torch.load(path, map_location="cpu", weights_only=True))
    used = {k: v for k, v in state.items() if not k.startswith(("head", "classifier"))}
    trunk = Trunk(32)
    trunk.load_state_dict(used, strict=True)
    return trunk.eval()


def as_float(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Turn the float16 of the files into float32; counts stay whole numbers."""
    return {k: v.float() if v.is_floating_point() else v for k, v in state.items()}


def build(record: Record, trunk: Trunk | None) -> tuple[nn.Module, nn.Module]:
    """Make a record's network; return it, and the part that its own file holds."""
    classes = len(record.classes)
    made: FCN | DeepLabV3Plus
    if record.architecture == "segnet":
        net: nn.Module = SegNet(classes)
        return net, net
    if record.architecture == "unet":
        net = UNet(classes)
        return net, net
    if record.architecture == "deeplabv3plus":
        made = DeepLabV3Plus(classes, trunk)
    else:
        stride = int(record.architecture.removeprefix("fcn").removesuffix("s"))
        made = FCN(classes, stride, trunk)
    head: FCNHead | DeepLabHead = made.head
    return made, head


def load(record: Record, paths: tuple[Path, ...]) -> Segmenter:
    """Build the network and load every weight strictly.

    ``paths`` holds the network's file, then its backbone's where it has one.
    """
    trunk = shared_trunk(paths[1], choose()) if len(paths) > 1 else None
    net, own = build(record, trunk)
    own.load_state_dict(as_float(load_file(paths[0])), strict=True)
    return Segmenter(net, record)
