"""The curtain, the magnifier and the taps, which only the browser draws."""

import numpy as np
import pytest
from playwright.sync_api import expect

from explorer.core.atrous import atrous_terms, taps_inside

pytestmark = pytest.mark.browser
SCRIPT = "tests/browser/apps/deeplab_page.py"
FRAME_MS = 16

TAPS = """() => {
  const s = window.__stage.stages.taps, found = [];
  for (let row = 0; row < 6; row++) for (let col = 0; col < 8; col++) {
    s.pointer = [(col + 0.5) * 16, (row + 0.5) * 16];
    s.program.move(s);
    const now = s.own.now;
    found.push([s.own.cell, now.map((b) => b.inside), now.map((b) => b.sum)]);
  }
  return found;
}"""


def opened(page, server, query=""):
    page.goto(f"{server(SCRIPT)}/?{query}")
    page.wait_for_function(
        "() => window.__stage?.stages.curtain?.own.maps", timeout=60_000
    )
    page.wait_for_timeout(1500)  # the counts are sent once, and the page runs again


def frame(page, key):
    return page.evaluate(
        "key => { const r = window.__stage.stages[key].dom.frame"
        ".getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; }",
        key,
    )


def own(page, name):
    return page.evaluate(f"() => window.__stage.stages.curtain.own.{name}")


def test_pixels_that_differ_are_counted_and_sent(page, server):
    opened(page, server)
    assert own(page, "count") == 96 * 6 + 1
    expect(page.get_by_text("577")).to_be_visible(timeout=30_000)


def test_pointing_magnifies_and_a_curtain_runs_the_page_at_its_release_alone(
    page, server
):
    opened(page, server)
    runs = page.get_by_text("runs ").inner_text()
    left, top, wide, high = frame(page, "curtain")
    assert own(page, "split") == 0.5
    page.mouse.move(left + wide * 30.5 / 128, top + high * 60.5 / 96)
    page.wait_for_timeout(300)
    x, y, side = own(page, "view")
    assert x <= 30 < x + side
    assert y <= 60 < y + side
    read = page.evaluate("() => window.__stage.stages.curtain.dom.read.textContent")
    assert read == "x 30  y 60   A: square   B: square"
    page.mouse.down()
    page.mouse.move(left + wide * 0.8, top + high / 2, steps=12)
    assert own(page, "split") == pytest.approx(0.8, abs=0.01)
    page.wait_for_timeout(300)
    assert page.get_by_text("runs ").inner_text() == runs
    page.mouse.up()
    page.get_by_text(runs, exact=True).wait_for(state="detached")
    assert own(page, "split") == pytest.approx(0.8, abs=0.01)
    assert "curtain_view=split%3A0.8" in page.url
    times = page.evaluate(
        "() => window.__stage.samples.filter((one) => one.key === 'curtain' "
        "&& one.kind !== 'layers').map((one) => one.ms)"
    )
    print(f"curtain p95 {np.percentile(times, 95):.2f} ms of {len(times)} frames")
    assert np.median(times) <= FRAME_MS


def test_the_magnified_pixels_are_the_photos_own(page, server):
    """One pane shows 16 whole pixels a side: each a square of one colour."""
    opened(page, server)
    shown = page.evaluate(
        """() => {
        const s = window.__stage.stages.curtain, o = s.own;
        o.window = 16;
        o.at = [40, 40];
        s.pointer = null;
        s.program.move(s);
        const c = o.panes.photo.canvas, g = c.getContext("2d"), k = c.width / 16;
        const at = (i, j, u) => Array.from(g.getImageData(
          Math.floor((j + u) * k), Math.floor((i + u) * k), 1, 1).data.slice(0, 3));
        return [o.view, at(1, 1, 0.3), at(1, 1, 0.7), at(1, 2, 0.3)];
        }"""
    )
    view, one, same, other = shown
    assert view == [32, 32, 16]
    assert one == same
    assert one != other


def test_keys_move_the_magnifier_and_with_shift_the_curtain(page, server):
    opened(page, server, "truth=1")
    page.evaluate("() => window.__stage.stages.curtain.dom.frame.focus()")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    assert own(page, "at") == [67, 40]
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_timeout(200)
    assert own(page, "split") == pytest.approx(0.48)
    read = page.evaluate("() => window.__stage.stages.curtain.dom.read.textContent")
    assert read.endswith("A: right   B: right   truth: right")


def test_taps_and_sums_are_the_cores_at_every_cell(page, server):
    opened(page, server)
    sent = page.evaluate(
        "() => { const o = window.__stage.stages.taps.own;"
        " return [Array.from(o.map), Array.from(o.kernels)]; }"
    )
    grid = np.array(sent[0]).reshape(1, 6, 8)
    kernels = np.array(sent[1]).reshape(3, 3, 3)
    for (row, column), inside, sums in page.evaluate(TAPS):
        for k, rate in enumerate((1, 3, 9)):
            assert inside[k] == taps_inside((6, 8), rate)[row, column]
            read = atrous_terms(grid, row, column, rate)[0]
            assert sums[k] == pytest.approx(float((read * kernels[k]).sum()), abs=1e-9)
