"""The engine's face, its failures, and its threads' deaths."""

import re
from typing import Any

import numpy as np
import pytest

from explorer.core.samples import load_sample
from explorer.models import engine, lanes, running, zoo
from tests.models.engine_cases import HANGS, PATIENCE_S, Fake, fake, held, own
from tests.models.threads import at_once

__all__ = ["fake", "own"]


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

    at_once(reader)
    assert wrong == []
    assert not np.array_equal(alone[0], alone[1])


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("value", "side_px is 3; it must be at least 32."),
        ("memory", "not enough memory to run fake"),
        ("exit", r"fake failed in fail \(SystemExit\)"),
        ("key", r"fake failed in fail \(KeyError\)"),
    ],
)
def test_a_failure_reaches_the_caller_and_the_thread_lives(
    own: engine.Engine, how: str, sentence: str
) -> None:
    with pytest.raises(engine.EngineError, match=sentence):
        own.run("fake", "fail", how=how)
    thread = own.lanes["light"].thread
    assert own.run("fake", "double", x=np.array([4])).arrays["y"] == [8]
    assert own.lanes["light"].thread is thread


@pytest.mark.parametrize("how", ["key", "exit"])
def test_a_failure_without_a_guard_is_logged_under_the_reference_that_is_told(
    own: engine.Engine, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    told = {str(own.submit("fake", "fail", how=how).exception()) for _ in range(2)}
    (sentence,) = told  # the same fault is the same sentence: a page says it once
    found = re.search(r"report the reference ([0-9a-f]{8}) with", sentence)
    assert found is not None
    assert len(caplog.records) == 2
    for line in caplog.records:
        assert line.getMessage() == f"fake failed in fail, reference {found[1]}"
        assert (line.name, line.levelname) == ("explorer", "ERROR")
        assert line.exc_text is not None
        assert "engine_cases.py" in line.exc_text


@pytest.mark.parametrize("how", ["value", "memory"])
def test_what_a_guard_says_is_not_logged(
    own: engine.Engine, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    with pytest.raises(engine.EngineError):
        own.run("fake", "fail", how=how)
    assert caplog.records == []


def test_a_stopped_thread_is_replaced(own: engine.Engine) -> None:
    own.run("fake", "double", x=np.array([1]))
    ended = own.lanes["light"].thread
    assert ended is not None
    own.stop()
    ended.join(PATIENCE_S)
    assert own.run("fake", "double", x=np.array([3])).arrays["y"] == [6]
    assert own.lanes["light"].thread is not ended


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_job_whose_thread_died_is_tried_once_more(
    own: engine.Engine, monkeypatch: pytest.MonkeyPatch, deaths: int
) -> None:
    left, real = [1] * deaths, running.answers

    def deadly(jobs: list[Any]) -> list[Any]:
        if left:
            left.pop()
            raise SystemExit
        return real(jobs)

    monkeypatch.setattr(lanes.running, "answers", deadly)
    if deaths == 1:
        assert own.run("fake", "double", x=np.array([3])).arrays["y"] == [6]
    else:
        with pytest.raises(engine.EngineError, match="fake stopped its thread twice"):
            own.run("fake", "double", x=np.array([3]))
    assert own.run("fake", "double", x=np.array([4])).arrays["y"] == [8]
    assert left == []


def test_a_job_that_hangs_costs_one_reader_only(
    own: engine.Engine, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = Fake()
    monkeypatch.setattr(zoo, "record", lambda name: name)
    monkeypatch.setattr(zoo, "_open", lambda about: fresh)
    with pytest.raises(engine.EngineError, match=r"did not answer within 0\.05 s"):
        own.run("fake", "hold", timeout_s=0.05)
    # The hung thread keeps its copy of the model; the next job gets another.
    assert own.run("fake", "double", x=np.array([3])).arrays["y"] == [6]
    assert (fresh.order, fake.order) == ([3], [])
    fake.gate.set()
    assert fake.holder is not None
    fake.holder.join(PATIENCE_S)
    assert not fake.holder.is_alive()
    assert own.run("fake", "double", x=np.array([4])).arrays["y"] == [8]


def test_a_batch_that_hangs_bars_its_model_for_nobody_else(
    own: engine.Engine, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the one whose code hangs, but the other one's reader gives up first."""
    fresh = Fake()
    monkeypatch.setattr(zoo, "record", lambda name: name)
    monkeypatch.setattr(zoo, "_open", lambda about: fresh)
    codes = [np.full((1, 1), code, np.float32) for code in (HANGS, 1)]
    with held(own, fake):
        fake.at_work.clear()
        first = own.submit("fake", "decode", z=codes[0])
        second = own.submit("fake", "decode", z=codes[1])
    assert fake.at_work.wait(PATIENCE_S)
    assert fake.rows == [2]
    own._abandon(second, 0.0)
    assert (own._hall.running, own._hall._open) == ({}, {})
    assert own.run("fake", "decode", z=codes[1]).arrays["images"] == [[1]]
    fake.stuck.set()
    assert first.result(PATIENCE_S).arrays["images"] == [[HANGS]]
    assert fake.holder is not None
    fake.holder.join(PATIENCE_S)
    assert not fake.holder.is_alive()


@pytest.mark.parametrize(("limit_s", "freed"), [(0.0, True), (120.0, False)])
def test_who_only_waited_gives_up_what_hangs_before_it(
    own: engine.Engine,
    fake: Fake,
    monkeypatch: pytest.MonkeyPatch,
    limit_s: float,
    freed: bool,
) -> None:
    monkeypatch.setattr(engine, "TIMEOUT_S", limit_s)
    monkeypatch.setattr(zoo, "record", lambda name: name)
    monkeypatch.setattr(zoo, "_open", lambda about: Fake())
    with held(own, fake):
        with pytest.raises(engine.EngineError, match="did not answer within"):
            own.run("fake", "double", timeout_s=0.01, x=np.array([3]))
        assert (own._hall.running == {}) is freed
    assert own.run("fake", "double", x=np.array([4])).arrays["y"] == [8]


def test_only_plain_things_cross(own: engine.Engine) -> None:
    with pytest.raises(engine.EngineError, match="x is a list; only arrays"):
        own.run("fake", "double", x=[1, 2])  # type: ignore[arg-type]


def test_unknown_names_list_the_options(own: engine.Engine) -> None:
    with pytest.raises(engine.EngineError, match="no model 'zebra'; there are"):
        own.run("zebra", "classify")
    with pytest.raises(engine.EngineError, match="it can: decode, double, fail, hold"):
        own.run("fake", "paint")


def test_stages_are_timed() -> None:
    image = load_sample("chelsea").image
    answer = engine.run("efficientnet_lite0", "classify", image=image)
    assert set(answer.stages) == {"resize", "network"}
    assert all(ms > 0 for ms in answer.stages.values())
    assert answer.device
