"""A cluster that answers as a test says, in the place of one of Ray."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.models.ray_cluster import Cluster

Z = np.zeros((1, 2), np.float32)
TOLD = {
    "arrays": {"images": np.ones((1, 28, 28))},
    "stages": {"decoder": 1.0},
    "device": "cpu",
    "note": "",
}
GONE = "The machine was lost."


class Fake(Cluster):
    """Answers each job with the next of ``told``; an exception is raised."""

    def __init__(self, *told: Any) -> None:
        super().__init__("nowhere:1")
        self.told = list(told)
        self.jobs: list[Any] = []
        self.doubts = 0

    def ask(self, family: str, job: Any, timeout_s: float, future: Any) -> Any:
        self.jobs.append((family, *job))
        told = self.told.pop(0) if len(self.told) > 1 else self.told[0]
        if isinstance(told, Exception):
            raise told
        return told() if callable(told) else told

    def doubt(self) -> None:
        self.doubts += 1


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
