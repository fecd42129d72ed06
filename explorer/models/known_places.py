"""How much a place without a box teaches, where not everything was labelled."""

from torch import Tensor

SIDE_PX = 320  # of the pictures that the detectors see


def known_at(known: Tensor, boxes: Tensor, side_px: int = SIDE_PX) -> Tensor:
    """Read a map of shares at the middle of every box.

    Parameters
    ----------
    known : (..., S, S) tensor
        Over a square picture: 1 where every class was labelled, less where some may be
        there unlabelled.
    boxes : (P, 4) tensor
        xyxy pixels; a middle outside the picture reads the nearest cell.

    Returns
    -------
    (..., P) float tensor

    Examples
    --------
    >>> import torch
    >>> known = torch.tensor([[1.0, 0.25], [0.0, 0.5]])
    >>> known_at(known, torch.tensor([[20.0, 0, 30, 8], [-9, 30, 3, 32]]), 32).tolist()
    [0.25, 0.0]
    """
    cells = known.shape[-1]
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    col, row = (middle * cells / side_px).floor().long().clamp(0, cells - 1).T
    return known[..., row, col].float()
