"""What the unpooling lesson draws and says is what the core computes."""

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.unpooling import lost_share
from explorer.core.unpooling_fit import unpool_steps

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/unpool_page.py"
MAPS = np.random.default_rng(3).integers(-4, 9, (3, 9, 12)).astype(float)
ONE = 1  # the channel shown
OWN = "window.__stage.stages.unpool.own"

READ = """() => {
  const o = window.__stage.stages.unpool.own;
  const made = Object.fromEntries(Object.entries(o.made).map(([k, v]) => [k, [...v]]));
  const { values, argmax } = o.pool;
  return { values: [...values], indices: [...argmax], made, lost: o.lost };
}"""
POINT = """([pane, r, c]) => {
  const s = window.__stage.stages.unpool, [x, y, w, h] = s.params.panes[pane];
  const [n, m] = pane === "pooled" ? [s.own.pool.h, s.own.pool.w] : [s.own.H, s.own.W];
  const q = s.dom.frame.getBoundingClientRect(), k = q.width / s.w;
  return [q.left + (x + (c + 0.5) * w / m) * k, q.top + (y + (r + 0.5) * h / n) * k];
}"""


def opened(page, server, query=""):
    page.goto(f"{server(SCRIPT)}/?{query}")
    page.wait_for_function("() => window.__stage?.stages.unpool?.own.made")
    page.wait_for_timeout(300)


def point(page, pane, row, column):
    page.mouse.move(*page.evaluate(POINT, [pane, row, column]))
    page.wait_for_timeout(100)
    own = "window.__stage.stages.unpool.own"
    return page.evaluate(f"() => [{own}.head.textContent, {own}.story.textContent]")


@pytest.mark.parametrize(("k", "s"), [(2, 2), (3, 2), (3, 3), (2, 1), (3, 1), (2, 3)])
def test_the_browser_computes_every_way_back(page, server, k, s):
    opened(page, server, f"k={k}&s={s}")
    seen, steps = page.evaluate(READ), unpool_steps(MAPS, k, s, fitted=True)
    assert seen["values"] == steps.pool.values[ONE].ravel().tolist()
    assert seen["indices"] == steps.pool.indices[ONE].ravel().tolist()
    assert set(seen["made"]) == set(steps.rebuilt)
    for way, made in steps.rebuilt.items():
        np.testing.assert_allclose(seen["made"][way], made[ONE].ravel(), atol=1e-5)
        lost = lost_share(steps.x, made)[ONE]
        assert seen["lost"][way] == pytest.approx(lost, abs=1e-5)


def test_pointing_tells_where_a_number_comes_from(page, server):
    opened(page, server, "hand=1")
    steps = unpool_steps(MAPS, 2, 2)
    calls = page.evaluate("() => window.__stage.stages.unpool.calls")
    row, column = divmod(int(steps.pool.indices[ONE, 2, 3]), 12)
    head, story = point(page, "pooled", 2, 3)
    assert head == "Pooled: row 2, column 3"
    assert f"stood at row {row}, column {column}" in story
    _, story = point(page, "unpool", row, column)
    assert "the maximum of window (2, 3) stood here" in story
    _, story = point(page, "nails", 5, 7)
    assert story == "0: no window begins here."
    _, story = point(page, "nearest", 5, 6)
    assert "a copy of pooled (2, 3)" in story
    _, story = point(page, "input", 8, 0)
    assert story.startswith("No window covers this cell")
    assert page.evaluate("() => window.__stage.stages.unpool.calls") == calls


def test_an_edited_number_is_pooled_at_once_and_sent(page, server):
    opened(page, server, "hand=1")
    page.mouse.click(*page.evaluate(POINT, ["input", 0, 0]))
    expect(page.get_by_label("Input row 0, column 0")).to_be_focused(timeout=15_000)
    page.keyboard.type("50")
    page.wait_for_timeout(100)
    assert page.evaluate(READ)["values"][0] == 50
    expect(page.get_by_text("sent 50")).to_be_visible(timeout=15_000)


def test_arrow_keys_move_the_cell_and_stop_at_the_border(page, server):
    opened(page, server, "hand=1")
    page.mouse.click(*page.evaluate(POINT, ["pooled", 0, 0]))
    page.mouse.move(1, 1)
    page.evaluate("() => window.__stage.stages.unpool.dom.frame.focus()")
    for key in ("ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_timeout(100)
    at = page.evaluate("() => window.__stage.stages.unpool.own.at")
    assert at == {"pane": "pooled", "r": 1, "c": 2}


def test_a_click_keeps_its_cell_and_pointing_does_not(page, server):
    opened(page, server, "hand=1")
    at = f"() => {OWN}.at"
    first = page.evaluate(at)
    now = f"(one) => JSON.stringify(one) === JSON.stringify({OWN}.at)"
    page.mouse.move(*page.evaluate(POINT, ["unpool", 3, 4]))
    page.wait_for_function(now, arg={"pane": "unpool", "r": 3, "c": 4})
    page.mouse.move(1, 1)
    page.wait_for_function(now, arg=first)
    page.mouse.click(*page.evaluate(POINT, ["pooled", 1, 2]))
    page.mouse.move(1, 1)
    page.wait_for_url("**cell*", timeout=30_000)
    page.reload()
    page.wait_for_function("() => window.__stage?.stages.unpool?.own.made")
    assert page.evaluate(at) == {"pane": "pooled", "r": 1, "c": 2}


def test_a_links_cell_is_the_same_where_the_maps_stand_in_another_order(page, server):
    at = "() => window.__stage.stages.unpool.own.at"
    opened(page, server, "up=1")
    page.mouse.click(*page.evaluate(POINT, ["dense", 3, 4]))
    page.mouse.move(1, 1)
    page.wait_for_url("**cell*", timeout=30_000)
    page.goto(page.url.replace("up=1", "up=0"))
    page.wait_for_function("() => window.__stage?.stages.unpool?.own.made")
    assert page.evaluate(at) == {"pane": "dense", "r": 3, "c": 4}
    page.goto(page.url.replace("up=0", "hand=1"))  # no such map
    page.wait_for_function("() => window.__stage?.stages.unpool?.own.made")
    page.wait_for_function("() => !location.search.includes('cell')", timeout=30_000)
