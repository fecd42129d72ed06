"""Drive a real Chromium and time what a reader sees.

"Control to picture" runs from the release of a slider's thumb to the last change of
the page that follows it: DOM below the toolbar, or a repaint of the stage's canvas.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[1]
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
QUIET_MS = 350  # no change for so long: the picture is final
LONGEST_MS = 8000

# Runs in the page before anything else. Times are performance.now() milliseconds.
WATCH = """
(() => {
  const b = (window.__bench = {t0: 0, last: 0});
  addEventListener('pointerup', () => { b.t0 = performance.now(); b.last = 0; }, true);
  addEventListener('mouseup', () => { b.t0 = performance.now(); b.last = 0; }, true);
  const skip = (n) => {
    const e = n.nodeType === 1 ? n : n.parentElement;
    return !e || e.closest('.st-key-controls, [data-testid=stSlider], ' +
      '[data-testid=stHeader], [data-testid=stSidebar], [data-testid=stStatusWidget]');
  };
  new MutationObserver((all) => {
    if (b.t0 && all.some((m) => !skip(m.target))) b.last = performance.now();
  }).observe(document, {subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: ['src', 'd']});
})();
"""


@contextlib.contextmanager
def serve(script: Path) -> Iterator[tuple[str, float]]:
    """Start a server on a free port; yield its address and when it was started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script)]
        + [f"--server.port={port}", "--server.headless=true"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            if server.poll() is not None or time.perf_counter() - start > 60:
                raise RuntimeError(f"{script.name} did not start")
            time.sleep(0.05)
        yield address, start
    finally:
        server.terminate()
        server.wait(10)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium, headless."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("Chromium is needed: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def open_page(
    browser: Browser, address: str, staged: bool = True
) -> tuple[Page, float]:
    """Open an address in a new session; return the page and ms to its first picture.

    The first picture is there when the title is, and when the stage, if the page is
    one that has a stage, has drawn.
    """
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.add_init_script(WATCH)
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_selector("[data-testid=stMain] h1", timeout=60_000)
    if staged:
        page.wait_for_function("() => window.__stage?.shown", timeout=15_000)
    return page, (time.perf_counter() - start) * 1e3


def settle(page: Page) -> None:
    """Wait until nothing runs and nothing changes."""
    page.wait_for_timeout(200)
    with contextlib.suppress(Exception):
        page.wait_for_selector(
            "[data-testid=stStatusWidget]", state="detached", timeout=20_000
        )
    page.wait_for_timeout(QUIET_MS)


def control_to_picture(page: Page, label: str, releases: int) -> list[float]:
    """Move one control of the page again and again; return ms of each release.

    ``label`` names a slider, dragged between six places, a switch, thrown to and fro,
    a row of buttons, clicked in turn, or a number, counted up.
    """
    slider = page.locator("[data-testid=stSlider]").filter(has_text=label).first
    switch = page.locator("[data-testid=stCheckbox]").filter(has_text=label).first
    buttons = page.get_by_role("radiogroup", name=label).get_by_role("radio")
    counter = page.locator("[data-testid=stNumberInput]").filter(has_text=label).first
    any_of = slider.or_(switch).or_(buttons.first).or_(counter)
    any_of.first.wait_for(timeout=20_000)
    move, moved = _click, buttons
    if slider.count():
        move, moved = _drag, slider
    elif switch.count():
        move, moved = _throw, switch
    elif counter.count():
        move, moved = _count, counter
    found = []
    for turn in range(releases):
        move(page, moved, turn)
        ms = page.evaluate(WAIT, [QUIET_MS, LONGEST_MS])
        if ms is not None:
            found.append(ms)
    return found


def _drag(page: Page, slider: Locator, turn: int) -> None:
    thumb = slider.locator("input[type=range]").locator("xpath=../..")
    box, track = thumb.bounding_box(), slider.bounding_box()
    assert box
    assert track
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    share = (0.3, 0.7, 0.45, 0.6, 0.35, 0.55)[turn % 6]
    page.mouse.move(track["x"] + track["width"] * share, y, steps=4)
    page.evaluate("window.__bench.t0 = window.__bench.last = 0")
    page.mouse.up()


def _throw(page: Page, switch: Locator, turn: int) -> None:
    page.evaluate("window.__bench.t0 = window.__bench.last = 0")
    switch.locator("label").first.click()


def _count(page: Page, counter: Locator, turn: int) -> None:
    page.evaluate("window.__bench.t0 = window.__bench.last = 0")
    counter.get_by_test_id("stNumberInputStepUp").click()


def _click(page: Page, buttons: Locator, turn: int) -> None:
    # The second option first: the page opens on another than the one clicked.
    button = buttons.nth((turn + 1) % 2 + (buttons.count() > 2))
    page.evaluate("window.__bench.t0 = window.__bench.last = 0")
    button.click()


WAIT = """
([quiet, longest]) => new Promise((done) => {
  const b = window.__bench, stage = window.__stage;
  let seen = stage ? stage.samples.length : 0;
  const check = () => {
    const now = performance.now(), painted = stage ? stage.samples.length : 0;
    if (b.t0 && painted !== seen) { seen = painted; b.last = now; }
    if (b.t0 && stage && stage.shown > b.t0) b.last = Math.max(b.last, stage.shown);
    if (b.last && now - b.last > quiet) return done(b.last - b.t0);
    if (now - b.t0 > longest) return done(null);
    requestAnimationFrame(check);
  };
  check();
})
"""


def frame_times(page: Page, drag: bool) -> list[float]:
    """Move over the first stage of the page; return the script's ms of each frame.

    Headless on two shared cores the compositor says little, so it is the stage's own
    work between asking for a frame and having painted it that is timed.
    """
    canvas = page.locator("canvas.over").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4
    page.mouse.move(x, y)
    page.evaluate("window.__stage.samples.length = 0")
    if drag:
        page.mouse.down()
    for step in range(90):
        page.mouse.move(x + step * 1.3, y + step * 0.7)
    kind = "drag" if drag else "hover"
    times: list[float] = page.evaluate(
        "k => window.__stage.samples.filter((s) => s.kind === k).map((s) => s.ms)", kind
    )
    if drag:
        page.mouse.up()
    return times


def live_times(page: Page) -> list[float]:
    """Return the ms of each picture that the server sent while the stage was dragged.

    One is asked for at a time, so 1000 over it is the pictures a second.
    """
    times: list[float] = page.evaluate("window.__stage.fetches.splice(0)")
    return times


def row(
    what: str, times: list[float], budget_ms: float, floor_ms: float | None = None
) -> dict[str, Any]:
    """Return one line of the table; a figure that could not be taken stays empty."""
    if not times:
        return {"what": what, "budget": f"≤ {budget_ms:g} ms", "met": None}
    median, p95 = float(np.median(times)), float(np.percentile(times, 95))
    return {
        "what": what,
        "median_ms": median,
        "p95_ms": p95,
        "ratio": median / floor_ms if floor_ms else None,
        "reference": "the floor" if floor_ms else "",
        "budget": f"≤ {budget_ms:g} ms",
        "met": p95 <= budget_ms,
    }
