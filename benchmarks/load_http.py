"""Just enough HTTP for a reader: one kept connection, answers of a stated length."""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

PATIENCE_S = 30.0
KEPT_S = 3.0  # the server closes a connection that is idle for 5 s
HEADER_BYTES = 2**16


@dataclass(frozen=True)
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def cookies(self) -> dict[str, str]:
        """Return what the reply asks a browser to keep."""
        said = [v.split(";")[0] for k, v in self.headers if k == "set-cookie"]
        return dict(one.split("=", 1) for one in said)


class Http:
    """A connection kept between requests, as a browser's; cheaper than a library."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "localhost", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        streams, self._streams = self._streams, None
        if streams:
            streams[1].close()
            with contextlib.suppress(OSError):
                await streams[1].wait_closed()

    async def ask(
        self,
        path: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """Send a request, and return the reply; OSError if there is none in time."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._ask(path, method, headers or {}, body)
        except (asyncio.IncompleteReadError, TimeoutError) as error:
            await self.close()
            raise OSError(f"no reply to {path.split('?')[0]}") from error
        except BaseException:
            await self.close()  # half a reply would be read as the next one's
            raise

    async def _ask(
        self, path: str, method: str, headers: dict[str, str], body: bytes
    ) -> Reply:
        if time.monotonic() - self._used > KEPT_S:
            await self.close()
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                self.host, self.port, limit=HEADER_BYTES
            )
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        said = [line.split(":", 1) for line in head[1:] if line]
        found = [(name.lower(), value.strip()) for name, value in said]
        size = int(dict(found).get("content-length", 0))
        reply = Reply(int(head[0].split()[1]), found, await reader.readexactly(size))
        self._used = time.monotonic()
        if dict(found).get("connection") == "close":
            await self.close()
        return reply


def form(name: str, data: bytes, kind: str) -> tuple[dict[str, str], bytes]:
    """Return headers and body of a form with one file, as a browser sends it."""
    mark = "----reader"
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; '
        f'filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    return headers, head.encode() + data + f"\r\n--{mark}--\r\n".encode()
