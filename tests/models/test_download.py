"""Downloads from a server on this machine: whole, refused, broken off, offline."""

import contextlib
import errno
import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from explorer.models import download, zoo
from explorer.models.records import Record
from explorer.models.weights import WeightsError

BODY = bytes(range(256)) * 9000  # three chunks


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked += 1  # type: ignore[attr-defined]
        if "absent" in self.path:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who has no room hangs up
            self.wfile.write(BODY[: len(BODY) // 2] if "half" in self.path else BODY)

    def log_message(self, *_: object) -> None:
        pass


class Shelf(NamedTuple):
    record: Record
    server: http.server.ThreadingHTTPServer
    cache: Path


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.asked = 0  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    url = f"http://127.0.0.1:{server.server_port}/tiny-{_digest()[:8]}.pth"
    about = zoo.record("torchvision_ssdlite")
    about = replace(about, sha256=_digest()[:8], weights={"url": url})
    yield Shelf(about, server, tmp_path / "cache")
    server.shutdown()
    thread.join()
    server.server_close()


def _digest() -> str:
    return hashlib.sha256(BODY).hexdigest()


def _moved(shelf: Shelf, word: str) -> Record:
    assert shelf.record.weights is not None
    url = shelf.record.weights["url"].replace("tiny", word)
    return replace(shelf.record, weights={"url": url})


def test_a_whole_file_comes_with_progress_and_once(shelf: Shelf) -> None:
    steps: list[tuple[int, int]] = []
    path = download.fetch(shelf.record, lambda size, total: steps.append((size, total)))
    assert path.read_bytes() == BODY
    assert steps[-1] == (len(BODY), len(BODY))
    assert len(steps) > 1
    assert download.fetch(shelf.record) == path
    assert shelf.server.asked == 1  # type: ignore[attr-defined]
    assert list(shelf.cache.iterdir()) == [path]


def test_six_readers_share_one_download(shelf: Shelf) -> None:
    threads = [
        threading.Thread(target=download.fetch, args=(shelf.record,)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf.server.asked == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("absent", "answered 404 Not Found for SSDlite320"),
        ("half", "broke off after 1,152,000 of 2,304,000 bytes; try again"),
    ],
)
def test_a_bad_answer_leaves_nothing(shelf: Shelf, word: str, sentence: str) -> None:
    with pytest.raises(WeightsError, match=sentence):
        download.fetch(_moved(shelf, word))
    assert list(shelf.cache.iterdir()) == []


def test_a_wrong_file_is_not_kept(shelf: Shelf) -> None:
    wrong = replace(shelf.record, sha256="0" * 8)
    with pytest.raises(WeightsError, match=r"not the recorded ones: SHA-256 \w{8}"):
        download.fetch(wrong)
    assert list(shelf.cache.iterdir()) == []


def test_no_network_is_a_sentence(shelf: Shelf) -> None:
    gone = replace(shelf.record, weights={"url": "http://127.0.0.1:9/a-00000000.pth"})
    with pytest.raises(WeightsError, match=r"127\.0\.0\.1:9 cannot be reached .* work"):
        download.fetch(gone)


def test_no_room_is_a_sentence(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "SPARE_BYTES", 1 << 60)
    with pytest.raises(WeightsError, match="Make room, or set EXPLORER_CACHE"):
        download.fetch(shelf.record)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "full"), "The disk of the cache folder is full"),
        (PermissionError(errno.EACCES, "no"), "cannot be written to"),
        (TimeoutError("timed out"), r"stopped \(timed out\); try again"),
    ],
)
def test_disk_and_network_faults_on_the_way(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(download, "_copy", broken)
    with pytest.raises(WeightsError, match=sentence):
        download.fetch(shelf.record)
    assert list(shelf.cache.iterdir()) == []


def test_what_is_shipped_is_never_fetched() -> None:
    zoo.fetch("efficientnet_lite0")
    with pytest.raises(zoo.ZooError, match="no model 'zebra'"):
        zoo.fetch("zebra")
