"""The program cascade.js: the windows it counts are the scan's, stage by stage."""

import pytest

from explorer.core.cascade import opencv_cascade
from explorer.core.cascade_scan import scan_cascade
from explorer.core.samples import load_sample

pytestmark = pytest.mark.browser
WAIT_MS = 60_000
RUN = "body => new Function('s', body)(window.__stage.stages.viola_cascade)"


def test_windows_left_are_the_scans_and_the_last_are_raw_boxes(page, app_url):
    page.goto(f"{app_url}/viola_jones?image=chelsea&viola_jones_cascade=cat+face")
    page.wait_for_function(
        "() => window.__stage?.stages.viola_cascade?.own.list", timeout=WAIT_MS
    )
    page.get_by_text("max |Δ|").first.wait_for(timeout=WAIT_MS)
    cascade = opencv_cascade("cat face")
    scan = scan_cascade(load_sample("chelsea").image, cascade, 1.2)
    assert page.evaluate(RUN, "return s.own.total;") == scan.survivors.tolist()
    chart = page.locator(".panel canvas").first
    box = chart.bounding_box()
    assert box
    # The fourth of the bars (after 0, 1, 2, 3 stages): the scrubber follows the press.
    share = (58 + (440 - 66) * 3.5 / (cascade.stages + 1)) / 440
    chart.click(position={"x": share * box["width"], "y": 60})
    page.wait_for_function(
        "() => window.__stage.stages.viola_cascade.frame === 3", timeout=WAIT_MS
    )
    said = page.evaluate(RUN, "s.program.move(s); return s.own.title.textContent;")
    assert f"After stage 3 of {cascade.stages}" in said
    left = page.evaluate(
        RUN,
        "s.frame = s.params.stages;"
        "s.program.frame(s, s.dom.over.getContext('2d'));"
        "return s.own.list.length;",
    )
    assert left == scan.survivors[-1] > 0
