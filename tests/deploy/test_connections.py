"""The bound of connections at work behind one address, made small."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy import proxy
from deploy.kept import stop
from deploy.lines import Lines
from tests.browser.conftest import free_port
from tests.deploy.course import get, nginx, until

BOUND = "limit_conn address 1000;"


class Slow(BaseHTTPRequestHandler):
    """Answers at once, and what asks for a stream when it is let go."""

    let_go = threading.Event()

    def do_GET(self):
        if "stream" in self.path:
            self.let_go.wait(60)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said):
        pass


@pytest.fixture
def two_at_once(tmp_path):
    """The address of an nginx that lets two connections in, before a slow server."""
    if nginx() is None:
        pytest.skip("the test needs nginx")
    port, behind = free_port(), ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    serving = threading.Thread(target=behind.serve_forever)
    serving.start()
    text = proxy.configuration(port, [behind.server_port], tmp_path)
    assert text.count(BOUND) == 1
    lines = Lines()
    text = text.replace(BOUND, "limit_conn address 2;")
    process = proxy.start_nginx(tmp_path, text, lines)
    yield port
    stop([process], lines)
    Slow.let_go.set()
    behind.shutdown()
    serving.join()
    behind.server_close()


def stream(port: int) -> socket.socket | None:
    """A connection at work; None where it was answered: the page's own still counts."""
    one = socket.create_connection(("127.0.0.1", port))
    one.sendall(b"GET /_stcore/stream HTTP/1.1\r\nHost: a\r\n\r\n")
    one.settimeout(1)
    try:
        one.recv(1)
    except TimeoutError:
        return one
    one.close()
    return None


def test_an_address_has_so_many_connections_and_not_more(two_at_once):
    page = f"http://127.0.0.1:{two_at_once}/nms"
    until(lambda: get(page)[0] == 200, "it answers")
    held = [until(lambda: stream(two_at_once), "it is let in") for _ in range(2)]
    try:
        _, headers, body = until(lambda: (a := get(page))[0] == 429 and a, "full")
        assert b"Too many pages are open" in body
        assert headers["content-type"].startswith("text/html")
        held.pop().close()
        until(lambda: get(page)[0] == 200, "room again")
    finally:
        for one in held:
            one.close()
