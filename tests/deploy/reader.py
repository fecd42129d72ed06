"""A reader without a browser: Streamlit's websocket, spoken as its page speaks it."""

import contextlib
import io
from types import TracebackType
from typing import Any

import httpx
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import (
    DoubleArray,
    FileUploaderState,
    FileURLs,
    UploadedFileInfo,
)
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

OPEN_S = 60


def photo(side_px: int = 320) -> bytes:
    data = io.BytesIO()
    Image.effect_noise((side_px, side_px), 80).convert("RGB").save(data, "JPEG")
    return data.getvalue()


class Reader:
    """One open page: ``async with Reader(url, "hog") as reader``.

    Attributes
    ----------
    session : str
        The server's name for this reader.
    elements : dict of str to message
        What the page shows by its widget's label, or by its kind where it has none.
    media : list of str
        Addresses of pictures and files that the page was given.
    """

    def __init__(self, url: str, page: str = "", query: str = "", **headers: str):
        self.url, self.page, self.query, self.headers = url, page, query, headers
        self.session = ""
        self.elements: dict[str, Any] = {}
        self.media: list[str] = []
        self.text = ""
        self.uploads = 0
        self.client = httpx.AsyncClient(base_url=url, timeout=30)
        self.socket: ClientConnection

    async def __aenter__(self) -> "Reader":
        await self.client.get("/" + self.page)
        await self.client.get("/_stcore/health")  # gives the XSRF cookie
        await self.join()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.socket.close()
        await self.client.aclose()

    def cookie(self, name: str) -> str:
        return self.client.cookies.get(name, "").strip('"')

    async def join(self) -> None:
        """Open the websocket, as a page does at first and after it was cut."""
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.client.cookies.jar)
        self.socket = await connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit", self.cookie("_streamlit_xsrf")],
            additional_headers={"Cookie": cookies, "Origin": self.url} | self.headers,
            max_size=None,
            open_timeout=OPEN_S,
            proxy=None,
        )
        await self.run({})

    async def cut(self) -> None:
        """Read until the connection is gone."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.socket.recv()

    async def run(self, values: dict[str, dict[str, Any]]) -> None:
        """Ask for a rerun with these widgets' values, and read until it is done."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        for widget, value in values.items():
            message.rerun_script.widget_states.widgets.add(id=widget, **value)
        await self.socket.send(message.SerializeToString())
        self.text = ""
        while True:
            got = ForwardMsg.FromString(await self.socket.recv())
            kind = got.WhichOneof("type")
            if kind == "new_session":
                self.session = got.new_session.initialize.session_id
            elif kind == "delta":
                self._seen(got.delta)
            elif kind == "script_finished":
                return

    def _seen(self, delta: Any) -> None:
        if delta.add_block.HasField("popover"):
            self.elements[delta.add_block.popover.label] = delta.add_block.popover
        element = delta.new_element
        kind = element.WhichOneof("type") or ""
        part = getattr(element, kind, None)
        self.text += str(element) if kind in ("markdown", "alert", "exception") else ""
        self.elements[getattr(part, "label", "") or kind] = part
        self.elements[kind] = part
        for found in str(element).split('"'):
            if found.startswith("/media/"):
                self.media.append(found)

    async def slide(self, label: str, value: float) -> None:
        await self.run(
            {self.elements[label].id: {"double_array_value": DoubleArray(data=[value])}}
        )

    def place(self) -> str:
        """Where this session's latest photo was sent."""
        return f"/_stcore/upload_file/{self.session}/photo-{self.uploads}"

    async def upload(self, data: bytes, **headers: str) -> httpx.Response:
        """Send a photo to this session's own place."""
        self.uploads += 1
        told = {"X-Xsrftoken": self.cookie("_streamlit_xsrf")} | headers
        return await self.client.put(
            self.place(),
            files={"file": ("photo.jpg", data, "image/jpeg")},
            headers=told,
        )

    async def show_photo(self, data: bytes, name: str) -> None:
        """Open the image bar's door, send a photo, and have the page show it."""
        door = {self.elements["Your photo"].id: {"bool_value": True}}
        await self.run(door)
        assert (await self.upload(data)).status_code == 204
        urls = FileURLs(file_id=f"photo-{self.uploads}", upload_url=self.place())
        told = UploadedFileInfo(
            name=name, size=len(data), file_id=urls.file_id, file_urls=urls
        )
        state = FileUploaderState(uploaded_file_info=[told])
        uploader = self.elements["file_uploader"].id
        await self.run(door | {uploader: {"file_uploader_state_value": state}})
