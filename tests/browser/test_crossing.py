"""The maps made in the browser are the core's, and a level of a diagram is chosen."""

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.unpooling import max_pool, max_unpool, nearest_unpool

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/crossing_page.py"
FRAME_MS = 16


def opened(page, server):
    page.goto(server(SCRIPT))
    page.wait_for_function(
        "() => window.__stage?.stages.level?.own.maps && window.__stage.stages.rows"
    )


def test_pooled_unpooled_and_copied_maps_are_the_cores(page, server):
    opened(page, server)
    rng = np.random.default_rng(7)
    encoded = np.maximum(rng.normal(size=(24, 32)), 0).astype(np.float32)
    incoming = rng.normal(size=(12, 16)).astype(np.float32)
    pooled = max_pool(encoded)
    expected = {
        "pooled": pooled.values,
        "unpooled": max_unpool(incoming, pooled.indices, (24, 32)),
        "nearest": nearest_unpool(incoming),
    }
    for name, values in expected.items():
        seen = page.evaluate(
            "(name) => { const m = window.__stage.stages.level.own.maps[name];"
            " return [m.shape, Array.from(m)]; }",
            name,
        )
        assert seen[0] == list(values.shape)
        np.testing.assert_array_equal(np.array(seen[1]), values.ravel())


def test_the_close_ups_follow_the_pointer_within_a_frame(page, server):
    opened(page, server)
    frame = page.locator(".st-key-level .frame")
    box = frame.bounding_box()
    page.evaluate("() => { window.__stage.samples.length = 0; }")
    for share in np.linspace(0.02, 0.14, 25):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.3 * box["height"])
        page.wait_for_timeout(20)
    at = page.evaluate("() => window.__stage.stages.level.own.at")
    assert 0 <= at[0] <= 24 - 4
    assert 0 <= at[1] <= 32 - 4
    assert at[0] % 2 == at[1] % 2 == 0  # a close-up holds whole pooling windows
    times = page.evaluate(
        "() => window.__stage.samples.filter((s) => s.key === 'level').map((s) => s.ms)"
    )
    print(f"close-ups median {np.median(times):.2f} ms of {len(times)} frames")
    assert np.median(times) <= FRAME_MS
    said = page.evaluate("() => window.__stage.stages.level.dom.read.textContent")
    assert said.startswith(f"rows {at[0]} to {at[0] + 3}, columns {at[1]} to")


def test_a_level_is_chosen_by_pointer_and_by_keys(page, server):
    opened(page, server)
    frame = page.locator(".st-key-rows .frame")
    box = frame.bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    expect(page.get_by_text("sent 1 1", exact=True)).to_be_visible()
    page.mouse.move(0, 0)
    frame.focus()
    page.keyboard.press("ArrowDown")  # the first press shows where one is
    page.keyboard.press("ArrowDown")
    expect(frame.locator("xpath=..").get_by_text("net 0 level 2").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("sent 0 2", exact=True)).to_be_visible()
