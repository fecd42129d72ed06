"""One reader's connection: Streamlit's protocol as a browser speaks it."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import websockets
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.load_http import PATIENCE_S, Http, form
from benchmarks.load_widgets import Widget, widget_of

XSRF = "_streamlit_xsrf"
DOOR = "Your photo"  # the popover behind which the uploader is
IMAGE = "Image"  # the list in which a photo of one's own appears
KEPT_RUNS = 2  # a browser keeps a large message for so many runs
STARTED_AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN
WELL = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)


@dataclass
class Run:
    """What came of one message to the server."""

    ms: float = 0.0
    bytes: int = 0
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        """Whether the page said that the machine is busy instead of answering."""
        return any("busy" in sentence for sentence in self.warnings)


class Wire:
    """A session: what the server has shown so far, and what a browser would send."""

    def __init__(self, url: str, slug: str, query: str = "") -> None:
        self.url, self.slug = url, slug
        self.params = dict(parse_qsl(query))
        self.http = Http(url)
        self.widgets: dict[str, Widget] = {}
        self.door = self.uploader = self._page = self._session = ""
        self._values: dict[str, Any] = {}
        self._cookies: dict[str, str] = {}
        self._again: dict[str, tuple[float, float]] = {}  # fragment: due, every (s)
        self._kept: dict[str, int] = {}  # hashes of large messages, run of the last use
        self._runs = 0
        self._socket: Any = None

    async def open(self) -> Run:
        """Load the page, connect, run the script for the first time."""
        start = time.perf_counter()
        for path in (f"/{self.slug}", "/_stcore/health", "/_stcore/host-config"):
            reply = await self.http.ask(path, headers=self.headers())
            if reply.status != 200:
                raise OSError(f"{path} answered {reply.status}")
            self._cookies |= reply.cookies()
        place = urlsplit(self.url).netloc
        self._socket = await websockets.connect(
            f"ws://{place}/_stcore/stream",
            origin=f"http://{place}",
            subprotocols=["streamlit", *filter(None, [self._cookies.get(XSRF)])],
            additional_headers=self.headers(),
            max_size=None,
            compression=None,
            open_timeout=PATIENCE_S,
            ping_interval=None,
        )
        run = await self._rerun("")
        run.ms = (time.perf_counter() - start) * 1e3
        return run

    async def close(self) -> None:
        await self.http.close()
        if self._socket is not None:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                await self._socket.close()

    async def move(self, widget: Widget, value: Any) -> Run:
        """Set a control, and wait for what follows."""
        widget.value = self._values[widget.id] = value
        if widget.param:
            self._bind(widget)
        return await self._rerun(widget.fragment)

    async def upload(self, name: str, data: bytes, kind: str) -> Run:
        """Open the door, send a file as a browser does, wait for the page with it."""
        start = time.perf_counter()
        door = self.widgets[self.door]
        await self.move(door, True)
        place = await self._place(name)
        headers, body = form(name, data, kind)
        headers |= self.headers() | {"X-Xsrftoken": self._cookies.get(XSRF, "")}
        path = urlsplit(place.upload_url).path
        reply = await self.http.ask(path, "PUT", headers, body)
        if reply.status != 204:
            raise OSError(f"the upload was answered {reply.status}")
        message = self._message("")
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self.uploader
        told = state.file_uploader_state_value.uploaded_file_info.add()
        told.name, told.size, told.file_id = name, len(data), place.file_id
        told.file_urls.CopyFrom(place)
        run = await self._sent(message)
        run.ms = (time.perf_counter() - start) * 1e3
        shown = [w.value for w in self.widgets.values() if w.label == IMAGE]
        if not any(str(value).startswith(DOOR) for value in shown):
            run.errors.append("the photo is not on the page")
        return run

    async def due(self, until: float) -> Run | None:
        """Rerun the fragment that asks to be, if its time comes before ``until``."""
        if not self._again:
            return None
        name, (at, every) = min(self._again.items(), key=lambda one: one[1])
        if at > until:
            return None
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        self._again[name] = (time.perf_counter() + every, every)
        message = self._message(name)
        message.rerun_script.is_auto_rerun = True
        return await self._sent(message)

    def headers(self) -> dict[str, str]:
        """Return the cookies, as each request of this reader carries them."""
        kept = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": kept} if kept else {}

    def _bind(self, widget: Widget) -> None:
        """Write a bound control into the URL; its usual value is left out."""
        if widget.value == widget.usual:
            self.params.pop(widget.param, None)
        elif isinstance(widget.value, float):
            self.params[widget.param] = f"{widget.value:g}"
        else:
            written = str(widget.value)
            is_switch = isinstance(widget.value, bool)
            self.params[widget.param] = written.lower() if is_switch else written

    def _message(self, fragment: str) -> BackMsg:
        message = BackMsg()
        told = message.rerun_script
        told.query_string = urlencode(self.params)
        told.page_script_hash, told.fragment_id = self._page, fragment
        if not self._page:
            told.page_name = self.slug
        told.cached_message_hashes.extend(self._kept)
        for widget in self.widgets.values():
            widget.write(told.widget_states.widgets.add())
        return message

    async def _rerun(self, fragment: str) -> Run:
        return await self._sent(self._message(fragment))

    async def _sent(self, message: BackMsg) -> Run:
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        run = Run()
        while not await self._heard(run):
            pass
        run.ms = (time.perf_counter() - start) * 1e3
        self._runs += 1
        old = self._runs - KEPT_RUNS
        self._kept = {name: at for name, at in self._kept.items() if at >= old}
        return run

    async def _next(self, run: Run) -> ForwardMsg:
        try:
            async with asyncio.timeout(PATIENCE_S):
                raw = await self._socket.recv()
        except TimeoutError:
            raise OSError("the page did not answer in time") from None
        except websockets.ConnectionClosed as error:
            raise OSError("the server closed the connection") from error
        run.bytes += len(raw)
        return ForwardMsg.FromString(raw)

    async def _heard(self, run: Run) -> bool:
        """Take in one message; True when it ends the run."""
        message = await self._next(run)
        kind = message.WhichOneof("type")
        if message.metadata.cacheable or kind == "ref_hash":
            self._kept[message.ref_hash or message.hash] = self._runs
        if kind == "delta":
            self._delta(message.delta, run)
        elif kind == "new_session":
            self._started(message)
        elif kind == "navigation":
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.params = dict(parse_qsl(message.page_info_changed.query_string))
        elif kind == "auto_rerun":
            every = message.auto_rerun.interval
            due = time.perf_counter() + every
            self._again[message.auto_rerun.fragment_id] = (due, every)
        elif kind == "stop_auto_rerun":
            for name in message.stop_auto_rerun.fragment_ids:
                self._again.pop(name, None)
        elif kind == "session_event":
            if message.session_event.HasField("script_compilation_exception"):
                run.errors.append("the script could not be compiled")
        elif kind == "script_finished":
            ended = message.script_finished
            if ended not in (*WELL, STARTED_AGAIN):
                run.errors.append(ForwardMsg.ScriptFinishedStatus.Name(ended))
            return ended != STARTED_AGAIN
        return False

    def _started(self, message: ForwardMsg) -> None:
        """Forget what this run shows anew: the page, or its fragments."""
        self._session = message.new_session.initialize.session_id or self._session
        ran = set(message.metadata.run.fragment_ids)
        for name, widget in list(self.widgets.items()):
            if not ran or widget.fragment in ran:
                del self.widgets[name]
        for name in list(self._again):
            if not ran or name in ran:
                del self._again[name]

    def _delta(self, delta: Delta, run: Run) -> None:
        if delta.WhichOneof("type") == "add_block":
            block = delta.add_block
            if block.HasField("popover") and block.popover.id:
                told = block.popover
                door = Widget(
                    told.id, told.label, "bool_value", told.open, (False, True), False
                )
                self._show(door)
                self.door = told.id if told.label == DOOR else self.door
            return
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            run.errors.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "alert":
            told = {Alert.ERROR: run.errors, Alert.WARNING: run.warnings}
            told.get(element.alert.format, []).append(element.alert.body)
        elif kind == "file_uploader":
            self.uploader = element.file_uploader.id
        else:
            widget = widget_of(element, delta.fragment_id)
            if widget is not None:
                self._show(widget)

    def _show(self, widget: Widget) -> None:
        """Keep the value a reader has set, unless the server says another."""
        if not widget.told and widget.id in self._values:
            widget.value = self._values[widget.id]
        self._values[widget.id] = widget.value
        self.widgets[widget.id] = widget

    async def _place(self, name: str) -> Any:
        """Ask where a file may be put."""
        message = BackMsg()
        told = message.file_urls_request
        told.request_id, told.session_id = name, self._session
        told.file_names.append(name)
        await self._socket.send(message.SerializeToString())
        run = Run()
        while True:
            answer = await self._next(run)
            if answer.WhichOneof("type") == "file_urls_response":
                return answer.file_urls_response.file_urls[0]
