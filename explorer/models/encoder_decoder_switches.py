"""SegNet and U-Net with their switches thrown: labels, a second way, times.

Methods of a ``Segmenter`` that holds one of the two, for the engine.
"""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from explorer.models.device import inference
from explorer.models.segnet import SegNet
from explorer.models.stages import stage
from explorer.models.switched import (
    segnet_scattered,
    segnet_variants,
    unet_columns_removed,
    unet_variants,
)
from explorer.models.unet import UNet

if TYPE_CHECKING:
    from explorer.models.segmenters import Segmenter

Arrays = dict[str, NDArray[Any]]
Image = NDArray[np.uint8]
MAX_REPEATS = 9


def switched(model: "Segmenter", image: Image, side_px: int = 0) -> Arrays:
    """Label the image by the whole network, then with each switch alone, then all.

    Returns
    -------
    dict
        ``labels`` (V, H, W) uint8, the first those of the whole network; ``off`` (V,)
        text: the levels switched, joined by commas.
    """
    net = model.net
    with stage("resize"):
        x = model.tensor(image, side_px)
    with stage("network, every switch"), inference():
        if isinstance(net, SegNet):
            variants = one_by_one(len(net.encoder))
            logits = segnet_variants(net, x, variants)
        else:
            assert isinstance(net, UNet)
            variants = one_by_one(len(net.decoder))
            logits = unet_variants(net, x, variants)
    with stage("upsample"), inference():
        size = image.shape[:2]
        labels = [labels_at(one[None], size) for one in logits.float()]
    names = [",".join(map(str, levels)) for levels in variants]
    return {"labels": np.stack(labels), "off": np.array(names)}


def one_by_one(levels: int) -> tuple[tuple[int, ...], ...]:
    """Return the switches thrown: none, each alone, all.

    Examples
    --------
    >>> one_by_one(2)
    ((), (1,), (2,), (1, 2))
    """
    every = tuple(range(1, levels + 1))
    return ((), *((one,) for one in every), every)


def labels_at(logits: Tensor, size: tuple[int, ...]) -> NDArray[np.uint8]:
    """As ``Segmenter.segment`` does, one network at a time: the maps are large."""
    full = functional.interpolate(
        logits, (size[0], size[1]), mode="bilinear", align_corners=False
    )
    # torch's max finds the place about six times as fast as its argmax.
    return np.asarray(full[0].max(0).indices.to(torch.uint8).cpu().numpy())


def timed(
    model: "Segmenter", image: Image, repeats: int = 3, side_px: int = 0
) -> Arrays:
    """Run the network alone several times: ``ms`` (repeats,).

    Raises
    ------
    ValueError
        If ``repeats`` is not from 1 to 9.
    """
    if not 1 <= repeats <= MAX_REPEATS:
        raise ValueError(f"repeats is {repeats}; it must lie in 1..{MAX_REPEATS}")
    x = model.tensor(image, side_px)
    spent = []
    with stage("network, repeated"), inference() as device:
        for _ in range(repeats):
            start = time.perf_counter()
            model.net(x)
            if device == "cuda":
                torch.cuda.synchronize()
            spent.append(1e3 * (time.perf_counter() - start))
    return {"ms": np.array(spent), "input": np.array(x.shape[-2:])}


def checked(
    model: "Segmenter", image: Image, off: str = "", side_px: int = 0
) -> Arrays:
    """Compute one setting twice: by the network, and by other means.

    Parameters
    ----------
    model : Segmenter
    image : (H, W, 3) uint8 array
    off : str
        Levels switched, joined by commas.
    side_px : int
        Longest side of the network's input; 0 is the one it was trained at.

    Returns
    -------
    dict
        ``network`` and ``independent``: logits (classes, h, w).
    """
    net, x = model.net, model.tensor(image, side_px)
    levels = tuple(int(part) for part in off.split(",") if part)
    with stage("network, twice"), inference(exact=True):
        if isinstance(net, SegNet):
            pair = net(x, nearest=levels).logits, segnet_scattered(net, x, levels)
        else:
            assert isinstance(net, UNet)
            pair = net(x, off=levels).logits, unet_columns_removed(net, x, levels)
    return {
        "network": pair[0][0].cpu().numpy(),
        "independent": pair[1][0].cpu().numpy(),
    }


METHODS: Mapping[str, Callable[..., Arrays]] = {
    "switched": switched,
    "timed": timed,
    "checked": checked,
}
