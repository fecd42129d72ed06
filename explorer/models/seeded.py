"""Torch's one random generator, lent to one thread at a time."""

import contextlib
import threading
from collections.abc import Iterator

import torch

_guard = threading.Lock()


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw from ``seed`` while the block runs; what others draw is not moved by it.

    Two threads that both set the seed would take numbers out of one another's row.
    """
    with _guard, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
