"""For every test: patience on a busy machine, a way to await, a course to visit."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
WAITING = ("browser/*", "browser/*/*", "deploy/*", "serve/*", "models/test_*engine*")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try once more what waits for others: a browser, nginx, a cluster, a thread.

    On a machine whose cores are lent out such a wait may end too late. The summary
    names whatever was tried twice; arithmetic has one try.
    """
    for item in items:
        if any(item.path.match(f"tests/{one}") for one in WAITING):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def awaited() -> Callable[..., Any]:
    """``awaited(coroutine)`` is its result, within ``limit_s`` seconds (a minute).

    On a thread of its own: the browser's driver keeps a loop running on this one.
    """

    def wait(coroutine: Coroutine[Any, Any, Any], limit_s: float = 60) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, coroutine).result(limit_s)

    return wait


@pytest.fixture
def dragged(awaited: Callable[..., Any]) -> Callable[[str], Any]:
    """``dragged(query)`` is what a browser that stays is answered while it drags."""
    from starlette.requests import Request

    from explorer.ui import routes

    async def receive() -> Any:
        await asyncio.Event().wait()  # the browser never leaves

    def asked(query: str) -> Any:
        scope = {"type": "http", "method": "GET", "path": routes.DECODE, "headers": []}
        request = Request(scope | {"query_string": query.encode()}, receive)
        return awaited(routes.decode(request))

    return asked


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two processes behind nginx, started once for all tests that visit them."""
    from tests.deploy.course import Course, nginx

    if nginx() is None:
        pytest.skip("tests of the way through nginx need it: apt-get install nginx")
    running = Course(tmp_path_factory.mktemp("course") / "log")
    try:
        running.wait()
        yield running
    finally:
        running.close()
