"""Boxes on the stage in a real Chromium: drawn, moved, kept, taken back."""

import pytest
from playwright.sync_api import expect

from tests.browser.stage_cases import SCRIPT, WAIT_MS, Stage, opened, says

__all__ = ["opened"]

pytestmark = pytest.mark.browser


def test_a_box_is_moved_resized_and_pushed_by_keys(page, opened):
    stage = opened("boxes", "editor")
    stage.drag((200, 180), (240, 200))
    says(page, "boxes [[140, 120, 340, 280]]")
    stage.drag((340, 280), (400, 320))
    says(page, "boxes [[140, 120, 400, 320]]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    says(page, "boxes [[141, 120, 401, 321]]")


def test_a_second_box_is_drawn_reached_by_tab_and_deleted(page, opened):
    stage = opened("boxes", "editor")
    stage.drag((450, 300), (600, 400))
    says(page, "boxes [[100, 100, 300, 260], [450, 300, 600, 400]]")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Delete")
    says(page, "boxes [[450, 300, 600, 400]]")


def test_boxes_that_a_page_needs_cannot_be_deleted_nor_joined_by_more(page, opened):
    stage = opened("pair", "pair")
    expect(page.get_by_role("button", name="Delete box")).to_have_count(0)
    label = stage.do("return s.dom.frame.getAttribute('aria-label')")
    assert "Tab next box, Esc." in label
    stage.do("s.dom.frame.focus()")
    for key in ("Delete", "Backspace", "n"):
        page.keyboard.press(key)
    assert len(stage.do("return s.boxes")) == 2
    assert stage.do("return s.dom.frame.clientWidth") == 300
    stage = opened("boxes", "editor")
    label = stage.do("return s.dom.frame.getAttribute('aria-label')")
    assert "Tab next box, N new, Delete, Esc." in label


def test_escape_gives_the_box_back(page, opened):
    stage = opened("boxes", "editor")
    page.mouse.move(*stage.at(200, 180))
    page.mouse.down()
    page.mouse.move(*stage.at(300, 300), steps=3)
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(300)
    assert stage.do("return s.boxes[0];") == [100, 100, 300, 260]


def test_python_wins_when_it_asks_for_other_boxes(page, opened):
    stage = opened("boxes", "editor")
    stage.drag((200, 180), (240, 200))
    says(page, "boxes [[140, 120, 340, 280]]")
    page.get_by_role("button", name="Start again").click()
    says(page, "boxes [[10, 20, 110, 90]]")
    page.wait_for_timeout(200)
    assert stage.do("return s.boxes[0];") == [10, 20, 110, 90]


def test_a_tiny_box_is_grabbed_in_its_middle(page, opened):
    stage = opened("boxes", "tiny")
    stage.drag((324, 243), (224, 143))
    says(page, "tiny [[220, 140, 228, 146]]")


def test_a_small_drag_on_empty_ground_keeps_the_only_box(page, opened):
    stage = opened("boxes", "tiny")
    page.mouse.click(*stage.at(50, 50))
    page.wait_for_timeout(300)
    assert stage.do("return s.boxes[0];") == [320, 240, 328, 246]


def test_a_finger_moves_a_box(browser, server):
    context = browser.new_context(
        viewport={"width": 800, "height": 900}, has_touch=True
    )
    page = context.new_page()
    page.goto(f"{server(SCRIPT)}/?part=boxes")
    page.wait_for_function("() => window.__stage?.stages.editor", timeout=WAIT_MS)
    stage = Stage(page, "editor")
    hand = context.new_cdp_session(page)

    def touch(kind, *places):
        points = [dict(zip("xy", stage.at(*place), strict=True)) for place in places]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (200, 180))
    touch("touchMove", (220, 190))
    touch("touchMove", (240, 200))
    touch("touchEnd")
    says(page, "boxes [[140, 120, 340, 280]]")
    context.close()
