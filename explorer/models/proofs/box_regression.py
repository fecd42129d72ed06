"""The four numbers of box regression, against torchvision."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.core.box_codec import decode, encode
from explorer.core.proof import Proof
from explorer.models import weights, zoo
from explorer.models.proofs.gap import gap

TOLERANCE = 1e-9
HEAD_TOLERANCE = 1e-4  # 3,072 products, summed by torch in float32


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


def prove_regressors(
    features: NDArray[np.float32], deltas: NDArray[np.float32]
) -> Proof:
    """Compare the head's answers with numpy's, from the weights in the shipped file.

    Parameters
    ----------
    features : (N, F)
        Of each crop.
    deltas : (N, C, 4)
        What the head said of them, for every class.
    """
    from safetensors.numpy import load_file

    file = load_file(weights.locate(zoo.record("rcnn"))[0])
    slopes, offsets = (
        file[f"regressor.{name}"].astype(np.float64) for name in ("weight", "bias")
    )
    sums = features.astype(np.float64) @ slopes.T + offsets
    what = "1 crop" if len(deltas) == 1 else f"{len(deltas)} crops"
    return Proof(
        "numpy, the weights in the shipped file times the features",
        gap(deltas, sums.reshape(len(sums), -1, 4)),
        HEAD_TOLERANCE,
        note=f"the four numbers of {what}, all {deltas.shape[1]} classes, in float64",
    )
