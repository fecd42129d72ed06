"""Stage and scrubber without a pointer: keys, spoken words, focus, no motion."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.stage_cases import open_stage

pytestmark = pytest.mark.browser
WAIT_MS = 30_000
# What the focus ends on, through the roots of components.
FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at.className || at.tagName;
}"""
# The ring of what has the focus, and what its picture says in sight.
RING = """() => {
  const roots = [...document.querySelectorAll("*")].map((e) => e.shadowRoot);
  const frame = roots.map((root) => root?.querySelector(".frame:focus")).find(Boolean);
  const read = frame.parentElement.querySelector(".read");
  return [getComputedStyle(frame).boxShadow, read.textContent];
}"""
MOVING = """() => {
  const roots = [...document.querySelectorAll("*")].map((e) => e.shadowRoot);
  return roots.filter(Boolean).flatMap((root) => root.getAnimations()).length;
}"""


@pytest.fixture
def opened(page, server):
    def at(part, key):
        open_stage(page, server, part, key, WAIT_MS)
        do(page, key, "s.dom.frame.focus()")
        return key

    return at


def do(page, key, body):
    return page.evaluate(
        f"key => {{ const s = window.__stage.stages[key]; {body} }}", key
    )


def says(page, text):
    expect(page.get_by_text(text, exact=True)).to_be_visible(timeout=WAIT_MS)


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def spoken(page, key, pattern):
    """Wait until the live line of a stage has said something like this."""
    page.wait_for_function(
        "([key, pattern]) => new RegExp(pattern)"
        ".test(window.__stage.stages[key].dom.said.textContent)",
        arg=[key, pattern],
        timeout=WAIT_MS,
    )


def test_the_tab_key_reaches_a_picture_whose_ring_and_keys_are_seen(page, opened):
    opened("click", "cells")
    page.evaluate("document.activeElement.blur()")
    for _ in range(12):
        press(page, "Tab")
        if page.evaluate(FOCUSED) == "frame":
            break
    assert page.evaluate(FOCUSED) == "frame"
    ring, keys = page.evaluate(RING)
    assert ring != "none"
    assert keys.startswith("Keys: arrows move")


def test_values_are_read_by_arrows_and_spoken(page, opened):
    key = opened("boxes", "editor")
    press(page, "Escape")
    page.mouse.move(0, 0)
    label = do(page, key, "return s.dom.frame.getAttribute('aria-label')")
    assert "640 by 480 pixels. 500 boxes, first: box 1 at" in label
    assert re.search(r"Values from 0\.00 to 2\.54°?\. one at 100, 100, 300, 260", label)
    key = opened("click", "cells")
    press(page, "ArrowRight")
    spoken(page, key, r"x 3 .*grey \d+")
    press(page, "Shift+ArrowLeft")
    spoken(page, key, r"x 0 .*grey \d+")


def test_a_cell_is_chosen_by_enter_and_the_focus_stays_after_the_rerun(page, opened):
    opened("click", "cells")
    press(page, "ArrowRight", "ArrowDown", "Enter")
    says(page, "cell 3 2")
    assert page.evaluate(FOCUSED) == "frame"
    press(page, "ArrowDown", "Enter")
    says(page, "cell 3 3")


def test_a_mark_is_moved_by_keys_alone(page, opened):
    opened("click", "point")
    press(page, "Shift+ArrowRight", "Shift+ArrowRight", "ArrowUp", "Enter")
    expect(page.get_by_text(re.compile(r"^point 3[6-9]\d 2[23]\d$"))).to_be_visible(
        timeout=WAIT_MS
    )


def test_boxes_are_moved_sized_made_reached_deleted_and_given_back(page, opened):
    key = opened("boxes", "editor")
    press(page, "Alt+ArrowRight", "Shift+ArrowDown", "Enter")
    says(page, "boxes [[110, 100, 310, 261]]")
    press(page, "n")
    says(page, "boxes [[110, 100, 310, 261], [224, 168, 416, 312]]")
    press(page, "Shift+Tab")
    spoken(page, key, "one: 110, 100")
    press(page, "Delete")
    says(page, "boxes [[224, 168, 416, 312]]")
    assert page.evaluate(FOCUSED) == "frame"
    press(page, "Escape")
    says(page, "boxes [[100, 100, 300, 260]]")
    press(page, "Tab")
    assert page.evaluate(FOCUSED) != "frame"


def test_escape_gives_back_a_box_that_the_page_has_put_straight(page, opened):
    key = opened("snap", "snap")
    press(page, *["Shift+ArrowRight"] * 8, "Enter")
    says(page, "snapped [100, 100, 310, 260]")
    moved = "return s.boxes[0]"
    page.wait_for_function(
        "key => window.__stage.stages[key].boxes[0][2] === 310", arg=key
    )
    press(page, "Escape")
    says(page, "snapped [100, 100, 300, 260]")
    assert do(page, key, moved) == [100, 100, 300, 260]


