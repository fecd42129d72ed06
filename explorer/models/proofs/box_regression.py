"""The four numbers of box regression, against torchvision."""

import numpy as np
from numpy.typing import ArrayLike

from explorer.core.box_codec import decode, encode
from explorer.core.proof import Proof

TOLERANCE = 1e-9


def prove_encode(proposals: ArrayLike, truths: ArrayLike) -> Proof:
    """Compare ``encode`` with torchvision's ``BoxCoder``, and go there and back.

    Parameters
    ----------
    proposals, truths : (N, 4) array_like
        xyxy pixels; truths without an area are left out.
    """
    import torch
    from torchvision.models.detection._utils import BoxCoder

    boxes, wanted = (np.asarray(v, np.float64) for v in (proposals, truths))
    real = ((wanted[:, 2:] - wanted[:, :2]) > 0).all(axis=1)
    boxes, wanted = boxes[real], wanted[real]
    ours = encode(boxes, wanted)
    theirs = BoxCoder((1.0, 1.0, 1.0, 1.0)).encode_single(
        torch.tensor(wanted), torch.tensor(boxes)
    )
    apart = np.abs(ours - theirs.numpy()).max(initial=0)
    side = max(1.0, float(np.abs(wanted).max(initial=0)))
    back = np.abs(decode(boxes, ours, clamp=None) - wanted).max(initial=0) / side
    what = "1 box" if len(boxes) == 1 else f"{len(boxes)} boxes"
    note = f"{what} encoded, and decoded back"
    return Proof("torchvision's BoxCoder", float(max(apart, back)), TOLERANCE, "", note)
