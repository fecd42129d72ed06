"""A front end's part of the served engine, without a cluster: a fake one answers."""

import sys
import threading
from typing import Any

import pytest

from explorer.models import engine, meters, ray_cluster, ray_engine
from explorer.models.ray_cluster import Cluster, Full, Lost
from explorer.models.ray_engine import ATTEMPTS, MAX_OPEN, RayEngine
from explorer.models.readers import Reader, reading
from tests.models.ray_cases import GONE, TOLD, Fake, Z, until


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_engine, "PAUSE_S", 0.001)


def _sentence(cluster: Fake, **options: Any) -> str:
    with pytest.raises(engine.EngineError) as told:
        RayEngine(cluster).run("digits_vae_2", "decode", z=Z, **options)
    return str(told.value)


def test_a_job_goes_to_its_family_with_its_readers_name() -> None:
    cluster = Fake(TOLD)
    with reading(Reader("ada")):
        found = RayEngine(cluster).run("digits_vae_2", "decode", z=Z)
    assert found.device == "cpu, by Ray"
    family, name, method, arguments, reader = cluster.jobs[0]
    assert (family, name, method, reader) == (
        *("generative", "digits_vae_2", "decode"),
        "ada",
    )
    assert arguments["z"] is Z


def test_a_lost_job_is_asked_again_until_it_is_answered() -> None:
    cluster = Fake(*[Lost(GONE)] * (ATTEMPTS - 1), TOLD)
    assert RayEngine(cluster).run("digits_vae_2", "decode", z=Z).arrays
    assert len(cluster.jobs) == ATTEMPTS


def test_a_job_that_is_lost_every_time_is_told_and_the_cluster_doubted() -> None:
    cluster = Fake(Lost(GONE))
    assert _sentence(cluster) == GONE
    assert len(cluster.jobs) == ATTEMPTS
    until(lambda: cluster.doubts == 1)


def test_what_is_no_loss_is_not_asked_again() -> None:
    cluster = Fake({"sentence": "It cannot."})
    assert _sentence(cluster) == "It cannot."
    assert len(cluster.jobs) == 1
    assert "failed in decode (KeyError)" in _sentence(Fake(KeyError("arrays")))


def test_a_full_cluster_and_a_full_replica_are_busy() -> None:
    for told in (Full(), {"ahead": 7}):
        with pytest.raises(engine.BusyError):
            RayEngine(Fake(told)).run("digits_vae_2", "decode", z=Z)
    assert "7 requests are before yours" in _sentence(Fake({"ahead": 7}))


def test_more_than_may_be_open_are_told_and_room_comes_back() -> None:
    go = threading.Event()
    made = RayEngine(Fake(lambda: go.wait(30) and TOLD))
    asked = [made.submit("digits_vae_2", "decode", z=Z) for _ in range(MAX_OPEN)]
    assert not made.room()
    with pytest.raises(engine.BusyError, match=f"{MAX_OPEN} requests are before"):
        made.run("digits_vae_2", "decode", z=Z)
    go.set()
    assert all(one.result(30).arrays for one in asked)
    assert made.room()


def test_a_thread_that_cannot_start_is_told_and_gives_its_place_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none_left(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    made = RayEngine(Fake(TOLD))
    with monkeypatch.context() as machine:
        machine.setattr(threading.Thread, "start", none_left)
        asked = made.submit("digits_vae_2", "decode", z=Z)
    assert "failed in decode (RuntimeError)" in str(asked.exception(30))
    assert made._open == 0


def test_whoever_is_turned_away_is_counted_once_here() -> None:
    def shed() -> float:
        return meters.SHED.labels("engine")._value.get()

    for told in (Full(), {"ahead": 7}):
        before = shed()
        _sentence(Fake(told))
        assert shed() == before + 1


def test_a_late_answer_is_told_and_its_future_cancelled() -> None:
    go = threading.Event()
    words = _sentence(Fake(lambda: go.wait(30) and TOLD), timeout_s=0.05)
    go.set()
    assert words.startswith("digits_vae_2 did not answer within 0.05 s.")
    cluster = Fake(TimeoutError())
    assert "did not answer within" in _sentence(cluster)
    until(lambda: cluster.doubts == 1)


def test_without_ray_installed_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr(ray_cluster, "settle", lambda: None)
    for name in ("RAY_ADDRESS", ray_cluster.PATIENCE[0]):
        monkeypatch.setenv(name, "")
    made = RayEngine(Cluster("nowhere:1"))
    with pytest.raises(engine.EngineError, match="pip install -r requirements-ray"):
        made.run("digits_vae_2", "decode", z=Z)
    ready, words = made.ready()
    assert not ready
    assert "ray is not installed" in words


def test_a_cluster_out_of_reach_is_told_at_once_the_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def connect(address: str) -> None:
        tried.append(address)
        raise engine.EngineError("No cluster answers.")

    monkeypatch.setattr(ray_cluster, "connect", connect)
    made = RayEngine(Cluster("nowhere:1"))
    for _ in range(3):
        with pytest.raises(engine.EngineError, match="No cluster answers"):
            made.run("digits_vae_2", "decode", z=Z)
    assert tried == ["nowhere:1"]


def test_a_cluster_silent_for_long_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_cluster, "SILENT_S", 0.1)
    monkeypatch.setattr(ray_cluster, "LOOK_S", 0.01)
    monkeypatch.setattr(ray_cluster, "READY_S", 0.05)
    answered, left = threading.Event(), threading.Event()

    class Silent(Cluster):
        def _states(self) -> dict[str, str]:
            answered.wait(30)
            return {}

        def leave(self) -> None:
            left.set()

    cluster = Silent("nowhere:1")
    ready, words = cluster.ready()
    assert not ready
    assert words.endswith(" does not answer; try again in a while.")
    cluster.doubt()
    assert left.is_set()
    left.clear()
    answered.set()
    until(lambda: cluster._looking().states.done())
    cluster.doubt()
    assert not left.is_set()
    monkeypatch.setattr(ray_cluster, "READY_S", 30.0)
    assert cluster.ready() == (
        False,
        "Not running on the cluster: classical, classifiers, detectors, full_size, "
        "generative, segmenters.",
    )


def test_the_address_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(ray_cluster.VARIABLE, "head:6379")
    assert Cluster().address == "head:6379"
    monkeypatch.delenv(ray_cluster.VARIABLE)
    assert Cluster().address == "auto"


def test_the_environment_chooses_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_ENGINE", "ray")
    assert isinstance(engine.chosen(), RayEngine)
    monkeypatch.setenv("EXPLORER_ENGINE", "")
    assert isinstance(engine.chosen(), engine.Engine)
