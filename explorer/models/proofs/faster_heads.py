"""The learned layers of Faster R-CNN, again from the weights in the shipped file."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.core.proof import Proof
from explorer.models.proofs.by_file import TOLERANCE, State, conv_norm, state_of
from explorer.models.proofs.gap import gap, share_of_largest

Arrays = Mapping[str, NDArray[Any]]
MOST_ROIS = 50  # so that a new photo's proof does not cost as much as its network


def prove_laterals(name: str, arrays: Arrays, levels: tuple[int, ...]) -> Proof:
    """Compare the laterals with the backbone's maps through the kernels in the file.

    Parameters
    ----------
    name : str
        Of the model.
    arrays : mapping
        ``backbone3`` ... (C, H, W), of each level's own channels, and ``lateral3`` ...
        (D, H, W).
    levels : tuple of int
    """
    import torch
    from torch.nn import functional

    state = state_of(name, "neck.lateral")
    ours, theirs = [], []
    for k in levels:
        x = torch.from_numpy(arrays[f"backbone{k}"]).double()[None]
        kernel, bias = (state[f"neck.lateral{k}.{part}"] for part in ("weight", "bias"))
        theirs.append(functional.conv2d(x, kernel, bias).numpy().ravel())
        ours.append(arrays[f"lateral{k}"].ravel())
    want = np.concatenate(theirs)
    note = (
        f"{want.size:,} cells of the laterals from the backbone's maps and the weights "
        "in the file, in float64"
    )
    allowed = share_of_largest(want, TOLERANCE)
    far = gap(np.concatenate(ours), want)
    return Proof("torch.nn.functional.conv2d", far, allowed, note=note)


def prove_smoothing(name: str, arrays: Arrays, levels: tuple[int, ...]) -> Proof:
    """Compare the smoothed maps with the sums through the kernels in the file.

    Parameters
    ----------
    name : str
        Of the model.
    arrays : mapping
        ``sum3`` ... and ``map3`` ... (D, H, W).
    levels : tuple of int
    """
    import torch

    state, far, size = state_of(name, "neck."), 0.0, 0
    for k in levels:
        x = torch.from_numpy(arrays[f"sum{k}"]).double()[None]
        for part in (f"neck.smooth{k}.0", f"neck.smooth{k}.1"):
            x = conv_norm(x, state, part)
        # A gap of nan has to stay: max() of Python would drop it.
        far = float(np.maximum(far, gap(arrays[f"map{k}"], x[0].numpy())))
        size += x.numel()
    note = (
        f"{size:,} cells of the smoothed maps from the sums and the weights in the "
        "file, in float64"
    )
    return Proof("torch.nn.functional", far, TOLERANCE, note=note)


def prove_box_head(
    name: str, arrays: Arrays, usual: int, samples: int, what: str = "RoIs"
) -> Proof:
    """Cut the first RoIs out by torchvision, and read them by the weights in the file.

    Parameters
    ----------
    name : str
        Of the model.
    arrays : mapping
        ``rois`` (R, 4) in pixels of the network's square; ``logits`` (R, 1 + C),
        ``deltas`` (R, C, 4); ``map3``, ``map4``, ``map5`` (D, H, W), or ``map4`` alone,
        which is read by RoIPool.
    usual : int
        Level of a RoI of 224 px.
    samples : int
        Of RoIAlign, a side of a bin.
    what : str
        How the page calls these boxes.
    """
    import torch

    maps = {k: arrays[f"map{k}"] for k in (3, 4, 5) if f"map{k}" in arrays}
    rois, said, moves = (arrays[k][:MOST_ROIS] for k in ("rois", "logits", "deltas"))
    cut = _cut(maps, torch.from_numpy(rois), usual, samples)
    logits, deltas = _read(state_of(name, "box."), cut)
    ours = np.column_stack([said, moves.reshape(len(rois), -1)])
    theirs = np.column_stack([logits, deltas])
    how = "RoIAlign at the level of its size" if len(maps) > 1 else "RoIPool"
    note = (
        f"{theirs.size:,} logits and deltas of the first {len(rois)} {what}: {how}, "
        "then the weights in the file, in float64"
    )
    allowed = share_of_largest(theirs, TOLERANCE)
    names = "torchvision.ops, torch.nn.functional"
    return Proof(names, gap(ours, theirs), allowed, note=note)


def _cut(maps: Mapping[int, NDArray[Any]], rois: Any, usual: int, samples: int) -> Any:
    """Return the features of all RoIs, (R, D, 7, 7) in float64."""
    import torch
    from torchvision.ops import roi_align, roi_pool
    from torchvision.ops.poolers import initLevelMapper

    if len(maps) == 1:
        ((level, one),) = maps.items()
        # In single precision as the network: half a cell rounds to the same side.
        return roi_pool(torch.from_numpy(one)[None], [rois], 7, 1 / 2**level).double()
    wanted = 3 + initLevelMapper(3, 5, canonical_level=usual)([rois])
    made = torch.zeros(len(rois), len(maps[3]), 7, 7, dtype=torch.float64)
    for level, one in maps.items():
        rows = torch.where(wanted == level)[0]
        grid, mine = torch.from_numpy(one).double()[None], rois[rows].double()
        made[rows] = roi_align(grid, [mine], 7, 1 / 2**level, samples, True)
    return made


def _read(state: State, cut: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return logits (R, 1 + C) and deltas (R, 4 C) of cut features."""
    from torch.nn import functional

    x = conv_norm(cut, state, "box.narrow").flatten(1)
    for part in ("box.dense.0", "box.dense.2"):
        x = functional.linear(x, state[f"{part}.weight"], state[f"{part}.bias"]).relu()
    logits, deltas = (
        functional.linear(x, state[f"box.{k}.weight"], state[f"box.{k}.bias"])
        for k in ("classify", "move")
    )
    return logits.numpy(), deltas.numpy()
