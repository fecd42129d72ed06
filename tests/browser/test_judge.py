"""The program judge.js: truths dragged, drawn and deleted, the list linked to boxes."""

import numpy as np
import pytest

from explorer.core.labelled import found, truths
from explorer.core.matching import match_ranked
from explorer.core.precision_recall import METHODS, average_precision, pr_curve

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
STAGE = (
    "Object.values(window.__stage.stages).find((one) => one.params?.name === 'judge')"
)
DO = f"body => new Function('s', body)({STAGE})"


@pytest.fixture
def opened(page, app_url):
    def at(query=""):
        page.goto(f"{app_url}/precision_recall?{query}")
        page.wait_for_function(
            f"() => window.__stage && {STAGE}?.own.ap", timeout=WAIT_MS
        )
        # What the browser found has gone to Python and come back: the page is at rest.
        settled = "s.params.set || s.d.held.program.v?.tag === s.params.tag"
        page.wait_for_function(f"() => {{ const s = {STAGE}; return {settled}; }}")
        page.wait_for_timeout(300)
        return page

    return at


def spot(page, x, y):
    return page.evaluate(
        DO,
        "const r = s.dom.frame.getBoundingClientRect();"
        f"return [r.left + {x} / s.w * r.width, r.top + {y} / s.h * r.height];",
    )


def judged_by_core(page, rule):
    boxes, labels, seen, iou = page.evaluate(
        DO, "return [s.boxes, s.own.labels, s.params.found, s.params.iou]"
    )
    own = np.array(boxes).reshape(-1, 4)[[x == "person" for x in labels]]
    list_ = found(seen["boxes"], seen["scores"])
    judged = match_ranked(list_, truths(own), iou, rule)
    curve = pr_curve(judged.outcomes, len(own))
    return judged, [average_precision(curve, method) for method in METHODS]


@pytest.mark.parametrize("rule", ["COCO", "VOC"])
def test_a_dragged_truth_is_judged_before_release_as_the_core_judges(opened, rule):
    page = opened(f"precision_recall_rule={rule}")
    before = page.evaluate(DO, "return [s.own.ap, s.calls]")
    page.mouse.move(*spot(page, 110, 260))
    page.mouse.down()
    page.mouse.move(*spot(page, 190, 330), steps=8)
    page.wait_for_timeout(150)
    ap, calls = page.evaluate(DO, "return [s.own.ap, s.calls]")
    assert calls == before[1]
    assert ap != before[0]
    judged, ours = judged_by_core(page, rule)
    out, ious = page.evaluate(DO, "return [[...s.own.rows.out], [...s.own.rows.iou]]")
    assert out == judged.outcomes.tolist()
    assert np.abs(np.array(ious) - judged.ious).max() < 1e-12
    assert np.abs(np.array(ap) - ours).max() < 1e-12
    page.mouse.up()
    page.wait_for_function(
        "() => location.search.includes('truth_street')", timeout=WAIT_MS
    )
    line = page.get_by_text("the arithmetic in your browser").locator("xpath=..")
    line.wait_for(timeout=WAIT_MS)
    assert "matches" in line.inner_text()


def test_a_row_a_dot_and_a_box_are_one_cursor(opened):
    page = opened()
    total = page.evaluate(DO, "return s.own.rows.out.length")
    row = page.locator("table tr[data-rank='2']")
    row.hover()
    assert page.evaluate(DO, "return s.own.at") == 2
    assert "#3, score" in page.evaluate(DO, "return s.panel.textContent")
    row.click()
    page.wait_for_function(f"() => {STAGE}.own.count === 3", timeout=WAIT_MS)
    x1, y1, _, _ = page.evaluate(DO, "return s.params.found.boxes[0]")
    page.mouse.move(*spot(page, x1 + 4, y1 + 4))
    page.wait_for_timeout(150)
    assert page.evaluate(DO, "return s.own.at") == 0
    assert "#1, score" in page.evaluate(DO, "return s.dom.read.textContent")
    page.mouse.move(5, 5)
    page.wait_for_timeout(150)
    assert page.evaluate(DO, "return s.own.at") is None
    assert f"3 of {total}" in page.locator(".now").inner_text()


def test_what_is_drawn_has_the_class_judged_and_leaves_when_deleted(opened):
    page = opened("image=astronaut")
    assert page.evaluate(DO, "return s.own.ap") == [None] * 3
    assert "not judged yet" in page.evaluate(DO, "return s.own.list.textContent")
    page.mouse.move(*spot(page, 172, 62))
    page.mouse.down()
    page.mouse.move(*spot(page, 280, 180), steps=8)
    page.wait_for_timeout(150)
    assert page.evaluate(DO, "return s.own.labels") == ["face"]
    assert page.evaluate(DO, "return s.own.ap[1]") == pytest.approx(1)
    page.mouse.up()
    page.get_by_text("1 of 1").first.wait_for(timeout=WAIT_MS)
    page.get_by_label("The chosen true box is a").select_option("eye")
    page.get_by_text("There is no true face yet").wait_for(timeout=WAIT_MS)
    assert page.evaluate(DO, "return s.own.labels") == ["eye"]
    page.get_by_role("button", name="Delete box").click()
    page.wait_for_timeout(300)
    assert page.evaluate(DO, "return s.own.labels") == []


def test_the_sheet_of_the_detection_pointed_at_is_shown(opened):
    page = opened("precision_recall_part=Sets")
    page.locator("table tr[data-rank='1']").hover()
    said = page.evaluate(DO, "return s.panel.textContent")
    assert "#2 in 00007, score 0.95" in said
    assert "= 0.500 of what was said is right" in said


def test_a_list_of_another_length_is_counted_in_full_again(opened):
    page = opened()
    total = page.evaluate(DO, "return s.own.count")
    page.locator("table tr[data-rank='1']").click()
    page.wait_for_function(f"() => {STAGE}.own.count === 2", timeout=WAIT_MS)
    page.get_by_label("IoU threshold of NMS", exact=True).fill("0.3")
    page.keyboard.press("Enter")
    shorter = f"s.own.count > 2 && s.own.count < {total}"
    full = f"s.own.count === s.params.found.scores.length && {shorter}"
    page.wait_for_function(
        f"() => {{ const s = {STAGE}; return s && {full}; }}", timeout=WAIT_MS
    )
