"""Weights as the files hold them."""

from torch import Tensor

State = dict[str, Tensor]


def halves(state: State) -> State:
    """Return what a file holds: floats in half precision."""
    return {
        k: (v.half() if v.is_floating_point() else v).contiguous()
        for k, v in state.items()
    }
