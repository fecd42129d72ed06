"""What the lesson on Faster R-CNN shows of the feature pyramid, against torchvision."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.proof import Proof
from explorer.core.roi_align import roi_align_steps
from explorer.core.top_down import top_down_steps
from explorer.models.proofs.gap import gap, share_of_largest

Arrays = Mapping[str, NDArray[Any]]
SINGLE = 1e-5  # of the largest number: sums in single precision


def prove_top_down(arrays: Arrays) -> list[Proof]:
    """Compare the sums with torchvision's pyramid, its kernels set to pass through."""
    import torch
    from torchvision.ops import FeaturePyramidNetwork

    laterals = {k: arrays[f"lateral{k}"] for k in (3, 4, 5)}
    depth = laterals[5].shape[0]
    fpn = FeaturePyramidNetwork([depth] * 3, depth)
    one = torch.eye(depth)[:, :, None, None]
    middle = torch.nn.functional.pad(one, (1, 1, 1, 1))
    state = {k: torch.zeros_like(v) for k, v in fpn.state_dict().items()}
    for name in state:
        if name.endswith("weight"):
            state[name] = one if "inner" in name else middle
    fpn.load_state_dict(state)
    with torch.no_grad():
        theirs = fpn({str(k): torch.from_numpy(v)[None] for k, v in laterals.items()})
    ours = top_down_steps(laterals)
    shown = np.concatenate([arrays[f"sum{k}"].ravel() for k in laterals])
    far = np.concatenate([theirs[str(k)][0].numpy().ravel() for k in laterals])
    mine = np.concatenate([ours[k].ravel() for k in laterals])
    allowed = share_of_largest(far, SINGLE)
    note = f"{far.size:,} sums of three levels: lateral and doubled level above"
    name = "torchvision.ops.FeaturePyramidNetwork, given the laterals"
    return [
        Proof(name, gap(shown, far), allowed, note=note),
        Proof(
            "numpy, cell by cell",
            gap(shown, mine),
            allowed,
            note="the same sums, by the code below",
        ),
    ]


def prove_roi(
    arrays: Arrays, box: ArrayLike, level: int, usual: int, bins: int, samples: int
) -> list[Proof]:
    """Compare a box's level and features with torchvision's.

    Parameters
    ----------
    arrays : mapping
        ``map3``, ``map4``, ``map5`` (D, H, W).
    box : (4,) array_like
        xyxy pixels of the network's square.
    level : int
        Where the page reads the box from.
    usual : int
        Level of a box of 224 px.
    bins, samples : int
        Of the output and of each bin, a side.
    """
    import torch
    from torchvision.ops import roi_align
    from torchvision.ops.poolers import initLevelMapper

    one = torch.from_numpy(np.asarray(box, np.float64)[None])
    theirs = 3 + int(initLevelMapper(3, 5, canonical_level=usual)([one])[0])
    features = arrays[f"map{level}"].astype(np.float64)
    grid = torch.from_numpy(features)[None]
    scale = 1 / 2**level
    cut = roi_align(grid, [one], bins, scale, samples, True)[0].numpy()
    ours = roi_align_steps(features, box, bins, scale, samples).values
    note = f"{bins} × {bins} features of all {len(ours)} channels, level {level}"
    allowed = share_of_largest(cut, SINGLE)
    return [
        Proof("torchvision's LevelMapper", abs(theirs - level), 0, "levels"),
        Proof("torchvision.ops.roi_align", gap(ours, cut), allowed, note=note),
    ]
