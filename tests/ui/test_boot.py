import asyncio
import asyncio.base_events
import gc
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.models import engine
from explorer.ui import boot, sessions, thumbs


def test_accepted_sockets_send_small_messages_at_once(monkeypatch):
    """On a live socket bound as `streamlit run` binds it: protocol 0."""
    monkeypatch.setattr(
        asyncio.base_events, "_set_nodelay", asyncio.base_events._set_nodelay
    )
    assert boot.tune()

    async def flag() -> int:
        got: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def met(_, writer):
            accepted = writer.get_extra_info("socket")
            got.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
        listener.bind(("127.0.0.1", 0))
        server = await asyncio.start_server(met, sock=listener)
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        value = await asyncio.wait_for(got, 5)
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return value

    # In a thread of its own: the browser tests' driver keeps a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: asyncio.run(flag())).result(20) != 0


def test_other_sockets_are_left_alone():
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        boot.set_nodelay(sock)


def test_tune_says_when_asyncio_has_moved(monkeypatch):
    monkeypatch.delattr(asyncio.base_events, "_set_nodelay")
    assert not boot.tune()


def test_freeze_takes_what_is_alive_from_the_collector():
    try:
        boot.freeze()
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()


@pytest.fixture
def quiet(monkeypatch):
    """Warming without its wait, its pictures, and its freezing of this process."""
    monkeypatch.setattr(boot, "WARM_AFTER_S", 0)
    monkeypatch.setattr(boot, "freeze", lambda: None)
    monkeypatch.setattr(thumbs, "thumbnail", lambda slug: None)
    monkeypatch.setitem(boot._now, "state", boot.WARMING)


@pytest.mark.usefixtures("quiet")
def test_ready_once_the_models_are_warm(monkeypatch):
    seen = []
    monkeypatch.setattr(
        engine, "run", lambda *asked, **_: seen.append((asked, boot.readiness()))
    )
    boot.warm()
    assert seen == [(("efficientnet_lite0", "classify"), boot.WARMING)]
    assert boot.readiness() is boot.WARM


@pytest.mark.usefixtures("quiet")
def test_a_warming_that_fails_is_said_and_tried_again_until_it_succeeds(
    monkeypatch, caplog
):
    seen = []

    def broken(*_, **__):
        seen.append(boot.readiness())
        if len(seen) < 4:
            raise engine.EngineError("a file is cut short")

    monkeypatch.setattr(boot, "AGAIN_S", 0.001)
    monkeypatch.setattr(engine, "run", broken)
    boot.warm()
    state = seen[1]
    assert seen == [boot.WARMING, *[boot.FAILED] * 3]
    assert not state.ready
    assert "could not be warmed" in state.sentence
    assert "cut short" not in state.sentence
    assert caplog.text.count("EngineError: a file is cut short") == 1
    assert boot.readiness() is boot.WARM


def test_a_front_end_of_a_cluster_warms_without_torch():
    code = """if True:
        import sys
        from explorer.models import engine
        from explorer.ui import boot, thumbs
        boot.WARM_AFTER_S = 0
        thumbs.thumbnail = lambda slug: None
        engine.run = lambda *asked, **given: None
        boot.warm()
        assert boot.readiness() is boot.WARM
        print(sorted({"torch", "torchvision"} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "EXPLORER_ENGINE": "ray"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.stdout == "[]\n", done.stderr[-2000:]


def test_tidying_goes_on_after_an_error_and_says_it_once(monkeypatch, awaited, caplog):
    seen = []

    def broken():
        seen.append("drop")
        raise TypeError("a field is gone")

    monkeypatch.setattr(boot, "TIDY_EVERY_S", 0.01)
    monkeypatch.setattr(sessions, "end_expired", broken)
    monkeypatch.setattr(sessions, "trim", lambda: seen.append("trim"))

    async def thrice():
        tidying = asyncio.create_task(boot.tidy())
        while len(seen) < 6 and not tidying.done():
            await asyncio.sleep(0.01)
        tidying.cancel()

    awaited(thrice())
    assert seen[:6] == ["drop", "trim"] * 3
    assert caplog.text.count("TypeError: a field is gone") == 1


def test_ready_at_once_where_nothing_is_warmed(monkeypatch, awaited):
    monkeypatch.setenv("EXPLORER_WARM", "0")
    monkeypatch.setattr(boot, "freeze", lambda: None)
    monkeypatch.setitem(boot._now, "state", boot.STARTING)

    async def started():
        async with boot.lifespan(None):
            return boot.readiness()

    assert awaited(started()) is boot.COLD


@pytest.mark.parametrize(
    ("dropped", "readers", "done"),
    [
        (2, (0, 0), ["freeze", "trim"]),
        (2, (1, 0), ["collect", "trim"]),
        (2, (0, 1), ["collect", "trim"]),
        (0, (0, 0), ["trim"]),
    ],
)
def test_what_is_frozen_is_looked_through_only_when_nobody_reads(
    monkeypatch, awaited, dropped, readers, done
):
    seen = []
    monkeypatch.setattr(boot, "TIDY_EVERY_S", 0.01)
    monkeypatch.setattr(boot, "freeze_anew", lambda: seen.append("freeze"))
    monkeypatch.setattr(
        boot, "gc", SimpleNamespace(collect=lambda: seen.append("collect"))
    )
    monkeypatch.setattr(sessions, "end_expired", lambda: dropped)
    monkeypatch.setattr(sessions, "count", lambda: readers)
    monkeypatch.setattr(sessions, "trim", lambda: seen.append("trim"))

    async def once():
        tidying = asyncio.create_task(boot.tidy())
        while "trim" not in seen:
            await asyncio.sleep(0.01)
        tidying.cancel()

    awaited(once())
    assert seen[: len(done)] == done
