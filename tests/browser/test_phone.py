"""On a phone's screen: nothing runs off it, and a finger can scroll the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle

pytestmark = pytest.mark.browser
WAIT_MS = 120_000
OFF = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return main.scrollWidth - main.clientWidth;
}"""


@pytest.fixture
def phone(browser, app_url):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()

    def opened(path: str, known: str):
        page.goto(f"{app_url}/{path}")
        ready = f"() => Object.entries(window.__stage?.stages ?? {{}}).some({known})"
        page.wait_for_function(ready, timeout=WAIT_MS)
        page.get_by_text("max |Δ|").first.wait_for(timeout=WAIT_MS)
        settle(page)
        return page

    yield opened
    context.close()


def test_the_races_table_and_page_stay_on_the_screen(phone) -> None:
    page = phone("detector_race", "([, s]) => s.own.rows")
    assert page.evaluate(OFF) <= 0
    off = page.locator(".laps").evaluate(
        "(table) => Math.max(...[...table.children]"
        ".map((one) => one.getBoundingClientRect().right)) - innerWidth"
    )
    assert off <= 0


def test_roi_poolings_numbers_and_table_stay_on_the_screen(phone) -> None:
    page = phone("roi_pooling", "([, s]) => s.own.r")
    assert page.evaluate(OFF) <= 0
    cut = page.locator(".st-key-roi_pooling_pair table").evaluate(
        "(table) => table.scrollWidth - table.parentElement.clientWidth"
    )
    assert cut <= 0
    hidden = "() => window.__stage.stages.roi_stage.own.hidden.hidden"
    assert page.evaluate(hidden)  # every number is written
    page = phone("roi_pooling?roi_pooling_size=14+×+14", "([, s]) => s.own.r")
    assert not page.evaluate(hidden)  # and where they are not, that is said
    page.locator(".way canvas").nth(1).tap()
    read = page.locator(".read").first
    expect(read).to_contain_text("of RoIPool: ", timeout=WAIT_MS)


def test_all_parts_of_a_lesson_are_in_sight(phone) -> None:
    page = phone(
        "latent_space?latent_space_part=Sliders", "([key]) => key === 'sliders'"
    )
    for name in ("A plane", "Between two", "Sliders", "From nothing"):
        box = page.get_by_role("radio", name=name).bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390


def test_a_finger_beside_the_boxes_scrolls_and_one_on_a_handle_does_not(phone) -> None:
    page = phone("box_regression", "([, s]) => s.own.rows")
    stage = "Object.values(window.__stage.stages)[0]"
    boxes = page.evaluate(f"() => {stage}.boxes")
    held = finger(page, stage)
    x1, y1 = boxes[0][:2]
    assert held(x1, y1)
    assert not held(3, 3)


def finger(page, stage: str):
    """Return what puts a finger on a stage's picture and lifts it: was it held?"""
    over = page.locator(".over").first
    over.scroll_into_view_if_needed()
    assert "pan-y" in over.evaluate("(node) => getComputedStyle(node).touchAction")
    frame = over.bounding_box()
    scale = page.evaluate(f"() => {stage}.w") / frame["width"]
    hand = page.context.new_cdp_session(page)

    def held(x: float, y: float) -> bool:
        at = {"x": frame["x"] + x / scale, "y": frame["y"] + y / scale}
        hand.send(
            "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]}
        )
        grabbed = page.evaluate(f"() => [Boolean({stage}.grab), window.__prevented]")
        hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert grabbed[0] == grabbed[1]
        return grabbed[0]

    page.evaluate(
        "() => document.addEventListener('touchstart',"
        " (e) => { window.__prevented = e.defaultPrevented; })"
    )
    return held


def test_a_finger_scrolls_over_bayes_line_and_a_tap_keeps_its_place(phone) -> None:
    page = phone("discriminative_generative", "([, s]) => s.own.rule")
    stage = "Object.values(window.__stage.stages)[0]"
    wide, high = page.evaluate(f"() => [{stage}.w, {stage}.h]")
    held = finger(page, stage)
    assert not held(0.1 * wide, 0.1 * high)
    page.wait_for_function(f"() => {stage}.own.place[0] < -3.5", timeout=WAIT_MS)
    mean, span = page.evaluate(f"() => [{stage}.own.means[0][0], {stage}.params.span]")
    assert held((mean / span + 1) / 2 * wide, 0.56 * high)
