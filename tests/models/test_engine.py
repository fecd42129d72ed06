"""The engine under load, under failure, and after its thread has died."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.models import engine, zoo


@dataclass
class Fake:
    methods: dict[str, Callable[..., dict[str, np.ndarray[Any, Any]]]]


def _double(x: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    time.sleep(0.001)
    return {"y": 2 * x}


def _sleep(seconds: float) -> dict[str, np.ndarray[Any, Any]]:
    time.sleep(seconds)
    return {}


def _fail(how: str) -> dict[str, np.ndarray[Any, Any]]:
    raise {
        "value": ValueError("side_px is 3; it must be at least 32."),
        "memory": MemoryError(),
        "exit": SystemExit(3),
        "key": KeyError("w"),
    }[how]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[engine.Engine]:
    methods = {"double": _double, "sleep": _sleep, "fail": _fail}
    monkeypatch.setitem(zoo._runners, "fake", Fake(methods))
    own = engine.Engine()
    yield own
    own.stop()


def test_six_threads_each_get_their_own_answer(fake: engine.Engine) -> None:
    wrong: list[int] = []

    def reader(i: int) -> None:
        for turn in range(20):
            x = np.array([100 * i + turn])
            if fake.run("fake", "double", x=x).arrays["y"][0] != 2 * x[0]:
                wrong.append(i)

    threads = [threading.Thread(target=reader, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_network_gives_six_threads_the_features_of_their_own_image() -> None:
    images = [np.full((64, 64, 3), 40 * i, np.uint8) for i in range(6)]

    def seen(image: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        answer = engine.run(
            "efficientnet_lite0", "features", image=image, layers="stage2"
        )
        return answer.arrays["stage2"]

    alone = [seen(image) for image in images]
    wrong: list[int] = []

    def reader(i: int) -> None:
        wrong.extend(
            i for _ in range(4) if not np.array_equal(seen(images[i]), alone[i])
        )

    threads = [threading.Thread(target=reader, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert not np.array_equal(alone[0], alone[1])


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("value", "side_px is 3; it must be at least 32."),
        ("memory", "not enough memory to run fake"),
        ("exit", "fake failed in fail: SystemExit: 3"),
        ("key", "fake failed in fail: KeyError: 'w'"),
    ],
)
def test_a_failure_reaches_the_caller_and_the_thread_lives(
    fake: engine.Engine, how: str, sentence: str
) -> None:
    with pytest.raises(engine.EngineError, match=sentence):
        fake.run("fake", "fail", how=how)
    thread = fake._thread
    assert fake.run("fake", "double", x=np.array([4])).arrays["y"] == [8]
    assert fake._thread is thread


def test_a_dead_thread_is_replaced(fake: engine.Engine) -> None:
    fake.run("fake", "double", x=np.array([1]))
    dead = fake._thread
    assert dead is not None
    fake.stop()
    dead.join(5)
    assert fake.run("fake", "double", x=np.array([3])).arrays["y"] == [6]
    assert fake._thread is not dead


def test_a_job_that_hangs_costs_one_reader_only(fake: engine.Engine) -> None:
    with pytest.raises(engine.EngineError, match=r"did not answer within 0\.05 s"):
        fake.run("fake", "sleep", timeout_s=0.05, seconds=0.5)
    start = time.perf_counter()
    assert fake.run("fake", "double", x=np.array([3])).arrays["y"] == [6]
    assert time.perf_counter() - start < 0.4


def test_a_full_queue_says_so(
    fake: engine.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_WAITING", 2)
    waiting = [fake.submit("fake", "sleep", seconds=0.05) for _ in range(6)]
    told = [job.exception() for job in waiting]
    assert told[0] is None
    assert "busy with other readers" in str(told[-1])


def test_only_plain_things_cross(fake: engine.Engine) -> None:
    with pytest.raises(engine.EngineError, match="x is a list; only arrays"):
        fake.run("fake", "double", x=[1, 2])  # type: ignore[arg-type]


def test_unknown_names_list_the_options(fake: engine.Engine) -> None:
    with pytest.raises(engine.EngineError, match="no model 'zebra'; there are"):
        fake.run("zebra", "classify")
    with pytest.raises(engine.EngineError, match="it can: double, fail, sleep"):
        fake.run("fake", "paint")


def test_stages_are_timed() -> None:
    image = load_sample("chelsea").image
    answer = engine.run("efficientnet_lite0", "classify", image=image)
    assert set(answer.stages) == {"resize", "network"}
    assert all(ms > 0 for ms in answer.stages.values())
    assert answer.device
