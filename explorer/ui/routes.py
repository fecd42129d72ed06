"""Pictures while a pointer is dragged: routes of our own, with no session behind them.

A rerun answers when a control is let go; a drag wants 15 pictures a second and more.
Every argument is bounded here, and a server that is behind says so at once: the
reader's next move asks again.
"""

import asyncio
import hashlib
import math
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

import cv2
import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from explorer.models import meters
from explorer.models.readers import SLICE_S, Reader, reading
from explorer.ui import rates

if TYPE_CHECKING:
    from explorer.models.engine import Answer

DECODE = "/live/decode"
FARTHEST = 8.0  # standard deviations of the prior, of any number of a code
LONGEST = 4096  # characters of a query
LONGEST_LABEL = 9  # digits; more are no class's row in any network
AT_ONCE = 16  # requests computed or waiting; more are turned away
TIMEOUT_S = 5.0
GONE = 499  # nobody reads it; the log tells it from an answer
PNG_FAST = (cv2.IMWRITE_PNG_COMPRESSION, 1)
JPEG_QUALITY = (cv2.IMWRITE_JPEG_QUALITY, 90)

_room = threading.BoundedSemaphore(AT_ONCE)


def code_of(text: str, size: int) -> np.ndarray:
    """Read a code, numbers with commas between them.

    Raises
    ------
    ValueError
        With a sentence, if it has another number of them, or one is no number or too
        far out.

    Examples
    --------
    >>> code_of("0.5,-1", 2).tolist()
    [[0.5, -1.0]]
    """
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        raise ValueError("z must be numbers with commas between them.") from None
    if len(values) != size:
        raise ValueError(f"z has {len(values)} numbers; this network takes {size}.")
    for value in values:
        if not math.isfinite(value) or abs(value) > FARTHEST:
            raise ValueError(f"A number of z is beyond {FARTHEST:g}.")
    return np.array([values], np.float32)


def label_of(text: str, classes: int) -> int:
    """Read a class's row, 0 to ``classes - 1``.

    Raises
    ------
    ValueError
        With a sentence, if it is no whole number or none of these.

    Examples
    --------
    >>> label_of("9", 10)
    9
    """
    sane = text.isdecimal() and len(text) <= LONGEST_LABEL
    if not sane or int(text) >= classes:
        raise ValueError(f"label must be a whole number, 0 to {classes - 1}.")
    return int(text)


def encoded(image: np.ndarray) -> tuple[bytes, str]:
    """Return a picture's bytes and its kind: PNG where grey, JPEG where coloured."""
    if image.ndim == 2:
        _, data = cv2.imencode(".png", image, PNG_FAST)
        return data.tobytes(), "image/png"
    _, data = cv2.imencode(".jpg", image[..., ::-1], JPEG_QUALITY)
    return data.tobytes(), "image/jpeg"


async def decode(request: Request) -> Response:
    """Answer the picture of a code: ``?model=NAME&z=0.1,-2[&label=3]``."""
    if len(request.url.query) > LONGEST:
        return _refused("The query is too long.")
    if not rates.LIVE.allow(request):
        return JSONResponse("Too many pictures at once; move again.", 429)
    if not _room.acquire(blocking=False):
        return _turned_away("The server is busy; move again.")
    try:
        asked = await run_in_threadpool(
            _asked, dict(request.query_params), who(request)
        )
        if isinstance(asked, Response):
            return asked
        return await _answered(request, asked)
    finally:
        _room.release()


def who(request: Request) -> Reader:
    """Return whose turn a request takes: a browser's, as far as it can be told.

    There is no session here: readers behind one address differ in their cookies.
    """
    host = request.client.host if request.client else ""
    cookies = request.headers.get("cookie", "").encode()
    return Reader(f"{host} {hashlib.blake2b(cookies, digest_size=8).hexdigest()}")


def _asked(asked: dict[str, str], reader: Reader) -> "Future[Answer] | Response":
    """Check a request and queue it, or say what is wrong with it."""
    from explorer.models import engine, zoo

    try:
        about = zoo.record(asked.get("model", ""))
        if about.architecture not in ("autoencoder", "vae", "cvae"):
            return _refused(f"{about.label} has no decoder.")
        z = code_of(asked.get("z", ""), int(about.arguments["z"]))
        told = {}
        if about.architecture == "cvae":  # without a label it is asked for one
            told["label"] = label_of(asked.get("label", ""), len(about.classes))
        elif "label" in asked:
            return _refused(f"{about.label} takes no label.")
    except (zoo.ZooError, ValueError) as error:
        return _refused(str(error))
    with reading(reader):
        return engine.submit(about.name, "decode", z=z, **told)


async def _answered(request: Request, asked: "Future[Answer]") -> Response:
    """Wait for the picture, as long as the browser does."""
    from explorer.models import engine

    waiting, end = asyncio.wrap_future(asked), time.monotonic() + TIMEOUT_S
    try:
        while not (await asyncio.wait({waiting}, timeout=SLICE_S))[0]:
            if time.monotonic() > end:
                return _turned_away("The decoder did not answer in time.")
            if await request.is_disconnected():
                return Response(status_code=GONE)
        answer = waiting.result()
    except engine.BusyError as error:  # the engine has counted it
        return JSONResponse(str(error), 503)
    except engine.EngineError as error:
        return JSONResponse(str(error), 503)
    finally:
        waiting.cancel()  # who left, or waited too long, is not computed for
    data, kind = encoded(answer.arrays["images"][0])
    return Response(data, media_type=kind, headers={"Cache-Control": "no-store"})


def _turned_away(why: str) -> Response:
    meters.SHED.labels("decode").inc()
    return JSONResponse(why, 503)


def _refused(why: str) -> Response:
    return JSONResponse(why, 400)


ROUTES = (Route(DECODE, decode),)
