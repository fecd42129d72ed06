"""A device without room: the job runs on the processor, and the answer says so."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from explorer.models import device, engine, zoo
from explorer.models.records import Record

NAME = "digits_vae_2"
Z = np.array([[0.5, -1.0]], np.float32)


class Full:
    """The network on a device that has no memory for any run."""

    def __init__(self, error: BaseException) -> None:
        self.methods = {"decode": self.decode}
        self.error = error

    def decode(self, z: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
        raise self.error


@pytest.fixture
def freed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Pretend the process had chosen a GPU; note which caches were given back."""
    told: list[str] = []
    monkeypatch.setattr(device, "_settled", lambda: "cuda")
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: told.append("cuda"))
    monkeypatch.setattr(zoo, "_runners", {})
    monkeypatch.setattr(zoo, "_on_processor", {})
    return told


def _loader(error: BaseException, at_load: bool) -> Callable[..., Any]:
    real = zoo.LOADERS["vae"]

    def load(about: Record, paths: zoo.Paths) -> Any:
        if device.choose() == "cpu":
            return real(about, paths)
        if at_load:
            raise error
        return Full(error)

    return load


@pytest.mark.parametrize("at_load", [False, True])
@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("no room"), RuntimeError("CUDA error: out of memory")],
)
def test_a_full_device_falls_back_to_the_processor(
    freed: list[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    at_load: bool,
) -> None:
    wanted = zoo.LOADERS["vae"]
    monkeypatch.setitem(zoo.LOADERS, "vae", _loader(error, at_load))
    own = engine.Engine()
    answer = own.run(NAME, "decode", z=Z)
    again = own.run(NAME, "decode", z=Z + 1)
    own.stop()
    assert freed == ["cuda", "cuda"]
    assert answer.device.startswith("cpu,")
    assert answer.device.endswith("(cuda is full)")
    assert "The memory of the device (cuda) is full" in answer.note
    assert list(zoo._on_processor) == [NAME]  # loaded once for both
    with device.instead("cpu"):
        runner = wanted(zoo.record(NAME), zoo.weights.locate(zoo.record(NAME)))
        for found, z in ((answer, Z), (again, Z + 1)):
            alone = runner.methods["decode"](z=z)["images"]
            np.testing.assert_array_equal(found.arrays["images"], alone)


def test_what_fails_for_another_reason_is_not_tried_twice(
    freed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(zoo.LOADERS, "vae", _loader(RuntimeError("bad kernel"), False))
    own = engine.Engine()
    with pytest.raises(engine.EngineError, match="RuntimeError"):
        own.run(NAME, "decode", z=Z)
    own.stop()
    assert freed == []
    assert zoo._on_processor == {}


def test_the_processors_own_memory_is_a_sentence(
    freed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "_settled", lambda: "cpu")
    monkeypatch.setitem(zoo.LOADERS, "vae", lambda about, paths: Full(MemoryError()))
    own = engine.Engine()
    with pytest.raises(engine.EngineError, match="not enough memory to run"):
        own.run(NAME, "decode", z=Z)
    own.stop()
    assert freed == []
