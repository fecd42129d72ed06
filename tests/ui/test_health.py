"""Alive, ready, and in numbers: the routes, without a server."""

import json
import sys
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from explorer.models import engine, meters
from explorer.ui import boot, health, live

GET = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}


@pytest.fixture
def ask(awaited):
    return lambda endpoint: awaited(endpoint(Request(GET)))


@pytest.fixture
def numbers(ask):
    """``numbers()``: each sample of /metrics by its name and labels."""

    def read():
        answer = ask(health.metrics)
        assert answer.media_type.startswith("text/plain")
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(answer.body.decode())
            for sample in family.samples
        }

    return read


@pytest.mark.parametrize(
    ("said", "commit"), [("b6a9bec", "b6a9bec"), ("", ""), ("secret of mine", "")]
)
def test_alive_names_a_commit_and_nothing_that_is_none(monkeypatch, ask, said, commit):
    monkeypatch.setenv(health.COMMIT, said)
    answer = ask(health.alive)
    assert answer.status_code == 200
    assert json.loads(answer.body) == {"status": "alive", "commit": commit}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (boot.STARTING, 503),
        (boot.WARMING, 503),
        (boot.FAILED, 200),  # lessons of arithmetic need no network
        (boot.WARM, 200),
        (boot.COLD, 200),
    ],
)
def test_ready_says_in_a_sentence_why(monkeypatch, ask, numbers, state, status):
    monkeypatch.setitem(boot._now, "state", state)
    answer = ask(health.ready)
    assert (answer.status_code, answer.body.decode()) == (status, state.sentence)
    assert answer.headers["cache-control"] == "no-store"
    assert numbers()[("explorer_ready",)] == (state in (boot.WARM, boot.COLD))


def test_numbers_of_the_process_and_of_what_is_kept(monkeypatch, numbers):
    monkeypatch.setattr(live.CACHE, "bytes", 12345)
    found = numbers()
    assert found[("explorer_cache_bytes",)] == 12345
    assert found[("explorer_cache_limit_bytes",)] == live.CACHE_BYTES
    assert found[("process_resident_memory_bytes",)] > 1e7
    assert found[("explorer_readers",)] == 0
    assert found[("explorer_readers_away",)] == 0


def test_each_gpu_tells_its_memory(monkeypatch, numbers):
    cuda = SimpleNamespace(
        is_available=lambda: True,
        device_count=lambda: 2,
        memory_allocated=lambda number: 10 + number,
        memory_reserved=lambda number: 20 + number,
    )
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    found = numbers()
    assert found[("explorer_device_used_bytes", ("device", "1"))] == 11
    assert found[("explorer_device_reserved_bytes", ("device", "0"))] == 20


def test_a_number_is_told_without_torch(monkeypatch, numbers):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    assert not [name for name, *_ in numbers() if "device" in name]
    assert "torch" not in sys.modules


def test_every_answer_of_a_route_is_timed_under_its_path_alone(ask):
    async def answered(request):
        return PlainTextResponse("busy", 503)

    async def broken(request):
        raise RuntimeError("a reader's own words")

    one, two = health.timed([Route("/one", answered), Route("/two", broken)])
    assert ask(one.endpoint).status_code == 503
    with pytest.raises(RuntimeError):
        ask(two.endpoint)
    for path, status in (("/one", "503"), ("/two", "500")):
        seen = meters.ROUTE_SECONDS.labels(path, status)
        counts = [s.value for s in seen.collect()[0].samples if s.name.endswith("nt")]
        assert counts == [1]
    assert (one.path, two.path) == ("/one", "/two")


@pytest.mark.parametrize("state", [boot.WARM, boot.FAILED])
def test_a_family_that_does_not_run_is_told_and_keeps_nobody_out(
    monkeypatch, ask, state
):
    absent = "Not running on the cluster: full_size."
    monkeypatch.setattr(boot, "readiness", lambda: state)
    monkeypatch.setattr(engine, "ready", lambda: (False, absent))
    answer = ask(health.ready)
    assert answer.status_code == 200
    assert answer.body.decode() == f"{state.sentence} {absent}"
