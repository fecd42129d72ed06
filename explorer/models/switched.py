"""SegNet and U-Net with many settings of their switches in one pass.

The encoder runs once. On the way up, settings that agree on all coarser levels share
their maps, so that each map is computed once. Maps go one by one, not as one batch: on
a processor a batch of the finest maps outgrows the allocator's pool and takes half as
long again. ``unet_columns_removed`` and ``segnet_scattered`` compute a single setting
by other means, to check both.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.models.segnet import SegNet
from explorer.models.unet import UNet

Levels = tuple[int, ...]


def unet_variants(net: UNet, x: Tensor, variants: Sequence[Levels]) -> Tensor:
    """Return the logits of each setting of ``off``, as ``net(x, off=...)`` gives them.

    Parameters
    ----------
    net : UNet
        In evaluation mode.
    x : (1, 3, H, W) tensor
    variants : sequence of tuples
        Skips left out, 1 the finest.

    Returns
    -------
    (V, classes, H, W) tensor
    """
    encoded, y = [], x
    for i, block in enumerate(net.encoder):
        y = block(functional.max_pool2d(y, 2) if i else y)
        encoded.append(y)
    branches, maps = _Branches(variants), [y]
    for step, level in enumerate(range(len(net.decoder), 0, -1)):
        raised, skip = [net.raise_[step](y) for y in maps], encoded[level - 1]
        nothing = torch.zeros_like(skip)
        maps = [
            net.decoder[step](
                torch.cat([nothing if level in row else skip, raised[parent]], 1)
            )
            for row, parent in branches.at(level)
        ]
    logits = [net.classify(y) for y in maps]
    return torch.cat([logits[i] for i in branches.order()])


def segnet_variants(net: SegNet, x: Tensor, variants: Sequence[Levels]) -> Tensor:
    """Return the logits of each setting of ``nearest``; see ``unet_variants``."""
    indices, y = [], x
    for block in net.encoder:
        y, places = functional.max_pool2d(block(y), 2, return_indices=True)
        indices.append(places)
    branches, maps = _Branches(variants), [y]
    for step, level in enumerate(range(len(indices), 0, -1)):
        places = indices[level - 1]
        maps = [
            net.decoder[step](
                functional.interpolate(maps[parent], scale_factor=2.0, mode="nearest")
                if level in row
                else functional.max_unpool2d(maps[parent], places, (2, 2))
            )
            for row, parent in branches.at(level)
        ]
    logits = [net.classify(y) for y in maps]
    return torch.cat([logits[i] for i in branches.order()])


class _Branches:
    """Which settings are still the same on the way up from the coarsest level."""

    def __init__(self, variants: Sequence[Levels]) -> None:
        self.variants = [tuple(sorted(set(one))) for one in variants]
        self.rows: list[Levels] = [()]

    def at(self, level: int) -> list[tuple[Levels, int]]:
        """Return the rows after this level, each with the row it comes from."""
        wanted = [tuple(n for n in one if n >= level) for one in self.variants]
        rows = list(dict.fromkeys(wanted))
        parents = [self.rows.index(tuple(n for n in r if n > level)) for r in rows]
        self.rows = rows
        return list(zip(rows, parents, strict=True))

    def order(self) -> list[int]:
        """Return the row of each setting."""
        return [self.rows.index(one) for one in self.variants]


def unet_columns_removed(net: UNet, x: Tensor, off: Sequence[int]) -> Tensor:
    """Return U-Net's logits by a network that never had the skips in ``off``.

    A convolution over joined maps is a sum of two, one over each. Without the skip
    the weights that read it are cut out of the kernel; nothing is filled with zeros.

    Parameters
    ----------
    net : UNet
        In evaluation mode.
    x : (1, 3, H, W) tensor
    off : sequence of int
        Skips that are not there, 1 the finest.

    Returns
    -------
    (1, classes, H, W) tensor
    """
    encoded = [net.encoder[0](x)]
    for block in net.encoder[1:]:
        encoded.append(block(functional.max_pool2d(encoded[-1], 2)))
    y = encoded.pop()
    for raise_, block in zip(net.raise_, net.decoder, strict=True):
        level, skip = len(encoded), encoded.pop()
        y = raise_(y)
        (conv, norm, relu), second = block[0], block[1]  # type: ignore[index]
        assert isinstance(conv, nn.Conv2d)
        mine, theirs = conv.weight[:, : skip.shape[1]], conv.weight[:, skip.shape[1] :]
        y = functional.conv2d(y, theirs, padding=1)
        if level not in off:
            y = y + functional.conv2d(skip, mine, padding=1)
        y = second(relu(norm(y)))
    logits: Tensor = net.classify(y)
    return logits


def segnet_scattered(net: SegNet, x: Tensor, nearest: Sequence[int]) -> Tensor:
    """Return SegNet's logits with pooling and unpooling written out window by window.

    Parameters
    ----------
    net : SegNet
        In evaluation mode.
    x : (1, 3, H, W) tensor
    nearest : sequence of int
        Levels at which a value is repeated over its window, 1 the finest.

    Returns
    -------
    (1, classes, H, W) tensor
    """
    places, y = [], x
    for block in net.encoder:
        windows = block(y).unfold(2, 2, 2).unfold(3, 2, 2).flatten(4)
        y, place = windows.max(-1)
        places.append(place)
    for block in net.decoder:
        level, place = len(places), places.pop()
        if level in nearest:
            y = y.repeat_interleave(2, 2).repeat_interleave(2, 3)
        else:
            one_hot = functional.one_hot(place, 4).to(y.dtype)
            spread = (y[..., None] * one_hot).reshape(*y.shape, 2, 2)
            y = spread.transpose(3, 4).flatten(4, 5).flatten(2, 3)
        y = block(y)
    logits: Tensor = net.classify(y)
    return logits
