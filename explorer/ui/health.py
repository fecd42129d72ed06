"""What the machinery around the process asks: alive, ready, and in numbers.

The three routes answer without a session. Nothing of a reader's is among the answers:
labels are names in the code, and the rest are sums. ``/metrics`` is meant for the
inside of a network; the proxy in front keeps it there.
"""

import os
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import wraps

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from explorer.models import meters
from explorer.ui import boot, live, sessions

COMMIT = "EXPLORER_COMMIT"  # set where an image is built
Endpoint = Callable[[Request], Awaitable[Response]]


def commit() -> str:
    """Return the commit this process was built from; empty where nobody said."""
    said = os.environ.get(COMMIT, "")
    return said if re.fullmatch(r"[0-9a-f]{7,40}", said) else ""


async def alive(request: Request) -> Response:
    """Answer 200 for as long as the event loop turns: what else is wrong heals."""
    return JSONResponse({"status": "alive", "commit": commit()}, headers=_FRESH)


async def ready(request: Request) -> Response:
    """Answer 200 once the process serves its readers, else 503; in words, how well.

    A family of models that does not run, or a cluster that is away, is told in the
    words and costs no 503: every front end would have it, and lessons of arithmetic
    would go with those that need a network.
    """
    state = boot.readiness()
    sentence = state.sentence
    if state.serves:
        reached, why_not = await run_in_threadpool(_engine_ready)
        sentence = sentence if reached else f"{sentence} {why_not}"
    return PlainTextResponse(sentence, 200 if state.serves else 503, _FRESH)


def _engine_ready() -> tuple[bool, str]:
    from explorer.models import engine

    return engine.ready()


async def metrics(request: Request) -> Response:
    """Answer all numbers as Prometheus reads them.

    On the event loop, which alone may look at the sessions; it takes milliseconds.
    """
    return Response(generate_latest(REGISTRY), 200, _FRESH, CONTENT_TYPE_LATEST)


_FRESH = {"Cache-Control": "no-store"}


class ProcessCollector(Collector):
    """Numbers that are read when they are asked for, not counted as they happen."""

    def collect(self) -> Iterable[Metric]:
        """Yield readers, kept results, warmth and the device's memory."""
        ready = float(boot.readiness().warm)
        yield _gauge("explorer_ready", "1 when the models are warm.", ready)
        connected, kept = sessions.count()
        yield _gauge("explorer_readers", "Pages open in a browser now.", connected)
        yield _gauge(
            "explorer_readers_away",
            "Sessions kept for a reader whose connection broke.",
            kept,
        )
        yield _gauge(
            "explorer_cache_bytes", "Results kept for all readers.", live.CACHE.bytes
        )
        yield _gauge(
            "explorer_cache_limit_bytes",
            "What they may grow to.",
            live.CACHE.max_bytes,
        )
        yield from _device()


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _device() -> Iterable[Metric]:
    """Yield each GPU's memory; nothing where no page has brought torch yet."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return
    used = GaugeMetricFamily(
        "explorer_device_used_bytes", "Memory tensors take.", labels=["device"]
    )
    held = GaugeMetricFamily(
        "explorer_device_reserved_bytes", "Memory held for them.", labels=["device"]
    )
    for number in range(torch.cuda.device_count()):
        used.add_metric([str(number)], torch.cuda.memory_allocated(number))
        held.add_metric([str(number)], torch.cuda.memory_reserved(number))
    yield from (used, held)


def timed(routes: Sequence[Route]) -> tuple[Route, ...]:
    """Return the same routes, each answer's time and status counted."""
    return tuple(Route(one.path, _timed(one.path, one.endpoint)) for one in routes)


def _timed(path: str, endpoint: Endpoint) -> Endpoint:
    @wraps(endpoint)
    async def counted(request: Request) -> Response:
        start, status = time.perf_counter(), 500
        try:
            answer = await endpoint(request)
            status = answer.status_code
            return answer
        finally:
            took = time.perf_counter() - start
            meters.ROUTE_SECONDS.labels(path, str(status)).observe(took)

    return counted


ROUTES = (
    Route("/healthz", alive),
    Route("/readyz", ready),
    Route("/metrics", metrics),
)
REGISTRY.register(ProcessCollector())
