"""What crosses from encoder to decoder in SegNet and U-Net, and what it is good for.

These are methods of a ``Segmenter`` that holds one of the two, for the engine: arrays
in, arrays out. Levels count from 1, the finest.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from explorer.models import encoder_decoder_switches as switches
from explorer.models.device import inference
from explorer.models.segnet import SegNetResult
from explorer.models.stages import stage
from explorer.models.unet import UNet, UNetResult

if TYPE_CHECKING:
    from explorer.models.segmenters import Segmenter

Arrays = dict[str, NDArray[Any]]
Image = NDArray[np.uint8]
INDEX_BITS = 2  # which of a 2x2 window's four cells held the maximum
SMALL_PX = 64  # longest side of the small maps


def overview(model: "Segmenter", image: Image, side_px: int = 0) -> Arrays:
    """Tell every level's size and what crosses there, and show a small map of each.

    Returns
    -------
    dict
        ``input`` (h, w); ``encoder`` and ``decoder`` (levels, 3): channels, height,
        width, finest level first; ``crossing`` the same of what is passed across;
        ``bytes`` (levels,) of it as torch keeps it; ``packed_bytes`` as few as the
        method needs, 2 bits an index; ``encoder_channel``, ``decoder_channel``: the
        channel that varies most, and its map, at most 64 px long: ``encoder_1`` to
        ``decoder_1`` ...
    """
    seen = model.run(image, side_px, exact=True)
    with stage("small maps"), inference(exact=True):
        encoder, decoder = seen.encoded, seen.decoded[::-1]
        crossing = seen.indices if isinstance(seen, SegNetResult) else encoder[:-1]
        found = {
            "input": np.array(seen.logits.shape[-2:]),
            "encoder": _shapes(encoder),
            "decoder": _shapes(decoder),
            "crossing": _shapes(crossing),
            "bytes": np.array([x.numel() * x.element_size() for x in crossing]),
            "packed_bytes": np.array([packed_bytes(x) for x in crossing]),
        }
        for name, maps in (("encoder", encoder), ("decoder", decoder)):
            chosen = [int(liveliest(x[0])[0]) for x in maps]
            found[f"{name}_channel"] = np.array(chosen)
            for i, (x, channel) in enumerate(zip(maps, chosen, strict=True), 1):
                found[f"{name}_{i}"] = _small(x[0, channel])
        found["labels"] = switches.labels_at(seen.logits, image.shape[:2])
    return found


def packed_bytes(crossing: Tensor) -> int:
    """Return the fewest bytes: 2 bits an index, or the features as they are.

    References
    ----------
    Badrinarayanan et al., PAMI 2017, section 3: 2 bits for each 2x2 window.

    Examples
    --------
    >>> packed_bytes(torch.zeros(1, 2, 3, 3, dtype=torch.int64))
    5
    """
    if crossing.is_floating_point():
        return crossing.numel() * crossing.element_size()
    return -(-crossing.numel() * INDEX_BITS // 8)


def liveliest(maps: Tensor) -> Tensor:
    """Return the channels of ``(C, h, w)`` by how much their values vary, most first.

    Examples
    --------
    >>> liveliest(torch.tensor([[[1.0, 1.0]], [[0.0, 9.0]]])).tolist()
    [1, 0]
    """
    return maps.flatten(1).var(1, correction=0).argsort(descending=True)


def level(
    model: "Segmenter", image: Image, level: int, rank: int = 1, side_px: int = 0
) -> Arrays:
    """Return one channel of a level: what crosses, and what the decoder does with it.

    Parameters
    ----------
    model : Segmenter
    image : (H, W, 3) uint8 array
    level : int
        From 1 to as many as have something crossing.
    rank : int
        1 takes the channel that varies most on this image, 2 the next.
    side_px : int
        Longest side of the network's input; 0 is the one it was trained at.

    Returns
    -------
    dict
        For SegNet ``encoded`` before and ``pooled`` after pooling, ``indices``;
        ``incoming`` of the decoder, ``unpooled`` by indices and ``nearest`` without;
        ``decoded``. For U-Net ``skip``, ``raised``, ``decoded``, and ``without``: the
        same channel decoded with this skip off. Beside them which channel each is:
        ``channel``, ``raised_channel``, ``decoded_channel``, and ``channels`` there.

    Raises
    ------
    ValueError
        If there is no such level or channel.
    """
    seen = model.run(image, side_px, exact=True)
    levels = len(seen.decoded)
    if not 1 <= level <= levels:
        raise ValueError(f"There is no level {level}; there are 1 to {levels}.")
    channels = seen.encoded[level - 1].shape[1]
    if not 1 <= rank <= channels:
        raise ValueError(
            f"rank is {rank}; level {level} has {channels} channels, so 1 to {channels}"
        )
    with stage("maps"), inference(exact=True):
        if isinstance(seen, SegNetResult):
            found = _segnet_level(seen, level, rank)
        else:
            found = _unet_level(model.net, seen, level, rank)  # type: ignore[arg-type]
    return found | {"channels": np.array(channels)}


def _segnet_level(seen: SegNetResult, level: int, rank: int) -> Arrays:
    encoded, pooled = seen.encoded[level - 1][0], seen.pooled[level - 1][0]
    indices, unpooled = seen.indices[level - 1][0], seen.unpooled[-level][0]
    # The network hands out what it unpooled: what it started from stands there still.
    incoming = unpooled.flatten(1).gather(1, indices.flatten(1)).view_as(pooled)
    # The same channel is shown throughout, so it must be alive in both halves.
    spread = [x.flatten(1).std(1, correction=0) for x in (encoded, incoming)]
    channel = int((spread[0] * spread[1]).argsort(descending=True)[rank - 1])
    decoded = seen.decoded[-level][0]
    shown = int(liveliest(decoded)[min(rank, len(decoded)) - 1])
    nearest = functional.interpolate(incoming[None], scale_factor=2.0, mode="nearest")
    return {
        "encoded": _array(encoded[channel]),
        "pooled": _array(pooled[channel]),
        "indices": _array(indices[channel]),
        "incoming": _array(incoming[channel]),
        "unpooled": _array(unpooled[channel]),
        "nearest": _array(nearest[0, channel]),
        "decoded": _array(decoded[shown]),
        "channel": np.array(channel),
        "decoded_channel": np.array(shown),
        "decoded_channels": np.array(len(decoded)),
    }


def _unet_level(net: UNet, seen: UNetResult, level: int, rank: int) -> Arrays:
    skip, raised = seen.encoded[level - 1], seen.raised[-level]
    decoded = seen.decoded[-level]
    empty = torch.cat([torch.zeros_like(skip), raised], 1)
    without = net.decoder[len(seen.decoded) - level](empty)
    chosen = [int(liveliest(x[0])[rank - 1]) for x in (skip, raised, decoded)]
    return {
        "skip": _array(skip[0, chosen[0]]),
        "raised": _array(raised[0, chosen[1]]),
        "decoded": _array(decoded[0, chosen[2]]),
        "without": _array(without[0, chosen[2]]),
        "channel": np.array(chosen[0]),
        "raised_channel": np.array(chosen[1]),
        "decoded_channel": np.array(chosen[2]),
        "decoded_channels": np.array(decoded.shape[1]),
    }


def _shapes(maps: Sequence[Tensor]) -> NDArray[np.int64]:
    return np.array([x.shape[1:] for x in maps])


def _small(x: Tensor) -> NDArray[np.float32]:
    scale = min(1.0, SMALL_PX / max(x.shape))
    size = max(1, round(x.shape[0] * scale)), max(1, round(x.shape[1] * scale))
    return np.asarray(_array(functional.adaptive_avg_pool2d(x[None], size)[0]))


def _array(x: Tensor) -> NDArray[Any]:
    return np.asarray(x.detach().cpu().numpy().copy())


METHODS: Mapping[str, Callable[..., Arrays]] = {
    "overview": overview,
    "level": level,
    **switches.METHODS,
}
