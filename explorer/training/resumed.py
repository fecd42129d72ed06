"""A run written down from time to time, to go on from after a stop."""

from pathlib import Path

import torch
from torch import nn

from explorer.training.segmentation_nets import Average


def restore(
    state: Path, net: nn.Module, average: Average, optimiser: torch.optim.Optimizer
) -> tuple[int, float]:
    """Take a run up where the file left off, from the start without one.

    Returns
    -------
    int, float
        Steps done, and seconds spent on them.
    """
    if not state.is_file():
        return 0, 0.0
    kept = torch.load(state, weights_only=True)
    net.load_state_dict(kept["net"])
    average.net.load_state_dict(kept["average"])
    optimiser.load_state_dict(kept["optimiser"])
    average.steps = kept["step"]
    return kept["step"], kept["seconds"]


def keep(
    state: Path,
    net: nn.Module,
    average: Average,
    optimiser: torch.optim.Optimizer,
    step: int,
    seconds: float,
) -> None:
    """Write the run down; a stop in the middle leaves the older file whole."""
    made = state.with_suffix(".part")
    kept = {
        "net": net.state_dict(),
        "average": average.net.state_dict(),
        "optimiser": optimiser.state_dict(),
        "step": step,
        "seconds": seconds,
    }
    torch.save(kept, made)
    made.replace(state)
