"""The program cascade.js: the windows it counts are the scan's, stage by stage."""

import re

import pytest

from explorer.core.cascade import opencv_cascade
from explorer.core.cascade_scan import FLAT, scan_cascade
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


def opened(page, url):
    page.goto(url)
    page.wait_for_function(
        "() => window.__stage?.stages.viola_cascade?.own.list", timeout=WAIT_MS
    )
    page.get_by_text("max |Δ|").first.wait_for(timeout=WAIT_MS)


def test_another_cascade_darkens_by_its_own_windows(page, app_url):
    most = "return Object.values(s.own.most)[0];"
    opened(page, f"{app_url}/viola_jones?viola_jones_cascade=eye")
    fresh = page.evaluate(RUN, most)
    opened(page, f"{app_url}/viola_jones")
    other = page.evaluate(RUN, most)
    page.get_by_text("eye", exact=True).first.click()
    page.wait_for_function(
        "() => window.__stage.stages.viola_cascade.params.window[0] === 20",
        timeout=WAIT_MS,
    )
    page.wait_for_timeout(300)
    assert page.evaluate(RUN, most) == fresh != other


def test_a_stage_says_what_it_took_a_window_and_which_were_too_flat(page, app_url):
    opened(page, f"{app_url}/viola_jones?image=rocket&viola_jones_stage=1")
    scan = scan_cascade(load_sample("rocket").image, opencv_cascade("face"), 1.2)
    flat = sum(int((level.passed == FLAT).sum()) for level in scan.levels)
    said = page.evaluate(RUN, "return s.own.detail.textContent;")
    assert f"Too flat to be asked: {flat:,}." in said
    assert f"9 features of {scan.survivors[0] - flat:,} windows" in said
    assert re.search(r", [0-9.]+ µs each,", said)
    page.evaluate(RUN, "s.own.select.value = 0; s.own.select.onchange();")
    page.wait_for_timeout(100)
    said = page.evaluate(RUN, "return s.own.detail.textContent;")
    assert "µs" not in said
    assert "too flat" in said.lower()


def test_the_charts_follow_a_change_of_the_browsers_theme(page, app_url):
    page.emulate_media(color_scheme="light")
    page.goto(f"{app_url}/viola_jones?image=chelsea")
    page.wait_for_function(
        "() => window.__stage?.stages.viola_cascade?.own.told", timeout=WAIT_MS
    )
    drawn = "return [s.dark, s.own.chart.toDataURL()]"
    dark, light = page.evaluate(RUN, drawn)
    assert not dark
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "was => window.__stage.stages.viola_cascade.own.chart.toDataURL() !== was",
        arg=light,
        timeout=WAIT_MS,
    )
    assert page.evaluate(RUN, drawn)[0]
