"""Who has left takes no place, is before nobody, and is in no gauge."""

import threading
from typing import Any

import numpy as np
import pytest

from explorer.models import engine, lanes, meters, queueing, readers, zoo
from tests.models.engine_cases import PATIENCE_S, Fake, ask, fake, held, own, until

__all__ = ["fake", "own"]


def gauge(lane: str) -> float:
    """Read how many jobs are said to wait in a lane."""
    (family,) = meters.WAITING.collect()
    return next(s.value for s in family.samples if s.labels == {"lane": lane})


def left(own: engine.Engine, reader: str, *values: int) -> None:
    """Ask and leave, once for each value."""
    for value in values:
        (moved_on,) = ask(own, reader, value)
        assert moved_on.cancel()


def test_a_readers_own_cancelled_moves_are_no_requests_before_hers(
    own: engine.Engine, fake: Fake
) -> None:
    with held(own, fake):
        left(own, "ada", *range(10, 10 + queueing.MAX_EACH))
        (last,) = ask(own, "ada", 5)
        (behind,) = ask(own, "bob", 6)
        assert not last.done()
        assert (own.ahead(last), own.ahead(behind)) == (1, 2)
    assert last.result(PATIENCE_S).arrays["y"] == [10]
    assert behind.result(PATIENCE_S).arrays["y"] == [12]
    assert fake.order == [5, 6]


def test_a_newcomer_is_let_in_where_others_have_left(
    own: engine.Engine, fake: Fake
) -> None:
    many = queueing.MAX_WAITING // 4 + 1
    with held(own, fake):
        for number in range(4):
            left(own, f"reader {number}", *range(100 * number, 100 * number + many))
            # What they asked for takes memory: it is not kept beyond the hall's places.
            assert len(own._hall._waiting()) <= queueing.MAX_WAITING
        assert own.room()
        (new,) = ask(own, "new", 1)
        assert not new.done()
        assert own.ahead(new) == 1
    assert new.result(PATIENCE_S).arrays["y"] == [2]


def test_a_refusal_counts_those_who_wait_only(
    own: engine.Engine, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "MAX_EACH", 2)
    with held(own, fake):
        left(own, "bob", 1, 2)
        ask(own, "ada", 3, 4)
        (refused,) = ask(own, "ada", 5)
        error = refused.exception(PATIENCE_S)
    assert isinstance(error, engine.BusyError)
    assert error.ahead == 2


def test_who_asks_what_another_gave_up_takes_her_place(
    own: engine.Engine, fake: Fake
) -> None:
    with held(own, fake):
        left(own, "ada", 1)
        others = ask(own, "bob", 2) + ask(own, "cy", 3)
        (same,) = ask(own, "dan", 1)
        assert own.ahead(same) == 1
    for job in [*others, same]:
        job.result(PATIENCE_S)
    assert fake.order == [1, 2, 3]


def test_the_gauge_of_waiting_jobs_goes_down_when_they_are_dropped(
    own: engine.Engine, fake: Fake
) -> None:
    with held(own, fake):
        gone = ask(own, "ada", 1, 2, 3)
        assert gauge("light") == 3
        for job in gone:
            job.cancel()
    until(lambda: gauge("light") == 0)
    assert fake.order == []


def test_the_gauge_counts_a_job_whose_thread_died(
    own: engine.Engine, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = queueing.Hall.retry, list[float]()

    def watched(hall: queueing.Hall, job: Any) -> None:
        real(hall, job)
        seen.append(gauge("light"))

    def deadly(jobs: list[Any]) -> list[Any]:
        monkeypatch.undo()
        monkeypatch.setitem(zoo._runners, "fake", fake)
        monkeypatch.setattr(queueing.Hall, "retry", watched)
        raise SystemExit

    monkeypatch.setattr(lanes.running, "answers", deadly)
    assert own.run("fake", "double", x=np.array([3])).arrays["y"] == [6]
    assert seen == [1]


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> dict[str, threading.Event]:
    """A model ``large`` whose weights are being read until the test lets them come."""
    events = {"begun": threading.Event(), "done": threading.Event()}

    def slowly(about: Any) -> Fake:
        events["begun"].set()
        assert events["done"].wait(PATIENCE_S)
        return Fake()

    monkeypatch.setattr(zoo, "_runners", dict(zoo._runners))
    monkeypatch.setattr(zoo, "record", lambda name: name)
    monkeypatch.setattr(zoo, "_open", slowly)
    return events


def test_nobody_waits_for_the_weights_of_another_model(
    own: engine.Engine, fake: Fake, reading: dict[str, threading.Event]
) -> None:
    """Who gives a job up holds the queue, while other weights are read."""
    hangs = own.submit("fake", "hold")
    assert fake.at_work.wait(PATIENCE_S)
    slow = own.submit("large", "double", x=np.array([1]))
    assert reading["begun"].wait(PATIENCE_S)
    gives_up = threading.Thread(target=own._abandon, args=(hangs, 0.0), daemon=True)
    gives_up.start()
    gives_up.join(PATIENCE_S / 3)
    given_up = not gives_up.is_alive()
    reading["done"].set()
    assert given_up
    assert slow.result(PATIENCE_S).arrays["y"] == [2]


def test_moves_made_while_weights_are_read_do_not_fill_the_hall(
    own: engine.Engine, reading: dict[str, threading.Event]
) -> None:
    def move(value: int) -> Any:
        with readers.reading(readers.Reader("ada")):
            return own.submit("large", "double", x=np.array([value]))

    first = move(0)
    assert reading["begun"].wait(PATIENCE_S)
    before = meters.RUNS.labels("none", "none", "cancelled")._value.get()
    for value in range(1, 3 * queueing.MAX_WAITING):
        assert move(value).cancel()
        assert len(own._hall._waiting()) <= queueing.MAX_WAITING
    last = move(1000)
    # Until the weights are there the name may be anything, and becomes no label.
    dropped = meters.RUNS.labels("none", "none", "cancelled")._value.get() - before
    assert dropped >= queueing.MAX_WAITING
    assert ("large", "double", "cancelled") not in meters.RUNS._metrics
    reading["done"].set()
    assert first.result(PATIENCE_S).arrays["y"] == [0]
    assert last.result(PATIENCE_S).arrays["y"] == [2000]
    assert zoo.load("large").methods["double"].__self__.order == [0, 1000]  # type: ignore[attr-defined]


def test_a_hung_copy_on_the_processor_is_forgotten_too(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoo, "_on_processor", {"fake": fake})
    zoo.forget("fake")
    assert "fake" not in zoo._runners
    assert zoo._on_processor == {}


def test_a_thread_that_cannot_start_is_told_and_leaves_no_job_behind(
    own: engine.Engine, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(self: lanes.Lane) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as machine:
        machine.setattr(lanes.Lane, "_start", none_left)
        with pytest.raises(engine.EngineError, match="fake failed in double"):
            own.run("fake", "double", x=np.array([3]))
    assert own._hall._waiting() == []
    assert own.run("fake", "double", x=np.array([4])).arrays["y"] == [8]
    assert fake.order == [4]


def test_the_heavy_lane_works_where_priorities_are_forbidden(
    own: engine.Engine, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*asked: int) -> None:
        raise PermissionError

    monkeypatch.setattr(lanes.os, "setpriority", forbidden, raising=False)
    own._costs.note("fake", "double", 9.0)
    assert own.run("fake", "double", x=np.array([4])).arrays["y"] == [8]
