"""The program regress.js: dragged boxes, sliders, and the numbers of the core."""

import numpy as np
import pytest

from explorer.core.box_codec import decode, encode

pytestmark = pytest.mark.browser
WAIT_MS = 60_000


@pytest.fixture
def opened(page, app_url):
    page.goto(f"{app_url}/box_regression?image=coffee")
    page.wait_for_function(
        "() => Object.entries(window.__stage?.stages ?? {}).some("
        "([k, s]) => k.startsWith('regress_pair') && s.own.now)",
        timeout=WAIT_MS,
    )
    page.wait_for_timeout(500)
    return page


def do(page, body):
    return page.evaluate(
        "body => new Function('s', body)(Object.entries(window.__stage.stages)"
        ".find(([k]) => k.startsWith('regress_pair'))[1])",
        body,
    )


def wait_said(page, words):
    """Wait for the panel: it is written with the next frame of the screen."""
    page.wait_for_function(
        "words => Object.entries(window.__stage.stages).some(([k, s]) =>"
        " k.startsWith('regress_pair') && s.panel.textContent.includes(words))",
        arg=words,
        timeout=WAIT_MS,
    )


def test_a_drag_changes_the_numbers_before_the_release(opened):
    page = opened
    # The numbers that come with a first run may ask for one more: let it pass.
    page.wait_for_selector("[data-testid='stStatusWidget']", state="detached")
    page.wait_for_timeout(800)
    runs = do(page, "return s.calls")
    start = do(page, "return s.boxes[0]")
    do(page, "s.dom.frame.scrollIntoView({block: 'center'})")
    place = "const r = s.dom.frame.getBoundingClientRect(); const b = s.boxes[0];"
    x, y = do(
        page,
        place + "return [r.left + (b[0] + b[2]) / 2 / s.w * r.width,"
        " r.top + (b[1] + b[3]) / 2 / s.h * r.height];",
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 20, steps=6)
    page.wait_for_timeout(100)
    boxes, t = do(page, "return [s.boxes, s.own.now.t]")
    assert boxes[0][0] > start[0] + 5
    np.testing.assert_allclose(t, encode(boxes[:1], boxes[1:])[0], atol=1e-9)
    assert do(page, "return s.calls") == runs
    page.mouse.up()
    page.wait_for_function("() => location.search.includes('pair_')", timeout=WAIT_MS)


def test_a_slider_moves_the_box_by_its_number(opened):
    page = opened
    bars = page.locator("input[aria-label=tx]")
    bars.fill("1")
    wait_said(page, "the truth is at")
    t, moved, boxes = do(page, "return [s.own.now.t, s.own.now.moved, s.boxes]")
    assert t[0] == 1
    np.testing.assert_allclose(moved, decode(boxes[:1], [t])[0], atol=1e-6)
    page.get_by_role("button", name="Take them from the two boxes").click()
    wait_said(page, "1.000 after the move")


def test_the_first_boxes_come_back_after_a_drag(opened):
    page = opened
    start = do(page, "return s.boxes.map((b) => [...b])")
    do(page, "s.dom.frame.scrollIntoView({block: 'center'})")
    x, y = do(
        page,
        "const r = s.dom.frame.getBoundingClientRect(); const b = s.boxes[0];"
        "return [r.left + (b[0] + b[2]) / 2 / s.w * r.width,"
        " r.top + (b[1] + b[3]) / 2 / s.h * r.height];",
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Back to the first two boxes").click()
    page.wait_for_function("() => !location.search.includes('pair_')", timeout=WAIT_MS)
    page.wait_for_timeout(800)
    np.testing.assert_allclose(
        do(page, "return s.boxes.map((b) => [...b])"), start, atol=0.05
    )
