"""A real server and a real Chromium, each started once for all browser tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Servers run these pages. Looked through for doctests they would run here as well, and
# what one replaces would stay replaced for every test.
collect_ignore = ["apps"]

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def start(
    script: Path, log: Path, port: int | None = None, **told: str
) -> tuple[subprocess.Popen[bytes], str]:
    """Start a Streamlit server for ``script`` and wait until it answers.

    ``port`` is a free one if not given; ``told`` adds to the environment.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **told}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    for _ in range(START_SECONDS * 10):
        if _answers(url + "/_stcore/health"):
            return process, url
        if process.poll() is not None:
            break
        time.sleep(0.1)
    process.kill()
    process.wait()
    raise RuntimeError(f"{script.name} did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], str]]:
    """``server(path)`` is the address of a running script, started once."""
    running: dict[str, tuple[subprocess.Popen[bytes], str]] = {}
    folder = tmp_path_factory.mktemp("servers")

    def at(path: str) -> str:
        if path not in running:
            log = folder / (Path(path).stem + ".log")
            running[path] = start(ROOT / path, log)
        return running[path][1]

    yield at
    for process, _ in running.values():
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def app_url(server: Callable[[str], str]) -> str:
    """The address of the whole application."""
    return server("streamlit_app.py")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium, as installed on this machine."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("browser tests need Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser) -> Iterator[object]:
    """A fresh page of 1280 x 720; an uncaught error in its scripts fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, accept_downloads=True
    )
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def opened(page, url: str):
    """Open an address of the application; the page when it has settled."""
    page.goto(url)
    page.wait_for_selector("[data-testid=stMain] h1", timeout=30_000)
    settle(page)
    return page


def settle(page) -> None:
    """Wait until nothing runs any more."""
    page.wait_for_timeout(400)
    page.wait_for_selector(
        "[data-testid=stStatusWidget]", state="detached", timeout=30_000
    )
    page.wait_for_timeout(200)
