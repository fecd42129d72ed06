"""The stopwatch that the benchmarks without a browser share."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

REPEATS = 15


def measure(functions: list[Callable[[], Any]]) -> list[np.ndarray]:
    """Return each function's milliseconds, taken in turns so that load hits all."""
    times: list[list[float]] = [[] for _ in functions]
    for turn in range(REPEATS + 1):
        for function, mine in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            if turn:  # the first turn warms up
                mine.append((time.perf_counter() - start) * 1e3)
    return [np.array(mine) for mine in times]
