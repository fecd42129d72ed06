"""The programs of the lesson on anchors: what the browser computes is the core's."""

import base64

import numpy as np
import pytest

from explorer.core.anchor_maps import MapPlan, anchor_maps
from explorer.core.anchor_matching import match_anchors
from explorer.core.anchors import RATIOS, SIZES_PX
from explorer.models import zoo

pytestmark = pytest.mark.browser
WAIT_MS = 120_000
FRAME_MS = 16
STAGE = "Object.values(window.__stage.stages).find((one) => one.params?.name === '{}')"
PLAN = MapPlan(37, 56, 16, SIZES_PX, RATIOS)  # coffee, 600 x 400, enlarged by 1.5


def do(page, body, name="anchors"):
    return page.evaluate(f"body => new Function('s', body)({STAGE.format(name)})", body)


@pytest.fixture
def opened(page, app_url):
    def at(query, name, ready):
        page.goto(f"{app_url}/anchors?image=coffee&{query}")
        page.wait_for_function(
            f"() => window.__stage && {STAGE.format(name)}?.own.{ready}",
            timeout=WAIT_MS,
        )
        page.get_by_text("the arithmetic in your browser").wait_for(timeout=WAIT_MS)
        page.wait_for_timeout(500)
        do(page, "s.dom.frame.scrollIntoView({block: 'center'})", name)
        return page

    return at


def spot(page, x, y, name="anchors"):
    return do(
        page,
        "const r = s.dom.frame.getBoundingClientRect();"
        f"return [r.left + {x} / s.w * r.width, r.top + {y} / s.h * r.height];",
        name,
    )


def judged(page):
    boxes, states, tops = do(
        page,
        "const c = s.program.commit(s); return [c.boxes, c.states, c.tops]",
    )
    raw = np.frombuffer(base64.b64decode(states), np.uint8)
    return np.array(boxes).reshape(-1, 4), raw, np.array(tops)


def test_a_dragged_truth_is_matched_before_release_as_the_core_matches(opened):
    page = opened("", "anchors", "found")
    calls = do(page, "return s.calls")
    page.mouse.move(*spot(page, 450, 40))
    page.mouse.down()
    page.mouse.move(*spot(page, 560, 200), steps=30)
    page.wait_for_timeout(200)
    assert do(page, "return s.calls") == calls
    assert do(page, "return s.boxes.length") == 2
    boxes, states, tops = judged(page)
    match = match_anchors(anchor_maps([PLAN]).boxes, boxes * 1.5)
    ours = (match.gt + 2 + 128 * match.forced).astype(np.uint8)
    np.testing.assert_array_equal(states, ours)
    np.testing.assert_allclose(tops, match.ious.max(axis=0), atol=1e-12)
    page.mouse.up()
    page.wait_for_function(
        "() => location.search.includes('anchors_truth')", timeout=WAIT_MS
    )
    assert "anchors_cell" not in page.url  # a cell that nobody chose is in no link
    times = page.evaluate(
        "() => window.__stage.samples.filter((one) => one.kind === 'drag')"
        ".map((one) => one.ms)"
    )
    print(f"anchors drag p95 {np.percentile(times, 95):.2f} ms of {len(times)} frames")
    assert np.median(times) <= FRAME_MS


def test_a_click_keeps_the_cell_and_the_map_moves_it(opened):
    page = opened("", "anchors", "found")
    page.mouse.click(*spot(page, 500, 350))
    page.wait_for_function(
        "() => location.search.includes('anchors_cell=0%2C33%2C47')"
        " || location.search.includes('anchors_cell=0,33,47')",
        timeout=WAIT_MS,
    )
    assert do(page, "return s.boxes.length") == 1
    do(page, "s.own.map.focus()")
    page.keyboard.press("ArrowLeft")
    page.mouse.move(5, 5)
    page.wait_for_timeout(300)
    assert do(page, "return s.own.cell") == [33, 46]
    assert "row 33, column 46" in do(page, "return s.panel.textContent")


# The anchors' names on the picture, and their places.
NAMES = """
    const names = [], g = document.createElement("canvas").getContext("2d");
    g.tags = [];
    g.fillText = (text) => names.push(text);
    s.program.frame(s, g);
    return names.map((name, k) => [name, g.tags[k]]);
"""


def apart(a, b):
    return (
        a[0] + a[2] <= b[0]
        or b[0] + b[2] <= a[0]
        or a[1] + a[3] <= b[1]
        or (b[1] + b[3] <= a[1])
    )


@pytest.mark.parametrize(("network", "some"), [("", True), ("ours,+pyramid", False)])
def test_names_of_anchors_lie_over_none_and_small_ones_have_none(opened, network, some):
    page = opened(f"anchors_network={network}" if network else "", "anchors", "found")
    page.mouse.move(5, 5)
    page.wait_for_timeout(300)
    places = [place for _, place in do(page, NAMES)]
    assert bool(places) == some
    for k, one in enumerate(places):
        assert all(apart(one, other) for other in places[:k])
    names = do(page, "return s.own.list.rows.length") - 1
    assert names == 9
    page.locator("table tr").nth(2).hover()
    page.wait_for_timeout(200)
    row = do(page, "return s.own.row")
    assert [name for name, _ in do(page, NAMES)] == [
        do(page, f"return s.params.maps[s.params.level].names[{row}]")
    ]


def test_an_anchor_before_and_after_its_deltas(opened):
    page = opened("anchors_part=Objectness", "objectness", "main")
    page.mouse.move(*spot(page, 310, 205, "objectness"))
    page.wait_for_timeout(300)
    cells = do(page, "return s.own.seen.map((one) => one.cell)", "objectness")
    shown = do(
        page, "return s.own.grids.map((one) => [one.stride, one.cols])", "objectness"
    )
    scale = zoo.record("everyday_faster_rcnn_fpn").side_px / 600
    for cell, (stride, cols) in zip(cells, shown, strict=True):
        row, col = round(205 * scale / stride), round(310 * scale / stride)
        assert cell == row * cols + col
    assert "anchors_place" not in page.url  # nor a place
    page.locator("button", has_text="stride 32").first.click()
    page.wait_for_timeout(200)
    assert do(page, "return s.own.chosen", "objectness") == 2
    page.wait_for_function(
        "() => location.search.includes('anchors_map=stride')", timeout=WAIT_MS
    )
    assert "anchors_place" not in page.url
    page.mouse.click(*spot(page, 310, 205, "objectness"))
    page.wait_for_function(
        "() => location.search.includes('anchors_place=310')", timeout=WAIT_MS
    )


def test_a_link_lays_its_map_over_the_picture(opened):
    page = opened("anchors_part=Objectness&anchors_map=stride+16", "objectness", "main")
    assert do(page, "return s.own.grids[s.own.chosen].name", "objectness") == (
        "stride 16"
    )


def test_the_rounds_are_stepped_in_the_browser(opened):
    page = opened("anchors_part=k-means", "kmeans", "anchors")
    page.get_by_role("button", name="First").click()
    page.wait_for_timeout(300)
    first, total = do(page, "return [s.own.mean, s.params.rounds.length]", "kmeans")
    page.get_by_role("button", name="Last").click()
    page.wait_for_function(
        f"() => {STAGE.format('kmeans')}.own.round === {total - 1}", timeout=WAIT_MS
    )
    assert do(page, "return s.own.mean", "kmeans") > first
    assert f"Round {total} of {total}" in do(
        page, "return s.panel.textContent", "kmeans"
    )
