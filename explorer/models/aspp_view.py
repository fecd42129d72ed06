"""What each branch of a DeepLab's pyramid sends on, and what is lost without it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from explorer.models.deeplab import ASPP, BRANCHES, RATES, WIDTH, DeepLabV3Plus
from explorer.models.device import inference
from explorer.models.proofs.deeplab import without_branch
from explorer.models.stages import stage

if TYPE_CHECKING:
    from explorer.models.segmenters import Segmenter

Arrays = dict[str, NDArray[Any]]


def contributions(aspp: ASPP, branches: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Split the projection into what each branch adds to it, before its ReLU.

    The projection is a 1x1 convolution over the joined branches and a normalisation:
    both are linear, so its sum falls apart into one sum a branch and a constant.

    Parameters
    ----------
    aspp : ASPP
        In evaluation mode.
    branches : dict of str to Tensor
        Each ``(N, 128, h, w)``, in the order of ``BRANCHES``.

    Returns
    -------
    (5, N, 128, h, w) Tensor, (128, 1, 1) Tensor
        The branches' parts, and the constant.
    """
    conv, norm = aspp.project[0], aspp.project[1]
    assert isinstance(conv, nn.Conv2d)
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    gain = (norm.weight / torch.sqrt(norm.running_var + norm.eps))[:, None, None]
    parts = [
        gain * functional.conv2d(branches[name], conv.weight[:, k : k + WIDTH])
        for name, k in zip(
            BRANCHES, range(0, WIDTH * len(BRANCHES), WIDTH), strict=True
        )
    ]
    constant = norm.bias[:, None, None] - gain * norm.running_mean[:, None, None]
    return torch.stack(parts), constant


def aspp_responses(
    segmenter: "Segmenter", image: NDArray[np.uint8], side_px: int = 0
) -> Arrays:
    """Return what each branch adds, and the classes with each one switched off.

    ``response`` ``(5, h, w)``: the length of a branch's 128 numbers at each cell;
    ``joint`` and ``summed`` ``(128, h, w)``: the projection before its ReLU by the
    network, and the five parts and the constant added up; ``labels``
    ``(6, H, W)`` uint8 at the network's own size: all branches, then each off alone.
    """
    net = _net(segmenter)
    with stage("resize"):
        x = segmenter.tensor(image, side_px)
    with stage("network"), inference(exact=True):
        seen, size = net.trunk(x), (x.shape[-2], x.shape[-1])
        full = net.head(seen.last, seen.stride4, size)
        parts, constant = contributions(net.head.aspp, full.branches)
        joined = torch.cat(list(full.branches.values()), 1)
        conv, norm = net.head.aspp.project[0], net.head.aspp.project[1]
        joint = norm(conv(joined))
        every = [full.logits]
        for name in BRANCHES:
            off = net.head(seen.last, seen.stride4, size, off=(name,))
            every.append(off.logits)
        labels = torch.cat(every).argmax(1).to(torch.uint8)
    return {
        "branches": np.array(BRANCHES),
        "rates": np.array(RATES),
        "response": _plain(parts[:, 0].norm(dim=1)),
        "joint": _plain(joint[0]),
        "summed": _plain(parts[:, 0].sum(0) + constant),
        "labels": labels.cpu().numpy(),
    }


def aspp_without(
    segmenter: "Segmenter", image: NDArray[np.uint8], off: str, side_px: int = 0
) -> Arrays:
    """Return ``off``, ``never`` and ``full`` ``(classes, H, W)``, logits three ways.

    ``off``: the branches named, joined by commas, are zero; ``never``: by a network
    whose projection never read them; ``full``: with all five.
    """
    net = _net(segmenter)
    names = tuple(part for part in off.split(",") if part)
    for name in names:
        if name not in BRANCHES:
            options = ", ".join(BRANCHES)
            raise ValueError(f"There is no branch {name!r}; there are {options}.")
    with stage("resize"):
        x = segmenter.tensor(image, side_px)
    with stage("network"), inference(exact=True):
        seen, size = net.trunk(x), (x.shape[-2], x.shape[-1])
        maps = (seen.last, seen.stride4, size)
        return {
            "off": _plain(net.head(*maps, off=names).logits[0]),
            "never": _plain(without_branch(net.head, *maps, *names)[0]),
            "full": _plain(net.head(*maps).logits[0]),
        }


def _net(segmenter: "Segmenter") -> DeepLabV3Plus:
    assert isinstance(segmenter.net, DeepLabV3Plus)
    return segmenter.net


def _plain(x: Tensor) -> NDArray[Any]:
    return x.detach().float().cpu().numpy().copy()


METHODS: dict[str, Callable[..., Arrays]] = {
    "aspp_responses": aspp_responses,
    "aspp_without": aspp_without,
}
