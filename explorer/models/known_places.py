"""How much a place without a box teaches, where not everything was labelled."""

from torch import Tensor

SIDE_PX = 320  # of the pictures that the detectors learn from at first
CELL_PX = 8  # of a map of what is known


def known_at(known: Tensor, boxes: Tensor) -> Tensor:
    """Read a map of shares at the middle of every box.

    Parameters
    ----------
    known : (..., S, S) tensor
        One number for ``CELL_PX`` pixels each way: 1 where every class was labelled,
        less where some may be there unlabelled.
    boxes : (P, 4) tensor
        xyxy pixels; a middle outside the picture reads the nearest cell.

    Returns
    -------
    (..., P) float tensor

    Examples
    --------
    >>> import torch
    >>> known = torch.tensor([[1.0, 0.25], [0.0, 0.5]])
    >>> known_at(known, torch.tensor([[10.0, 0, 15, 4], [-9, 15, 3, 16]])).tolist()
    [0.25, 0.0]
    """
    cells = known.shape[-1]
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    col, row = (middle / CELL_PX).floor().long().clamp(0, cells - 1).T
    return known[..., row, col].float()
