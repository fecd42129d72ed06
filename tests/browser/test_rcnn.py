"""The programs rcnn.js and covered.js: the chosen proposal, the rounds, the counts."""

import numpy as np
import pytest

from explorer.core.rcnn import stretch
from explorer.core.samples import load_sample
from explorer.core.selective_search import selective_search
from explorer.core.warp import with_context
from explorer.core.window_grid import coverage

pytestmark = pytest.mark.browser
WAIT_MS = 90_000
STAGE = "body => new Function('s', body)(window.__stage.stages.rcnn_stage)"
COVERED = "body => new Function('s', body)(window.__stage.stages.rcnn_covered)"
GO = (
    "frame => window.dispatchEvent(new CustomEvent('explorer:go',"
    " {detail: {key: 'rcnn_scrub', frame}}))"
)


def opened(page, app_url, link=""):
    page.goto(f"{app_url}/rcnn?image=coffee&rcnn_crops=16{link}")
    page.wait_for_function(
        "() => window.__stage?.stages.rcnn_stage?.params?.ready", timeout=WAIT_MS
    )
    page.get_by_text("max |Δ|").first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(500)


def test_a_click_chooses_the_smallest_proposal_there_and_the_link_keeps_it(
    page, app_url
):
    opened(page, app_url)
    boxes = selective_search(load_sample("coffee").image)[:16].astype(np.float32)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    place = np.array([310.0, 150.0])
    holds = ((boxes[:, :2] <= place) & (boxes[:, 2:] >= place)).all(axis=1)
    wanted = int(np.where(holds, area, np.inf).argmin())
    x, y = page.evaluate(
        STAGE,
        "const r = s.dom.frame.getBoundingClientRect();"
        "return [r.left + 310 / s.w * r.width, r.top + 150 / s.h * r.height];",
    )
    page.mouse.click(x, y)
    assert page.evaluate(STAGE, "return s.own.picked") == wanted
    page.wait_for_timeout(1500)
    assert f"rcnn_proposal={wanted + 1}" in page.url
    page.evaluate(GO, 1)
    page.wait_for_timeout(200)
    across, down = stretch(boxes[wanted : wanted + 1])[0]
    panel = page.evaluate(STAGE, "return s.panel.innerText")
    assert f"× {across:.2f}" in panel
    assert f"× {down:.2f}" in panel
    page.reload()
    page.wait_for_function(
        "() => window.__stage?.stages.rcnn_stage?.params?.ready", timeout=WAIT_MS
    )
    page.wait_for_timeout(800)
    assert page.evaluate(STAGE, "return s.own.picked") == wanted


def test_every_step_says_something_and_the_last_round_leaves_the_detections(
    page, app_url
):
    opened(page, app_url)
    last = page.evaluate(STAGE, "return s.own.last")
    said = []
    for frame in range(6 + last):
        page.evaluate(GO, frame)
        page.wait_for_timeout(80)
        said.append(page.evaluate(STAGE, "return s.own.body.innerText"))
        assert page.evaluate(STAGE, "return s.frame") == frame
    assert len(set(said)) == len(said)
    assert "what R-CNN answers" in said[-1]
    kept, total = page.evaluate(
        STAGE,
        "return [[...s.own.keepers].filter((v, i) => v === i).length, s.own.last]",
    )
    assert kept == total == last


@pytest.mark.parametrize("used", [0, 1, 40, 10_000])
def test_the_counts_in_the_browser_are_the_cores(page, app_url, used):
    page.goto(f"{app_url}/rcnn?image=coffee&rcnn_part=Again+and+again")
    page.wait_for_function(
        "() => window.__stage?.stages.rcnn_covered?.own.counts", timeout=WAIT_MS
    )
    image = load_sample("coffee").image
    boxes = np.rint(with_context(selective_search(image)))[:used]
    counts = coverage(boxes, *image.shape[:2])
    theirs, area = page.evaluate(
        COVERED,
        f"s.frame = {used}; s.program.move(s);"
        "return [[...s.own.counts], s.own.area[s.own.shown]];",
    )
    assert (np.reshape(theirs, counts.shape) == counts).all()
    assert area == counts.sum()
