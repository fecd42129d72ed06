"""The encoder-decoder lesson beside torch, on the page's own maps."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.core.unet_sizes import CONVS, DEPTH, unet_sizes
from explorer.core.unpooling import max_pool, max_unpool, nearest_unpool

Arrays = Mapping[str, NDArray[Any]]
SINGLE = 1e-4  # of the largest logit: sums of hundreds of products in float32
NETWORK = {
    "segnet": "SegNet written out window by window",
    "unet": "U-Net with the weights that read a skip cut out",
}


def prove_pooling(level: Arrays) -> Proof:
    """Pool a level's map with numpy; compare with the values and places in the network.

    Parameters
    ----------
    level : dict
        What ``models.encoder_decoder.level`` gives for SegNet.
    """
    ours = max_pool(level["encoded"])
    wrong = int((ours.indices != level["indices"]).sum())
    wrong += int((ours.values != level["pooled"]).sum())
    note = f"all {ours.values.size:,} values and their places; none may differ"
    return Proof("torch.nn.functional.max_pool2d", wrong, 0, note=note)


def prove_unpooling(level: Arrays) -> tuple[Proof, Proof]:
    """Unpool with numpy, by indices and by nearest; compare with torch.

    Both with torch's own functions, called here, and with the map in the network.
    """
    import torch
    from torch.nn import functional

    incoming, indices = level["incoming"], level["indices"]
    shape = (level["encoded"].shape[0], level["encoded"].shape[1])
    ours, copied = max_unpool(incoming, indices, shape), nearest_unpool(incoming)
    with torch.inference_mode():
        values = torch.from_numpy(np.array(incoming))[None, None]
        places = torch.from_numpy(np.array(indices))[None, None]
        theirs = functional.max_unpool2d(values, places, (2, 2))[0, 0].numpy()
        repeated = functional.interpolate(values, scale_factor=2.0)[0, 0].numpy()
    both = max(_far(ours, theirs), _far(ours, level["unpooled"]))
    note = f"all {ours.size:,} places, and the map inside the network"
    return (
        Proof("torch.nn.functional.max_unpool2d", both, 0, note=note),
        Proof(
            "torch.nn.functional.interpolate (nearest)",
            max(_far(copied, repeated), _far(copied, level["nearest"])),
            0,
            note="the other way up",
        ),
    )


def _far(ours: NDArray[Any], theirs: NDArray[Any]) -> float:
    if ours.shape != theirs.shape:
        return float("nan")
    return float(np.abs(ours - theirs).max(initial=0.0))


def prove_two_ways(architecture: str, checked: Arrays, setting: str) -> Proof:
    """Compare a setting of the switches with a forward that computes it otherwise.

    Parameters
    ----------
    architecture : {"segnet", "unet"}
    checked : dict
        What ``models.encoder_decoder.checked`` gives.
    setting : str
        In words, for the note.
    """
    network, other = checked["network"], checked["independent"]
    scale = max(1.0, float(np.abs(network).max()))
    return Proof(
        NETWORK[architecture],
        _far(network, other),
        SINGLE * scale,
        note=f"{setting}, all {network.size:,} class scores",
    )


def prove_sizes(
    sizes: Iterable[int], depth: int = DEPTH, convs: int = CONVS, padded: bool = False
) -> Proof:
    """Run bare U-Nets in torch; count the levels whose sizes the arithmetic misses.

    One channel and one side only: the other side is the same again.
    """
    import torch

    wrong = tried = levels = 0
    with torch.inference_mode():
        for size in sizes:
            found = unet_sizes(size, depth, convs, padded)
            ours = [(x.skip, x.raised, x.left) for x in found.levels]
            theirs = _torch_sizes(size, depth, convs, padded)
            wrong += sum(a != b for a, b in zip(ours, theirs, strict=True))
            tried += 1
            levels += len(ours)
    note = f"{levels} levels of {tried} inputs, one side; none may differ"
    return Proof("torch's own convolutions and poolings", wrong, 0, note=note)


def _torch_sizes(
    size: int, depth: int, convs: int, padded: bool
) -> list[tuple[int, int | None, int]]:
    import torch
    from torch.nn import functional

    def convolved(x: torch.Tensor) -> torch.Tensor:
        for _ in range(convs):
            x = functional.conv1d(x, kernel, padding=int(padded))
        return x

    kernel, twice = torch.ones(1, 1, 3), torch.ones(1, 1, 2)
    skips = [convolved(torch.zeros(1, 1, size))]
    for _ in range(depth):
        skips.append(convolved(functional.max_pool1d(skips[-1], 2)))
    x = skips.pop()
    found: list[tuple[int, int | None, int]] = [(x.shape[-1], None, x.shape[-1])]
    while skips:
        skip = skips.pop()
        raised = functional.conv_transpose1d(x, twice, stride=2)
        side = raised.shape[-1]
        first = (skip.shape[-1] - side) // 2
        x = convolved(skip[..., first : first + side] + raised)
        found.append((skip.shape[-1], side, x.shape[-1]))
    return found[::-1]
