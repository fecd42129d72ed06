"""Box deltas as tensors: what ``explorer.core.box_codec`` does, for whole batches."""

import torch
from torch import Tensor

from explorer.core.box_codec import CLAMP, Weights


def decode_deltas(anchors: Tensor, deltas: Tensor, weights: Weights) -> Tensor:
    """Move each anchor by its four numbers.

    Parameters
    ----------
    anchors : (P, 4) tensor
        xyxy pixels.
    deltas : (..., P, 4) tensor
        (tx, ty, tw, th) times the weights.
    weights : four floats

    Returns
    -------
    (..., P, 4) tensor
        xyxy pixels; sides grow by 1000 / 16 at most.

    Examples
    --------
    >>> still = torch.zeros(1, 4)
    >>> decode_deltas(torch.tensor([[0.0, 0, 8, 4]]), still, (1, 1, 1, 1)).tolist()
    [[0.0, 0.0, 8.0, 4.0]]
    """
    sizes = anchors[:, 2:] - anchors[:, :2]
    moves = deltas / deltas.new_tensor(weights)
    centres = anchors[:, :2] + sizes / 2 + moves[..., :2] * sizes
    halves = moves[..., 2:].clamp(max=CLAMP).exp() * sizes / 2
    return torch.cat([centres - halves, centres + halves], dim=-1)
