"""The box follows the pointer in the browser; the gradient comes on release."""

import pytest

from explorer.core.receptive_field import unit_box
from explorer.models.architectures import architecture

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
DO = "body => new Function('s', body)(window.__stage.stages.field_stage)"


def do(page, body):
    return page.evaluate(DO, body)


def opened(page, url, **link):
    asked = "&".join(f"receptive_field_{k}={v}" for k, v in link.items())
    page.goto(f"{url}/receptive_field?image=astronaut&{asked}")
    page.wait_for_function(
        "() => window.__stage?.stages.field_stage?.own.unit", timeout=WAIT_MS
    )
    page.wait_for_timeout(400)


def spot(page, x, y):
    left, top, across, down = do(
        page,
        "const r = s.dom.frame.getBoundingClientRect();"
        "return [r.left, r.top, r.width / s.w, r.height / s.h];",
    )
    return left + x * across, top + y * down


def test_pointing_at_a_unit_reads_out_the_cores_box(page, app_url):
    opened(page, app_url, network="VGG16", side="224")
    graph = architecture("VGG16", 224, 224)
    node = graph.find("conv5_1")  # the layer this network opens with
    for row, col in ((0, 0), (3, 9), (13, 13)):
        page.mouse.move(*spot(page, 16 * col + 8, 16 * row + 8))
        page.mouse.down()
        page.wait_for_timeout(80)
        said = do(page, "return s.own.text.textContent")
        page.mouse.up()
        page.wait_for_timeout(400)
        x1, y1, x2, y2 = unit_box(graph, node, row, col)
        assert f"rows {y1}–{y2 - 1} and columns {x1}–{x2 - 1}" in said


def test_dragging_moves_the_box_and_release_brings_the_gradient(page, app_url):
    opened(page, app_url)
    calls = do(page, "return s.calls")
    page.mouse.move(*spot(page, 90, 60))
    page.mouse.down()
    page.mouse.move(*spot(page, 200, 250), steps=12)
    page.wait_for_timeout(60)
    unit = do(page, "return s.own.unit")
    assert unit == [15, 12]
    assert do(page, "return s.calls") == calls  # the server was not asked
    said = do(page, "return s.panel.textContent")
    assert "Unit at row 15, column 12" in said
    assert "Release to measure" in said
    page.mouse.up()
    page.wait_for_function(
        "() => String(window.__stage.stages.field_stage.params.unit) === '15,12'",
        timeout=WAIT_MS,
    )
    page.wait_for_timeout(300)
    said = do(page, "return s.panel.textContent")
    assert "Half of its gradient" in said
    assert do(page, "return Boolean(s.own.bitmap)")
    page.wait_for_url("**receptive_field_place=*", timeout=WAIT_MS)
    page.reload()
    page.wait_for_function(
        "() => String(window.__stage?.stages.field_stage?.params.unit) === '15,12'",
        timeout=WAIT_MS,
    )
