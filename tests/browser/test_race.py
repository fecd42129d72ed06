"""The program race.js: a row under the pointer, a row kept, the link."""

import pytest

pytestmark = pytest.mark.browser
WAIT_MS = 120_000
STAGE = "body => new Function('s', body)(window.__stage.stages.detector_race_stage)"


def opened(page, url: str) -> None:
    page.goto(url)
    page.wait_for_function(
        "() => window.__stage?.stages.detector_race_stage?.own.rows", timeout=WAIT_MS
    )
    page.get_by_text("max |Δ|").first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(500)


def test_a_row_shows_its_boxes_and_a_click_keeps_it_in_the_link(page, app_url) -> None:
    opened(page, f"{app_url}/detector_race?detector_race_score=0.05")
    count = page.evaluate(STAGE, "return s.params.racers.length")
    rows = page.evaluate(STAGE, "return s.own.rows.map((row) => row.textContent)")
    assert len(rows) == count == 8
    target = page.get_by_role("button", name="SSD", exact=True)
    target.hover()
    page.wait_for_timeout(200)
    shown = "return s.params.racers[s.own.over ?? s.own.chosen].name"
    assert page.evaluate(STAGE, shown) == "everyday_ssd"
    said = page.evaluate(STAGE, "return s.own.said.innerText")
    assert said.startswith("SSD: One stage")
    target.click()
    page.wait_for_timeout(1500)
    assert "detector_race_chosen=everyday_ssd" in page.url
    page.reload()
    page.wait_for_function(
        "() => window.__stage?.stages.detector_race_stage?.own.rows", timeout=WAIT_MS
    )
    page.wait_for_timeout(800)
    assert page.evaluate(STAGE, shown) == "everyday_ssd"


def test_keys_walk_the_rows_and_times_add_up(page, app_url) -> None:
    opened(page, f"{app_url}/detector_race?detector_race_score=0.05")
    page.locator(".frame").first.focus()
    first = page.evaluate(STAGE, "return s.own.chosen")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(STAGE, "return s.own.chosen") == max(0, first - 1)
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    assert page.evaluate(STAGE, "return s.own.chosen") == 7
    widths, parts = page.evaluate(
        STAGE,
        "const bars = s.own.rows.map((row) => row.nextSibling);"
        "const totals = s.params.racers.map((one) =>"
        " one.parts.reduce((sum, [, ms]) => sum + ms, 0)).sort((a, b) => a - b);"
        "const near = totals.filter((ms) => ms <= 4 * totals[3]).at(-1);"
        "const most = totals[7] > 1.25 * near ? 1.25 * near : totals[7];"
        "return [bars.map((bar) => [...bar.children].reduce((sum, piece) =>"
        " sum + parseFloat(piece.style.width), 0)),"
        " s.params.racers.map((one) => 100 * one.parts.reduce((sum, [, ms]) =>"
        " sum + ms, 0) / most)];",
    )
    assert widths == pytest.approx(parts, abs=0.01)
    # One far beyond all others runs off; the longest that is shown whole does not.
    assert max(width for width in widths if width <= 100.01) >= 80 - 0.01
