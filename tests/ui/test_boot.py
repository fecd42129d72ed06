import asyncio
import asyncio.base_events
import gc
import socket
from concurrent.futures import ThreadPoolExecutor

from explorer.ui import boot


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
