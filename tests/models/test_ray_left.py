"""Who cancels a job of a cluster, and what a cluster that is silent may hold up."""

import threading
import time
from typing import Any

import pytest

from explorer.models import ray_cluster
from explorer.models.ray_cluster import Cluster, Lost
from explorer.models.ray_engine import MAX_OPEN, RayEngine
from tests.models.ray_cases import GONE, TOLD, Fake, Z, until


def test_cancelled_jobs_keep_their_places_until_their_threads_end() -> None:
    go = threading.Event()
    made = RayEngine(Fake(lambda: go.wait(30) and TOLD))
    before = threading.active_count()
    asked = [made.submit("digits_vae_2", "decode", z=Z) for _ in range(3 * MAX_OPEN)]
    for one in asked:
        one.cancel()
    assert threading.active_count() <= before + MAX_OPEN
    assert not made.room()
    go.set()
    until(made.room)
    assert made.run("digits_vae_2", "decode", z=Z).arrays


class Silent:
    """A handle, its method and its response in one, of a cluster that says nothing."""

    def __init__(self) -> None:
        self.answer, self.cancelled = self, threading.Event()

    def remote(self, *job: Any) -> "Silent":
        return self

    def result(self, timeout_s: float) -> None:
        time.sleep(timeout_s)
        raise TimeoutError

    def cancel(self) -> None:
        self.cancelled.set()


def test_a_job_cancelled_on_a_silent_cluster_soon_frees_its_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ray_cluster, "LOOK_S", 0.05)
    cluster, doubted = Cluster("nowhere:1"), threading.Event()
    cluster._handles["generative"] = silent = Silent()
    monkeypatch.setattr(cluster, "doubt", doubted.set)
    made = RayEngine(cluster)
    waiting = made.submit("digits_vae_2", "decode", z=Z)
    until(lambda: len(waiting._done_callbacks) == 1)  # it has been sent
    assert waiting.cancel()
    until(lambda: made._open == 0)
    assert silent.cancelled.is_set()
    assert doubted.wait(30)  # a cluster that is well would have ended the job


def test_a_cancelled_job_that_the_cluster_ended_is_no_doubt() -> None:
    cluster = Fake(Lost(GONE))
    made = RayEngine(cluster)
    go, at_work = threading.Event(), threading.Event()

    def ended() -> Any:
        at_work.set()
        assert go.wait(30)
        raise Lost(GONE)

    cluster.told = [ended]
    before = threading.active_count()
    waiting = made.submit("digits_vae_2", "decode", z=Z)
    assert at_work.wait(30)
    waiting.cancel()
    go.set()
    until(lambda: threading.active_count() <= before)
    assert made._open == 0
    assert (len(cluster.jobs), cluster.doubts) == (1, 0)


def test_one_thread_doubts_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_cluster, "LOOK_S", 0.01)
    answer, looks = threading.Event(), list[int]()

    class Slow(Cluster):
        def _states(self) -> dict[str, str]:
            looks.append(1)
            assert answer.wait(30)
            return {}

    cluster = Slow("nowhere:1")
    first = threading.Thread(target=cluster.doubt)
    first.start()
    until(lambda: looks)
    second = threading.Thread(target=cluster.doubt)
    second.start()
    second.join(10)
    waits = [first.is_alive(), second.is_alive()]
    answer.set()
    first.join(30)
    second.join(30)
    assert (waits, len(looks)) == ([True, False], 1)
