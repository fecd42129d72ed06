"""Process-level start: two latency faults mended, heavy imports made out of sight.

Measured without them: each websocket message waits about 42 ms, and a full garbage
collection after every run holds the interpreter for 60 to 250 ms.
"""

import asyncio
import asyncio.base_events
import contextlib
import gc
import logging
import os
import socket
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import numpy as np

WARM_AFTER_S = 4.0  # let the first reader's page come first; importing torch holds it
AGAIN_S, AGAIN_MOST_S = 5.0, 60.0  # before warming again; twice as long each time
TIDY_EVERY_S = 20.0  # far below the two minutes that a session outlives its reader


@dataclass(frozen=True)
class Readiness:
    """Whether readers should be sent here, and why."""

    ready: bool
    sentence: str


STARTING = Readiness(False, "The process is starting.")
WARMING = Readiness(False, "The models are being warmed; lessons answer already.")
WARM = Readiness(True, "The models are warm.")
COLD = Readiness(True, "Ready; the models load when they are first asked for.")
FAILED = Readiness(
    False,
    "The models could not be warmed, the process's log says why; it is tried again, "
    "and lessons without a network answer.",
)
_now = {"state": STARTING}


def readiness() -> Readiness:
    """Return how far the process has come with its preparations."""
    return _now["state"]


def set_nodelay(sock: socket.socket) -> None:
    """Send small messages at once on an accepted TCP socket.

    ``streamlit run`` binds its socket with protocol 0, and asyncio sets TCP_NODELAY
    only where the protocol is given as TCP; this goes when that does.
    """
    inet = sock.family in (socket.AF_INET, socket.AF_INET6)
    if inet and sock.type == socket.SOCK_STREAM:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def tune() -> bool:
    """Have asyncio call ``set_nodelay`` on every socket; False if it has moved."""
    if not hasattr(asyncio.base_events, "_set_nodelay"):
        return False
    asyncio.base_events._set_nodelay = set_nodelay
    return True


def freeze() -> None:
    """Move all that is alive out of the collector's reach: imports and models stay."""
    gc.collect()
    gc.freeze()


def import_light() -> None:
    """Import what every page draws with, before the first reader waits for it."""
    import cv2
    import plotly.graph_objects  # noqa: F401
    import streamlit.elements.arrow  # noqa: F401  (brings pandas)

    cv2.setUseOptimized(True)


def warm() -> None:
    """Draw the road map's cards, then load the shipped network, before a reader asks.

    After a moment: the first reader's page comes first. Again until it succeeds: a
    cluster may start after those who ask it.
    """
    time.sleep(WARM_AFTER_S)
    pause_s, cause = AGAIN_S, _failure()
    if cause:
        logging.getLogger("explorer").error("warming the models failed", exc_info=cause)
        _now["state"] = FAILED
        freeze()
    while cause:
        time.sleep(pause_s)
        pause_s, cause = min(2 * pause_s, AGAIN_MOST_S), _failure()
    _now["state"] = WARM
    freeze()


def _failure() -> Exception | None:
    """Try to warm what readers will ask for; return why that failed."""
    try:
        _prepare()
    except Exception as error:
        return error
    return None


def _prepare() -> None:
    from explorer.models import engine
    from explorer.ui.catalogue import LESSONS
    from explorer.ui.thumbs import thumbnail

    for lesson in LESSONS:
        thumbnail(lesson.slug)

    if not engine.elsewhere():  # a front end of a cluster needs torch for proofs only
        import torchvision.ops  # noqa: F401  (the proofs' reference)

    grey = np.full((224, 224, 3), 127, np.uint8)
    engine.run("efficientnet_lite0", "classify", image=grey)

    # The references of one lesson's proofs: after what many pages wait for.
    import pycocotools.coco  # noqa: F401
    import sklearn.metrics  # noqa: F401


def freeze_anew() -> None:
    """Collect in what is frozen too: sessions that were open then, and are over.

    It holds the interpreter for a fifth of a second: for when nobody reads.
    """
    gc.unfreeze()
    freeze()


async def tidy() -> None:
    """Give back, now and then, what readers who left have left behind.

    It reads Streamlit's own fields; what fails there is logged once and tried again.
    """
    told = False
    while True:
        await asyncio.sleep(TIDY_EVERY_S)
        try:
            await _tidy_once()
        except Exception:
            if not told:
                logging.getLogger("explorer").exception("tidying failed; it goes on")
            told = True


async def _tidy_once() -> None:
    from explorer.ui import sessions

    try:
        if sessions.end_expired():
            alone = not any(sessions.count())
            await asyncio.to_thread(freeze_anew if alone else gc.collect)
    finally:
        await asyncio.to_thread(sessions.trim)


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Prepare the process before the first page, warm the models after it."""
    import_light()
    freeze()
    if os.environ.get("EXPLORER_WARM", "1") != "0":
        _now["state"] = WARMING
        threading.Thread(target=warm, name="warm", daemon=True).start()
    else:
        _now["state"] = COLD
    tidying = asyncio.create_task(tidy())
    try:
        yield
    finally:
        tidying.cancel()