def test_an_older_answer_moves_nothing_that_waits_to_be_sent(page, opened):
    key = opened("snap", "snap")
    press(page, *["Shift+ArrowRight"] * 8, "Enter")
    waits = "s.timers.commit = setTimeout(() => {}, 1e6); s.boxes[0][2] = 444;"
    do(page, key, waits)
    says(page, "snapped [100, 100, 310, 260]")
    page.wait_for_timeout(300)
    assert do(page, key, "return s.boxes[0][2]") == 444


def test_space_chooses_as_enter_does_and_never_scrolls(page, opened):
    key = opened("click", "cells")
    page.set_viewport_size({"width": 700, "height": 300})
    press(page, "ArrowRight", "ArrowDown")
    kept = "return s.dom.frame.dispatchEvent(new KeyboardEvent('keydown', "
    kept += "{key: ' ', cancelable: true, bubbles: true}))"
    assert do(page, key, kept) is False  # its scrolling was prevented
    assert do(page, key, "return 'commit' in s.timers") is False  # and it was sent
    says(page, "cell 3 2")


def test_ink_is_drawn_and_cleared_by_keys(page, opened):
    opened("brush", "ink")
    press(page, *["Shift+ArrowRight"] * 4, *["Shift+ArrowDown"] * 4)
    text = page.get_by_text(re.compile(r"^ink \d+$"))
    expect(text).to_be_visible(timeout=WAIT_MS)
    press(page, "Delete")
    says(page, "ink none")


def test_the_scrubber_is_stepped_and_said_by_keys_and_keeps_the_focus(page, opened):
    opened("frames", "steps")
    bar = page.get_by_role("slider", name="Rounds")
    bar.focus()
    assert bar.get_attribute("aria-valuetext") == "1 of 4  ·  keep"
    press(page, "ArrowRight")
    says(page, "shown 2")
    assert bar.get_attribute("aria-valuetext") == "2 of 4  ·  drop"
    assert page.evaluate(FOCUSED) == "range"
    press(page, "End")
    says(page, "shown 4")


def test_who_wants_no_motion_gets_steps_without_transitions(page, opened):
    page.emulate_media(reduced_motion="reduce")
    key = opened("frames", "steps")
    page.get_by_role("button", name="Play").first.focus()
    press(page, "Enter")
    for frame in (2, 3, 4):
        page.wait_for_function(
            "([key, frame]) => window.__stage.stages[key].frame >= frame",
            arg=[key, frame],
            timeout=WAIT_MS,
        )
        assert page.evaluate(MOVING) == 0
    says(page, "shown 4")


def test_a_box_on_a_photo_has_a_dark_edge(page, opened):
    key = opened("frames", "steps")
    dark = (
        "const c = s.dom.under, k = c.width / s.w, g = c.getContext('2d');"
        "const at = (x) => [...g.getImageData(x * k, 130 * k, 1, 1).data];"
        "const row = []; for (let x = 36; x < 44; x += .5) row.push(at(x));"
        "return row.some(([r, q, b, a]) => a > 90 && r + q + b < 60);"
    )
    assert do(page, key, dark)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("The ranked list", r"\d"), ("Three APs", r"AP.*\d")],
)
def test_what_a_pointer_does_in_a_panel_arrows_do(page, app_url, name, pattern):
    page.goto(f"{app_url}/precision_recall?image=street")
    spot = page.get_by_label(re.compile(f"^{name}"))
    expect(spot).to_be_visible(timeout=2 * WAIT_MS)
    key = page.evaluate("() => Object.keys(window.__stage.stages)[0]")
    spot.focus()
    press(page, "ArrowRight", "ArrowRight")
    spoken(page, key, pattern)
    if name == "The ranked list":
        press(page, "Enter")
        page.wait_for_function(
            "key => window.__stage.stages[key].frame === 2", arg=key, timeout=WAIT_MS
        )
    assert page.evaluate(FOCUSED) != "frame"


def test_a_sliders_focus_stays_after_its_rerun(page, app_url):
    page.goto(f"{app_url}/nms")
    slider = page.locator("[data-testid=stSlider] input[type=range]").first
    slider.focus(timeout=2 * WAIT_MS)
    before = slider.input_value()
    press(page, "ArrowRight")
    expect(slider).not_to_have_value(before)
    page.wait_for_url("**/nms?*nms_*", timeout=WAIT_MS)
    expect(slider).to_be_focused()
